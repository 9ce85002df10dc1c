"""A receiver in a car that drives a figure of eight, speaking NMEA as a u-blox does, with faults at a switch.

Pure: the time since the start is an argument; `alpr gps sim` and the demo give it a clock and a line.
The true place is known for every instant, for tests.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from alpr_core.earth import LocalPlane
from alpr_core.terminal_text import clean_text
from hw.gps.nmea_lines import sentence_bytes
from hw.gps.nmea_reading import KNOT_MPS

ORIGIN = LocalPlane(33.7592, -117.9939)
"""Westminster, California."""

EAST_M, NORTH_M = 400.0, 250.0
"""Half the width and height of the figure of eight."""

TURN_RATE = 0.05
"""Radians of the figure per second: a round in 126 s at up to 32 m/s."""

JUMP_NORTH_M = 5000.0
HEIGHT_M = 12.0
_SKY = ((2, 55, 310, 44), (5, 40, 80, 41), (12, 72, 20, 47), (15, 20, 190, 33), (25, 33, 250, 38),
        (29, 12, 140, 0), (31, 61, 160, 45), (46, 40, 215, 35))  # fmt: skip
"""Number, elevation, azimuth, signal; the one with signal 0 is in view but not heard."""


class GpsFault(Enum):
    """What can be wrong with the simulated receiver."""

    NONE = "none"
    NO_FIX = "no-fix"
    JUMP = "jump"
    SILENCE = "silence"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class DrivenPlace:
    """The truth about one instant of the drive."""

    lat_deg: float
    lon_deg: float
    speed_mps: float
    track_deg: float


def driven_place(seconds: float) -> DrivenPlace:
    """Return where the simulated car is, any time after its start."""
    phase = TURN_RATE * seconds
    east_m, north_m = EAST_M * math.sin(phase), NORTH_M * math.sin(2 * phase)
    east_mps = EAST_M * TURN_RATE * math.cos(phase)
    north_mps = NORTH_M * 2 * TURN_RATE * math.cos(2 * phase)
    lat_deg, lon_deg = ORIGIN.to_place(east_m, north_m)
    track_deg = math.degrees(math.atan2(east_mps, north_mps)) % 360
    return DrivenPlace(lat_deg, lon_deg, math.hypot(east_mps, north_mps), track_deg)


class SimulatedReceiver:
    """Makes the sentences of each epoch.

    Args:
        began_at: Aware UTC time of second 0 of the drive.
        seed: Same seed, same garbage.
        place_at: Returns where the car is, by seconds of the drive.
    """

    def __init__(
        self,
        began_at: datetime,
        *,
        seed: int = 1,
        place_at: Callable[[float], DrivenPlace] = driven_place,
    ) -> None:
        self._began_at = began_at
        self._place_at = place_at
        self._rng = random.Random(seed)
        self.fault = GpsFault.NONE

    def epoch(self, seconds: float) -> bytes:
        """Return what the receiver sends for one instant of the drive."""
        if self.fault is GpsFault.SILENCE:
            return b""
        if self.fault is GpsFault.GARBAGE:
            return self._rng.randbytes(self._rng.randrange(20, 200))
        at = self._began_at + timedelta(seconds=seconds)
        place = self._place_at(seconds)
        if self.fault is GpsFault.JUMP:
            lat_deg, _ = LocalPlane(place.lat_deg, place.lon_deg).to_place(0.0, JUMP_NORTH_M)
            place = DrivenPlace(lat_deg, place.lon_deg, place.speed_mps, place.track_deg)
        bodies = _no_fix(at) if self.fault is GpsFault.NO_FIX else _fix(at, place)
        return b"".join(sentence_bytes(body) for body in bodies)


class DrivingReceiver:
    """The receiver as a device on a line: an epoch whenever one is due, in the time of whoever asks.

    Args:
        rate_hz: Epochs per second, 1 to 20.
        pace: Seconds of the drive per second, for tests that are in a hurry.
        began_s: Second 0 of the drive, in the time of whoever asks; None is when it is first asked.
    """

    def __init__(
        self,
        receiver: SimulatedReceiver,
        rate_hz: int = 1,
        *,
        pace: float = 1.0,
        began_s: float | None = None,
    ) -> None:
        self._receiver = receiver
        self._rate_hz = rate_hz
        self._pace = pace
        self._began_s = began_s
        self._number = 0

    def feed(self, data: bytes, now_s: float) -> list[str]:
        """Settings meant for a real receiver are taken and ignored."""
        return [clean_text(data.decode("ascii", "replace"))] if data else []

    def output(self, now_s: float) -> list[bytes]:
        """Return the epoch that is due; what was due while nobody asked is left out."""
        if self._began_s is None:
            self._began_s = now_s
        if now_s < (self.next_due_s() or now_s):
            return []
        self._number = max(self._number, int((now_s - self._began_s) * self._pace * self._rate_hz))
        epoch = self._receiver.epoch(self._number / self._rate_hz)
        self._number += 1
        return [epoch]

    def next_due_s(self) -> float | None:
        """Return when the next epoch is due; None before the first."""
        if self._began_s is None:
            return None
        return self._began_s + self._number / self._rate_hz / self._pace

    def shown(self, data: bytes) -> list[str]:
        """Return the sentences of an epoch."""
        return [clean_text(line.decode("ascii", "replace")) for line in data.splitlines()]


def _fix(at: datetime, place: DrivenPlace) -> list[str]:
    time, where = _time(at), f"{_lat(place.lat_deg)},{_lon(place.lon_deg)}"
    knots, used = place.speed_mps / KNOT_MPS, [sat for sat in _SKY if sat[3]]
    numbers = ",".join([f"{sat[0]:02d}" for sat in used] + [""] * (12 - len(used)))
    return [
        f"GNRMC,{time},A,{where},{knots:.3f},{place.track_deg:.2f},{at:%d%m%y},,,A",
        f"GNVTG,{place.track_deg:.2f},T,,M,{knots:.3f},N,{place.speed_mps * 3.6:.3f},K,A",
        f"GNGGA,{time},{where},1,{len(used):02d},0.95,{HEIGHT_M:.1f},M,-33.0,M,,",
        f"GNGSA,A,3,{numbers},1.80,0.95,1.53",
        *_sky(),
        f"GNGLL,{where},{time},A,A",
    ]


def _no_fix(at: datetime) -> list[str]:
    time = _time(at)
    return [
        f"GNRMC,{time},V,,,,,,,{at:%d%m%y},,,N",
        "GNVTG,,,,,,,,,N",
        f"GNGGA,{time},,,,,0,00,99.99,,,,,,",
        "GNGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99",
        f"GNGLL,,,,,{time},V,N",
    ]


def _sky() -> list[str]:
    parts = [_SKY[first : first + 4] for first in range(0, len(_SKY), 4)]
    return [
        f"GPGSV,{len(parts)},{number},{len(_SKY):02d},"
        + ",".join(f"{sat[0]:02d},{sat[1]:02d},{sat[2]:03d},{sat[3] or ''}" for sat in part)
        for number, part in enumerate(parts, 1)
    ]


def _time(at: datetime) -> str:
    return f"{at:%H%M%S}.{at.microsecond // 1000:03d}"


def _lat(angle_deg: float) -> str:
    return f"{_minutes(angle_deg, 2)},{'N' if angle_deg >= 0 else 'S'}"


def _lon(angle_deg: float) -> str:
    return f"{_minutes(angle_deg, 3)},{'E' if angle_deg >= 0 else 'W'}"


def _minutes(angle_deg: float, digits: int) -> str:
    """Degrees and minutes in one number, to a hundred-thousandth of a minute (2 cm)."""
    degrees, minutes = divmod(round(abs(angle_deg) * 60 * 100_000), 60 * 100_000)
    return f"{degrees:0{digits}d}{minutes / 100_000:08.5f}"
