"""One photograph, decoded to grey. What is too big, damaged or foreign is refused before it costs memory.

Pillow decodes, because its `open` reads only the header: size and kind are known before a pixel is
made. Only the formats of cameras are tried; Pillow's others (some of which start programs) stay
shut. Animated pictures are refused: which of their pictures is meant is not ours to guess.
"""

from __future__ import annotations

import stat
import warnings
from pathlib import Path

import numpy as np

# The plugins are imported for the formats they register; Pillow itself does so only after a first failure.
from PIL import Image, ImageOps, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin

from alpr_core.errors import InputError
from alpr_core.frame import Pixels
from alpr_core.terminal_text import clean_text

FILE_LIMIT_BYTES = 128 * 2**20
"""Largest picture file; a 64 megapixel photograph without loss is about 100 MB."""

PIXEL_LIMIT = 64_000_000
"""Largest picture; above it decoding would take more memory than the box can spare (64 MB grey)."""

FORMATS = (
    "JPEG",
    "PNG",
    WebPImagePlugin.WebPImageFile.format,
    TiffImagePlugin.TiffImageFile.format,
    "BMP",
    "GIF",
    "PPM",
)
"""Formats that are tried, by Pillow's names; what telephones write as MPO is opened as JPEG."""

NAME_LIMIT = 120
"""Signs of a file name shown in a message."""

_SIXTEEN_BIT_MODES = ("I", "I;16", "I;16B", "I;16L", "I;16N")
_SIXTEEN_BIT_MAX = 65_535
_PAPER_WHITE = 255


def shown_name(path: Path) -> str:
    """Return the file's name as it may be shown: no control characters, at most NAME_LIMIT signs."""
    return clean_text(path.name or str(path), limit_chars=NAME_LIMIT)


def read_picture(path: Path) -> Pixels:
    """Decode one photograph to grey, upright as its EXIF orientation says.

    16-bit pictures are scaled from their full range, transparent parts lie on white.

    Returns:
        Grey picture, shape (height, width), contiguous.

    Raises:
        InputError: not a picture, empty, cut short, animated, too big, a folder or not readable;
            the message names the file.
    """
    name = shown_name(path)
    _check_file(path, name)
    try:
        # Pillow warns on descriptor 2 about big pictures and odd metadata; the limits here are ours.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as picture:
                _check_header(picture, name)
                return _upright_grey(picture, name)
    except Image.DecompressionBombError as error:
        raise _too_big(name) from error
    except UnidentifiedImageError as error:
        raise InputError(
            f"{name} is not a picture that we know, or its header is damaged."
        ) from error
    except PermissionError as error:
        raise InputError(
            f"{name} may not be read.", "Give yourself the right to read it."
        ) from error
    except MemoryError as error:
        raise InputError(f"{name} needs more memory than there is.") from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError) as error:
        # Pillow's decoders raise any of these on damaged data; which one depends on the format.
        raise InputError(
            f"{name} is damaged or cut short.", "Copy it again from its origin."
        ) from error


def _check_file(path: Path, name: str) -> None:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise InputError(f"{name} cannot be found or reached.", "Check the name.") from error
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{name} is a folder, not a photograph.")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{name} is not an ordinary file.")
    if status.st_size == 0:
        raise InputError(f"{name} is empty.", "Copy it again from its origin.")
    if status.st_size > FILE_LIMIT_BYTES:
        raise InputError(
            f"{name} has {status.st_size / 2**20:.0f} MB; at most {FILE_LIMIT_BYTES // 2**20} MB are read.",
            "Save it smaller.",
        )


def _check_header(picture: Image.Image, name: str) -> None:
    width_px, height_px = picture.size
    if width_px < 1 or height_px < 1:
        raise InputError(f"{name} has no pixels ({width_px} x {height_px}).")
    if width_px * height_px > PIXEL_LIMIT:
        raise _too_big(name, f" ({width_px} x {height_px} pixels)")
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        raise InputError(
            f"{name} holds several pictures (animated, or several pages); one photograph is expected.",
            "Save the picture you mean as a file of its own, or give a video.",
        )


def _too_big(name: str, size: str = "") -> InputError:
    limit = PIXEL_LIMIT // 1_000_000
    return InputError(
        f"{name} is too big{size}; at most {limit} megapixels are read.", "Save it smaller."
    )


def _upright_grey(picture: Image.Image, name: str) -> Pixels:
    if picture.format in ("JPEG", "MPO") and picture.mode == "RGB":
        picture.draft("L", picture.size)  # the luma plane as stored, without a turn through colour
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in _SIXTEEN_BIT_MODES:
        return _eight_bits(upright, name)
    if upright.mode == "F":
        raise InputError(f"{name} has floating-point pixels.", "Save it with 8 or 16 bits.")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        paper = Image.new("RGBA", seen.size, (_PAPER_WHITE,) * 4)
        upright = Image.alpha_composite(paper, seen)
    if upright.mode != "L":
        upright = upright.convert("RGB").convert("L")
    return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8))


def _eight_bits(picture: Image.Image, name: str) -> Pixels:
    wide = np.asarray(picture).astype(np.int64)
    if wide.min() < 0 or wide.max() > _SIXTEEN_BIT_MAX:
        raise InputError(f"{name} has 32-bit pixels.", "Save it with 8 or 16 bits.")
    # 65535 / 257 is exactly 255: full range goes to full range, nothing is clipped.
    return np.ascontiguousarray(((wide + 128) // 257).astype(np.uint8))
