"""Finds plates in a frame with the project's own detector (`models/detector/CARD.md`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
import yaml

from alpr_core.errors import ModelError
from alpr_core.frame import Frame, Pixels
from alpr_core.plate import PlateBox
from alpr_vision.model_files import MODELS_FOLDER, bounded_session_options, pinned_model_file

STRIDE_PX = 16
"""The network takes heights and widths that are multiples of this."""

HEIGHT_PER_WIDTH_MAX = 2.0
"""The network's input is at most this many times higher than its full width. A phone held upright stays below;
a strip of 640 x 95000 pixels would take gigabytes."""

LINEAR_SHRINK_MAX = 2.0
"""Up to this many picture pixels per input pixel, linear interpolation sees every one of them."""

BOXES_MAX = 20
"""More plates than this in one frame are noise; the best are kept."""


WrappedT = TypeVar("WrappedT")


class OnnxPlateDetector:
    """Detector on one frame at a time. Threads may share it: ONNX Runtime's `run` allows it, and
    nothing is kept from one frame to the next.

    Args:
        threshold: Lowest score reported, 0 to 1; None takes the model's own.

    Raises:
        ModelError: the model is missing, altered or not a detector.
    """

    def __init__(self, threshold: float | None = None, folder: Path = MODELS_FOLDER) -> None:
        model = pinned_model_file("detector/model.onnx", folder)
        settings = yaml.safe_load(
            pinned_model_file("detector/detector.yaml", folder).read_text("utf-8")
        )
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), bounded_session_options(), providers=["CPUExecutionProvider"]
            )
            self._width_px = int(settings["input_width_px"])
            self._threshold = float(settings["threshold"]) if threshold is None else threshold
            self._overlap_max = float(settings["nms_iou"])
        except Exception as error:  # ONNX Runtime raises its own kinds without a common base
            raise ModelError(f"{model.name} of the detector does not load.") from error

    def wrap_session(self, wrap: Callable[[Any], WrappedT]) -> WrappedT:
        """Put `wrap(session)` in the place of the ONNX session and return it; for benches that time it."""
        wrapped = wrap(self._session)
        self._session = wrapped
        return wrapped

    def find_plates(self, frame: Frame) -> Sequence[PlateBox]:
        """Return the plates of the frame, best first, at most BOXES_MAX."""
        # A small picture is not enlarged: its plates would leave the range of sizes the model knows.
        scale = min(
            1.0,
            self._width_px / frame.width_px,
            self._width_px * HEIGHT_PER_WIDTH_MAX / frame.height_px,
        )
        width_px = max(1, round(frame.width_px * scale))
        height_px = max(1, round(frame.height_px * scale))
        heat, corners = self._session.run(
            ["heat", "corners"], {"frame": network_input(frame.pixels, width_px, height_px)}
        )
        # Whole pixels round a thin strip's sides unequally, so each side has a scale of its own.
        scales = np.array([[width_px / frame.width_px, height_px / frame.height_px]])
        return self._boxes(heat[0], corners[0], scales, frame)

    def _boxes(
        self,
        heat: npt.NDArray[np.float32],
        corners: npt.NDArray[np.float32],
        scales: npt.NDArray[np.float64],
        frame: Frame,
    ) -> list[PlateBox]:
        rows, columns = np.nonzero(heat >= self._threshold)
        order = np.argsort(-heat[rows, columns])
        kept: list[PlateBox] = []
        for row, column in zip(rows[order], columns[order], strict=True):
            points = corners[:, row, column].reshape(4, 2) / scales
            box = _box(points, float(heat[row, column]), frame)
            if box and all(_overlap(box, other) < self._overlap_max for other in kept):
                kept.append(box)
            if len(kept) == BOXES_MAX:
                break
        return kept


def network_input(pixels: Pixels, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """Scale down to a size and pad below and right to whole strides; shape (1, 1, height, width)."""
    padded = np.empty(
        (height_px + -height_px % STRIDE_PX, width_px + -width_px % STRIDE_PX), np.uint8
    )
    inside = padded[:height_px, :width_px]
    if pixels.shape == inside.shape:
        inside[:] = pixels
    else:
        # Averaging areas costs four times as much and finds no more plates, except where pixels would be skipped.
        is_coarse = pixels.shape[1] > LINEAR_SHRINK_MAX * width_px
        how = cv2.INTER_AREA if is_coarse else cv2.INTER_LINEAR
        # Into its place at once: a second picture of this size costs as much as the scaling itself.
        cv2.resize(pixels, (width_px, height_px), dst=inside, interpolation=how)
    padded[height_px:, :width_px] = inside[-1]
    padded[:, width_px:] = padded[:, width_px - 1 : width_px]
    return padded[None, None]


def _box(points: npt.NDArray[Any], score: float, frame: Frame) -> PlateBox | None:
    """The upright box around four corners, cut at the frame's edge; None if nothing is left."""
    x0, y0 = np.maximum(points.min(axis=0), 0.0)
    x1, y1 = np.minimum(points.max(axis=0), (frame.width_px, frame.height_px))
    if x1 - x0 < 4 or y1 - y0 < 2:
        return None
    corners = tuple((float(x), float(y)) for x, y in points)
    return PlateBox(float(x0), float(y0), float(x1 - x0), float(y1 - y0), score, corners)


def _overlap(a: PlateBox, b: PlateBox) -> float:
    """Intersection over union, 0 to 1."""
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / (a.w * a.h + b.w * b.h - common)
