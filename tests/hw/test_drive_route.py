"""The simulated drive's way through the world agrees with its pictures."""

from __future__ import annotations

import itertools

import pytest

from alpr_core.earth import ground_distance_m
from hw.simulated_drive import SimulatedDrive
from hw.simulated_drive.route import TURN_S
from hw.simulated_drive.traffic import FPS
from tests.hw.hand_clock import HandClock


@pytest.fixture(scope="module")
def drive() -> SimulatedDrive:
    return SimulatedDrive(seed=462)


def test_every_street_is_straight_at_its_own_speed(drive: SimulatedDrive) -> None:
    """In the middle of each street the route has the speed with which its pictures were drawn."""
    route = drive.route
    for street in drive.streets:
        middle_s = (street.first_frame + street.last_frame) / 2 / FPS
        place = route.place(middle_s)
        assert place.speed_mps == pytest.approx(street.own_speed_mps)
        assert place.track_deg == (180.0 if street.number % 2 else 90.0)
        corner_s = street.last_frame / FPS
        assert route.place(corner_s - 0.2).track_deg % 90 > 1
        assert route.place(corner_s - 0.6 * TURN_S).track_deg % 90 == 0


def test_places_follow_from_speeds_and_the_way_closes(drive: SimulatedDrive) -> None:
    """Each tenth of a second is as far as its speed says, over two laps, which end where they began."""
    route, lap_s = drive.route, drive.lap_frames / FPS
    places = [route.place(number / 10) for number in range(round(20 * lap_s) + 1)]
    for one, other in itertools.pairwise(places):
        way_m = ground_distance_m((one.lat_deg, one.lon_deg), (other.lat_deg, other.lon_deg))
        assert way_m * 10 == pytest.approx((one.speed_mps + other.speed_mps) / 2, abs=0.1)
    first, last = places[0], route.place(2 * lap_s)
    assert ground_distance_m((first.lat_deg, first.lon_deg), (last.lat_deg, last.lon_deg)) < 1


def test_route_is_in_westminster(drive: SimulatedDrive) -> None:
    """No place of the way lies outside the city."""
    route = drive.route
    for number in range(160):
        place = route.place(float(number))
        assert 33.74 < place.lat_deg < 33.77
        assert -118.03 < place.lon_deg < -117.96


def test_live_drive_goes_on_without_its_camera() -> None:
    """After the camera was away the pictures show the place where the car has got meanwhile."""
    clock = HandClock()
    drive = SimulatedDrive(vehicles=1, clock=clock, wait=clock.pass_s)
    assert drive.driven_s(clock.mono_s()) == 0
    first = next(drive.frames())
    clock.pass_s(2.0)
    again = next(drive.frames())
    assert again.number == first.number + 40
    assert drive.driven_s(again.taken_mono_s) == pytest.approx((again.number - 1) / FPS)
    assert (again.taken_at - first.taken_at).total_seconds() == pytest.approx(2.0)
