from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import yaml

from alpr_core.frame import Frame, Pixels
from alpr_core.plate import PlateBox
from alpr_core.text_certainty import text_certainty
from alpr_vision import plate_reader
from alpr_vision.eyes import Eyes
from alpr_vision.model_files import MODELS_FOLDER
from alpr_vision.plate_detector import HEIGHT_PER_WIDTH_MAX, OnnxPlateDetector, network_input
from alpr_vision.plate_reader import FURTHER_VIEWS, CropMargin, rectified_plate
from hw.photograph import photograph
from hw.simulated_drive import SimulatedDrive
from tests.alpr_core.made_readings import BEGAN_AT

PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "photos"


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return Eyes.open()


def frame_of(pixels: np.ndarray) -> Frame:  # type: ignore[type-arg]
    return Frame("test", 1, BEGAN_AT, 0.0, pixels, "made")


def test_plates_of_the_simulated_road_are_read(eyes: Eyes) -> None:
    """Of the plates that are wide enough in frames of the simulated drive, most are read without an error."""
    drive = SimulatedDrive(seed=7, vehicles=12, is_live=False, loops=False)
    known = {vehicle.plate for vehicle in drive.vehicles}
    read: set[str] = set()
    for number in range(20, drive.lap_frames, 6):
        if any(plate.width_px > 90 for plate in drive.plates_in(number)):
            read |= {reading.text for reading in eyes.look(frame_of(drive.render(number)[0]))}
    assert len(read & known) >= 8


@pytest.mark.parametrize(
    "shape", [(720, 1280), (1, 1), (3, 2000), (2000, 3), (64, 128), (1080, 1920)]
)
def test_pictures_without_a_plate(eyes: Eyes, shape: tuple[int, int]) -> None:
    """Flat grey of any size gives no reading and no error."""
    assert eyes.look(frame_of(np.full(shape, 128, np.uint8))) == ()


class KeptInput:
    """Stands before a session and keeps the shapes it was given."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.shapes: list[tuple[int, ...]] = []

    def run(self, outputs: list[str], inputs: dict[str, npt.NDArray[np.uint8]]) -> Any:
        self.shapes += [array.shape for array in inputs.values()]
        return self.session.run(outputs, inputs)


@pytest.mark.parametrize("shape", [(95_000, 640), (640, 95_000), (9_000, 9_000), (4_000, 3_000)])
def test_the_detectors_input_is_bounded(shape: tuple[int, int]) -> None:
    """However tall or wide a picture is, the network gets no more than its width and twice that in height."""
    detector = OnnxPlateDetector()
    kept = detector.wrap_session(KeptInput)
    assert detector.find_plates(frame_of(np.full(shape, 128, np.uint8))) == []
    ((_, _, height_px, width_px),) = kept.shapes
    settings = yaml.safe_load((MODELS_FOLDER / "detector" / "detector.yaml").read_text("utf-8"))
    assert width_px <= settings["input_width_px"]
    assert height_px <= HEIGHT_PER_WIDTH_MAX * settings["input_width_px"]


def test_a_plate_in_a_tall_picture_is_boxed_where_it_is(eyes: Eyes) -> None:
    """A picture that its height shrinks gives the plate boxes of the frame inside it, moved down."""
    drive = SimulatedDrive(seed=7, vehicles=12, is_live=False, loops=False)
    number = next(
        n
        for n in range(drive.lap_frames)
        if any(plate.width_px > 120 for plate in drive.plates_in(n))
    )
    pixels = drive.render(number)[0]
    above_px = 2_000
    tall = cv2.copyMakeBorder(pixels, above_px, 0, 0, 0, cv2.BORDER_CONSTANT, value=128)
    assert tall.shape[0] > HEIGHT_PER_WIDTH_MAX * tall.shape[1]
    alone = sorted(eyes.detector.find_plates(frame_of(pixels)), key=lambda box: box.x)
    below = sorted(
        eyes.detector.find_plates(frame_of(np.asarray(tall, np.uint8))), key=lambda box: box.x
    )
    assert len(alone) == len(below) > 0
    for small, large in zip(alone, below, strict=True):
        expected = (small.x, small.y + above_px, small.w, small.h)
        assert (large.x, large.y, large.w, large.h) == pytest.approx(expected, abs=8, rel=0)


@pytest.mark.parametrize("shrink", [1.34, 2.0, 2.3, 3.1])
def test_shrinking_skips_no_pixel(shrink: float) -> None:
    """Lines one pixel wide come out grey at every scale, not as broad bands of their own."""
    pixels = np.zeros((200, 960), np.uint8)
    pixels[:, ::2] = 255
    small = network_input(pixels, round(960 / shrink), round(200 / shrink))[0, 0]
    bands = cv2.blur(small.astype(np.float32), (5, 5))[5:-20, 5:-20]
    assert np.ptp(bands) < 60


@pytest.mark.parametrize("size", [(960, 540), (955, 533), (1280, 720), (400, 225), (17, 9)])
def test_a_scaled_picture_is_padded_with_its_edge(size: tuple[int, int]) -> None:
    """The detector's input is the scaled picture, and its last row and column go on to whole strides."""
    width_px, height_px = size
    pixels = np.random.default_rng(5).integers(0, 256, (720, 1280), np.uint8)
    is_coarse = 2 * width_px < 1280
    how = cv2.INTER_AREA if is_coarse else cv2.INTER_LINEAR
    scaled = cv2.resize(pixels, size, interpolation=how)
    padded = cv2.copyMakeBorder(scaled, 0, -height_px % 16, 0, -width_px % 16, cv2.BORDER_REPLICATE)
    np.testing.assert_array_equal(network_input(pixels, *size)[0, 0], padded)


def test_noise_is_no_plate(eyes: Eyes) -> None:
    """Noise gives no reading."""
    noise = np.random.default_rng(1).integers(0, 256, (720, 1280), dtype=np.uint8)
    assert eyes.look(frame_of(noise)) == ()


def test_rectifying_follows_the_corners() -> None:
    """A slanted patch comes out upright, each corner in its place."""
    pixels = np.zeros((200, 300), np.uint8)
    corners = ((50.0, 40.0), (250.0, 80.0), (240.0, 160.0), (60.0, 120.0))
    cv2.fillConvexPoly(pixels, np.array(corners, np.int32), 200)
    cv2.circle(pixels, (70, 58), 9, 90, -1)
    plate = rectified_plate(pixels, PlateBox(50, 40, 200, 120, 1.0, corners), 128, 64)
    assert plate.shape == (64, 128)
    assert plate[8:-8, 24:-8].min() > 180
    assert plate[:24, :24].min() < 110


def test_rectifying_survives_corners_outside_the_picture() -> None:
    """Corners beyond the picture's edge give a plate all the same."""
    corners = ((-40.0, -10.0), (60.0, -5.0), (60.0, 40.0), (-40.0, 45.0))
    plate = rectified_plate(
        np.full((30, 50), 99, np.uint8), PlateBox(0, 0, 50, 30, 1.0, corners), 128, 64
    )
    assert plate.shape == (64, 128)


def test_a_margin_follows_the_plates_edges() -> None:
    """A wider view shows what lies around the plate, a narrower one less of the plate itself."""
    pixels = np.zeros((200, 300), np.uint8)
    pixels[50:150, 50:250] = 200
    box = PlateBox(50, 50, 200, 100, 1.0)
    wide = rectified_plate(pixels, box, 128, 64, CropMargin(0.1, 0.1))
    assert wide[:3].max() < 20 and wide[:, :3].max() < 20 and wide[32, 64] == 200
    narrow = rectified_plate(pixels, box, 128, 64, CropMargin(-0.1, -0.1))
    assert narrow.min() == 200


PLATE_BOXES = tuple(PlateBox(left, 100, 200, 100, 1.0) for left in (30, 400))


def two_plates() -> Pixels:
    pixels = np.full((300, 700), 90, np.uint8)
    for left, text in ((30, "ABC"), (400, "XYZ")):
        cv2.rectangle(pixels, (left, 100), (left + 200, 200), 235, -1)
        cv2.putText(pixels, text, (left + 15, 180), cv2.FONT_HERSHEY_SIMPLEX, 2.6, 30, 9)
    return pixels


@pytest.mark.parametrize(
    ("sure_from", "hopeless", "batches"),
    [
        (2.0, 0.0, [2, 2 * len(FURTHER_VIEWS)]),
        (0.0, 0.0, [2]),
        (2.0, 2.0, [2]),
    ],
    ids=["doubtful", "sure", "hopeless"],
)
def test_only_a_doubtful_plate_is_read_again(
    eyes: Eyes,
    monkeypatch: pytest.MonkeyPatch,
    sure_from: float,
    hopeless: float,
    batches: list[int],
) -> None:
    """One batch holds a view of every box; a second one holds the further views of the doubtful boxes only."""
    monkeypatch.setattr(plate_reader, "NO_DOUBT_TEXT", sure_from)
    monkeypatch.setattr(plate_reader, "NO_DOUBT_STATE", 0.0)
    monkeypatch.setattr(plate_reader, "HOPELESS", hopeless)
    kept = eyes.reader.wrap_session(KeptInput)
    try:
        eyes.reader.read_plates(frame_of(two_plates()), PLATE_BOXES)
    finally:
        eyes.reader.wrap_session(lambda _: kept.session)
    assert kept.shapes == [(pictures, 64, 128, 1) for pictures in batches]


def test_each_plate_gets_the_answer_to_its_own_views(
    eyes: Eyes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plates read together, of which one leaves a doubt, give what each of them gives alone."""
    frame = frame_of(two_plates())
    monkeypatch.setattr(plate_reader, "HOPELESS", 0.0)
    monkeypatch.setattr(plate_reader, "NO_DOUBT_STATE", 0.0)
    monkeypatch.setattr(plate_reader, "NO_DOUBT_TEXT", 0.0)
    sure = [text_certainty(r) for r in eyes.reader.read_plates(frame, PLATE_BOXES)]
    assert sure[0] != sure[1]
    monkeypatch.setattr(plate_reader, "NO_DOUBT_TEXT", sum(sure) / 2)
    together = eyes.reader.read_plates(frame, PLATE_BOXES)
    alone = [eyes.reader.read_plates(frame, (box,))[0] for box in PLATE_BOXES]
    for one, other in zip(together, alone, strict=True):
        assert one.text == other.text
        np.testing.assert_allclose(one.slot_probabilities, other.slot_probabilities, atol=1e-3)
        np.testing.assert_allclose(one.state_probabilities, other.state_probabilities, atol=1e-3)
        np.testing.assert_allclose(one.slot_probabilities.sum(axis=1), 1.0, atol=1e-4)


@pytest.mark.skipif(
    not PHOTOS.exists(), reason="the labelled photographs are not beside the checkout"
)
def test_a_real_photograph_is_read(eyes: Eyes) -> None:
    """A clear plate on a real photograph is found and read."""
    (reading, *_) = eyes.look(photograph(PHOTOS / "scenes_us" / "car14.jpg"))
    assert reading.text == "980YTB"


def test_the_eyes_leave_no_trace_outside(tmp_path: Path) -> None:
    """Loading and using the models writes nothing into the home folder: no telemetry, no device id."""
    script = (
        "import numpy as np\nfrom alpr_vision.eyes import Eyes\nfrom alpr_core.frame import Frame\n"
        "from datetime import datetime, UTC\n"
        "Eyes.open().look(Frame('a', 1, datetime.now(UTC), 0.0, np.zeros((64, 64), np.uint8), 'a'))\n"
    )
    subprocess.run(
        [sys.executable, "-P", "-c", script],
        check=True,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
    )
    assert list(tmp_path.rglob("*")) == []
