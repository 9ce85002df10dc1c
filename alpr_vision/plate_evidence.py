"""How likely one look at a box is a look at a plate: detector and reader weighed together.

Neither model alone keeps shop signs and windows apart from small or dark plates. Both are taken at
their word and their log-odds are added, as for independent witnesses. Only what a short text costs and
where the bar lies are fitted, by `python -m training.detector.report_rule` on drawn frames and free
pictures, never on the photographs that measure. (Weights for the witnesses are not fitted: on drawn
frames the detector is surer of itself than on photographs, and a fit would trust it too much.)
"""

from __future__ import annotations

from math import log

from alpr_core.plate import PlateReading

SIGNS_MIN = 2
"""Shorter texts are badges and lamps more often than plates."""

MANY_SIGNS = 5
"""From this many different signs on, more make a plate no likelier."""

MISSING_SIGN_COST = 1.0
"""Log-odds lost for each different sign that the text lacks to MANY_SIGNS."""

LOG_ODDS_LIMIT = 5.0
"""Beyond these log-odds (0.7 and 99.3 %) neither model's confidence says more."""

REPORTED_FROM = 0.5
"""Evidence from which a single look is reported: the lowest bar, in steps of a half, that leaves fewer than
0.02 boxes off plates per drawn frame or free picture. `alpr bench vision` shows what comes of it on
photographs."""


def witness_log_odds(reading: PlateReading) -> float:
    """Return the sum of the log-odds of the detector's score and of the weakest sign's confidence."""
    return _log_odds(reading.box.score) + _log_odds(reading.weakest)


def missing_signs(reading: PlateReading) -> int:
    """Return how many different signs the text lacks to MANY_SIGNS: "111111" lacks all but one."""
    return max(0, MANY_SIGNS - len(set(reading.text)))


def plate_evidence(reading: PlateReading) -> float:
    """Return how strongly both models speak for a plate, in log-odds without a prior."""
    return witness_log_odds(reading) - MISSING_SIGN_COST * missing_signs(reading)


def is_reportable(reading: PlateReading) -> bool:
    """Say whether a single look is worth showing."""
    return len(reading.text) >= SIGNS_MIN and plate_evidence(reading) >= REPORTED_FROM


def _log_odds(chance: float) -> float:
    if chance <= 0.0:
        return -LOG_ODDS_LIMIT
    if chance >= 1.0:
        return LOG_ODDS_LIMIT
    return max(-LOG_ODDS_LIMIT, min(LOG_ODDS_LIMIT, log(chance / (1.0 - chance))))
