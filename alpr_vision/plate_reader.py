"""Reads plates with the project's own model through fast-plate-ocr (`models/reader/CARD.md`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
from fast_plate_ocr import LicensePlateRecognizer

from alpr_core.decoding import decode_reading
from alpr_core.errors import ModelError
from alpr_core.frame import Frame, Pixels
from alpr_core.plate import ALPHABET, BLANK, STATES, PlateBox, PlateReading
from alpr_core.text_certainty import text_certainty
from alpr_vision.model_files import MODELS_FOLDER, bounded_session_options, pinned_model_file

OVERSIZE = 2.0
"""A plate this many times larger than the reader's input is shrunk first, or thin strokes alias."""


SIDE_MARGIN = 0.04
"""Share of a plate's width added left and right before reading. A detector's corner that lies a little inside
the plate cuts its last sign; a little outside costs nothing (measured on the simulated drive)."""


@dataclass(frozen=True, slots=True)
class CropMargin:
    """What is added around a plate before it is read; negative cuts something off."""

    side: float = 0.0
    """Left and right, share of the plate's width."""
    edge: float = 0.0
    """Above and below, share of the plate's height."""


NO_MARGIN = CropMargin()

FIRST_VIEW = NO_MARGIN
FURTHER_VIEWS = (CropMargin(0.02, 0.03), CropMargin(-0.02, -0.03))
"""A plate of which the first view leaves a doubt is read twice more, a little larger and a little smaller, besides
SIDE_MARGIN: small changes of the crop change doubtful signs only (docs/vision.md)."""

NO_DOUBT_TEXT, NO_DOUBT_STATE = 0.97, 0.9
"""From these confidences of the whole text and of the state on, further views change nothing (docs/vision.md)."""

HOPELESS = 0.2
"""A look whose weakest sign is below this is neither reported nor fused; further views do not mend that."""

VIEWS_SHARPNESS = 1.1
"""What the views agree on, or one leaves no doubt of, is right more often than the mean of their logarithms says;
this power of it is honest. Fitted like the model's own temperatures, on the 3,000 synthetic pictures kept for
validation (docs/vision.md)."""

_LEAST_CHANCE = 1e-4
"""No view may rule a sign out for ever."""

WrappedT = TypeVar("WrappedT")


class OnnxPlateReader:
    """Reader for all plates of one frame in one batch, and the doubtful ones in a second. Threads may share it:
    ONNX Runtime's `run` allows it, and nothing is kept from one frame to the next.

    Raises:
        ModelError: the model is missing, altered or speaks another alphabet.
    """

    def __init__(self, folder: Path = MODELS_FOLDER) -> None:
        try:
            recognizer = LicensePlateRecognizer(
                providers=["CPUExecutionProvider"],
                sess_options=bounded_session_options(),
                onnx_model_path=pinned_model_file("reader/model.onnx", folder),
                plate_config_path=pinned_model_file("reader/plate.yaml", folder),
            )
        except ModelError:
            raise
        except Exception as error:  # ONNX Runtime and pydantic kinds without a common base
            raise ModelError("The reader's model does not load.") from error
        self._session = recognizer.model
        self._height_px = int(recognizer.config.img_height)
        self._width_px = int(recognizer.config.img_width)
        self._sign_columns = _columns(recognizer.config.alphabet, ALPHABET + BLANK)
        self._region_columns, self._region_rest = _state_columns(recognizer.config.plate_regions)

    def wrap_session(self, wrap: Callable[[Any], WrappedT]) -> WrappedT:
        """Put `wrap(session)` in the place of the ONNX session and return it; for benches that time it."""
        wrapped = wrap(self._session)
        self._session = wrapped
        return wrapped

    def read_plates(self, frame: Frame, boxes: Sequence[PlateBox]) -> Sequence[PlateReading]:
        """Return one reading per box, in the same order; what is no plate gives an empty text."""
        if not boxes:
            return ()
        signs, states = self._views(frame, boxes, (FIRST_VIEW,))
        readings = _decoded(boxes, signs, states)
        doubtful = [at for at, reading in enumerate(readings) if _leaves_a_doubt(reading)]
        if doubtful:
            again = [boxes[at] for at in doubtful]
            further_signs, further_states = self._views(frame, again, FURTHER_VIEWS)
            signs = np.concatenate([signs[:, doubtful], further_signs])
            states = np.concatenate([states[:, doubtful], further_states])
            for at, reading in zip(doubtful, _decoded(again, signs, states), strict=True):
                readings[at] = reading
        return tuple(readings)

    def _views(
        self, frame: Frame, boxes: Sequence[PlateBox], views: Sequence[CropMargin]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Chances of signs and of states, one batch; first two axes: views, boxes."""
        crops = [
            rectified_plate(frame.pixels, box, self._width_px, self._height_px, view)
            for view in views
            for box in boxes
        ]
        plates, regions = self._session.run(
            ["plate", "region"], {"input": np.stack(crops)[..., None]}
        )
        slots = plates.reshape(len(views), len(boxes), -1, len(self._sign_columns))
        states = self._states(regions.reshape(len(views), len(boxes), -1))
        return slots[..., self._sign_columns], states

    def _states(self, regions: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Put the model's regions into the order of STATES; what is left over goes last."""
        rest = regions[..., self._region_rest].sum(axis=-1, keepdims=True)
        return np.concatenate([regions[..., self._region_columns], rest], axis=-1)


def _leaves_a_doubt(reading: PlateReading) -> bool:
    """Say whether further views may change what the first one says."""
    is_sure = (
        text_certainty(reading) >= NO_DOUBT_TEXT and reading.state_confidence >= NO_DOUBT_STATE
    )
    return reading.weakest >= HOPELESS and not is_sure


def _decoded(
    boxes: Sequence[PlateBox],
    signs: npt.NDArray[np.float32],
    states: npt.NDArray[np.float32],
) -> list[PlateReading]:
    """One reading per box from the chances of its views."""
    return [
        decode_reading(box, own_signs, own_states)
        for box, own_signs, own_states in zip(boxes, _agreed(signs), _agreed(states), strict=True)
    ]


def _agreed(views: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Mean of the views' logarithms over the first axis, as chances that sum to 1 over the last."""
    logs = np.log(np.maximum(views, _LEAST_CHANCE)).mean(axis=0) * VIEWS_SHARPNESS
    chances = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(chances / chances.sum(axis=-1, keepdims=True), dtype=np.float32)


def rectified_plate(
    pixels: Pixels, box: PlateBox, width_px: int, height_px: int, margin: CropMargin = NO_MARGIN
) -> Pixels:
    """Return the plate alone, upright and `width_px` x `height_px`; without corners the box is cut."""
    corners = _corners_with_margin(box) if box.corners else _upright_corners(box)
    corners = _widened(corners, margin)
    pixels, corners = _near_patch(pixels, corners)
    shrink = max(np.ptp(corners[:, 0]) / width_px, np.ptp(corners[:, 1]) / height_px) / OVERSIZE
    if shrink > 1.0:
        size = (max(1, round(pixels.shape[1] / shrink)), max(1, round(pixels.shape[0] / shrink)))
        corners = corners * np.array(
            [size[0] / pixels.shape[1], size[1] / pixels.shape[0]], dtype=np.float32
        )
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    # -0.5: corners lie on pixel edges, warpPerspective counts from pixel centres
    target = np.array(
        [[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], dtype=np.float32
    )
    transform = cv2.getPerspectiveTransform(corners - 0.5, target - 0.5)
    plate = cv2.warpPerspective(
        pixels,
        transform,
        (width_px, height_px),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(plate, dtype=np.uint8)


def _upright_corners(box: PlateBox) -> npt.NDArray[np.float32]:
    right, lower = box.x + box.w, box.y + box.h
    return np.array(
        [[box.x, box.y], [right, box.y], [right, lower], [box.x, lower]], dtype=np.float32
    )


def _corners_with_margin(box: PlateBox) -> npt.NDArray[np.float32]:
    """The detector's corners, moved outwards along the upper and lower edge."""
    return _widened(np.array(box.corners, dtype=np.float32), CropMargin(side=SIDE_MARGIN))


def _widened(corners: npt.NDArray[np.float32], margin: CropMargin) -> npt.NDArray[np.float32]:
    """Corners moved along the plate's own edges."""
    wider = corners.copy()
    outwards = np.stack([corners[1] - corners[0], corners[2] - corners[3]]) * margin.side
    downwards = np.stack([corners[3] - corners[0], corners[2] - corners[1]]) * margin.edge
    wider[[0, 3]] -= outwards
    wider[[1, 2]] += outwards
    wider[[0, 1]] -= downwards
    wider[[3, 2]] += downwards
    return wider


def _near_patch(
    pixels: Pixels, corners: npt.NDArray[np.float32]
) -> tuple[Pixels, npt.NDArray[np.float32]]:
    """The part of the picture around the corners, and the corners within it."""
    height, width = pixels.shape
    x0, y0 = np.clip(np.floor(corners.min(axis=0)) - 2, 0, (width - 1, height - 1)).astype(int)
    x1, y1 = np.clip(np.ceil(corners.max(axis=0)) + 2, (x0 + 1, y0 + 1), (width, height)).astype(
        int
    )
    return pixels[y0:y1, x0:x1], corners - np.array([x0, y0], dtype=np.float32)


def _columns(model_alphabet: str, wanted: str) -> list[int]:
    if sorted(model_alphabet) != sorted(wanted):
        raise ModelError("The reader's alphabet is not 0-9, A-Z and the blank.")
    return [model_alphabet.index(sign) for sign in wanted]


def _state_columns(regions: Sequence[str] | None) -> tuple[list[int], list[int]]:
    """Columns of the states in the order of STATES, and the columns that are no state."""
    known = {name.upper().removeprefix("US-"): column for column, name in enumerate(regions or ())}
    missing = [state for state in STATES if state not in known]
    if missing:
        raise ModelError(f"The reader's region head does not know {', '.join(missing)}.")
    states = [known[state] for state in STATES]
    return states, [column for column in range(len(known)) if column not in states]
