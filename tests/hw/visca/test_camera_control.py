"""Settings over a real port: set, read back, refused, lost."""

from __future__ import annotations

from contextlib import closing

import pytest

from alpr_core.errors import DeviceError, UsageError
from hw.pseudo_terminal import PseudoTerminal
from hw.visca.camera_control import CameraControl
from hw.visca.simulated_camera import CameraFault
from hw.visca.visca_link import ViscaLink
from tests.hw.visca.running_camera import running_camera

SCRIPT = [
    ("exposure", "manual", "manual"), ("shutter", "0x0A", "10"), ("iris", "17", "17"),
    ("gain", "0", "0"), ("exposure", "bright", "bright"), ("brightness", "3", "3"),
    ("exposure", "auto", "auto"), ("backlight", "on", "on"), ("slow-shutter", "on", "on"),
    ("icr", "on", "on"), ("icr", "auto", "auto"), ("icr", "off", "off"), ("zoom", "0x400", "1024"),
    ("focus-mode", "manual", "manual"), ("focus", "0x8100", "33024"), ("preset-set", "2", "2"),
    ("zoom-drive", "stop", "stop"), ("focus-drive", "stop", "stop"), ("preset-recall", "2", "2"),
    ("preset-reset", "2", "2"), ("power", "off", "off"),
]  # fmt: skip


def test_every_setting_is_set_and_read_back() -> None:
    """A walk through all settings ends with the camera having what was asked for."""
    with running_camera() as (port, _), closing(ViscaLink(port)) as link:
        control = CameraControl(link)
        assert control.version().sockets == 2
        for name, value, read in SCRIPT:
            assert control.set(name, value) == read, name


def test_refusal_says_what_to_do() -> None:
    """A shutter time in automatic exposure is refused with the way out, and nothing is changed."""
    with running_camera() as (port, _), closing(ViscaLink(port)) as link:
        control = CameraControl(link)
        before = control.inquire("shutter")
        with pytest.raises(DeviceError, match="present mode") as caught:
            control.set("shutter", "3")
        assert "exposure" in caught.value.hint
        assert control.inquire("shutter") == before


def test_unknown_names_are_refused() -> None:
    """A name outside the table never reaches the cable."""
    with running_camera() as (port, _), closing(ViscaLink(port)) as link:
        for ask in (CameraControl(link).get, CameraControl(link).inquire):
            with pytest.raises(UsageError, match="no such setting"):
                ask("colour")


def test_garbage_on_the_line_does_not_matter() -> None:
    """Frames of nobody between the answers change nothing."""
    with running_camera() as (port, camera), closing(ViscaLink(port)) as link:
        camera.fault = CameraFault.GARBAGE
        assert CameraControl(link).set("backlight", "on") == "on"


def test_silent_camera_is_named() -> None:
    """A camera that does not answer is an error of the device, not an endless wait."""
    with running_camera() as (port, camera), closing(ViscaLink(port)) as link:
        camera.fault = CameraFault.SILENT
        with pytest.raises(DeviceError, match="does not answer"):
            CameraControl(link).get("zoom")
        camera.fault = CameraFault.NONE
        assert CameraControl(link).get("zoom") == "0"


def test_unplugged_port_is_an_error_of_the_device() -> None:
    """A port that does not exist, is in use, or vanishes is told as such."""
    with pytest.raises(DeviceError, match="cannot be opened"):
        ViscaLink("/dev/alpr-no-such-port")
    line = PseudoTerminal()
    with closing(ViscaLink(line.name)) as link:
        with pytest.raises(DeviceError, match="cannot be opened"):
            ViscaLink(line.name)
        line.close()
        with pytest.raises(DeviceError, match="is gone"):
            CameraControl(link).get("zoom")
