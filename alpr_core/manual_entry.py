"""A plate that a person saw and typed: kept, matched and found like a read, and always told apart from one.

It has no camera picture. A picture of the scene may go with it as the overview.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from alpr_core.frame import Frame, Pixels
from alpr_core.plate import ALPHABET, STATES, PlateBox, PlateReading
from alpr_core.sighting import Sighting
from alpr_core.typed_plate import typed_plate, typed_state

MANUAL_CAMERA = "manual"
"""Stands where a camera's name stands; no camera may be called so."""


def manual_sighting(
    sighting_id: str,
    plate: str,
    state: str | None,
    seen_at: datetime,
    entered_by: str,
    picture: Pixels | None = None,
) -> Sighting:
    """Return a typed plate as a sighting of the camera MANUAL_CAMERA.

    Args:
        plate: As typed.
        state: Two letters as typed; None or empty means unknown.
        seen_at: Aware UTC time at which it was seen.
        entered_by: Badge number of who typed it; kept as the source.
        picture: Grey picture that goes with it; None means none.

    Raises:
        InputError: no plate that can be, or no state.
    """
    text, known_state = typed_plate(plate), typed_state(state)
    nowhere = PlateBox(0.0, 0.0, 0.0, 0.0, 0.0)
    frame = Frame(
        camera=MANUAL_CAMERA,
        number=1,
        taken_at=seen_at,
        taken_mono_s=0.0,
        pixels=np.zeros((0, 0), dtype=np.uint8),
        source=entered_by,
        overview=picture,
    )
    reading = PlateReading(
        box=nowhere,
        text=text,
        confidences=(1.0,) * len(text),
        state=known_state,
        state_confidence=0.0 if known_state is None else 1.0,
        slot_probabilities=_certain([ALPHABET.index(sign) for sign in text], len(ALPHABET) + 1),
        state_probabilities=_certain(
            [len(STATES) if known_state is None else STATES.index(known_state)], len(STATES) + 1
        )[0],
    )
    return Sighting(
        sighting_id=sighting_id,
        camera=MANUAL_CAMERA,
        first_seen_at=seen_at,
        seen_at=seen_at,
        reading=reading,
        frame=frame,
        frame_count=1,
    )


def _certain(columns: list[int], width: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.zeros((len(columns), width), dtype=np.float32)
    rows[range(len(columns)), columns] = 1.0
    return rows
