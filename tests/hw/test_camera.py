"""Cameras by address, without one being there."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from alpr_core.errors import ConfigError, DeviceError
from hw.camera import DAMAGED_PICTURES_LIMIT, LiveCamera, shown_address
from tests.hw.small_rtsp_camera import SIDE_PX, rtsp_camera


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://user:pa55@10.0.0.7:554/ch1", "rtsp://10.0.0.7:554/ch1"),
        ("rtsp://user:p@ss:w@10.0.0.7/ch1?user=a&password=b#c", "rtsp://10.0.0.7/ch1"),
        ("rtsp://[fe80::1]:554/x", "rtsp://fe80::1:554/x"),
        ("rtsp://user:pa55@10.0.0.7:port/ch1", "a network camera"),
        ("rtsp://user:pa55@[broken/ch1", "a network camera"),
        ("/dev/video0", "/dev/video0"),
    ],
)
def test_password_is_never_shown(address: str, shown: str) -> None:
    """User, password and query never stand in what is shown of an address."""
    assert shown_address(address) == shown


@pytest.mark.parametrize(
    "address",
    ["", "front", "-1", "300", "video0", "/etc/passwd", "http://h/x", "rtsp://", "file:///dev/video0",
     "rtsp://user:pa55@h:port/x", "concat:/dev/video0", "\u0663"],
)  # fmt: skip
def test_impossible_address_is_refused(address: str) -> None:
    """What is neither device, number nor RTSP address is refused when it is configured."""
    with pytest.raises(ConfigError) as caught:
        LiveCamera(address, "front")
    assert "pa55" not in str(caught.value)


@pytest.mark.parametrize("address", ["ghost.mp4", "/home/officer/videos", "front"])
def test_missing_file_is_called_not_found(address: str) -> None:
    """The name of a file that is not there is not spoken of as a camera's address alone."""
    with pytest.raises(ConfigError, match="no such file, folder or camera") as caught:
        LiveCamera(address, "front")
    assert caught.value.what.startswith(address)


def test_network_camera_gives_its_pictures() -> None:
    """An RTSP camera is opened with the formats that FFmpeg may open, and each picture arrives."""
    frames = []
    with rtsp_camera(pictures=40) as address, pytest.raises(DeviceError, match="no more pictures"):
        for frame in LiveCamera(address, "front").frames():
            frames.append(frame)
    assert [frame.number for frame in frames] == list(range(1, 41))
    assert frames[0].pixels.shape == (SIDE_PX, SIDE_PX)


class DamagedCapture:
    """Stands for a capture whose pictures arrive and mostly do not decode."""

    def __init__(self, whole: Iterator[bool]) -> None:
        self.whole = whole

    def isOpened(self) -> bool:
        return True

    def grab(self) -> bool:
        return True

    def retrieve(self) -> tuple[bool, cv2.typing.MatLike | None]:
        return (True, np.zeros((4, 4), np.uint8)) if next(self.whole) else (False, None)

    def release(self) -> None:
        pass


def test_camera_that_never_decodes_is_a_device_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures that do not decode are skipped, until too many in a row make the camera a lost one."""
    few = [False] * (DAMAGED_PICTURES_LIMIT - 1)
    whole = iter([*few, True, *few, True, *few, False])
    monkeypatch.setattr("hw.camera.open_local_camera", lambda *_: DamagedCapture(whole))
    frames = LiveCamera("0", "front").frames()
    assert next(frames).number == DAMAGED_PICTURES_LIMIT
    assert next(frames).number == 2 * DAMAGED_PICTURES_LIMIT
    with pytest.raises(DeviceError, match="cannot be decoded"):
        next(frames)
    assert next(whole, None) is None


@pytest.mark.parametrize("address", ["/dev/video199", "199", "rtsp://u:pa55@127.0.0.1:9/x"])
def test_missing_camera_is_a_device_error(address: str) -> None:
    """A camera that is not there is a DeviceError each time it is opened; no password is in it."""
    camera = LiveCamera(address, "front")
    for _ in range(2):
        with pytest.raises(DeviceError, match="cannot be opened") as caught:
            next(camera.frames())
        assert "pa55" not in str(caught.value)
