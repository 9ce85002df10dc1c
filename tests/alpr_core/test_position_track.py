"""Where the car was at one instant: on a curve, between fixes, across jumps."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from alpr_core.earth import LocalPlane, ground_distance_m
from alpr_core.fix import STALE_AFTER_S, Fix, FixMode
from alpr_core.position_track import PositionTrack
from hw.gps.nmea_decoder import NmeaDecoder
from hw.gps.simulated_receiver import SimulatedReceiver, driven_place

BEGAN_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HERE = (33.76, -117.99)


def fix_at(seconds: float, place: tuple[float, float] = HERE, mono_s: float | None = None) -> Fix:
    return Fix(
        mode=FixMode.FIX_3D,
        at=BEGAN_AT + timedelta(seconds=seconds),
        lat_deg=place[0],
        lon_deg=place[1],
        arrived_mono_s=seconds if mono_s is None else mono_s,
    )


def away(metres: float) -> tuple[float, float]:
    return LocalPlane(*HERE).to_place(0.0, metres)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * len(values))]


def driven_track(rng: random.Random, seconds: int, rate_hz: int) -> list[tuple[float, Fix]]:
    """Return fixes of the simulated receiver with the instants of their arrival, up to 80 ms late."""
    receiver, decoder, arrivals = SimulatedReceiver(BEGAN_AT), NmeaDecoder(), []
    for number in range(seconds * rate_hz):
        at_s = number / rate_hz
        arrived_s = 1000.0 + at_s + rng.uniform(0.0, 0.08)
        events = [*decoder.feed(receiver.epoch(at_s), arrived_s), *decoder.pause()]
        arrivals += [(arrived_s, event) for event in events if isinstance(event, Fix)]
    return arrivals


def error_m(track: PositionTrack, instant_s: float) -> float:
    found, truth = track.at(1000.0 + instant_s), driven_place(instant_s)
    assert found is not None
    return ground_distance_m((found.lat_deg, found.lon_deg), (truth.lat_deg, truth.lon_deg))


@pytest.mark.parametrize(("rate_hz", "seconds"), [(1, 240), (5, 80), (10, 60)])
def test_place_between_fixes_is_good_to_a_metre(rate_hz: int, seconds: int) -> None:
    """On the simulated curve at up to 32 m/s, 99 of 100 instants are within a metre of the truth."""
    rng = random.Random(4)
    track, errors = PositionTrack(), []
    for arrived_s, fix in driven_track(rng, seconds, rate_hz):
        assert not track.add(fix).is_suspect
        newest_s = arrived_s - 1000.0
        if newest_s > 30:
            errors += [error_m(track, newest_s - 1.2 - rng.random()) for _ in range(4)]
    assert percentile(errors, 0.99) <= 1.0


def test_place_after_the_last_fix_is_marked_and_close() -> None:
    """Up to a second past the newest fix the curve goes on, and the answer says that it is a guess."""
    rng = random.Random(5)
    track, errors = PositionTrack(), []
    for arrived_s, fix in driven_track(rng, 200, 1):
        track.add(fix)
        if arrived_s > 1040:
            assert fix.at is not None
            after_s = (fix.at - BEGAN_AT).total_seconds() + rng.uniform(0.1, 1.0)
            found = track.at(1000.0 + after_s)
            assert found is not None
            assert found.is_extrapolated
            errors.append(error_m(track, after_s))
    assert percentile(errors, 0.99) <= 3.0


def test_without_a_fresh_fix_there_is_no_place() -> None:
    """Before the first fix, over a gap, and from three seconds after the last one, nobody knows."""
    track = PositionTrack()
    assert track.at(5.0) is None
    track.add(fix_at(0.0))
    assert track.at(-0.1) is None
    assert track.at(STALE_AFTER_S - 0.1) is not None
    assert track.at(STALE_AFTER_S + 0.1) is None
    track.add(fix_at(10.0))
    assert track.at(1.0) is None
    track.add(Fix(mode=FixMode.NO_FIX, arrived_mono_s=11.0))
    assert track.at(14.0) is None


def test_jump_is_suspect_until_it_is_confirmed() -> None:
    """A fix that no car can reach is marked; three that agree are believed."""
    track = PositionTrack()
    assert not track.add(fix_at(0.0)).is_suspect
    assert not track.add(fix_at(1.0, away(69.0))).is_suspect
    assert track.add(fix_at(2.0, away(160.0))).is_suspect
    assert not track.add(fix_at(3.0, away(140.0))).is_suspect
    far = [track.add(fix_at(4.0 + n, away(9000.0 + 20 * n))).is_suspect for n in range(4)]
    assert far == [True, True, False, False]
    found = track.at(6.5)
    assert found is not None
    assert ground_distance_m((found.lat_deg, found.lon_deg), away(9050.0)) < 1.0


def test_time_that_stands_still_or_goes_back_is_never_a_track() -> None:
    """Fixes that jump without time passing are all suspect, and asking among them is no error."""
    track = PositionTrack()
    track.add(fix_at(10.0))
    for number in range(8):
        stray = fix_at(5.0 - number % 2, away(5000.0 * number))
        assert track.add(stray).is_suspect
    found = track.at(10.5)
    assert found is not None
    assert found.is_suspect


@pytest.mark.parametrize("step_s", [-18.0, -1.0, 1.0, 18.0])
def test_a_step_of_the_receivers_time_costs_three_seconds(step_s: float) -> None:
    """When it learns of the leap seconds its time steps; soon places belong to their instants again."""
    track = PositionTrack()
    for number in range(60):
        track.add(fix_at(number + (step_s if number >= 40 else 0.0), away(30.0 * number), number))
        if number >= 44:
            found = track.at(number - 0.5)
            assert found is not None
            there = away(30.0 * (number - 0.5))
            assert ground_distance_m((found.lat_deg, found.lon_deg), there) < 1.0


def test_a_backlog_is_no_step() -> None:
    """Ten fixes a second that all arrive at the end of a pause of two seconds keep their instants."""
    track = PositionTrack()
    for number in range(100):
        arrived_s = 6.0 if 40 <= number < 60 else number / 10
        track.add(fix_at(number / 10, away(3.0 * number), arrived_s))
    for instant_s in (4.05, 5.05, 5.95, 7.05):
        found = track.at(instant_s)
        assert found is not None
        there = away(30.0 * instant_s)
        assert ground_distance_m((found.lat_deg, found.lon_deg), there) < 1.0


def test_second_word_about_an_epoch_replaces_the_first() -> None:
    """A fix with the same time as the last one renews it and is no jump."""
    track = PositionTrack()
    track.add(fix_at(1.0))
    assert not track.add(fix_at(1.0, away(2.0), mono_s=1.3)).is_suspect
    found = track.at(1.0)
    assert found is not None
    assert found.lat_deg == pytest.approx(away(2.0)[0])


@pytest.mark.parametrize("place", [(0.0, 179.9999), (89.0, 10.0), (-33.0, -180.0), (0.0, 0.0)])
def test_distances_hold_everywhere(place: tuple[float, float]) -> None:
    """Metres east and north come back, at the date line and near a pole as well."""
    plane = LocalPlane(*place)
    other = plane.to_place(300.0, -400.0)
    assert -180 <= other[1] < 180
    assert ground_distance_m(place, other) == pytest.approx(500.0, rel=2e-3)
    assert plane.to_plane(other) == pytest.approx((300.0, -400.0))


def test_one_minute_of_latitude_is_a_nautical_mile() -> None:
    """Distances agree with WGS 84 tables: 1843 m at the equator, 1852 m at 45 degrees, 1862 m at the pole."""
    for lat_deg, length_m in ((0.0, 1842.9), (45.0, 1852.2), (89.9, 1861.6)):
        found_m = ground_distance_m((lat_deg, 7.0), (lat_deg + 1 / 60, 7.0))
        assert found_m == pytest.approx(length_m, abs=0.3)
