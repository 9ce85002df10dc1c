"""Cameras by address, without one being there."""

from __future__ import annotations

import pytest

from alpr_core.errors import ConfigError, DeviceError
from hw.camera import LiveCamera, shown_address


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


@pytest.mark.parametrize("address", ["/dev/video199", "199", "rtsp://u:pa55@127.0.0.1:9/x"])
def test_missing_camera_is_a_device_error(address: str) -> None:
    """A camera that is not there is a DeviceError each time it is opened; no password is in it."""
    camera = LiveCamera(address, "front")
    for _ in range(2):
        with pytest.raises(DeviceError, match="cannot be opened") as caught:
            next(camera.frames())
        assert "pa55" not in str(caught.value)
