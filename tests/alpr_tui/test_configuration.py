from __future__ import annotations

from pathlib import Path

import pytest

from alpr_core.errors import ConfigError
from alpr_tui.configuration import read_configuration
from alpr_tui.device_settings import open_receiver
from alpr_tui.trigger_board import BoardSetUp
from hw.clock import SystemClock
from hw.gps.gpsd_receiver import GpsdReceiver
from hw.gps.recorded_receiver import RecordedReceiver
from hw.gps.serial_receiver import SerialReceiver

GOOD = """
[box]
name = "unit 12"
store = "store"
key_file = "/etc/alpr/box.key"

[[camera]]
name = "front"
source = "/dev/video0"

[[camera]]
name = "rear"
source = "rtsp://camera.local/stream"
"""


def test_good_configuration(tmp_path: Path) -> None:
    """Relative paths are taken from the file's folder; devices and addresses stay as they are."""
    (tmp_path / "box.toml").write_text(GOOD)
    configuration = read_configuration(tmp_path / "box.toml")
    assert configuration.store == tmp_path / "store"
    assert configuration.key_file == Path("/etc/alpr/box.key")
    assert [c.source for c in configuration.cameras] == [
        "/dev/video0",
        "rtsp://camera.local/stream",
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "[box]"),
        ("[box", "Expected"),
        (GOOD.replace("store =", "stor ="), "stor"),
        (GOOD.replace('name = "unit 12"', ""), "name"),
        (GOOD.replace('"rear"', '"front"'), "same name"),
        (GOOD.replace('"rear"', '"manual"'), "people type"),
        (GOOD.replace('source = "/dev/video0"', "source = true"), "source"),
        (GOOD + "\n[extra]\n", "extra"),
        (GOOD.replace('"store"', '""'), "store"),
        (GOOD + '\n[gps]\nsource = ""\n', "source"),
        (GOOD + "\n[board]\n", "port"),
        (GOOD + '\n[board]\nport = "usb:what"\n', "usb"),
        (GOOD + '\n[board]\nport = "/dev/b"\ncamera = "roof"\n', "camera"),
        (GOOD + '\n[board]\nport = "/dev/b"\nframe_delay_s = [0.1, 0.05]\n', "frame_delay_s"),
        (GOOD + '\n[board]\nport = "/dev/b"\nstop_after_s = true\n', "stop_after_s"),
        (GOOD + '\n[gps]\nsource = "gpsd"\nport = 3\n', "port"),
        (GOOD + '\n[gps]\nsource = "gpsd"\nbaud = "9600"\n', "baud"),
        (GOOD + '\n[gps]\nsource = "gpsd"\ndelay_s = 2\n', "delay_s"),
    ],
)
def test_bad_configuration_is_named(tmp_path: Path, text: str, named: str) -> None:
    """Each mistake is refused with the file and the word that is wrong."""
    (tmp_path / "box.toml").write_text(text)
    with pytest.raises(ConfigError, match="box.toml") as refusal:
        read_configuration(tmp_path / "box.toml")
    assert named in str(refusal.value)


def test_missing_and_binary_file(tmp_path: Path) -> None:
    """A file that is not there or no text is a clear refusal."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read_configuration(tmp_path / "none.toml")
    (tmp_path / "box.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_configuration(tmp_path / "box.toml")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("/dev/ttyACM0", SerialReceiver),
        ("gpsd", GpsdReceiver),
        ("gpsd://car:2948", GpsdReceiver),
        ("drive.nmea", RecordedReceiver),
        ("gpsd://car:99999", None),
        ("missing.nmea", None),
    ],
)
def test_receiver_is_the_one_that_is_named(
    tmp_path: Path, source: str, kind: type[object] | None
) -> None:
    """A device, gpsd or a recording beside the file is opened; anything else is refused by name."""
    (tmp_path / "drive.nmea").write_bytes(b"")
    (tmp_path / "box.toml").write_text(f'{GOOD}\n[gps]\nsource = "{source}"\ndelay_s = 0.05\n')
    gps = read_configuration(tmp_path / "box.toml").gps
    assert gps is not None
    assert gps.delay_s == 0.05
    if kind is None:
        with pytest.raises(ConfigError):
            open_receiver(gps, SystemClock())
    else:
        assert isinstance(open_receiver(gps, SystemClock()), kind)


def test_board_hangs_as_configured(tmp_path: Path) -> None:
    """Camera, delays, key and stop of the trigger board are what the file says; the key lies beside it."""
    board = """
[board]
port = "usb:2e8a:0005"
key_file = "board.key"
camera = "front"
frame_delay_s = [0.02, 0.06]
stop_after_s = false
"""
    (tmp_path / "box.toml").write_text(GOOD + board)
    found = read_configuration(tmp_path / "box.toml").board
    assert found is not None
    assert found.set_up == BoardSetUp("usb:2e8a:0005", "front", (0.02, 0.06), None)
    assert found.key_file == tmp_path / "board.key"
