"""What a satellite receiver said about one instant: where the car was, when, and how well that is known.

The value refuses to hold a position without a fix: "no fix" never is a place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum

STALE_AFTER_S = 3.0
"""Age from which a fix no longer says where the car is: at 30 m/s it is 90 m behind."""


class FixMode(IntEnum):
    """How many dimensions are known. The numbers are gpsd's."""

    UNKNOWN = 0
    NO_FIX = 1
    FIX_2D = 2
    FIX_3D = 3
    """A height is known, or the receiver says that it could be; `Fix.alt_m` may still be None."""


class FixQuality(Enum):
    """How the position was made. Source: NMEA 0183, quality indicator of GGA, mode of RMC and GNS."""

    NONE = "none"
    AUTONOMOUS = "autonomous"
    DIFFERENTIAL = "differential"
    PRECISE = "precise"
    RTK_FIXED = "rtk fixed"
    RTK_FLOAT = "rtk float"
    ESTIMATED = "estimated"
    """Dead reckoning: the receiver sees too few satellites and guesses on."""
    MANUAL = "manual"
    SIMULATED = "simulated"
    SUSPECT = "suspect"
    """Of a recorded position only: made from a fix that jumped (`Fix.is_suspect`)."""


class TimeSource(Enum):
    """Where the time of a fix comes from."""

    NONE = "none"
    FIX = "fix"
    """From satellites, together with a position."""
    RECEIVER = "receiver"
    """From the receiver's own clock, without a position; it may be years wrong."""


@dataclass(frozen=True, slots=True)
class Satellite:
    """One satellite in view."""

    system: str
    """GPS, SBAS, GLONASS, Galileo, BeiDou, QZSS, NavIC or "?"."""
    number: int
    """Number within its system, as the receiver counts."""
    elevation_deg: int | None
    azimuth_deg: int | None
    snr_db: int | None
    """Signal to noise, dB-Hz; None means in view but not heard."""
    is_used: bool
    """Part of the position."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One epoch of one receiver.

    Raises:
        ValueError: a position without a fix, or a fix without a position.
    """

    mode: FixMode
    at: datetime | None = None
    """Aware UTC; None means that the receiver does not know the date or the time."""
    lat_deg: float | None = None
    """North is positive, WGS 84."""
    lon_deg: float | None = None
    """East is positive, WGS 84."""
    alt_m: float | None = None
    """Above mean sea level; None unless the mode is 3D."""
    speed_mps: float | None = None
    """Over ground."""
    is_speed_derived: bool = False
    """The receiver sent no speed; this one is the way since the fix before, by the time."""
    track_deg: float | None = None
    """Direction of travel, clockwise from true north, 0 up to 360."""
    hdop: float | None = None
    """Horizontal dilution of precision; None if not sent or beyond 99."""
    satellites_used: int | None = None
    satellites: tuple[Satellite, ...] = ()
    """In view, as far as the receiver told; the last complete list."""
    quality: FixQuality = FixQuality.NONE
    time_source: TimeSource = TimeSource.NONE
    arrived_mono_s: float | None = None
    """When the epoch's first timed sentence arrived, monotonic seconds; None in a recording."""
    is_suspect: bool = False
    """It lies farther from its forerunner than a car can drive."""
    source: str = ""
    """Device, file or gpsd, as shown."""

    def __post_init__(self) -> None:
        has_place = self.lat_deg is not None and self.lon_deg is not None
        if has_place != (self.mode >= FixMode.FIX_2D):
            raise ValueError(f"mode {self.mode} with position {self.lat_deg}, {self.lon_deg}")

    @property
    def has_position(self) -> bool:
        return self.mode >= FixMode.FIX_2D

    def place(self) -> tuple[float, float]:
        """Return latitude and longitude in degrees.

        Raises:
            RuntimeError: there is no fix; ask `has_position` first.
        """
        if self.lat_deg is None or self.lon_deg is None:
            raise RuntimeError("asked for the place of a fix that has none")
        return self.lat_deg, self.lon_deg

    def age_s(self, now_mono_s: float) -> float | None:
        """Return seconds since it arrived; None means that it came from a recording."""
        return None if self.arrived_mono_s is None else now_mono_s - self.arrived_mono_s

    def is_stale(self, now_mono_s: float) -> bool:
        """Whether it is too old to say where the car is, or of unknown age."""
        age_s = self.age_s(now_mono_s)
        return age_s is None or age_s > STALE_AFTER_S
