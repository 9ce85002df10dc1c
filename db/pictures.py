"""Pixels to JPEG and back: which pictures of a sighting are kept, how large and how good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np

from alpr_core.errors import StoreError
from alpr_core.frame import Pixels
from alpr_core.sighting import Sighting

JPEG_QUALITY = 80
"""0 to 100. At 80 a plate of 100 px is still read as before; 95 doubles the size."""

KEPT_WIDTH_MAX_PX = 960
"""Frame and overview are scaled down to this width; the plate is cut out at full sharpness."""


class PictureKind(Enum):
    """What a kept picture shows. The value names files and keys and must never change."""

    PLATE = "plate"
    FRAME = "frame"
    OVERVIEW = "overview"


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPicture:
    """One picture ready to be sealed."""

    kind: PictureKind
    jpeg: bytes
    width_px: int
    height_px: int


def encode_pictures(sighting: Sighting) -> tuple[EncodedPicture, ...]:
    """Return plate, frame and overview of a sighting as JPEG; a view without pixels is left out.

    Raises:
        StoreError: a picture is of a form that JPEG cannot carry.
    """
    frame = sighting.frame
    views = {
        PictureKind.PLATE: sighting.plate_cutout(),
        PictureKind.FRAME: _scaled_down(frame.pixels),
    }
    if frame.overview is not None:
        views[PictureKind.OVERVIEW] = _scaled_down(frame.overview)
    return tuple(_encode(kind, view) for kind, view in views.items() if view.size > 0)


def decode_picture(jpeg: bytes) -> Pixels:
    """Return the grey pixels of a JPEG that `encode_pictures` made.

    Raises:
        StoreError: the bytes are no JPEG.
    """
    pixels = cv2.imdecode(np.frombuffer(jpeg, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise StoreError(
            "A stored picture is no JPEG.",
            "The picture is lost, other pictures are not affected; check the disk.",
        )
    return np.asarray(pixels, dtype=np.uint8)


def _scaled_down(pixels: Pixels) -> Pixels:
    height_px, width_px = pixels.shape[:2]
    if width_px <= KEPT_WIDTH_MAX_PX or height_px == 0:
        return pixels
    kept_height_px = max(1, round(height_px * KEPT_WIDTH_MAX_PX / width_px))
    scaled = cv2.resize(pixels, (KEPT_WIDTH_MAX_PX, kept_height_px), interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, dtype=np.uint8)


def _encode(kind: PictureKind, view: Pixels) -> EncodedPicture:
    try:
        _, jpeg = cv2.imencode(".jpg", view, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    except cv2.error as fault:
        raise StoreError(
            f"The {kind.value} picture of shape {view.shape} cannot be made a JPEG.",
            "Check the camera's picture settings.",
        ) from fault
    return EncodedPicture(kind, jpeg.tobytes(), int(view.shape[1]), int(view.shape[0]))
