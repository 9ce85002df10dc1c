"""One sentence to what it says, in our units. Sentences of any talker are read alike.

`pynmeagps` knows the fields of each sentence; what counts as valid is decided here, for it gives a
position for sentences that call themselves invalid. A field that cannot be read counts as empty.

Source: NMEA 0183 version 4.11; gpsd's page "NMEA Revealed" for what receivers really send.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from pynmeagps import NMEAMessage
from pynmeagps.exceptions import NMEAMessageError, NMEAParseError, NMEATypeError

from alpr_core.fix import FixQuality
from hw.gps.nmea_lines import NmeaLine

KNOT_MPS = 1852 / 3600
"""One knot; a nautical mile is 1852 m by definition."""

KMPH_MPS = 1 / 3.6

DOP_LIMIT = 99.0
"""Receivers send 99.9 or 99.99 for "unknown"."""

SPEED_LIMIT_MPS = 10_000.0
"""Faster than a satellite in low orbit is a damaged number."""

CENTURY_PIVOT = 80
"""Two-digit years from here on are 19..; GPS began in 1980."""

_TIME = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})(\.[0-9]*)?")
_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")
_ANGLE = re.compile(r"([0-9]{1,5})\.([0-9]*)")


class Kind(Enum):
    """The sentences that are read; all others are passed over."""

    RMC = "RMC"
    GGA = "GGA"
    GNS = "GNS"
    GLL = "GLL"
    GSA = "GSA"
    VTG = "VTG"
    ZDA = "ZDA"
    GSV = "GSV"


class Validity(Enum):
    VALID = "valid"
    INVALID = "invalid"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class SeenSatellite:
    """One satellite of a GSV sentence."""

    number: int
    elevation_deg: int | None
    azimuth_deg: int | None
    snr_db: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence says; None is an empty field or one this kind does not have."""

    kind: Kind
    talker: str
    second_of_day: float | None = None
    """UTC, 0 up to 86401: second 60 of a leap second counts on."""
    is_time_trusted: bool = True
    """False for the clock of a receiver without a fix: it tells epochs apart and is not believed."""
    day: date | None = None
    forgets_date: bool = False
    """The receiver says that it knows neither date nor time."""
    validity: Validity = Validity.UNSAID
    place: tuple[float, float] | None = None
    """Latitude and longitude, degrees."""
    alt_m: float | None = None
    speed_mps: float | None = None
    track_deg: float | None = None
    hdop: float | None = None
    satellites_used: int | None = None
    quality: FixQuality | None = None
    dimensions: int | None = None
    """Of GSA: 1 none, 2, 3."""
    used_numbers: tuple[int, ...] = ()
    """Of GSA: the satellites in use."""
    part: int = 0
    """Of GSV: number of this sentence, from 1."""
    parts: int = 0
    system_id: str = ""
    """Of GSA: NMEA 4.1 system; of GSV: signal."""
    seen: tuple[SeenSatellite, ...] = ()


def read_sentence(line: NmeaLine) -> Reading | None:
    """Return what the sentence says; None if it is of no kind that we read.

    Raises:
        ValueError: a sentence of a kind that we read whose fields make no sense.
    """
    kind = line.address[2:]
    is_makers_own = line.address.startswith("P") and not line.address.startswith("PQ")
    if is_makers_own or kind not in _READERS:  # PQ is one maker's talker for QZSS
        return None
    try:
        message = NMEAMessage(
            line.address[:2], kind, 0, payload=list(line.fields), validate=0, checksum=""
        )
    except (NMEAMessageError, NMEAParseError, NMEATypeError) as error:
        raise ValueError(f"{line.address} cannot be read") from error
    return _READERS[kind](message, line)


def _rmc(message: Any, line: NmeaLine) -> Reading:  # Any: pynmeagps makes attributes at run time
    status, mode = _get(message, "status"), _get(message, "posMode")
    is_valid = status in ("A", "D") and mode != "N"
    place = _place(line.fields[2:6]) if is_valid else None
    time_text, date_text = _field(line, 0), _field(line, 8)
    validity = Validity.INVALID
    if is_valid:
        validity = Validity.UNSAID if place is None else Validity.VALID
    return Reading(
        kind=Kind.RMC,
        talker=message.talker,
        second_of_day=_second_of_day(time_text),
        is_time_trusted=is_valid,
        day=_short_date(date_text) if is_valid else None,
        forgets_date=not is_valid and not (time_text and date_text),
        validity=validity,
        place=place,
        speed_mps=_speed(_get(message, "spd"), KNOT_MPS) if is_valid else None,
        track_deg=_track(_get(message, "cog")) if is_valid else None,
        quality=_FAA_QUALITY.get(mode, FixQuality.AUTONOMOUS) if is_valid else None,
    )


def _gga(message: Any, line: NmeaLine) -> Reading:
    quality, used = _get(message, "quality"), _whole(_get(message, "numSV"))
    place = _place(line.fields[1:5])
    validity = Validity.UNSAID
    if quality == 0:
        validity = Validity.INVALID
    elif quality in _GGA_QUALITY and place is not None and (used or 0) >= 3:
        validity = Validity.VALID
    has_place = validity is not Validity.INVALID and (quality == "" or quality in _GGA_QUALITY)
    return Reading(
        kind=Kind.GGA,
        talker=message.talker,
        second_of_day=_second_of_day(_field(line, 0)),
        forgets_date=quality == 0 and not _field(line, 0),
        validity=validity,
        # With fewer than three satellites said, GSA or RMC has to vouch for the place.
        place=place if has_place else None,
        alt_m=_number(_get(message, "alt")) if has_place else None,
        hdop=_dop(_get(message, "HDOP")),
        satellites_used=used,
        quality=_GGA_QUALITY.get(quality) if has_place else None,
    )


def _gns(message: Any, line: NmeaLine) -> Reading:
    modes = str(_get(message, "posMode"))
    place = _place(line.fields[1:5])
    validity = Validity.UNSAID
    if not modes.strip("N"):
        validity = Validity.INVALID
    elif place is not None and _get(message, "navStatus") != "U":
        validity = Validity.VALID  # "V": the receiver gives no navigational status, as most do
    has_place = validity is Validity.VALID
    best = next((mode for mode in modes if mode != "N"), "")
    return Reading(
        kind=Kind.GNS,
        talker=message.talker,
        second_of_day=_second_of_day(_field(line, 0)),
        validity=validity,
        place=place if has_place else None,
        alt_m=_number(_get(message, "alt")) if has_place else None,
        hdop=_dop(_get(message, "HDOP")),
        satellites_used=_whole(_get(message, "numSV")),
        quality=_FAA_QUALITY.get(best, FixQuality.AUTONOMOUS) if has_place else None,
    )


def _gll(message: Any, line: NmeaLine) -> Reading:
    status, mode = _get(message, "status"), _get(message, "posMode")
    place = _place(line.fields[0:4])
    validity = Validity.UNSAID
    if status == "V" or mode == "N":
        validity = Validity.INVALID
    elif status in ("A", "D") and place is not None:
        validity = Validity.VALID
    has_place = validity is Validity.VALID
    return Reading(
        kind=Kind.GLL,
        talker=message.talker,
        second_of_day=_second_of_day(_field(line, 4)),
        validity=validity,
        place=place if has_place else None,
        quality=_FAA_QUALITY.get(mode, FixQuality.AUTONOMOUS) if has_place else None,
    )


def _gsa(message: Any, line: NmeaLine) -> Reading:
    dimensions, fields = _get(message, "navMode"), line.fields
    is_long = len(fields) > 18  # some receivers list more than twelve satellites
    numbers = fields[2:-3] if is_long else fields[2:14]
    return Reading(
        kind=Kind.GSA,
        talker=message.talker,
        dimensions=dimensions if dimensions in (1, 2, 3) and len(fields) >= 17 else None,
        used_numbers=tuple(int(text) for text in numbers if text.isdecimal() and int(text) > 0),
        hdop=None if is_long else _dop(_get(message, "HDOP")),
        system_id="" if is_long else str(_get(message, "systemId")),
    )


def _vtg(message: Any, line: NmeaLine) -> Reading:
    if _get(message, "posMode") in ("N", "E"):
        return Reading(kind=Kind.VTG, talker=message.talker)
    speed_mps = _speed(_get(message, "sogn"), KNOT_MPS)
    if speed_mps is None:
        speed_mps = _speed(_get(message, "sogk"), KMPH_MPS)
    return Reading(
        kind=Kind.VTG,
        talker=message.talker,
        speed_mps=speed_mps,
        track_deg=_track(_get(message, "cogt")),
    )


def _zda(message: Any, line: NmeaLine) -> Reading:
    parts = [_whole(_get(message, name)) for name in ("year", "month", "day")]
    second_of_day = _second_of_day(_field(line, 0))
    day = None
    if second_of_day is not None and all(parts):
        with contextlib.suppress(ValueError):
            day = date(parts[0] or 0, parts[1] or 0, parts[2] or 0)
    if day is None or not 1980 <= day.year <= 2200:
        return Reading(kind=Kind.ZDA, talker=message.talker)
    return Reading(kind=Kind.ZDA, talker=message.talker, second_of_day=second_of_day, day=day)


def _gsv(message: Any, line: NmeaLine) -> Reading:
    seen = []
    for index in range(1, 5):
        number = _whole(_get(message, f"svid_{index:02d}"))
        if number:
            elevation, azimuth, snr = (
                _whole(_get(message, f"{name}_{index:02d}")) for name in ("elv", "az", "cno")
            )
            seen.append(SeenSatellite(number, elevation, azimuth, snr or None))
    return Reading(
        kind=Kind.GSV,
        talker=message.talker,
        part=_whole(_get(message, "msgNum")) or 0,
        parts=_whole(_get(message, "numMsg")) or 0,
        system_id=line.fields[-1] if line.fields and len(line.fields) % 4 == 0 else "",
        seen=tuple(seen),
    )


_READERS: dict[str, Callable[[Any, NmeaLine], Reading]] = {
    "RMC": _rmc,
    "GGA": _gga,
    "GNS": _gns,
    "GLL": _gll,
    "GSA": _gsa,
    "VTG": _vtg,
    "ZDA": _zda,
    "GSV": _gsv,
}

_GGA_QUALITY = {
    1: FixQuality.AUTONOMOUS,
    2: FixQuality.DIFFERENTIAL,
    3: FixQuality.PRECISE,
    4: FixQuality.RTK_FIXED,
    5: FixQuality.RTK_FLOAT,
    6: FixQuality.ESTIMATED,
    7: FixQuality.MANUAL,
    8: FixQuality.SIMULATED,
    9: FixQuality.DIFFERENTIAL,  # NovAtel: satellite-based corrections
}

_FAA_QUALITY = {
    "A": FixQuality.AUTONOMOUS,
    "D": FixQuality.DIFFERENTIAL,
    "P": FixQuality.PRECISE,
    "R": FixQuality.RTK_FIXED,
    "F": FixQuality.RTK_FLOAT,
    "E": FixQuality.ESTIMATED,
    "M": FixQuality.MANUAL,
    "S": FixQuality.SIMULATED,
}


def _get(message: Any, name: str) -> Any:  # Any: a number, a letter, or "" for an empty field
    return getattr(message, name, "")


def _field(line: NmeaLine, index: int) -> str:
    return line.fields[index] if index < len(line.fields) else ""


def _second_of_day(text: str) -> float | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = (int(part) for part in found.groups()[:3])
    if hour > 23 or minute > 59 or second > 60:
        return None
    return hour * 3600 + minute * 60 + second + float("0" + (found.group(4) or "") + "0")


def _short_date(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year + (1900 if year >= CENTURY_PIVOT else 2000), month, day)
    except ValueError:
        return None


def _place(fields: tuple[str, ...]) -> tuple[float, float] | None:
    """Read latitude, N or S, longitude, E or W; None unless all four are there and possible."""
    if len(fields) < 4:
        return None
    lat_deg = _angle(fields[0], fields[1], "NS", 90)
    lon_deg = _angle(fields[2], fields[3], "EW", 180)
    return None if lat_deg is None or lon_deg is None else (lat_deg, lon_deg)


def _angle(text: str, side: str, sides: str, limit_deg: int) -> float | None:
    found = _ANGLE.fullmatch(text)
    if found is None or len(side) != 1 or side not in sides:
        return None
    whole = int(found.group(1))
    minutes = whole % 100 + float(f"0.{found.group(2)}0")
    angle_deg = whole // 100 + minutes / 60
    if minutes >= 60 or angle_deg > limit_deg:
        return None
    return -angle_deg if side == sides[1] else angle_deg


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float) or not abs(value) < 1e6:
        return None
    return float(value)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 10_000 else None


def _dop(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number < DOP_LIMIT else None


def _speed(value: Any, unit_mps: float) -> float | None:
    number = _number(value)
    if number is None or not 0 <= number * unit_mps < SPEED_LIMIT_MPS:
        return None
    return number * unit_mps


def _track(value: Any) -> float | None:
    number = _number(value)
    return number % 360 if number is not None and -360 <= number <= 720 else None
