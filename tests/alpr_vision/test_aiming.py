"""What a technician sees of a camera: meters and test plates, and no plate of anybody."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from alpr_core.aiming import Exposure, best_exposure, is_test_plate
from alpr_core.frame import Frame, Pixels
from alpr_vision.aiming import PICTURE_WIDTH_PX, aim_of
from alpr_vision.eyes import Eyes
from hw.simulated_drive import SimulatedDrive
from hw.simulated_drive.test_target import TEXT, Light, TestTarget


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return Eyes.open()


def frame_of(pixels: Pixels) -> Frame:
    return Frame("front", 1, datetime.now(UTC), 0.0, pixels, "test")


def test_only_test_plates_are_told(eyes: Eyes) -> None:
    """A test plate is measured; of a street's plates only their number is told, and their place is covered."""
    drive = SimulatedDrive(seed=462)
    number = next(n for n in range(20, 200) if any(p.width_px > 100 for p in drive.plates_in(n)))
    street, _ = drive.render(number)
    aim = aim_of(eyes, frame_of(street))
    assert aim.test_plates == ()
    assert aim.covered >= 1
    assert aim.picture.shape[1] == PICTURE_WIDTH_PX
    for plate in drive.plates_in(number):
        if plate.width_px < 100:
            continue
        scale = PICTURE_WIDTH_PX / street.shape[1]
        xs, ys = zip(*plate.corners, strict=True)
        part = aim.picture[
            int(min(ys) * scale) : int(max(ys) * scale), int(min(xs) * scale) : int(max(xs) * scale)
        ]
        # What stands there is one grey, and perhaps the cross of the picture's middle.
        assert (part == np.median(part)).mean() > 0.8
    target = TestTarget(Light).render(street)
    (seen,) = aim_of(eyes, frame_of(target)).test_plates
    assert (seen.text, seen.is_high_enough) == (TEXT, True)
    assert 50 < seen.height_px < 70


def test_focus_meter_knows_blur(eyes: Eyes) -> None:
    """A blurred picture of the same target is less sharp."""
    target = TestTarget(Light).render(np.zeros((720, 1280), np.uint8))
    blurred = target.copy()
    for _ in range(3):
        blurred[1:-1] = (blurred[:-2].astype(int) + blurred[1:-1] + blurred[2:]) // 3
    assert aim_of(eyes, frame_of(blurred)).sharpness < aim_of(eyes, frame_of(target)).sharpness / 2


@pytest.mark.parametrize("text", ["TEST462", "TEST000"])
def test_a_test_plate_says_so(text: str) -> None:
    """TEST and three digits."""
    assert is_test_plate(text)


@pytest.mark.parametrize(
    "text", ["8ABC123", "TEST", "TEST46", "TESTABC", "XTEST462", "TEST4622", ""]
)
def test_no_other_plate_is_one(text: str) -> None:
    """Whatever else may be read is somebody's plate."""
    assert not is_test_plate(text)


def test_best_exposure_is_short_and_reads() -> None:
    """Of the settings that read as well as the best, the shortest wins, then the one with least gain."""
    tried = [
        Exposure(6, 0, 0.0, 10.0, 0.9),
        Exposure(9, 0, 0.98, 180.0, 0.1),
        Exposure(12, 0, 0.97, 150.0, 0.0),
        Exposure(12, 4, 0.98, 170.0, 0.0),
        Exposure(18, 8, 0.6, 60.0, 0.0),
    ]
    assert best_exposure(tried) == tried[2]
    assert best_exposure([tried[0]]) is None


def test_a_nearly_black_picture_is_not_kept() -> None:
    """A short exposure that just reads a near plate loses to one with light to spare, unless all are dark."""
    dark = [Exposure(21, 0, 0.99, 12.0, 0.0), Exposure(18, 0, 0.98, 35.0, 0.0)]
    assert best_exposure([*dark, Exposure(12, 4, 0.98, 90.0, 0.0)]) == Exposure(
        12, 4, 0.98, 90.0, 0.0
    )
    assert best_exposure(dark) == dark[1]
