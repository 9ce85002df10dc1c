"""The tables of a box's configuration that name its receiver.

[gps]
source = "/dev/serial/by-id/usb-u-blox"   # or "gpsd", "gpsd://host:port", or a file of recorded NMEA
baud = 9600                               # found by itself if left out
delay_s = 0.05                            # constant delay of the receiver, from its data sheet
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alpr_core.errors import ConfigError
from alpr_core.terminal_text import clean_text
from hw.clock import Clock
from hw.gps.gps_source import GpsSource
from hw.gps.gpsd_receiver import DEFAULT_PORT, GpsdReceiver
from hw.gps.recorded_receiver import RecordedReceiver
from hw.gps.serial_receiver import SerialReceiver

GPS_TABLE = "gps"

DELAY_MAX_S = 1.0
"""A receiver that is later than the next fix is broken."""

_GPSD = re.compile(r"gpsd(?:://(?P<host>[^:/\s]+)(?::(?P<port>[0-9]{1,5}))?)?")


@dataclass(frozen=True, slots=True)
class GpsConfiguration:
    source: str
    """Device, `gpsd`, `gpsd://host:port`, or a recording's path."""
    baud: int | None = None
    """Of a device; None means that it is found by listening."""
    delay_s: float = 0.0


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
