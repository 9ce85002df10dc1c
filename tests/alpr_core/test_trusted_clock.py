"""Which times are believed, and how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alpr_core.audit.entry import TimeQuality
from alpr_core.fix import Fix, FixMode, FixQuality, TimeSource
from alpr_core.trusted_clock import CHANGE_AGREEING, GPS_FRESH_S, TrustedClock

RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def fix_at(seconds: float, late_s: float = 0.0, ahead_s: float = 0.0) -> Fix:
    """A fix of an instant so many seconds after noon, monotonic 0; late on the cable, or ahead of the truth."""
    return Fix(
        mode=FixMode.FIX_3D,
        at=NOON + timedelta(seconds=seconds + ahead_s),
        lat_deg=1.0,
        lon_deg=1.0,
        quality=FixQuality.AUTONOMOUS,
        time_source=TimeSource.FIX,
        arrived_mono_s=seconds + late_s,
    )


def set_clock() -> TrustedClock:
    clock = TrustedClock(RELEASED)
    assert [clock.hear_fix(fix_at(second)) for second in range(3)] == [False, False, True]
    return clock


def test_no_time_before_anything_was_heard() -> None:
    """A box that heard neither satellites nor server has no trusted time."""
    assert TrustedClock(RELEASED).stamp(1.0) is None
    assert TrustedClock(RELEASED).error_s(1.0) is None


def test_three_agreeing_fixes_set_the_time() -> None:
    """One fix may be wrong; three that agree with the monotonic clock are believed."""
    stamp = set_clock().stamp(5.0)
    assert stamp is not None
    assert (stamp.at, stamp.quality) == (NOON + timedelta(seconds=5), TimeQuality.GPS)


@pytest.mark.parametrize(
    "fix",
    [
        replace(fix_at(0.0), at=datetime(2006, 7, 16, tzinfo=UTC)),
        replace(fix_at(0.0), at=None, time_source=TimeSource.NONE),
        replace(fix_at(0.0), time_source=TimeSource.RECEIVER),
        replace(fix_at(0.0), arrived_mono_s=None),
        replace(fix_at(0.0), is_suspect=True),
        replace(fix_at(0.0), quality=FixQuality.ESTIMATED),
        replace(fix_at(0.0), quality=FixQuality.SIMULATED),
    ],
)
def test_doubtful_fixes_set_nothing(fix: Fix) -> None:
    """A time that is too early, guessed, simulated, or of unknown arrival is not taken."""
    clock = TrustedClock(RELEASED)
    assert not any(clock.hear_fix(fix) for _ in range(200))
    assert clock.stamp(1.0) is None


def test_disagreeing_fixes_do_not_move_the_time() -> None:
    """A receiver that jumps by hours is refused until it has agreed with itself for a minute."""
    clock = set_clock()
    for second in range(3, 3 + CHANGE_AGREEING - 1):
        assert not clock.hear_fix(fix_at(second, ahead_s=7200.0))
    stamp = clock.stamp(60.0)
    assert stamp is not None
    assert stamp.at == NOON + timedelta(seconds=60)
    assert clock.refused == CHANGE_AGREEING - 1
    assert clock.hear_fix(fix_at(3.0 + CHANGE_AGREEING, ahead_s=7200.0))
    stamp = clock.stamp(70.0)
    assert stamp is not None
    assert stamp.at == NOON + timedelta(seconds=7270)


def test_leap_second_is_taken_at_once() -> None:
    """A step of one second is within what two times may differ."""
    assert set_clock().hear_fix(fix_at(3.0, ahead_s=-1.0))


def test_time_is_held_without_signal() -> None:
    """In a garage the monotonic clock goes on; the stamp says HELD and its error grows."""
    clock = set_clock()
    stamp = clock.stamp(GPS_FRESH_S + 3600.0)
    assert stamp is not None
    assert (stamp.at, stamp.quality) == (
        NOON + timedelta(seconds=GPS_FRESH_S + 3600.0),
        TimeQuality.HELD,
    )
    error_s = clock.error_s(100_000.0)
    assert error_s is not None
    assert 10.0 < error_s < 11.0


def test_time_never_goes_back() -> None:
    """Late sentences make no stamp earlier than the one before."""
    clock, last = set_clock(), NOON
    for second in range(3, 200):
        clock.hear_fix(fix_at(second, late_s=(second * 7 % 10) / 10))
        stamp = clock.stamp(second + 1.0)
        assert stamp is not None
        assert stamp.at >= last
        assert abs((stamp.at - NOON).total_seconds() - (second + 1.0)) <= 1.0
        last = stamp.at


def test_server_sets_the_time_with_half_its_round_trip() -> None:
    """Without satellites the server's answer counts; GPS, once there, is preferred while it is better."""
    clock = TrustedClock(RELEASED)
    assert not clock.hear_server(datetime(2020, 1, 1, tzinfo=UTC), 0.0, 0.2)
    assert clock.hear_server(NOON, 0.0, 2.0)
    stamp, error_s = clock.stamp(0.0), clock.error_s(0.0)
    assert stamp is not None
    assert (stamp.at, stamp.quality, error_s) == (
        NOON + timedelta(seconds=1),
        TimeQuality.SERVER,
        1.0,
    )
    assert clock.hear_fix(fix_at(1.0))
    stamp = clock.stamp(2.0)
    assert stamp is not None
    assert stamp.quality is TimeQuality.GPS


def test_sleep_of_the_computer_ends_the_trust() -> None:
    """After a sleep nothing can be carried on until a time is heard again."""
    clock = set_clock()
    clock.forget()
    assert clock.stamp(9.0) is None
