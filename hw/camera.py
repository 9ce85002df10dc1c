"""A camera on this computer (V4L2) or on the network (RTSP), as a FrameSource.

Coming back after a loss is not done here: `frames` raises, `camera_thread` calls it again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import cv2

from alpr_core.errors import ConfigError, DeviceError
from alpr_core.frame import Frame
from alpr_core.terminal_text import clean_text
from hw.capture import open_local_camera, open_network_camera
from hw.clock import Clock, SystemClock
from hw.video import grey_of

SHOWN_ADDRESS_LIMIT = 80
"""Signs of a camera's address shown in a message."""

WISHED_WIDTH_PX = 1280
"""Width asked of a V4L2 camera; without a wish OpenCV takes 640 x 480, too coarse for plates."""

WISHED_HEIGHT_PX = 720

_SETTINGS = (
    (cv2.CAP_PROP_FRAME_WIDTH, WISHED_WIDTH_PX),
    (cv2.CAP_PROP_FRAME_HEIGHT, WISHED_HEIGHT_PX),
    (cv2.CAP_PROP_BUFFERSIZE, 1),  # a second buffered picture is an old picture
)

DAMAGED_PICTURES_LIMIT = 30
"""Pictures in a row that do not decode before the camera counts as gone: a second of most cameras."""

_NETWORK_SCHEMES = ("rtsp", "rtsps")
_DEVICE_FOLDER = "/dev/"
_VIDEO_NUMBER_LIMIT = 255


def shown_address(address: str) -> str:
    """Return the address without what opens the camera: user, password, query.

    Vendors put passwords into the query as well as before the host, so both go.
    """
    if "://" not in address:
        return clean_text(address, limit_chars=SHOWN_ADDRESS_LIMIT)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "?", parts.port
    except ValueError:
        return "a network camera"
    place = f"{host}:{port}" if port else host
    return clean_text(f"{parts.scheme}://{place}{parts.path}", limit_chars=SHOWN_ADDRESS_LIMIT)


class LiveCamera:
    """A camera that is never waited for.

    Args:
        address: `/dev/...` (best a name under /dev/v4l/by-id, which survives replugging), the
            number of a V4L2 device, or an `rtsp://` or `rtsps://` URL, with user and password if it
            needs them.
        camera: Name shown to the officer.

    Raises:
        ConfigError: the address is none of these; it may be the name of a file that is missing.
    """

    is_live = True

    def __init__(self, address: str, camera: str, clock: Clock | None = None) -> None:
        self.camera = camera
        self.shown_address = shown_address(address)
        self._address = address
        self._is_network = "://" in address
        self._clock: Clock = clock or SystemClock()
        self._closed = threading.Event()
        if not _is_possible(address):
            raise _not_possible(self.shown_address)

    def frames(self) -> Iterator[Frame]:
        """Open the camera and yield its pictures until `close`.

        A picture's time is the time at which it arrived, before decoding.

        Raises:
            DeviceError: it cannot be opened, sends no more pictures, or DAMAGED_PICTURES_LIMIT in a
                row do not decode.
        """
        self._closed.clear()
        capture = self._open()
        try:
            if not capture.isOpened():
                raise DeviceError(f"The camera {self.shown_address} cannot be opened.")
            number = damaged_pictures = 0
            while not self._closed.is_set():
                if not capture.grab():
                    raise DeviceError(f"The camera {self.shown_address} sends no more pictures.")
                taken_at, taken_mono_s = self._clock.utc(), self._clock.mono_s()
                has_picture, picture = capture.retrieve()
                number += 1
                if not has_picture or picture is None or picture.size == 0:
                    damaged_pictures += 1  # one picture damaged on its way; the stream goes on
                    if damaged_pictures == DAMAGED_PICTURES_LIMIT:
                        raise self._undecodable()
                    continue
                damaged_pictures = 0
                yield Frame(
                    camera=self.camera,
                    number=number,
                    taken_at=taken_at,
                    taken_mono_s=taken_mono_s,
                    pixels=grey_of(picture),
                    source=self.shown_address,
                )
        except cv2.error as error:
            raise self._undecodable() from error
        finally:
            capture.release()

    def close(self) -> None:
        """End `frames` after the picture at hand; OpenCV must not be released from another thread."""
        self._closed.set()

    def _undecodable(self) -> DeviceError:
        return DeviceError(f"The camera {self.shown_address} sends what cannot be decoded.")

    def _open(self) -> cv2.VideoCapture:
        if self._is_network:
            return open_network_camera(self._address)
        device = int(self._address) if self._address.isdecimal() else self._address
        return open_local_camera(device, _SETTINGS)


def _not_possible(shown: str) -> ConfigError:
    if "://" in shown or not shown.strip():
        return ConfigError(
            f"{shown or 'An empty name'} is no camera address.",
            "Write /dev/video0, a number, or rtsp://host/path.",
        )
    return ConfigError(
        f"{shown} was not found: there is no such file, folder or camera.",
        "Check the name; a camera is /dev/video0, a number, or rtsp://host/path.",
    )


def _is_possible(address: str) -> bool:
    if "://" in address:
        try:
            parts = urlsplit(address)
            return parts.scheme in _NETWORK_SCHEMES and bool(parts.hostname) and parts.port != 0
        except ValueError:
            return False
    if address.isascii() and address.isdecimal():
        return int(address) <= _VIDEO_NUMBER_LIMIT
    return address.startswith(_DEVICE_FOLDER)
