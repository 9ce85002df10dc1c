"""The box's time: the system's until satellites or the server are believed, and honest about which."""

from __future__ import annotations

from datetime import timedelta

from alpr_core.audit.entry import TimeQuality
from alpr_core.fix import Fix, FixMode, FixQuality, TimeSource
from alpr_core.trusted_clock import GPS_FRESH_S
from hw.box_clock import BoxClock
from tests.hw.hand_clock import BEGAN_AT, HandClock

AHEAD = timedelta(hours=3)
"""How far the satellites are ahead of a computer whose battery was flat."""


def hear_fixes(clock: BoxClock, system: HandClock, count: int = 3) -> None:
    for _ in range(count):
        system.pass_s(1.0)
        fix = Fix(
            mode=FixMode.FIX_3D,
            at=system.utc() + AHEAD,
            lat_deg=33.76,
            lon_deg=-117.99,
            quality=FixQuality.AUTONOMOUS,
            time_source=TimeSource.FIX,
            arrived_mono_s=system.mono_s(),
        )
        clock.hear_fix(fix)


def test_time_is_the_systems_until_satellites_are_believed() -> None:
    """The same clock gives the system's time as untrusted, then GPS time, then GPS time carried on."""
    system = HandClock()
    clock = BoxClock(system)
    assert (clock.utc(), clock.trusted()) == (BEGAN_AT, None)
    assert clock.stamp().quality is TimeQuality.UNTRUSTED
    hear_fixes(clock, system)
    assert clock.stamp().quality is TimeQuality.GPS
    assert clock.trusted() == clock.utc() == system.utc() + AHEAD
    assert clock.at(system.mono_s() - 2.0) == system.utc() + AHEAD - timedelta(seconds=2)
    system.pass_s(GPS_FRESH_S + 1.0)
    assert clock.stamp().quality is TimeQuality.HELD
    assert clock.trusted() == system.utc() + AHEAD


def test_time_is_not_carried_on_over_sleep() -> None:
    """After the computer slept nothing is trusted until it is heard again."""
    system, slept = HandClock(), [0.0]
    clock = BoxClock(system, slept_s=lambda: slept[0])
    hear_fixes(clock, system)
    assert clock.trusted() is not None
    slept[0] = 3600.0
    assert clock.trusted() is None
    hear_fixes(clock, system)
    assert clock.stamp().quality is TimeQuality.GPS


def test_server_time_counts_at_once() -> None:
    """The first answer of the agency's server is believed."""
    system = HandClock()
    clock = BoxClock(system)
    assert clock.hear_server(BEGAN_AT + AHEAD, system.mono_s(), 0.2)
    assert clock.stamp().quality is TimeQuality.SERVER
