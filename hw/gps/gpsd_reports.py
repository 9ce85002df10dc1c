"""gpsd's JSON lines to fixes, as `nmea_decoder` does it for NMEA. No I/O, no clock, bounded memory.

Source: gpsd_json(5), classes TPV and SKY, protocol 3.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alpr_core.fix import Fix, FixMode, FixQuality, Satellite, TimeSource
from alpr_core.terminal_text import clean_text
from hw.gps.nmea_decoder import DecoderEvent, SentenceRead
from hw.gps.nmea_lines import DamagedBytes

LINE_LIMIT_BYTES = 16_384
"""gpsd's own limit for one report is 10240 bytes."""

SATELLITES_LIMIT = 200

_QUALITY = {
    1: FixQuality.AUTONOMOUS,
    2: FixQuality.DIFFERENTIAL,
    3: FixQuality.RTK_FIXED,
    4: FixQuality.RTK_FLOAT,
    5: FixQuality.ESTIMATED,
    6: FixQuality.ESTIMATED,
    7: FixQuality.MANUAL,
    8: FixQuality.SIMULATED,
    9: FixQuality.PRECISE,
}
_SYSTEM = {
    0: "GPS", 1: "SBAS", 2: "Galileo", 3: "BeiDou", 5: "QZSS", 6: "GLONASS", 7: "NavIC",
}  # fmt: skip


class GpsdReports:
    """Cuts a stream into lines and turns TPV reports into fixes, with the last SKY beside them."""

    def __init__(self, source: str = "gpsd") -> None:
        self._source = source
        self._line = bytearray()
        self._is_overlong = False
        self._satellites: tuple[Satellite, ...] = ()
        self._hdop: float | None = None
        self._used: int | None = None

    def feed(self, data: bytes, mono_s: float | None = None) -> list[DecoderEvent]:
        """Take bytes that arrived at one moment and return what they completed; never raises."""
        events: list[DecoderEvent] = []
        *whole, rest = data.split(b"\n")
        for piece in whole:
            self._extend(piece, events)
            line, self._line = bytes(self._line).strip(), bytearray()
            if line and not self._is_overlong:
                events += self._report(line, mono_s)
            self._is_overlong = False
        self._extend(rest, events)
        return events

    def _extend(self, piece: bytes, events: list[DecoderEvent]) -> None:
        if self._is_overlong:
            return
        self._line += piece[: LINE_LIMIT_BYTES + 1]
        if len(self._line) > LINE_LIMIT_BYTES:
            events.append(_damage("longer than a report", bytes(self._line)))
            self._line.clear()
            self._is_overlong = True

    def _report(self, line: bytes, mono_s: float | None) -> list[DecoderEvent]:
        try:
            report = json.loads(line)
        except (ValueError, RecursionError):
            return [_damage("not JSON", line)]
        if not isinstance(report, dict) or not isinstance(report.get("class"), str):
            return [_damage("not a report", line)]
        read = SentenceRead(clean_text(report["class"], 20))
        if report["class"] == "SKY":
            self._take_sky(report)
        elif report["class"] == "TPV":
            return [read, self._fix(report, mono_s)]
        return [read]

    def _take_sky(self, report: dict[str, Any]) -> None:  # Any: JSON
        self._hdop = _number(report.get("hdop"), 99)
        self._used = _whole(report.get("uSat"))
        listed = report.get("satellites")
        if isinstance(listed, list):
            self._satellites = tuple(
                _satellite(one) for one in listed[:SATELLITES_LIMIT] if isinstance(one, dict)
            )
            if self._used is None:
                self._used = sum(satellite.is_used for satellite in self._satellites)

    def _fix(self, report: dict[str, Any], mono_s: float | None) -> Fix:  # Any: JSON
        at = _time(report.get("time"))
        mode = _whole(report.get("mode"))
        bare = Fix(
            mode=FixMode.NO_FIX if mode in (1, 2, 3) else FixMode.UNKNOWN,
            at=at,
            hdop=self._hdop,
            satellites_used=self._used,
            satellites=self._satellites,
            time_source=TimeSource.NONE if at is None else TimeSource.RECEIVER,
            arrived_mono_s=mono_s,
            source=self._source,
        )
        lat_deg, lon_deg = _number(report.get("lat"), 90), _number(report.get("lon"), 180)
        if mode not in (2, 3) or lat_deg is None or lon_deg is None:
            return bare
        height_m = _number(report.get("altMSL", report.get("alt")), 1e6)
        track_deg = _number(report.get("track"), 720)
        speed_mps = _number(report.get("speed"), 1e4)
        return replace(
            bare,
            mode=FixMode(mode),
            lat_deg=lat_deg,
            lon_deg=lon_deg,
            alt_m=height_m if mode == 3 else None,
            speed_mps=speed_mps,
            track_deg=None if track_deg is None else track_deg % 360,
            quality=_QUALITY.get(_whole(report.get("status")) or 1, FixQuality.AUTONOMOUS),
            time_source=TimeSource.NONE if at is None else TimeSource.FIX,
        )


def _satellite(one: dict[str, Any]) -> Satellite:  # Any: JSON
    snr = _number(one.get("ss"), 200)
    return Satellite(
        system=_SYSTEM.get(_whole(one.get("gnssid")) or 0, "?"),
        number=_whole(one.get("svid")) or _whole(one.get("PRN")) or 0,
        elevation_deg=_rounded(_number(one.get("el"), 90)),
        azimuth_deg=_rounded(_number(one.get("az"), 360)),
        snr_db=_rounded(snr) if snr else None,
        is_used=one.get("used") is True,
    )


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None and 1980 <= at.year < 9000 else None


def _number(value: object, limit: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
        return None
    return float(value) if math.isfinite(value) else None


def _whole(value: object) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10_000
    return value if is_whole else None  # type: ignore[return-value]  # just checked


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def _damage(why: str, line: bytes) -> DamagedBytes:
    return DamagedBytes(why, len(line), clean_text(line[:120].decode("utf-8", "replace"), 60))
