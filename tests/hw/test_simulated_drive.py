"""The simulated drive and its truth."""

from __future__ import annotations

import re
import subprocess
import sys

import cv2
import numpy as np
import pytest

from alpr_core.errors import DeviceError
from alpr_core.frame import Pixels
from alpr_core.plate_text import normalise_plate
from hw.simulated_drive import Light, PlateInFrame, SimulatedDrive
from hw.simulated_drive.plate_stock import stocked_plates
from tests.hw.hand_clock import BEGAN_AT, HandClock

CALIFORNIAN = re.compile(r"[0-9][A-Z]{3}[0-9]{3}")


@pytest.fixture(scope="module")
def drive() -> SimulatedDrive:
    return SimulatedDrive(seed=1, vehicles=60, is_live=False)


def straightened(picture: Pixels, truth: PlateInFrame) -> Pixels:
    """The plate cut out of the picture along the corners of the script, 128 x 64."""
    flat = np.array(((0, 0), (128, 0), (128, 64), (0, 64)), dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(truth.corners, dtype=np.float32), flat)
    return cv2.warpPerspective(picture, matrix, (128, 64)).astype(np.uint8)


def likeness(picture: Pixels, truth: PlateInFrame) -> float:
    """Correlation of the picture at the script's place with the plate's own drawing."""
    drawing = stocked_plates()[truth.vehicle.stock_index].levels()[1]
    return float(np.corrcoef(straightened(picture, truth).ravel(), drawing.ravel())[0, 1])


def test_stock_is_complete() -> None:
    """240 different plates, half of them today's Californian serials, all in one written form."""
    plates = stocked_plates()
    texts = [plate.text for plate in plates]
    assert len(set(texts)) == len(texts) == 240
    assert sum(bool(CALIFORNIAN.fullmatch(text)) for text in texts) >= 120
    assert all(text == normalise_plate(text) for text in texts)
    assert all(plate.levels()[0].shape == (128, 256) for plate in plates)


@pytest.mark.parametrize("count", [60, 240])
def test_every_vehicle_is_readable_long_enough(count: int) -> None:
    """Each vehicle's plate is readable in at least 8 frames, mostly one or two at a time."""
    drive = SimulatedDrive(seed=2, vehicles=count, is_live=False)
    assert len({vehicle.plate for vehicle in drive.vehicles}) == count
    assert all(v.last_frame - v.first_frame + 1 >= 8 for v in drive.vehicles)
    assert {vehicle.light for vehicle in drive.vehicles} == set(Light)
    moments = range(1, drive.lap_frames + 1, 7)
    in_view = [sum(v.first_frame <= n <= v.last_frame for v in drive.vehicles) for n in moments]
    assert max(in_view) <= 4
    assert sum(number in (1, 2) for number in in_view) > 0.6 * len(in_view)


def test_plates_are_where_the_script_says(drive: SimulatedDrive) -> None:
    """In the middle of its readable frames every plate looks like its drawing, at the script's corners."""
    for vehicle in drive.vehicles:
        number = (vehicle.first_frame + vehicle.last_frame) // 2
        (truth,) = [found for found in drive.plates_in(number) if found.vehicle is vehicle]
        picture, _ = drive.render(number)
        assert 55 <= truth.width_px <= 190
        assert likeness(picture, truth) > 0.55, f"{vehicle.plate} in frame {number}"


def test_plates_are_where_the_script_says_at_both_ends(drive: SimulatedDrive) -> None:
    """The first and the last readable frame of a street's vehicles really show their plates."""
    for vehicle in drive.vehicles[:10]:
        for number in (vehicle.first_frame, vehicle.last_frame):
            truth = next(t for t in drive.plates_in(number) if t.vehicle is vehicle)
            assert likeness(drive.render(number)[0], truth) > 0.5, f"{vehicle.plate}, {number}"


def test_same_seed_same_pixels() -> None:
    """Two drives with one seed give the same pictures, in whatever order frames are asked for."""
    one, other = (SimulatedDrive(seed=5, vehicles=12, is_live=False) for _ in range(2))
    numbers = [1, 2, one.vehicles[9].last_frame + 6, 40]
    pictures = {number: one.render(number) for number in numbers}
    for number in reversed(numbers):
        plate_picture, overview = other.render(number)
        assert np.array_equal(plate_picture, pictures[number][0])
        assert np.array_equal(overview, pictures[number][1])
    different = SimulatedDrive(seed=6, vehicles=12)
    assert [v.plate for v in different.vehicles] != [v.plate for v in one.vehicles]


def test_both_cameras_have_their_size(drive: SimulatedDrive) -> None:
    """The plate picture is 1280 x 720, the overview 640 x 360, both grey."""
    plate_picture, overview = drive.render(1)
    assert (plate_picture.shape, overview.shape) == ((720, 1280), (360, 640))
    assert plate_picture.dtype == overview.dtype == np.uint8


def test_next_lap_has_the_plates_on_other_vehicles() -> None:
    """After the last vehicle the drive begins again with all plates, in another order."""
    drive = SimulatedDrive(seed=1, vehicles=20, is_live=False)
    plates_by_lap = []
    for lap in range(3):
        begin = 1 + lap * drive.lap_frames
        seen = (
            t.vehicle.plate
            for n in range(begin, begin + drive.lap_frames)
            for t in drive.plates_in(n)
        )
        plates_by_lap.append(list(dict.fromkeys(seen)))
    assert sorted(plates_by_lap[0]) == sorted(plates_by_lap[1]) == sorted(plates_by_lap[2])
    assert plates_by_lap[0] != plates_by_lap[1] != plates_by_lap[2]
    number = drive.vehicles[0].first_frame + drive.lap_frames
    truth = drive.plates_in(number)[0]
    assert likeness(drive.render(number)[0], truth) > 0.5


def test_drive_without_loop_ends() -> None:
    """One lap gives each of its frames once, timed 50 ms apart from the drive's own beginning."""
    drive = SimulatedDrive(
        vehicles=1, is_live=False, loops=False, camera="front", clock=HandClock()
    )
    frames = list(drive.frames())
    assert [frame.number for frame in frames] == list(range(1, drive.lap_frames + 1))
    assert (frames[0].camera, frames[0].taken_at) == ("front", BEGAN_AT)
    assert frames[20].taken_mono_s - frames[0].taken_mono_s == pytest.approx(1.0)
    assert frames[0].overview is not None
    assert not drive.is_live


def test_live_drive_keeps_pace() -> None:
    """A live drive gives 20 frames a second; a taker that is slow misses frames, and numbers show it."""
    clock = HandClock()
    drive = SimulatedDrive(vehicles=1, clock=clock, wait=clock.pass_s)
    frames = drive.frames()
    assert [next(frames).number for _ in range(3)] == [1, 2, 3]
    assert clock.mono_s() == pytest.approx(1000.1)
    clock.pass_s(0.5)
    late = next(frames)
    assert late.number == 13
    assert late.taken_mono_s == pytest.approx(1000.6)


def test_unplugged_drive_is_a_device_error() -> None:
    """Pulling the cable ends the frames with a DeviceError, putting it back lets them go on."""
    drive = SimulatedDrive(vehicles=1, is_live=False)
    frames = drive.frames()
    assert next(frames).number == 1
    drive.unplug()
    for opening in (frames, drive.frames()):
        with pytest.raises(DeviceError, match="does not answer"):
            next(opening)
    drive.plug_in()
    assert next(drive.frames()).number == 2


@pytest.mark.parametrize("count", [0, 241])
def test_impossible_number_of_vehicles_is_our_fault(count: int) -> None:
    """A drive without vehicles, or with more than there are plates, is a wrong call."""
    with pytest.raises(ValueError, match="1 to 240"):
        SimulatedDrive(vehicles=count)


def test_drive_needs_nothing_of_training() -> None:
    """The drive runs where `training/` and its libraries are not installed."""
    script = (
        "import sys; from hw.simulated_drive import SimulatedDrive\n"
        "SimulatedDrive(vehicles=1).render(1)\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not names & {'training', 'fontTools', 'alpr_vision'}, names\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
