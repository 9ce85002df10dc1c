"""Five failures in 15 minutes lock an account until an administrator releases it.

A lock is a stored fact, so neither a restart nor a clock moved by a year lifts it. Nor does moving the clock
buy guesses: failures are also counted by their order, whatever time they carry.

Source: CJIS Security Policy AC-7 a (five consecutive invalid attempts during 15 minutes), AC-7 b (locked
until released by an administrator).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_MAX = 5
WINDOW = timedelta(minutes=15)

FAILURES_IN_A_ROW_MAX = 10
"""Failures since the last success or release, however far apart the clock says they are."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that failed or has not ended yet; one that ended well is forgotten with all before it."""

    sequence: int
    """Rises with each attempt of the box, also over restarts."""
    at: datetime
    """Aware UTC time that the box believed in."""


def must_lock(attempts: Sequence[Attempt], now: datetime) -> bool:
    """Tell whether these attempts since the last success or release are too many to allow another.

    An attempt that has not ended counts as a failure: whoever cuts the power to hide one gains nothing.
    An attempt that lies in the future counts as fresh: the clock was set back.

    Source: CJIS AC-7 a.
    """
    fresh = [attempt for attempt in attempts if now - attempt.at <= WINDOW]
    return len(fresh) >= FAILURES_MAX or len(attempts) >= FAILURES_IN_A_ROW_MAX
