"""Learning rate: a short warm-up, a long constant stretch, and a decay when told.

The constant stretch can be as long as time allows; a decay branch can be taken from any
checkpoint. Both are measured in seconds, because on a shared machine time is what is known.
"""

import datetime
from dataclasses import dataclass

PEAK_RATE = 1.2e-3
WARMUP_STEPS = 400
FINAL_SHARE = 0.015
"""The decay ends at this share of the peak rate."""


@dataclass(frozen=True, slots=True)
class Decay:
    """The stretch over which the rate falls; times are of one monotonic clock, in seconds."""

    start_mono_s: float
    end_mono_s: float


def decay_ending(end_mono_s: float, length_s: float | None, now_mono_s: float) -> Decay:
    """Return the decay that ends then; None lets it begin now.

    One that began before now is gone on with: a resumed run does not start it anew.
    """
    return Decay(now_mono_s if length_s is None else end_mono_s - length_s, end_mono_s)


def rate_at(
    step: int, now_mono_s: float, decay: Decay | None, peak_rate: float = PEAK_RATE
) -> float:
    """Return the learning rate of a step."""
    warm = min(1.0, (step + 1) / WARMUP_STEPS)
    if decay is None or now_mono_s < decay.start_mono_s:
        return peak_rate * warm
    length = max(1.0, decay.end_mono_s - decay.start_mono_s)
    left = min(1.0, max(0.0, (decay.end_mono_s - now_mono_s) / length))
    return peak_rate * warm * (FINAL_SHARE + (1 - FINAL_SHARE) * left)


def seconds_until(clock_time: str, now: datetime.datetime) -> float:
    """Return the seconds from now to the next 'HH:MM' of the machine's clock.

    Raises:
        ValueError: not a time of day.
    """
    time_of_day = datetime.time.fromisoformat(clock_time)
    then = now.replace(hour=time_of_day.hour, minute=time_of_day.minute, second=0, microsecond=0)
    if then <= now:
        then += datetime.timedelta(days=1)
    return (then - now).total_seconds()
