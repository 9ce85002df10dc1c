"""A video file as a FrameSource: every picture is waited for, and a file that was cut short says so.

A playlist (a text file that names other files or addresses) is refused: reading a video must not
make the box fetch something else.
"""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np

from alpr_core.errors import InputError
from alpr_core.frame import Frame, Pixels
from hw.capture import open_video_file
from hw.clock import Clock, SystemClock
from hw.picture_file import PIXEL_LIMIT, shown_name

VIDEO_SUFFIXES = frozenset(
    (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".mjpg")
)
"""Endings by which `alpr read` knows a video; small letters."""

ASSUMED_FPS = 25.0
"""Rate taken for a file that names none, or one that cannot be (above RATE_LIMIT_FPS)."""

RATE_LIMIT_FPS = 1000.0

COUNTED_FORMATS = frozenset((".mp4", ".m4v", ".mov", ".avi"))
"""Files whose header counts the pictures; of others OpenCV only estimates the number."""

COUNTED_SLACK = 0.02
"""Share of the counted pictures that may be missing before a file counts as cut short (edit lists)."""

ESTIMATED_SLACK = 0.10
"""The same for estimated numbers."""

SLACK_FRAMES = 2
"""Pictures that may always be missing: encoders hold a last one back."""

_HEAD_BYTES = 64

_PLAYLIST_HEADS = (b"ffconcat", b"#extm3u", b"<?xml", b"<mpd", b"v=0", b"[playlist]")
"""How playlists begin, in small letters. For the words of the refusal only: `hw.capture` keeps FFmpeg away."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class VideoFile:
    """A video file, read in full and as fast as it is taken.

    Frames are timed as if the video had begun when it was opened.

    Args:
        camera: Name shown to the officer; the file's own name if None.
    """

    is_live = False

    def __init__(
        self, path: Path, clock: Clock | None = None, *, camera: str | None = None
    ) -> None:
        self._name = shown_name(path)
        self.camera = camera or self._name
        self._path = path
        self._clock: Clock = clock or SystemClock()
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        """Yield the video's pictures in order.

        Raises:
            InputError: not a video, not readable; or, after the last usable picture, cut short.
        """
        self._closed.clear()
        _check_video_file(self._path, self._name)
        capture = open_video_file(str(self._path.resolve()))
        try:
            if not capture.isOpened():
                raise InputError(
                    f"{self._name} is not a video that we know, or it was cut short at its start.",
                    "Copy it again from its origin.",
                )
            yield from self._frames_of(capture)
        finally:
            capture.release()

    def close(self) -> None:
        """End `frames` after the picture at hand."""
        self._closed.set()

    def _frames_of(self, capture: cv2.VideoCapture) -> Iterator[Frame]:
        rate_fps = capture.get(cv2.CAP_PROP_FPS)
        if not 0.0 < rate_fps <= RATE_LIMIT_FPS:
            rate_fps = ASSUMED_FPS
        width_px = capture.get(cv2.CAP_PROP_FRAME_WIDTH)
        if width_px * capture.get(cv2.CAP_PROP_FRAME_HEIGHT) > PIXEL_LIMIT:
            raise InputError(f"The pictures of {self._name} are too big.", "Save it smaller.")
        expected_frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        began_at, began_mono_s = self._clock.utc(), self._clock.mono_s()
        number = 0
        while not self._closed.is_set():
            try:
                has_picture, picture = capture.read()
            except cv2.error as error:
                raise InputError(f"{self._name} is damaged after picture {number}.") from error
            if not has_picture:
                self._check_complete(number, expected_frames)
                return
            number += 1
            position_s = (number - 1) / rate_fps
            yield Frame(
                camera=self.camera,
                number=number,
                taken_at=began_at + timedelta(seconds=position_s),
                taken_mono_s=began_mono_s + position_s,
                pixels=grey_of(picture),
                source=self._name,
            )

    def _check_complete(self, seen_frames: int, expected_frames: float) -> None:
        """Raise InputError if clearly fewer pictures came than the file's header promises."""
        slack = COUNTED_SLACK if self._path.suffix.lower() in COUNTED_FORMATS else ESTIMATED_SLACK
        missing_frames = expected_frames - seen_frames
        if seen_frames == 0:
            raise InputError(f"{self._name} holds no picture that can be decoded.")
        if missing_frames > max(SLACK_FRAMES, slack * expected_frames):
            raise InputError(
                f"{self._name} is cut short: {seen_frames} of {expected_frames:.0f} pictures were there.",
                "What was there has been used. Copy it again from its origin for the rest.",
            )


def grey_of(picture: cv2.typing.MatLike) -> Pixels:
    """Return what VideoCapture gave (blue, green, red, or grey already, of 8 or 16 bits) as grey."""
    if picture.dtype == np.uint16:
        picture = cv2.convertScaleAbs(picture, alpha=1 / 257)
    if picture.ndim == 2:
        return picture.astype(np.uint8, copy=False)
    if picture.shape[2] == 1:
        return picture[:, :, 0].astype(np.uint8, copy=False)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def _check_video_file(path: Path, name: str) -> None:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{name} is a folder, not a video.")
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{name} is not an ordinary file.")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except PermissionError as error:
        raise InputError(
            f"{name} may not be read.", "Give yourself the right to read it."
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{name} cannot be found or reached.", "Check the name.") from error
    if not head:
        raise InputError(f"{name} is empty.", "Copy it again from its origin.")
    if _is_text(head):
        raise InputError(
            f"{name} is a text, not a video.", "Playlists are not followed; give the video itself."
        )


def _is_text(head: bytes) -> bool:
    start = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if start.lower().startswith(_PLAYLIST_HEADS):
        return True  # whatever follows: one odd byte does not make a video of it
    if not all(byte in b"\t\n\r" or byte >= 32 for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
