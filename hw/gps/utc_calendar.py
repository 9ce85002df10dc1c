"""Which day a receiver's time of day belongs to.

Most sentences carry a time without a date, some receivers count weeks only up to 1024, and dates come with
two digits. This holds the day over midnight and leap seconds and sets week roll-overs right.
No clock: what is too early is an argument.

Source: GPS interface specification IS-GPS-200, 10-bit week number; NMEA 0183, sentences RMC and ZDA.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

ROLL_OVER = timedelta(weeks=1024)
"""A receiver that forgot one roll-over is this much behind."""

LAST_LEAP_SECOND_DAY = date(2017, 1, 1)
"""A date before it cannot come from today's satellites, which announce 18 leap seconds."""

HALF_DAY_S = 43_200.0
"""A time of day that falls back by more than this has passed midnight."""


class UtcCalendar:
    """Turns times of day into UTC.

    Args:
        earliest: Dates before it are moved on by whole roll-overs; None leaves dates as they are,
            for recordings that say when they were made.
    """

    def __init__(self, earliest: date | None = LAST_LEAP_SECOND_DAY) -> None:
        self._earliest = earliest
        self._day: date | None = None
        self._last_second = 0.0

    def trust_dates(self) -> None:
        """Leave dates as they are from here on."""
        self._earliest = None

    def forget(self) -> None:
        """The receiver has lost its clock; no time is known until it sends a date again."""
        self._day = None

    def utc(self, second_of_day: float, day: date | None) -> datetime | None:
        """Return the aware UTC time; None as long as no date was seen.

        A leap second is the first moment of the next day, as the computer's clock counts.

        Args:
            second_of_day: 0 up to 86401.
            day: The date that came with it, if one came.
        """
        if day is not None:
            self._day = self._set_right(day)
        elif self._day is not None and second_of_day < self._last_second - HALF_DAY_S:
            self._day = _days_on(self._day, timedelta(days=1))
        self._last_second = second_of_day
        if self._day is None:
            return None
        midnight = datetime(self._day.year, self._day.month, self._day.day, tzinfo=UTC)
        try:
            return midnight + timedelta(milliseconds=round(second_of_day * 1000))
        except OverflowError:
            return None

    def _set_right(self, day: date) -> date:
        while self._earliest is not None and day < self._earliest:
            day = _days_on(day, ROLL_OVER)
        return day


def _days_on(day: date, step: timedelta) -> date:
    return day + step if date.max - day > step else day
