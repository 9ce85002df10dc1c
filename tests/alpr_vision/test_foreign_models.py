from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import yaml

from alpr_core.errors import ModelError
from alpr_core.frame import Frame
from alpr_core.plate import PlateBox, PlateReading
from alpr_vision import plate_reader
from alpr_vision.eyes import Eyes
from alpr_vision.hub_reader import HubPlateReader
from alpr_vision.yolo_detector import YoloPlateDetector, letterboxed
from hw.photograph import frame_of_pixels
from hw.simulated_drive.plate_stock import stocked_plates
from tests.alpr_vision.made_models import OUR_READER, bright_patch_detector, colour_reader

PLATES = 24


def plate_frames() -> list[tuple[Frame, PlateBox]]:
    frames = []
    for plate in stocked_plates()[:PLATES]:
        pixels = plate.levels()[0]
        height_px, width_px = pixels.shape
        frames.append(
            (frame_of_pixels(pixels), PlateBox(0, 0, float(width_px), float(height_px), 1.0))
        )
    return frames


def texts(reader: object, frames: list[tuple[Frame, PlateBox]]) -> list[PlateReading]:
    return [reader.read_plates(frame, (box,))[0] for frame, box in frames]  # type: ignore[attr-defined]


def detector(folder: Path, model: bytes, settings: str = "threshold: 0.25\n") -> YoloPlateDetector:
    (folder / "model.onnx").write_bytes(model)
    (folder / "detector.yaml").write_text(settings)
    return YoloPlateDetector(folder / "model.onnx", folder / "detector.yaml")


def test_our_own_reader_reads_the_same_as_a_hub_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model read through the hub's door gives the texts, confidences and states that it gives through ours,
    one view each.
    """
    monkeypatch.setattr(plate_reader, "FURTHER_VIEWS", (plate_reader.NO_MARGIN,))
    monkeypatch.setattr(plate_reader, "VIEWS_SHARPNESS", 1.0)
    hub = HubPlateReader(OUR_READER / "model.onnx", OUR_READER / "plate.yaml")
    frames = plate_frames()
    for ours, theirs in zip(texts(Eyes.open().reader, frames), texts(hub, frames), strict=True):
        assert theirs.text == ours.text
        assert theirs.confidences == pytest.approx(ours.confidences, abs=1e-3)
        assert (theirs.state, theirs.state_confidence) == (
            ours.state,
            pytest.approx(ours.state_confidence, abs=1e-2),
        )


def test_a_colour_model_with_letterbox_and_without_states(tmp_path: Path) -> None:
    """Colours, kept aspect and a missing region head are brought into our form: same plates, no state."""
    model, settings = colour_reader()
    (tmp_path / "model.onnx").write_bytes(model)
    (tmp_path / "plate.yaml").write_bytes(settings)
    reader = HubPlateReader(tmp_path / "model.onnx", tmp_path / "plate.yaml")
    frames = plate_frames()
    foreign, ours = texts(reader, frames), texts(Eyes.open().reader, frames)
    assert sum(a.text == b.text for a, b in zip(foreign, ours, strict=True)) >= PLATES - 2
    assert {reading.state for reading in foreign} == {None}
    assert reader.read_plates(frames[0][0], ()) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"alphabet": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"}, "alphabet"),
        ({"pad_char": "A"}, "alphabet"),
        ({"max_plate_slots": 13}, "chance"),
        ({"max_plate_slots": "many"}, "slots"),
        ({"img_width": 100_000}, "pixels"),
        ({"plate_regions": [["CA"], "NV"]}, "regions"),
        ({"unheard_of": 1}, "does not load"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    """Settings that are not the model's are a ModelError that says what is wrong, before any plate is read."""
    settings = yaml.safe_load((OUR_READER / "plate.yaml").read_text("utf-8")) | change
    (tmp_path / "plate.yaml").write_text(yaml.safe_dump(settings))
    with pytest.raises(ModelError, match=words):
        HubPlateReader(OUR_READER / "model.onnx", tmp_path / "plate.yaml")


@pytest.mark.parametrize("shape", [(720, 1280), (1280, 720), (100, 120)])
def test_a_foreign_detector_finds_the_patch(tmp_path: Path, shape: tuple[int, int]) -> None:
    """Boxes come back in the frame's own pixels, whatever its shape."""
    found_by = detector(tmp_path, bright_patch_detector())
    pixels = np.full(shape, 40, np.uint8)
    height_px, width_px = shape
    x, y, w, h = width_px // 4, height_px // 2, width_px // 5, height_px // 8
    cv2.rectangle(pixels, (x, y), (x + w - 1, y + h - 1), 250, -1)
    (box,) = found_by.find_plates(frame_of_pixels(pixels))
    pixel = max(shape) / 256
    assert (box.x, box.y, box.w, box.h) == pytest.approx((x, y, w, h), abs=2 * pixel)
    assert (box.score, box.corners) == (1.0, ())


def test_nothing_bright_nothing_found(tmp_path: Path) -> None:
    """Rows below the threshold are no plates."""
    found_by = detector(tmp_path, bright_patch_detector())
    assert found_by.find_plates(frame_of_pixels(np.full((720, 1280), 40, np.uint8))) == []


class Answers:
    """Stands in for the session and answers given rows."""

    def __init__(self, rows: list[list[float]]) -> None:
        self.rows = rows

    def run(self, *_: object) -> list[npt.NDArray[np.float32]]:
        return [np.array(self.rows, np.float32).reshape(-1, 7)]


def test_odd_rows_do_no_harm(tmp_path: Path) -> None:
    """Rows that are no numbers, empty, outside or more than certain give no or a proper box, best first."""
    found_by = detector(tmp_path, bright_patch_detector())
    nan, inf = float("nan"), float("inf")
    found_by.wrap_session(
        lambda _: Answers(
            [
                [0, 100, 100, 140, 120, 0, 0.5],
                [0, nan, 0, 50, 50, 0, 0.9],
                [0, 0, 0, inf, 50, 0, 0.9],
                [0, 50, 50, 40, 40, 0, 0.9],
                [0, 900, 900, 990, 990, 0, 0.9],
                [0, -50, 100, 60, 120, 0, 7.5],
            ]
        )
    )
    boxes = found_by.find_plates(frame_of_pixels(np.zeros((256, 256), np.uint8)))
    assert [(b.x, b.y, b.w, b.h, b.score) for b in boxes] == [
        (0.0, 100.0, 60.0, 20.0, 1.0),
        (100.0, 100.0, 40.0, 20.0, 0.5),
    ]
    found_by.wrap_session(lambda _: Answers([]))
    assert found_by.find_plates(frame_of_pixels(np.zeros((256, 256), np.uint8))) == []


@pytest.mark.parametrize(
    ("model", "settings", "words"),
    [
        (bright_patch_detector(row_length=6), "threshold: 0.3", "answers 1 x 6"),
        (bright_patch_detector(), "threshold: 3", "threshold"),
        (bright_patch_detector(), "- 1", "threshold"),
        (bright_patch_detector(), "{", "YAML"),
        (b"not a model", "threshold: 0.3", "does not load"),
        ((OUR_READER / "model.onnx").read_bytes(), "threshold: 0.3", "not one square picture"),
    ],
    ids=["six columns", "threshold of 3", "a list", "broken YAML", "no model", "a reader"],
)
def test_what_is_no_detector_is_refused(
    tmp_path: Path, model: bytes, settings: str, words: str
) -> None:
    """A model or settings of another form are a ModelError that says what is wrong."""
    with pytest.raises(ModelError, match=words):
        detector(tmp_path, model, settings)


def test_letterbox_keeps_the_shape() -> None:
    """A picture is scaled alike in both directions and padded with grey 114 on both sides."""
    picture, scale, (left_px, upper_px) = letterboxed(np.full((100, 200), 255, np.uint8), 256)
    assert (picture.shape, scale, left_px, upper_px) == ((1, 3, 256, 256), 1.28, 0, 64)
    assert picture[0, 0, 63, 0] == pytest.approx(114 / 255)
    assert picture[0, 2, 64, 0] == picture[0, 1, 191, 255] == 1.0
