"""A receiver's bytes to fixes: lines, readings, epochs, one after the other. No I/O and no clock.

Feed it bytes in any pieces. It gives the same fixes for any split, passes over whatever is not NMEA, and
never raises. A live source calls `pause` when the cable falls silent, so that a fix does not wait for
the next epoch; sentences that come later still renew it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from alpr_core.earth import ground_distance_m
from alpr_core.fix import Fix
from hw.gps.epoch import Epoch
from hw.gps.nmea_lines import CommentLine, DamagedBytes, LineEvent, NmeaLine, NmeaLines
from hw.gps.nmea_reading import Kind, read_sentence
from hw.gps.sky_view import SkyView
from hw.gps.utc_calendar import LAST_LEAP_SECOND_DAY, UtcCalendar

DIMENSIONS_HELD_EPOCHS = 10
"""How long GSA's word holds for receivers that send it rarely."""

DERIVED_SPEED_LIMIT_S = 60.0
"""Longest time between two positions from which a speed is made."""

_DATE_HEADER = re.compile(r"# Date: ?([0-9]{4})")


@dataclass(frozen=True, slots=True)
class SentenceRead:
    """A sentence that was understood, for a trace."""

    address: str


DecoderEvent = Fix | SentenceRead | DamagedBytes


class NmeaDecoder:
    """Turns bytes into fixes.

    Args:
        earliest: Dates before it have missed a week roll-over and are moved on.
        trusts_headers: A recording's `# Date:` line switches that off, for the log says its date.
        source: Name that the fixes carry.
    """

    def __init__(
        self,
        *,
        earliest: date | None = LAST_LEAP_SECOND_DAY,
        trusts_headers: bool = False,
        source: str = "",
    ) -> None:
        self._lines = NmeaLines()
        self._calendar = UtcCalendar(earliest)
        self._sky = SkyView()
        self._trusts_headers = trusts_headers
        self._source = source
        self._epoch: Epoch | None = None
        self._last_fix: Fix | None = None
        self._held_dimensions: int | None = None
        self._held_epochs = 0

    def feed(self, data: bytes, mono_s: float | None = None) -> list[DecoderEvent]:
        """Take bytes that arrived at one moment and return what they completed.

        Args:
            mono_s: When they arrived, monotonic seconds; None for a recording.
        """
        return self._take_lines(self._lines.feed(data), mono_s)

    def pause(self) -> list[DecoderEvent]:
        """Return the fix of the epoch at hand, now that the receiver has said what it had to say."""
        return self._told_epoch()

    def end(self) -> list[DecoderEvent]:
        """Return what is left at the end of a recording."""
        return [*self._take_lines(self._lines.end(), None), *self._told_epoch()]

    def _take_lines(self, lines: list[LineEvent], mono_s: float | None) -> list[DecoderEvent]:
        events: list[DecoderEvent] = []
        for line in lines:
            if isinstance(line, DamagedBytes):
                events.append(line)
            elif isinstance(line, CommentLine):
                if self._trusts_headers and _DATE_HEADER.match(line.text):
                    self._calendar.trust_dates()
            else:
                self._take_sentence(line, mono_s, events)
        return events

    def _take_sentence(
        self, line: NmeaLine, mono_s: float | None, events: list[DecoderEvent]
    ) -> None:
        try:
            reading = read_sentence(line)
        except ValueError as error:
            events.append(DamagedBytes(str(error), len(line.address), line.address))
            return
        events.append(SentenceRead(line.address))
        if reading is None:
            return
        epoch = self._epoch
        if epoch is None or epoch.is_begun_by(reading):
            events += self._told_epoch()
            self._sky.begin_epoch()
            if epoch is not None and epoch.is_repeated_by(reading):
                # A receiver whose time stands still says nothing new: its fix goes on ageing.
                is_frozen = not epoch.is_vouched_again
                self._epoch = Epoch(reading, epoch.arrived_mono_s, is_frozen=is_frozen)
            else:
                self._epoch = Epoch(reading, mono_s)
        else:
            epoch.take(reading, mono_s)
        if reading.kind in (Kind.GSA, Kind.GSV):
            self._sky.take(reading)

    def _told_epoch(self) -> list[DecoderEvent]:
        """Return the epoch at hand as a fix, unless it was told already or says nothing."""
        epoch = self._epoch
        if epoch is None or epoch.is_told or not epoch.says_anything:
            return []
        epoch.is_told = True
        if epoch.forgets_date:
            self._calendar.forget()
        at = None
        if epoch.second_of_day is not None and epoch.is_time_trusted:
            at = self._calendar.utc(epoch.second_of_day, epoch.day)
        self._hold_dimensions(epoch)
        fix = epoch.fix(at, self._held_dimensions, self._sky.satellites(), self._source)
        fix = _with_speed(fix, self._last_fix)
        if self._last_fix is None or fix.at != self._last_fix.at:
            self._last_fix = fix
        return [fix]

    def _hold_dimensions(self, epoch: Epoch) -> None:
        self._held_epochs += 1
        if epoch.dimensions is not None:
            self._held_dimensions, self._held_epochs = epoch.dimensions, 0
        elif self._held_epochs > DIMENSIONS_HELD_EPOCHS:
            self._held_dimensions = None


def _with_speed(fix: Fix, before: Fix | None) -> Fix:
    """Give a fix without speed the speed that its way since the fix before needs."""
    if fix.speed_mps is not None or not fix.has_position or fix.at is None:
        return fix
    if before is None or before.at is None or not before.has_position:
        return fix
    seconds = (fix.at - before.at).total_seconds()
    if not 0 < seconds <= DERIVED_SPEED_LIMIT_S:
        return fix
    way_m = ground_distance_m(before.place(), fix.place())
    return replace(fix, speed_mps=way_m / seconds, is_speed_derived=True)
