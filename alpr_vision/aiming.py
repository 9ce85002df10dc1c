"""A camera's picture as a technician may see it: measured, small, and with every real plate covered."""

from __future__ import annotations

import cv2
import numpy as np

from alpr_core.aiming import Aim, SeenTestPlate, is_test_plate
from alpr_core.frame import Frame, Pixels
from alpr_core.plate import PlateBox, PlateReading
from alpr_vision.eyes import Eyes

PICTURE_WIDTH_PX = 240
"""A plate of 150 pixels in a picture of 1280 becomes 28 wide: nobody reads it, even if it was not found."""

COVER_MARGIN = 0.3
"""Share of a plate's size that is covered around it."""

WHITE_FROM = 250
_SPREAD = (5, 95)


def aim_of(eyes: Eyes, frame: Frame) -> Aim:
    """Return figures and picture of a frame. Texts of real plates end here."""
    test_plates: list[SeenTestPlate] = []
    shown = frame.pixels.copy()
    covered = 0
    for reading in eyes.look(frame):
        if is_test_plate(reading.text):
            test_plates.append(_seen(reading, frame.pixels))
        else:
            covered += 1
            _cover(shown, reading.box)
    height_px, width_px = frame.pixels.shape
    middle = frame.pixels[
        height_px // 4 : height_px - height_px // 4, width_px // 4 : width_px - width_px // 4
    ]
    return Aim(
        picture=_with_cross(_small(shown)),
        sharpness=float(cv2.Laplacian(middle, cv2.CV_64F).var()),
        mean_grey=float(frame.pixels.mean()),
        blown=float((frame.pixels >= WHITE_FROM).mean()),
        test_plates=tuple(sorted(test_plates, key=lambda plate: -plate.height_px)),
        covered=covered,
    )


def _seen(reading: PlateReading, pixels: Pixels) -> SeenTestPlate:
    box = reading.box
    plate = pixels[int(box.y) : int(box.y + box.h) + 1, int(box.x) : int(box.x + box.w) + 1]
    dark, bright = np.percentile(plate, _SPREAD) if plate.size else (0.0, 0.0)
    return SeenTestPlate(reading.text, box.w, box.h, reading.weakest, float(bright - dark))


def _cover(shown: Pixels, box: PlateBox) -> None:
    right_px, down_px = COVER_MARGIN * box.w, COVER_MARGIN * box.h
    x0, y0 = max(0, int(box.x - right_px)), max(0, int(box.y - down_px))
    x1, y1 = int(box.x + box.w + right_px) + 1, int(box.y + box.h + down_px) + 1
    part = shown[y0:y1, x0:x1]
    if part.size:
        part[:] = int(part.mean())


def _with_cross(picture: Pixels) -> Pixels:
    """Mark the middle with light and dark dots, seen on any ground."""
    height_px, width_px = picture.shape
    picture[height_px // 2, ::8], picture[height_px // 2, 4::8] = 255, 0
    picture[::8, width_px // 2], picture[4::8, width_px // 2] = 255, 0
    return picture


def _small(pixels: Pixels) -> Pixels:
    height_px, width_px = pixels.shape
    scale = min(1.0, PICTURE_WIDTH_PX / width_px)
    size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
