"""The reader's learning rate over time (training/reader/schedule.py)."""

from __future__ import annotations

import datetime

import pytest

from training.reader.schedule import (
    FINAL_SHARE,
    PEAK_RATE,
    WARMUP_STEPS,
    decay_ending,
    rate_at,
    seconds_until,
)


def test_the_rate_warms_up_stays_and_falls() -> None:
    """Without a decay the rate rises to its peak and stays; with one it falls to its last share."""
    assert rate_at(0, 0.0, None) < PEAK_RATE / 100
    assert rate_at(WARMUP_STEPS, 0.0, None) == PEAK_RATE
    decay = decay_ending(100.0, 40.0, 0.0)
    assert rate_at(WARMUP_STEPS, 59.0, decay) == PEAK_RATE
    assert rate_at(WARMUP_STEPS, 100.0, decay) == pytest.approx(PEAK_RATE * FINAL_SHARE)


def test_a_resumed_run_goes_on_with_its_decay() -> None:
    """A run that was stopped within its decay comes back at the rate it would have had."""
    before, after = decay_ending(100.0, 80.0, 10.0), decay_ending(100.0, 80.0, 60.0)
    assert (
        rate_at(WARMUP_STEPS, 60.0, before) == rate_at(WARMUP_STEPS, 60.0, after) < PEAK_RATE * 0.6
    )


def test_a_gentler_restart() -> None:
    """A highest rate named for a run holds at its peak and through its decay."""
    decay = decay_ending(100.0, 40.0, 0.0)
    assert rate_at(WARMUP_STEPS, 0.0, decay, 3e-4) == pytest.approx(3e-4)
    assert rate_at(WARMUP_STEPS, 100.0, decay, 3e-4) == pytest.approx(3e-4 * FINAL_SHARE)


def test_the_end_is_the_next_such_time_of_day() -> None:
    """A time of day that has passed means tomorrow's."""
    now = datetime.datetime(2026, 1, 2, 22, 30)
    assert seconds_until("22:40", now) == 600
    assert seconds_until("22:20", now) == 24 * 3600 - 600
