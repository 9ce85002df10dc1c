"""Pictures with their plates marked, for people who want to see what the eyes saw."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from alpr_core.errors import UsageError
from alpr_core.plate import PlateReading
from alpr_core.terminal_text import clean_text
from alpr_tui.look_report import LookReport
from alpr_tui.widgets.plate_line import percent

LABEL_SHARE = 0.028
"""Height of the label's letters as a share of the picture's height."""

LABEL_PX_MIN = 13

STEM_LIMIT_BYTES = 200
"""Of the image's name; a file name has 255 bytes, the rest is for the ending and numbers."""

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
    """Write the annotated picture into `folder` under a name of its own; nothing there is replaced.

    Returns:
        The file: `STEM.annotated.png`, for a video with the frame's number, with a number if taken.

    Raises:
        UsageError: the folder cannot be written.
    """
    png = io.BytesIO()
    annotated_picture(report).save(png, "PNG")
    try:
        return _write_new(_names(report), folder, png.getvalue())
    except OSError as error:
        raise UsageError(
            f"Annotated pictures cannot be written ({error.strerror}).",
            "Free some space or name another folder.",
        ) from error


def _names(report: LookReport) -> Iterator[str]:
    """The names that a picture may get, best first; they never end."""
    stem = Path(clean_text(report.image)).stem.encode()[:STEM_LIMIT_BYTES].decode(errors="ignore")
    if report.frame.number != 1:
        stem += f"-{report.frame.number:06d}"
    yield f"{stem}.annotated.png"
    for number in count(2):
        yield f"{stem}.annotated-{number}.png"


def _write_new(names: Iterator[str], folder: Path, content: bytes) -> Path:
    """Write the first name that is free; what cannot be written whole is taken away again."""
    for name in names:
        target = folder / name
        try:
            with target.open("xb") as file:
                try:
                    file.write(content)
                    file.flush()
                except OSError:
                    with contextlib.suppress(OSError):
                        target.unlink()
                    raise
            return target
        except FileExistsError:
            continue
    raise RuntimeError("names never end")


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
    tail = f"  {reading.state or 'state unread'}  {percent(reading.weakest)}"
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
