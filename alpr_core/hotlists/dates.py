"""Dates of list files: several formats, a zone, and the end of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

_SAMPLE = datetime(2026, 11, 24, 13, 5, 59, tzinfo=UTC)
_TIME_DIRECTIVES = ("%H", "%I", "%c", "%X", "%s")
FOR_EVER = datetime.max.replace(tzinfo=UTC)
"""The end of a day that the calendar does not have any more."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def can_read_dates(date_format: str) -> bool:
    """Tell whether the format says year, month and day in a way that can be read back."""
    try:
        written = _SAMPLE.strftime(date_format)
        return datetime.strptime(written, date_format).date() == _SAMPLE.date()
    except ValueError:
        return False


class DateReader:
    """Reads dates by the first format that fits.

    Args:
        formats: As `datetime.strptime` takes them.
        zone: Of dates that name none.
    """

    def __init__(self, formats: Sequence[str], zone: tzinfo) -> None:
        self._formats = [(each, _has_time(each)) for each in formats]
        self._zone = zone

    def beginning(self, written: str) -> datetime | None:
        """Return the aware UTC time meant; of a day without time its first instant.

        Returns None if no format fits.
        """
        return self._parse(written, timedelta(0))

    def end(self, written: str) -> datetime | None:
        """Return the same; of a day without time the first instant after it."""
        return self._parse(written, timedelta(days=1))

    def _parse(self, written: str, day_adds: timedelta) -> datetime | None:
        for date_format, has_time in self._formats:
            try:
                parsed = datetime.strptime(written, date_format)
            except ValueError:
                continue
            try:
                if not has_time:
                    parsed += day_adds
                if parsed.tzinfo is None:
                    parsed = parsed.replace(tzinfo=self._zone)
                return parsed.astimezone(UTC)
            except OverflowError:
                # 9999-12-31 is how many sources write "never"; 0001-01-01 was long ago in every zone.
                return FOR_EVER if parsed.year > 1 else _LONG_AGO
        return None


def _has_time(date_format: str) -> bool:
    return any(directive in date_format for directive in _TIME_DIRECTIVES)
