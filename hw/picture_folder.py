"""The photographs of one folder, in the order a person would count them.

Not recursive, hidden files are skipped, and other files in the folder are none of our business.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from alpr_core.errors import InputError
from alpr_core.frame import Frame
from hw.clock import Clock, SystemClock
from hw.picture_file import read_picture, shown_name

PICTURE_SUFFIXES = frozenset(
    (
        ".jpg",
        ".jpeg",
        ".jpe",
        ".png",
        ".webp",
        ".tif",
        ".tiff",
        ".bmp",
        ".gif",
        ".pgm",
        ".ppm",
        ".pnm",
    )
)
"""Endings by which a folder's photographs are known; small letters."""

_DIGITS = re.compile(r"([0-9]+)")


def _natural_key(path: Path) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Order car2 before car10; the plain name decides between equals such as car1 and car01."""
    parts = _DIGITS.split(path.name.casefold())
    return tuple(_part_key(part) for part in parts), path.name


def _part_key(part: str) -> tuple[int, int, str]:
    """Order numbers by value, however long, and before words."""
    if part.isascii() and part.isdecimal():
        digits = part.lstrip("0")
        return 0, len(digits), digits
    return 1, 0, part


def pictures_in(folder: Path) -> Sequence[Path]:
    """Return the paths of the folder's photographs in natural order; they are not opened.

    Raises:
        InputError: no folder, not readable, or without a photograph.
    """
    name = shown_name(folder)
    try:
        listed = [p for p in folder.iterdir() if not p.name.startswith(".") and p.is_file()]
    except NotADirectoryError as error:
        raise InputError(f"{name} is not a folder.") from error
    except (OSError, ValueError) as error:
        raise InputError(
            f"The folder {name} cannot be read.", "Check its name and rights."
        ) from error
    pictures = [p for p in listed if p.suffix.lower() in PICTURE_SUFFIXES]
    if not pictures:
        raise InputError(
            f"The folder {name} holds no photographs.",
            "Photographs are files such as .jpg and .png; folders inside it are not searched.",
        )
    return sorted(pictures, key=_natural_key)


class PictureFolder:
    """A folder of photographs as a FrameSource; every picture is waited for.

    The time of a frame is the time of its reading: when a file was made says nothing sure.

    Args:
        folder: Searched when `frames` is called, not before.
        on_refused: Told about each photograph that could not be used; the others go on.
        camera: Name shown to the officer; the folder's own name if None.
    """

    is_live = False

    def __init__(
        self,
        folder: Path,
        on_refused: Callable[[InputError], None],
        clock: Clock | None = None,
        *,
        camera: str | None = None,
    ) -> None:
        self.camera = camera or shown_name(folder)
        self._folder = folder
        self._on_refused = on_refused
        self._clock: Clock = clock or SystemClock()
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        """Yield one frame per usable photograph; numbers count photographs, so a refused one leaves a gap.

        Raises:
            InputError: no folder, not readable, or without a photograph.
        """
        self._closed.clear()
        for number, path in enumerate(pictures_in(self._folder), start=1):
            if self._closed.is_set():
                return
            try:
                pixels = read_picture(path)
            except InputError as refused:
                self._on_refused(refused)
                continue
            yield Frame(
                camera=self.camera,
                number=number,
                taken_at=self._clock.utc(),
                taken_mono_s=self._clock.mono_s(),
                pixels=pixels,
                source=shown_name(path),
            )

    def close(self) -> None:
        """End `frames` after the picture at hand."""
        self._closed.set()
