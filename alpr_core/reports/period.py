"""Weeks, months and years that a report covers; in UTC, so that every box and the server cut them alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from alpr_core.errors import InputError


class ReportKind(Enum):
    """How long a period is. The value stands in records and must never change."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class Period:
    """One week (Monday to Sunday), month or year; made by `period_of`."""

    kind: ReportKind
    since: datetime
    """Aware UTC time; the period is from it on."""
    until: datetime
    """The period ends before it."""

    @property
    def number(self) -> str:
        """By which its report is filed: `2026-W47`, `2026-11`, `2026`."""
        if self.kind is ReportKind.WEEKLY:
            year, week, _ = self.since.isocalendar()
            return f"{year}-W{week:02}"
        return f"{self.since:%Y-%m}" if self.kind is ReportKind.MONTHLY else f"{self.since:%Y}"

    @property
    def words(self) -> str:
        """First and last day."""
        return f"{self.since:%d %b %Y} – {self.until - timedelta(days=1):%d %b %Y}"

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        count = (self.until - self.since).days
        return tuple(self.since.date() + timedelta(days=day) for day in range(count))


def period_of(kind: ReportKind, day: date) -> Period:
    """Return the period that a day belongs to."""
    if kind is ReportKind.WEEKLY:
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    elif kind is ReportKind.MONTHLY:
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    else:
        first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return Period(kind, _midnight(first), _midnight(after))


def last_complete(kind: ReportKind, now: datetime) -> Period:
    """Return the newest period that is over."""
    current = period_of(kind, now.astimezone(UTC).date())
    return period_of(kind, current.since.date() - timedelta(days=1))


def check_over(period: Period, now: datetime) -> None:
    """Raise InputError if the period is not over: its report would say something else tomorrow."""
    if now < period.until:
        raise InputError(
            f"{period.number} is not over yet.", f"Ask again from {period.until:%d %b %Y} on."
        )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
