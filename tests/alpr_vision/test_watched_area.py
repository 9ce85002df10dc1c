from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from alpr_core.frame import Frame, Pixels
from alpr_core.plate import PlateBox
from alpr_vision.plate_detector import OnnxPlateDetector
from alpr_vision.watched_area import STILL_LOOKS, WatchedArea, WatchingDetector
from hw.photograph import frame_of_pixels
from hw.simulated_drive import SimulatedDrive
from tests.alpr_core.made_readings import box_at


class SeenShapes:
    """A detector that keeps the shapes it was shown and finds one box."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def find_plates(self, frame: Frame) -> Sequence[PlateBox]:
        self.shapes.append(frame.pixels.shape)
        return (replace(box_at(10, y=20), corners=((10.0, 20.0), (110.0, 21.0))),)


def noisy(seed: int, grey: int = 90) -> Pixels:
    noise = np.random.default_rng(seed).normal(grey, 8, (720, 1280))
    return np.clip(noise, 0, 255).astype(np.uint8)


def test_a_plate_in_the_region_is_found_at_the_same_place() -> None:
    """Looking only at a region gives the boxes inside it in the whole frame's pixels, corners too."""
    drive = SimulatedDrive(seed=7, vehicles=12, is_live=False, loops=False)
    number, place = next(
        (n, places[0])
        for n in range(drive.lap_frames)
        if len(places := drive.plates_in(n)) == 1 and places[0].width_px > 110
    )
    frame = frame_of_pixels(drive.render(number)[0])
    detector = OnnxPlateDetector()
    (whole, *_) = detector.find_plates(frame)
    upper = (whole.y - 60) / frame.height_px
    region = (0.0, upper, 1.0, min(1.0, (whole.y + whole.h + 60) / frame.height_px))
    (inside, *_) = WatchingDetector(detector, WatchedArea(region)).find_plates(frame)
    assert abs(inside.x - whole.x) < 6
    assert abs(inside.y - whole.y) < 6
    assert abs(inside.corners[2][1] - whole.corners[2][1]) < 6
    assert place.width_px > 110


def test_the_region_is_what_is_looked_at() -> None:
    """Only the region's pixels reach the detector, and its boxes are moved back, corners too."""
    seen = SeenShapes()
    watching = WatchingDetector(seen, WatchedArea((0.25, 0.5, 0.75, 1.0)))
    (box,) = watching.find_plates(frame_of_pixels(noisy(1)))
    assert seen.shapes == [(360, 640)]
    assert (box.x, box.y) == (330.0, 380.0)
    assert box.corners == ((330.0, 380.0), (430.0, 381.0))


def test_still_pictures_are_left_out_and_their_boxes_stay() -> None:
    """After a few looks at a picture in which only noise changes, the last boxes are given again."""
    seen = SeenShapes()
    watching = WatchingDetector(seen, WatchedArea(skip_still=True))
    given = [watching.find_plates(frame_of_pixels(noisy(n))) for n in range(12)]
    assert len(seen.shapes) == STILL_LOOKS
    assert watching.skipped == 12 - STILL_LOOKS
    assert all(boxes == given[0] for boxes in given)


def test_a_plate_that_comes_up_is_looked_at() -> None:
    """A change as small as a plate 45 pixels wide wakes the detector, and so does slowly growing light."""
    seen = SeenShapes()
    watching = WatchingDetector(seen, WatchedArea(skip_still=True))
    for n in range(10):
        watching.find_plates(frame_of_pixels(noisy(n)))
    before = len(seen.shapes)
    with_plate = noisy(20)
    with_plate[300:323, 600:645] = 220
    watching.find_plates(frame_of_pixels(with_plate))
    assert len(seen.shapes) == before + 1
    for n in range(40):
        watching.find_plates(frame_of_pixels(noisy(n + 30, grey=90 + 2 * n)))
    assert len(seen.shapes) > before + 5


def test_nothing_is_left_out_unless_wished() -> None:
    """Without settings every picture is looked at, whole."""
    seen = SeenShapes()
    watching = WatchingDetector(seen, WatchedArea())
    for _ in range(8):
        watching.find_plates(frame_of_pixels(noisy(1)))
    assert seen.shapes == [(720, 1280)] * 8
