"""Finds plates with a foreign detector of the output shape that open-image-models uses.

The model takes one square picture, red, green and blue from 0 to 1, letterboxed on grey 114, and answers
rows of `batch, x1, y1, x2, y2, class, score` in pixels of that square, overlaps already suppressed
("end2end"). Such a box has no corners, so its plate is cut upright.

Source: github.com/ankandrew/open-image-models, detection/core/yolo_v9 (MIT), read for its format.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
import yaml

from alpr_core.errors import ModelError
from alpr_core.frame import Frame, Pixels
from alpr_core.plate import PlateBox
from alpr_vision.model_files import WrappedT, bounded_session_options
from alpr_vision.plate_detector import BOXES_MAX

ROW_LENGTH = 7
"""batch, x1, y1, x2, y2, class, score."""

DEFAULT_THRESHOLD = 0.25
"""Lowest score reported when the settings name none; open-image-models' own."""

PADDING_GREY = 114
_SIDE_PX_MAX = 2048
_LEAST_BOX_PX = (4.0, 2.0)


class YoloPlateDetector:
    """An end-to-end YOLO model as a detector. Threads may share it.

    Args:
        model: ONNX file, already checked against its pin.
        settings: YAML with `threshold`, already checked.

    Raises:
        ModelError: it does not load, or does not take and answer what the module's docstring says.
    """

    def __init__(self, model: Path, settings: Path) -> None:
        self._threshold = _threshold(settings)
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), bounded_session_options(), providers=["CPUExecutionProvider"]
            )
            (entry,) = self._session.get_inputs()
            self._input, shape = entry.name, list(entry.shape)
            self._output = self._session.get_outputs()[0].name
        except Exception as error:  # ONNX Runtime raises its own kinds without a common base
            raise ModelError(
                f"{model.name} does not load as a detector ({type(error).__name__})."
            ) from error
        is_square = len(shape) == 4 and shape[1] == 3 and shape[2] == shape[3]
        if not is_square or not isinstance(shape[2], int) or not 32 <= shape[2] <= _SIDE_PX_MAX:
            raise ModelError(
                f"{model.name} takes {_shown(shape)}, not one square picture of three colours."
            )
        self._side_px = shape[2]
        self._check_answer(model.name)

    def wrap_session(self, wrap: Callable[[Any], WrappedT]) -> WrappedT:
        """Put `wrap(session)` in the place of the ONNX session and return it; for benches that time it."""
        wrapped = wrap(self._session)
        self._session = wrapped
        return wrapped

    def find_plates(self, frame: Frame) -> Sequence[PlateBox]:
        """Return the plates of the frame, best first, at most BOXES_MAX."""
        picture, scale, (left_px, upper_px) = letterboxed(frame.pixels, self._side_px)
        rows = self._rows(picture)
        rows = rows[np.isfinite(rows).all(axis=1) & (rows[:, 6] >= self._threshold)]
        rows = rows[np.argsort(-rows[:, 6], kind="stable")]
        corners = (rows[:, 1:5] - np.tile((left_px, upper_px), 2)) / scale
        limits = np.tile((frame.width_px, frame.height_px), 2)
        corners = np.clip(corners, 0.0, limits)
        boxes = (
            _box(corner, min(float(score), 1.0))
            for corner, score in zip(corners, rows[:, 6], strict=True)
        )
        return [box for box in boxes if box is not None][:BOXES_MAX]

    def _rows(self, picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        (answer,) = self._session.run([self._output], {self._input: picture})
        return np.asarray(answer, dtype=np.float64)

    def _check_answer(self, name: str) -> None:
        """Let the model look at grey once: it must answer rows of ROW_LENGTH numbers."""
        side = self._side_px
        try:
            rows = self._rows(np.full((1, 3, side, side), PADDING_GREY / 255, np.float32))
        except Exception as error:  # ONNX Runtime raises its own kinds without a common base
            raise ModelError(f"{name} does not run ({type(error).__name__}).") from error
        if rows.ndim != 2 or rows.shape[1] != ROW_LENGTH:
            raise ModelError(f"{name} answers {_shown(rows.shape)}, not rows of {ROW_LENGTH}.")


def letterboxed(
    pixels: Pixels, side_px: int
) -> tuple[npt.NDArray[np.float32], float, tuple[int, int]]:
    """Return a grey picture as the model takes it, its scale, and the padding left and above, pixels."""
    height_px, width_px = pixels.shape
    scale = min(side_px / width_px, side_px / height_px)
    size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    left_px, upper_px = (side_px - size[0]) // 2, (side_px - size[1]) // 2
    square = np.full((side_px, side_px), PADDING_GREY, np.uint8)
    square[upper_px : upper_px + size[1], left_px : left_px + size[0]] = cv2.resize(
        pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    grey = square.astype(np.float32) / np.float32(255)
    colours = np.ascontiguousarray(np.broadcast_to(grey, (1, 3, side_px, side_px)))
    return np.asarray(colours, np.float32), scale, (left_px, upper_px)


def _box(corners: npt.NDArray[np.float64], score: float) -> PlateBox | None:
    x0, y0, x1, y1 = (float(value) for value in corners)
    if x1 - x0 < _LEAST_BOX_PX[0] or y1 - y0 < _LEAST_BOX_PX[1]:
        return None
    return PlateBox(x0, y0, x1 - x0, y1 - y0, score)


def _threshold(settings: Path) -> float:
    try:
        table = yaml.safe_load(settings.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ModelError(f"{settings.name} of the detector is not readable YAML.") from error
    threshold = table.get("threshold") if isinstance(table, dict) else None
    if not isinstance(threshold, float | int) or not 0 < threshold < 1:
        raise ModelError(f"{settings.name} needs a threshold between 0 and 1.")
    return float(threshold)


def _shown(shape: Sequence[object]) -> str:
    return " x ".join(str(side) if isinstance(side, int) else "?" for side in shape) or "a number"
