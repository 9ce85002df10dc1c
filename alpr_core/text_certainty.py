"""How sure a whole text is, in one number.

The weakest sign says where to look; it does not say how often the text is right, since each of the other
signs may be wrong as well. Here every slot counts, the empty ones too: the chance that all of them are right.
Round signs count together (0 with O, 1 with I), because in most states one die makes both: which of the two
it is, no picture tells, and search and tolerant lists fold them.
"""

from __future__ import annotations

import numpy as np

from alpr_core.plate import ALPHABET, PlateReading
from alpr_core.plate_text import fold_round_signs

SMOOTHED_SHARE = 0.01
"""Share of each label that the training spread evenly over all signs (training/reader/learner.py,
LABEL_SMOOTHING): a slot of which there is no doubt at all says 0.99."""

_ROUND_TOGETHER = np.eye(len(ALPHABET) + 1)[
    [*(ALPHABET.index(sign) for sign in fold_round_signs(ALPHABET)), len(ALPHABET)]
]
"""Turns chances of signs into chances in which O counts as 0 and I as 1."""


def text_certainty(reading: PlateReading) -> float:
    """Return the chance that the text is right, round signs folded; 0 to 1, 0 for an empty text."""
    if not reading.text:
        return 0.0
    best = (reading.slot_probabilities @ _ROUND_TOGETHER).max(axis=1)
    sharpened = (best - SMOOTHED_SHARE / len(_ROUND_TOGETHER)) / (1 - SMOOTHED_SHARE)
    return float(np.clip(sharpened, 0.0, 1.0).prod())
