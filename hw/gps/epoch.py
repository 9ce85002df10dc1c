"""All sentences about one instant, joined into one Fix.

An epoch is what carries the same time of day; a sentence with another time begins the next one, and
sentences without time belong to the epoch they stand in. The order of sentences, which differs from maker to
maker, does not matter for validity: one "invalid" outweighs every position.

Source: NMEA 0183; gpsd's notes on receivers (a GGA whose time stands still means a lost receiver).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from alpr_core.fix import Fix, FixMode, FixQuality, Satellite, TimeSource
from hw.gps.nmea_reading import Kind, Reading, Validity

T = TypeVar("T")

SAME_TIME_S = 0.01
"""Sentences of one epoch differ by less; the quickest receivers send every 0.05 s."""

_STATUS_KINDS = frozenset({Kind.RMC, Kind.GLL})
"""Kinds whose own "valid" outweighs a GSA of one system that says "no fix"."""


class Epoch:
    """Collects the readings of one instant."""

    def __init__(self, first: Reading, mono_s: float | None, *, is_frozen: bool = False) -> None:
        self.second_of_day: float | None = None
        self.is_time_trusted = False
        self.arrived_mono_s = mono_s
        self.is_told = False
        self.is_vouched_again = False
        """A talker says "valid" a second time: the receiver counts whole seconds and sends more often."""
        self.day: date | None = None
        self.forgets_date = False
        self._is_frozen = is_frozen
        self._has_invalid = self._has_valid = self._has_own_status = False
        self._seen_kinds: set[tuple[Kind, str]] = set()
        self._dimensions: int | None = None
        self._merged = replace(first, place=None)
        self.take(first, mono_s)

    def is_begun_by(self, reading: Reading) -> bool:
        """Whether the reading belongs to the next epoch."""
        if reading.second_of_day is not None and self.second_of_day is not None:
            if abs(reading.second_of_day - self.second_of_day) > SAME_TIME_S:
                return True
            return self.is_repeated_by(reading)
        if reading.second_of_day is None and reading.kind in (Kind.RMC, Kind.GGA):
            return reading.forgets_date and (
                self.second_of_day is not None or (reading.kind, reading.talker) in self._seen_kinds
            )
        return reading.second_of_day is not None and self.forgets_date

    def is_repeated_by(self, reading: Reading) -> bool:
        """Whether the receiver's time stands still: the same talker sends a second GGA for it."""
        return (
            reading.kind is Kind.GGA
            and reading.second_of_day is not None
            and self.second_of_day is not None
            and abs(reading.second_of_day - self.second_of_day) <= SAME_TIME_S
            and (reading.kind, reading.talker) in self._seen_kinds
        )

    def take(self, reading: Reading, mono_s: float | None) -> None:
        """Add one reading that belongs to this epoch."""
        self.is_told = False
        is_again = (reading.kind, reading.talker) in self._seen_kinds
        self._seen_kinds.add((reading.kind, reading.talker))
        if reading.second_of_day is not None and self.second_of_day is None:
            self.second_of_day = reading.second_of_day
            self.arrived_mono_s = mono_s
        if reading.second_of_day is not None:
            self.is_time_trusted |= reading.is_time_trusted
        if reading.day is not None:
            self.day = reading.day
        self.forgets_date |= reading.forgets_date
        self._has_invalid |= reading.validity is Validity.INVALID
        self._has_valid |= reading.validity is Validity.VALID
        if reading.validity is Validity.VALID and reading.kind in _STATUS_KINDS:
            self._has_own_status = True
            self.is_vouched_again |= is_again
        if reading.dimensions is not None:
            self._dimensions = max(self._dimensions or 0, reading.dimensions)
        self._merge(reading)

    @property
    def says_anything(self) -> bool:
        """Whether it has a time or says that there is no fix; a list of satellites alone is no epoch."""
        return self.second_of_day is not None or self._has_invalid or self._has_valid

    @property
    def dimensions(self) -> int | None:
        """What GSA said in this epoch: 1 none, 2, 3; None if none came."""
        return self._dimensions

    @property
    def has_fix(self) -> bool:
        """Whether the position counts: nobody calls it invalid, and somebody vouches for it."""
        if self._has_invalid or self._merged.place is None:
            return False
        if self._has_own_status:
            return True
        if self._is_frozen:
            return False
        return self._dimensions in (2, 3) or (self._has_valid and self._dimensions is None)

    def fix(
        self,
        at: datetime | None,
        held_dimensions: int | None,
        satellites: tuple[Satellite, ...],
        source: str,
    ) -> Fix:
        """Return the epoch as one value.

        Args:
            at: Its UTC time, if the date is known.
            held_dimensions: What GSA said lately, for receivers that do not send it every time.
        """
        merged, has_fix = self._merged, self.has_fix
        mode = self._mode(held_dimensions) if has_fix else FixMode.NO_FIX
        lat_deg, lon_deg = merged.place if has_fix and merged.place is not None else (None, None)
        source_of_time = TimeSource.FIX if has_fix else TimeSource.RECEIVER
        used = merged.satellites_used
        if used is None:
            used = sum(satellite.is_used for satellite in satellites) or None
        return Fix(
            mode=mode,
            at=at,
            lat_deg=lat_deg,
            lon_deg=lon_deg,
            alt_m=merged.alt_m if mode is FixMode.FIX_3D else None,
            speed_mps=merged.speed_mps if has_fix else None,
            track_deg=merged.track_deg if has_fix else None,
            hdop=merged.hdop,
            satellites_used=used,
            satellites=satellites,
            quality=(merged.quality or FixQuality.AUTONOMOUS) if has_fix else FixQuality.NONE,
            time_source=TimeSource.NONE if at is None else source_of_time,
            arrived_mono_s=self.arrived_mono_s,
            source=source,
        )

    def _mode(self, held_dimensions: int | None) -> FixMode:
        """A known height is the third dimension, even one that GSA calls held; gpsd reads it so, too."""
        dimensions = held_dimensions if self._dimensions is None else self._dimensions
        has_height = self._merged.alt_m is not None
        return FixMode.FIX_3D if has_height or dimensions == 3 else FixMode.FIX_2D

    def _merge(self, reading: Reading) -> None:
        """Put the reading's values over what is known; RMC's speed is of this instant, VTG's may not be."""
        merged = self._merged
        is_later = reading.kind is not Kind.VTG
        speed_mps, track_deg = merged.speed_mps, merged.track_deg
        self._merged = replace(
            merged,
            place=reading.place if reading.place is not None else merged.place,
            alt_m=_first(reading.alt_m, merged.alt_m),
            speed_mps=_first(reading.speed_mps, speed_mps)
            if is_later
            else _first(speed_mps, reading.speed_mps),
            track_deg=_first(reading.track_deg, track_deg)
            if is_later
            else _first(track_deg, reading.track_deg),
            hdop=_first(reading.hdop, merged.hdop),
            satellites_used=_first(reading.satellites_used, merged.satellites_used),
            quality=_better(reading, merged),
        )


def _better(reading: Reading, merged: Reading) -> FixQuality | None:
    """GGA and GNS tell more kinds of fix than the others do."""
    if reading.quality is None:
        return merged.quality
    if merged.quality is None or reading.kind in (Kind.GGA, Kind.GNS):
        return reading.quality
    return merged.quality


def _first(wanted: T | None, other: T | None) -> T | None:
    return other if wanted is None else wanted
