"""`alpr gps`: recorded, simulated and live receivers, for technicians and scripts."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from alpr_core.errors import InputError, UsageError
from alpr_core.fix import Fix
from alpr_core.gps_events import FixReceived, GpsEvent, GpsLost
from alpr_core.terminal_text import clean_text
from alpr_tui.commands.simulation import run_simulation
from hw.gps.gps_source import GpsSource
from hw.gps.gpsd_receiver import DEFAULT_PORT, GpsdReceiver
from hw.gps.nmea_decoder import DecoderEvent, NmeaDecoder
from hw.gps.nmea_lines import DamagedBytes
from hw.gps.receiver_thread import ReceiverThread
from hw.gps.serial_receiver import SerialReceiver
from hw.gps.simulated_receiver import DrivingReceiver, GpsFault, SimulatedReceiver

CHUNK_BYTES = 65_536
RATES_HZ = (1, 5, 10)
BAR_DB = 5
"""Signal per sign of a bar."""

_MODES = ("unknown", "no fix", "2D", "3D")


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    replaying = deeds.add_parser("replay", help="a recorded receiver through the real decoder")
    replaying.add_argument("log", metavar="LOG", help="NMEA recording; '-' is stdin")
    replaying.add_argument("--jsonl", action="store_true", help="one JSON line per epoch")
    replaying.set_defaults(command=replay)
    simulating = deeds.add_parser("sim", help="a simulated receiver on a pseudo-terminal")
    simulating.add_argument("--pty", action="store_true", required=True)
    simulating.add_argument("--trace", action="store_true", help="print every sentence")
    simulating.add_argument("--rate", type=int, choices=RATES_HZ, default=1, metavar="HZ")
    simulating.add_argument(
        "--fault", type=GpsFault, choices=list(GpsFault), default=GpsFault.NONE,
        metavar="|".join(fault.value for fault in GpsFault),
    )  # fmt: skip
    simulating.add_argument("--seconds", type=float, metavar="N", help="stop after N seconds")
    simulating.set_defaults(command=simulate)
    monitoring = deeds.add_parser("monitor", help="a live receiver, one line per fix")
    source = monitoring.add_mutually_exclusive_group(required=True)
    source.add_argument("--port", metavar="P", help="serial device")
    source.add_argument("--gpsd", metavar="HOST[:PORT]", nargs="?", const="127.0.0.1")
    monitoring.add_argument("--baud", type=int, help="speed of the port; found if not given")
    monitoring.add_argument("--seconds", type=float, metavar="N", help="stop after N seconds")
    monitoring.add_argument("--satellites", action="store_true", help="with bars of their signals")
    monitoring.set_defaults(command=monitor)


def replay(options: argparse.Namespace) -> int:
    """Print every epoch of a recording.

    Raises:
        InputError: the recording cannot be read, or holds no sentence at all.
    """
    decoder = NmeaDecoder(trusts_headers=True, source=clean_text(Path(options.log).name, 40))
    show = _json_line if options.jsonl else _text_line
    is_nmea = False
    for data in _chunks(options.log):
        is_nmea |= _print_fixes(decoder.feed(data), show)
    is_nmea |= _print_fixes(decoder.end(), show)
    if not is_nmea:
        raise InputError(f"{_shown(options.log)} holds no NMEA sentence.")
    return 0


def simulate(options: argparse.Namespace) -> int:
    """Speak on a pseudo-terminal until Ctrl-C; its name is the first line on stdout."""
    receiver = SimulatedReceiver(datetime.now(UTC).replace(microsecond=0))
    receiver.fault = options.fault
    run_simulation(DrivingReceiver(receiver, options.rate), options)
    return 0


def monitor(options: argparse.Namespace) -> int:
    """Print one line per fix of a live receiver, and when it is lost or back."""
    ends_s = None if options.seconds is None else time.monotonic() + options.seconds

    def tell(event: GpsEvent) -> None:
        if not isinstance(event, FixReceived):
            words = event.why if isinstance(event, GpsLost) else f"{event.source} is back."
            print(f"alpr: {clean_text(words)}", file=sys.stderr, flush=True)
            return
        print(_text_line(event.fix), flush=True)
        if options.satellites:
            for line in _bars(event.fix):
                print(line, flush=True)

    thread = ReceiverThread(_source(options), tell)
    thread.start()
    try:
        while ends_s is None or time.monotonic() < ends_s:
            time.sleep(0.1)
    except KeyboardInterrupt:
        pass
    finally:
        thread.stop()
    return 0


def _source(options: argparse.Namespace) -> GpsSource:
    if options.port is not None:
        return SerialReceiver(options.port, options.baud)
    host, _, port = options.gpsd.rpartition(":") if ":" in options.gpsd else (options.gpsd, "", "")
    if port and not (port.isdecimal() and 0 < int(port) < 65_536):
        raise UsageError("The port of gpsd is a number from 1 to 65535.")
    return GpsdReceiver(host, int(port) if port else DEFAULT_PORT)


def _chunks(log: str) -> Iterator[bytes]:
    """Yield a file, a pipe or stdin as it comes."""
    try:
        with contextlib.ExitStack() as stack:
            is_stdin = log == "-"
            opened = sys.stdin.buffer if is_stdin else stack.enter_context(Path(log).open("rb"))
            stream = cast("io.BufferedReader", opened)
            while data := stream.read1(CHUNK_BYTES):
                yield data
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no possible name"
        raise InputError(f"{_shown(log)} cannot be read ({reason}).") from error


def _print_fixes(events: list[DecoderEvent], show: Callable[[Fix], str]) -> bool:
    """Print the fixes; return whether any sentence was understood."""
    for event in events:
        if isinstance(event, Fix):
            print(show(event))
    return any(not isinstance(event, DamagedBytes) for event in events)


def _json_line(fix: Fix) -> str:
    values = {
        "time": None if fix.at is None else _iso(fix.at),
        "mode": int(fix.mode),
        "lat": _rounded(fix.lat_deg, 9),
        "lon": _rounded(fix.lon_deg, 9),
        "alt_m": _rounded(fix.alt_m, 3),
        "speed_mps": _rounded(fix.speed_mps, 3),
        "track_deg": _rounded(fix.track_deg, 4),
    }
    return json.dumps(values)


def _text_line(fix: Fix) -> str:
    words = [_iso(fix.at) if fix.at is not None else "no time", _MODES[fix.mode]]
    if fix.has_position:
        lat_deg, lon_deg = fix.place()
        words.append(f"{lat_deg:.6f} {lon_deg:.6f}")
        words.append("" if fix.speed_mps is None else f"{fix.speed_mps:.1f} m/s")
        words.append("" if fix.track_deg is None else f"{fix.track_deg:.0f} deg")
        words.append(fix.quality.value)
    heard = sum(satellite.snr_db is not None for satellite in fix.satellites)
    words.append(f"{fix.satellites_used or 0} used, {heard} heard, {len(fix.satellites)} in view")
    return "  ".join(word for word in words if word)


def _bars(fix: Fix) -> list[str]:
    return [
        f"  {one.system:8}{one.number:4} {'*' if one.is_used else ' '}"
        f" {'#' * ((one.snr_db or 0) // BAR_DB)} {one.snr_db or '-'}"
        for one in fix.satellites
    ]


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _shown(log: str) -> str:
    return clean_text(Path(log).name or log, 60)
