"""The tables of a box's configuration that name its receiver and its board.

[gps]
source = "/dev/serial/by-id/usb-u-blox"   # or "gpsd", "gpsd://host:port", or a file of recorded NMEA
baud = 9600                               # found by itself if left out
delay_s = 0.05                            # constant delay of the receiver, from its data sheet

[board]
port = "usb:2e8a:0005"                    # VID:PID[:SERIAL], found under any name; or a device
key_file = "board.key"                    # 32 bytes that the board has, too; without it anybody may speak
camera = "front"                          # the [[camera]] on its trigger line
frame_delay_s = [0.01, 0.05]              # shortest and longest time from trigger to frame
stop_after_s = 30                         # ignition off for so long stops the box; false: never
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alpr_core.errors import ConfigError, UsageError
from alpr_core.events import BoxEvent
from alpr_core.terminal_text import clean_text
from alpr_tui.trigger_board import BoardSetUp, TriggerBoard
from firmware_bridge.board_key import read_board_key
from firmware_bridge.board_link import find_port
from hw.clock import Clock
from hw.gps.gps_source import GpsSource
from hw.gps.gpsd_receiver import DEFAULT_PORT, GpsdReceiver
from hw.gps.recorded_receiver import RecordedReceiver
from hw.gps.serial_receiver import SerialReceiver

GPS_TABLE, BOARD_TABLE = "gps", "board"

DELAY_MAX_S = 1.0
"""A receiver that is later than the next fix is broken."""

FRAME_DELAY_MAX_S = 1.0
STOP_AFTER_MAX_S = 86_400.0

_GPSD = re.compile(r"gpsd(?:://(?P<host>[^:/\s]+)(?::(?P<port>[0-9]{1,5}))?)?")


@dataclass(frozen=True, slots=True)
class GpsConfiguration:
    source: str
    """Device, `gpsd`, `gpsd://host:port`, or a recording's path."""
    baud: int | None = None
    """Of a device; None means that it is found by listening."""
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class BoardConfiguration:
    set_up: BoardSetUp
    key_file: Path | None
    """None is a board without a key, for the bench only."""


def gps_configuration(tables: dict[str, Any], shown: str, folder: Path) -> GpsConfiguration | None:
    """Return the receiver that a configuration's tables name; None if they name none.

    Args:
        shown: The file, for refusals.
        folder: A recording's relative path is taken from here.

    Raises:
        ConfigError: a word is unknown or of the wrong kind.
    """
    if GPS_TABLE not in tables:
        return None
    table, where = tables[GPS_TABLE], f"{shown} [{GPS_TABLE}]"
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table.")
    if unknown := sorted(set(table) - {"source", "baud", "delay_s"}):
        raise ConfigError(f"{where} does not know {clean_text(', '.join(unknown))}.")
    source, baud, delay_s = table.get("source"), table.get("baud"), table.get("delay_s", 0.0)
    if not isinstance(source, str) or not source.strip() or "\0" in source:
        raise ConfigError(f'{where} needs source = "...".')
    if baud is not None and (type(baud) is not int or not 300 <= baud <= 4_000_000):
        raise ConfigError(f"{where} needs baud = the port's speed, a whole number.")
    if type(delay_s) not in {int, float} or not 0 <= delay_s <= DELAY_MAX_S:
        raise ConfigError(f"{where} needs delay_s = seconds from 0 to {DELAY_MAX_S:g}.")
    is_file = not source.startswith(("gpsd", "/dev/"))
    return GpsConfiguration(str(folder / source) if is_file else source, baud, float(delay_s))


def board_configuration(
    tables: dict[str, Any], shown: str, folder: Path
) -> BoardConfiguration | None:
    """Return the board that a configuration's tables name; None if they name none.

    Raises:
        ConfigError: a word is unknown or of the wrong kind.
    """
    if BOARD_TABLE not in tables:
        return None
    table, where = tables[BOARD_TABLE], f"{shown} [{BOARD_TABLE}]"
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table.")
    known = {"port", "key_file", "camera", "frame_delay_s", "stop_after_s"}
    if unknown := sorted(set(table) - known):
        raise ConfigError(f"{where} does not know {clean_text(', '.join(unknown))}.")
    for key in ("port", "key_file", "camera"):
        value = table.get(key, "-" if key != "port" else None)
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise ConfigError(f'{where} needs {key} = "...".')
    usual = BoardSetUp(table["port"])
    delay_s = table.get("frame_delay_s", list(usual.frame_delay_s))
    if (
        not isinstance(delay_s, list)
        or len(delay_s) != 2
        or not all(type(one) in {int, float} for one in delay_s)
        or not 0 <= delay_s[0] < delay_s[1] <= FRAME_DELAY_MAX_S
    ):
        raise ConfigError(f"{where} needs frame_delay_s = [shortest, longest], seconds.")
    stop_after_s: Any = table.get("stop_after_s", usual.stop_after_s)
    if stop_after_s is not False and (
        type(stop_after_s) not in {int, float} or not 0 <= stop_after_s <= STOP_AFTER_MAX_S
    ):
        raise ConfigError(f"{where} needs stop_after_s = seconds, or false.")
    try:
        find_port(usual.port)
    except UsageError as error:
        raise ConfigError(f"{where}: {error.what}") from error
    key_file = table.get("key_file")
    return BoardConfiguration(
        replace(
            usual,
            camera=table.get("camera"),
            frame_delay_s=(float(delay_s[0]), float(delay_s[1])),
            stop_after_s=None if stop_after_s is False else float(stop_after_s),
        ),
        None if key_file is None else folder / key_file,
    )


def open_receiver(gps: GpsConfiguration, clock: Clock) -> GpsSource:
    """Return the configured receiver, not yet opened.

    Raises:
        ConfigError: it is no device, no gpsd and no file.
    """
    if gps.source.startswith("gpsd"):
        found = _GPSD.fullmatch(gps.source)
        port = int(found["port"] or DEFAULT_PORT) if found else 0
        if found is None or not 0 < port < 65_536:
            raise ConfigError(f"{clean_text(gps.source, 80)} is not gpsd://host:port.")
        return GpsdReceiver(found["host"] or "127.0.0.1", port, clock=clock)
    if Path(gps.source).is_file():
        return RecordedReceiver(Path(gps.source), clock=clock)
    if gps.source.startswith("/dev/"):
        return SerialReceiver(gps.source, gps.baud, clock=clock)
    raise ConfigError(
        f"The receiver {clean_text(gps.source, 80)} is no device and no file.",
        "Write /dev/..., gpsd, or the path of a recording.",
    )


def open_board(board: BoardConfiguration, tell: Callable[[BoxEvent], None]) -> TriggerBoard:
    """Return the configured board, not yet opened.

    Raises:
        KeyFileError: its key cannot be used.
    """
    key = None if board.key_file is None else read_board_key(board.key_file)
    return TriggerBoard(board.set_up, lambda: find_port(board.set_up.port), key, tell)
