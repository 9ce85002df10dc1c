"""Start weights whose slot queries already look from left to right.

From random weights the network sits for long at the letter frequencies, until the eight slot
queries find their places. Here columns and queries get the same sinusoids, and query and key
projections start near the identity, so slot n attends to the n-th eighth of the plate from the
first step (half as many pictures to leave the plateau, measured in the trial).
"""

import keras
import numpy as np

COLUMN_SCALE, QUERY_SCALE = 0.6, 0.8
IDENTITY_SCALE, IDENTITY_NOISE = 1.3, 0.02
HIGHEST_FREQUENCY = 40.0
FIRST_SLOT, SLOT_SPAN = 0.08, 0.84
"""The number covers the plate from 8 % to 92 % of its width."""


def look_left_to_right(model: keras.Model, seed: int = 0) -> None:
    """Set position embedding, slot queries and reducer attention of a fresh model in place."""
    noise = np.random.default_rng(seed)
    reducer = next(layer for layer in model.layers if type(layer).__name__ == "TokenReducer")
    positions = next(
        layer for layer in model.layers if type(layer).__name__ == "PositionEmbedding"
    ).weights[0]
    columns, width = positions.shape[-2:]
    heads = reducer.num_heads
    at_column = (np.arange(columns) + 0.5) / columns
    positions.assign((COLUMN_SCALE * _sinusoids(at_column, width, heads)).reshape(positions.shape))
    slots = reducer.query_tokens.shape[-2]
    at_slot = FIRST_SLOT + SLOT_SPAN * (np.arange(slots) + 0.5) / slots
    reducer.query_tokens.assign(
        (QUERY_SCALE * _sinusoids(at_slot, width, heads)).reshape(reducer.query_tokens.shape)
    )
    for projection in (reducer.attn._query_dense, reducer.attn._key_dense):
        near_identity = IDENTITY_SCALE * np.eye(width) + IDENTITY_NOISE * noise.standard_normal(
            (width, width)
        )
        projection.kernel.assign(near_identity.reshape(projection.kernel.shape))


def _sinusoids(at: np.ndarray, width: int, heads: int) -> np.ndarray:
    """Encode places 0..1 with the same bank of frequencies in every head."""
    frequencies = np.exp(np.linspace(0.0, np.log(HIGHEST_FREQUENCY), width // heads // 2))
    angles = at[:, None] * frequencies[None]
    return np.tile(np.concatenate([np.sin(angles), np.cos(angles)], axis=1), (1, heads))
