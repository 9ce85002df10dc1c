"""Reads plates out of the exported model's outputs, to measure it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from alpr_vision.plate_detector import network_input

NMS_IOU = 0.3
"""Of two plates that overlap more than this, the one with the lower score goes."""
MOST_PLATES = 20


@dataclass(frozen=True, slots=True)
class FoundPlate:
    """A plate that the model sees."""

    score: float
    quad: np.ndarray
    """Corners TL, TR, BR, BL in pixels of the picture given, float32 (4, 2)."""

    def box(self) -> np.ndarray:
        """Return x0, y0, x1, y1 of the axis-aligned box around the corners."""
        return np.concatenate([self.quad.min(0), self.quad.max(0)])


def iou(a: np.ndarray, b: np.ndarray) -> float:
    """Return intersection over union of two boxes x0, y0, x1, y1."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return float(shared / area)


def single_thread_session(model: Path) -> onnxruntime.InferenceSession:
    """Open an ONNX model on one CPU thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def as_frame(picture: np.ndarray, width_px: int) -> tuple[np.ndarray, float]:
    """Scale a grey picture down to the input width; return (1, 1, h, w uint8) and the scale.

    A narrower picture is never enlarged: its plates would become larger than any plate trained on.
    """
    scale = min(1.0, width_px / picture.shape[1])
    wide, high = round(picture.shape[1] * scale), max(1, round(picture.shape[0] * scale))
    return network_input(picture, wide, high), scale


def find_plates(
    session: onnxruntime.InferenceSession, picture: np.ndarray, width_px: int, threshold: float
) -> list[FoundPlate]:
    """Return the plates in a grey picture, best first."""
    frame, scale = as_frame(picture, width_px)
    heat, corners = session.run(["heat", "corners"], {"frame": frame})
    rows, columns = np.nonzero(heat[0] > threshold)
    order = np.argsort(-heat[0, rows, columns])
    found: list[FoundPlate] = []
    for at in order:
        quad = corners[0, :, rows[at], columns[at]].reshape(4, 2) / scale
        plate = FoundPlate(float(heat[0, rows[at], columns[at]]), quad.astype(np.float32))
        if all(iou(plate.box(), other.box()) < NMS_IOU for other in found):
            found.append(plate)
    return found[:MOST_PLATES]
