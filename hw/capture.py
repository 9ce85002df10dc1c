"""OpenCV's VideoCapture, opened so that it neither writes on the screen nor hangs.

OpenCV and the FFmpeg inside it write on descriptor 2, where the Textual screen is drawn. Descriptor
2 cannot be turned away without losing the screen, so both libraries are told to be silent before
first use.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

OPEN_LIMIT_MS = 4_000
"""How long opening a network camera may take; then it counts as gone."""

READ_LIMIT_MS = 3_000
"""How long one picture of a network camera may take; then it counts as gone."""

_FFMPEG_QUIET = "-8"
"""FFmpeg's AV_LOG_QUIET, libavutil/log.h."""

_FORMATS = "mov,matroska,avi,mpeg,mpegvideo,mpegts,mjpeg,m4v,h264,hevc,rtsp"
"""FFmpeg's demuxers that may open: one video each, and RTSP cameras. Its playlists (concat, hls, dash, sdp, ...)
would make the box follow other files and addresses; FFmpeg tells a format by its bytes, even behind an ID3 tag."""

_ENVIRONMENT = {
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": _FFMPEG_QUIET,
    "OPENCV_VIDEOIO_DEBUG": "0",
    # Over UDP a lost packet smears half a picture; a plate must not be read from a smear.
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": f"rtsp_transport;tcp|format_whitelist;{_FORMATS}",
    # Seconds until a V4L2 device that sends nothing counts as gone; OpenCV's own limit is 10.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
}
for _name, _value in _ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

import cv2  # noqa: E402  OpenCV reads some of these variables while it is imported

cv2.utils.logging.setLogLevel(0)  # it may have been imported by somebody else before; 0 is silent


def open_video_file(address: str) -> cv2.VideoCapture:
    """Open a video file through FFmpeg; ask `isOpened()` whether it is one.

    Args:
        address: Absolute path, so that it can never be taken for a URL or a picture pattern.
    """
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG)


def open_network_camera(url: str) -> cv2.VideoCapture:
    """Open an RTSP camera over TCP, with limits on opening and on each picture."""
    return cv2.VideoCapture(
        url,
        cv2.CAP_FFMPEG,
        [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            OPEN_LIMIT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            READ_LIMIT_MS,
        ],
    )


def open_local_camera(device: str | int, settings: Sequence[tuple[int, float]]) -> cv2.VideoCapture:
    """Open a V4L2 camera by path or number and wish for settings; the camera may choose otherwise."""
    if isinstance(device, int):
        device = f"/dev/video{device}"
    capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
    if capture.isOpened():
        for name, value in settings:
            capture.set(name, value)
    return capture
