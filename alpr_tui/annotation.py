"""Pictures with their plates marked, for people who want to see what the eyes saw."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from alpr_core.errors import StoreFullError
from alpr_core.plate import PlateReading
from alpr_tui.look_report import LookReport

LABEL_SHARE = 0.028
"""Height of the label's letters as a share of the picture's height."""

LABEL_PX_MIN = 13

_SURE = (64, 220, 120)
_DOUBTFUL = (255, 176, 32)
_INK = (12, 16, 20)

DOUBTFUL_BELOW = 0.9
"""A sign less certain than this is drawn in the colour of doubt and underlined."""


def annotated_picture(report: LookReport) -> Image.Image:
    """Return the picture in colour with each plate outlined and labelled."""
    picture = Image.fromarray(report.frame.pixels).convert("RGB")
    draw = ImageDraw.Draw(picture)
    letter_px = max(LABEL_PX_MIN, round(picture.height * LABEL_SHARE))
    font = ImageFont.load_default(letter_px)
    for reading in report.readings:
        _outline(draw, reading, max(2, letter_px // 8))
        _label(draw, reading, font, picture.size)
    return picture


def save_annotated(report: LookReport, folder: Path) -> Path:
    """Write the annotated picture into `folder`; a video's passes are told apart by frame number.

    Raises:
        StoreFullError: the folder cannot be written.
    """
    suffix = "" if report.frame.number == 1 else f"-{report.frame.number:06d}"
    target = folder / f"{Path(report.image).stem}{suffix}.png"
    try:
        annotated_picture(report).save(target)
    except OSError as error:
        raise StoreFullError(f"Annotated pictures cannot be written ({error.strerror}).") from error
    return target


def _outline(draw: ImageDraw.ImageDraw, reading: PlateReading, width_px: int) -> None:
    box = reading.box
    corners = box.corners or (
        (box.x, box.y),
        (box.x + box.w, box.y),
        (box.x + box.w, box.y + box.h),
        (box.x, box.y + box.h),
    )
    draw.line([*corners, corners[0]], fill=_colour(reading.weakest), width=width_px, joint="curve")


def _label(
    draw: ImageDraw.ImageDraw,
    reading: PlateReading,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    size: tuple[int, int],
) -> None:
    """Text, state and weakest sign on a bar above the plate, or below it at the upper edge."""
    tail = f"  {reading.state or 'state unread'}  {reading.weakest:.0%}"
    left, _, right, bottom = draw.textbbox((0, 0), reading.text + tail, font=font)
    width, height = right - left + 12, bottom + 8
    x = min(max(reading.box.x, 0), max(size[0] - width, 0))
    y = reading.box.y - height - 4
    if y < 0:
        y = min(reading.box.y + reading.box.h + 4, size[1] - height)
    draw.rectangle((x, y, x + width, y + height), fill=_INK)
    pen_x = x + 6
    for sign, confidence in zip(reading.text, reading.confidences, strict=True):
        draw.text((pen_x, y + 3), sign, fill=_colour(confidence), font=font)
        advance = draw.textlength(sign, font=font)
        if confidence < DOUBTFUL_BELOW:
            underline = (pen_x, y + height - 3, pen_x + advance, y + height - 3)
            draw.line(underline, fill=_DOUBTFUL, width=2)
        pen_x += advance
    draw.text((pen_x, y + 3), tail, fill=(236, 240, 244), font=font)


def _colour(confidence: float) -> tuple[int, int, int]:
    return _SURE if confidence >= DOUBTFUL_BELOW else _DOUBTFUL
