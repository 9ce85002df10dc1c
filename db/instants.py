"""The store's clock and days; how instants are written stands in `alpr_core.instants`."""

from __future__ import annotations

from datetime import UTC, datetime

from alpr_core.instants import EPOCH, from_micros, to_micros

__all__ = ["EPOCH", "from_micros", "to_micros", "utc_day", "utc_now"]


def utc_now() -> datetime:
    """Return the system's idea of now, aware and in UTC."""
    return datetime.now(UTC)


def utc_day(at: datetime) -> str:
    """Return the UTC day as `2026-11-23`: name of an image folder and of its day keys."""
    return from_micros(to_micros(at)).date().isoformat()
