"""The partitions: one per month of receipt, and one more each time that a purge has left something of a month.

202511 holds what was received in November 2025. When it is purged, what stays moves to 202511001, later to
202511002. So whatever goes, a partition goes as a whole, with the key of its pictures.

Source: docs/adr/0032-central-purge.md.
"""

from __future__ import annotations

from datetime import UTC, datetime

_MONTH_END = 1_000_000
"""A month as number lies below."""

_REST = 1000
_LAST_REST = 999
"""A month is purged at most once a week: this lasts for 19 years."""


def month_of(at: datetime) -> int:
    """Return the UTC month as 202611: partition of what was received then."""
    return at.year * 100 + at.month


def received_month(partition: int) -> int:
    """Return the month in which everything in a partition was received."""
    return partition if partition < _MONTH_END else partition // _REST


def begins_at(partition: int) -> datetime:
    """Return the instant before which nothing in a partition was received."""
    month = received_month(partition)
    return datetime(month // 100, month % 100, 1, tzinfo=UTC)


def ends_at(partition: int) -> datetime:
    """Return the first instant at which nothing in a partition was received any more."""
    year, month = divmod(received_month(partition), 100)
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def next_partition(partition: int) -> int:
    """Return where the rest of a partition moves.

    Raises:
        RuntimeError: after 999 purges of one month.
    """
    if partition == received_month(partition):
        return partition * _REST + 1
    if partition % _REST == _LAST_REST:
        raise RuntimeError(f"partition {partition} has no next one")
    return partition + 1


def newest_first(partitions: list[int]) -> tuple[int, ...]:
    """Return partitions by month of receipt, newest first."""
    return tuple(sorted(partitions, key=lambda one: (received_month(one), one), reverse=True))
