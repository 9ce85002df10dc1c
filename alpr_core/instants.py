"""How time is written in stores and records: whole microseconds since 1970 in UTC, exact in order and equality."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Return microseconds since `EPOCH`.

    Raises:
        RuntimeError: the time is naive; our own code forgot its zone.
    """
    if at.tzinfo is None:
        raise RuntimeError(f"{at!r} has no time zone; the store keeps aware times only")
    return (at - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC time that `to_micros` was given."""
    return EPOCH + timedelta(microseconds=micros)
