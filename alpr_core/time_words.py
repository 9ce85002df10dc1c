"""Points in time as people type them into a search: a day, a time, a day with a time, or how long ago."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from alpr_core.errors import InputError
from alpr_core.terminal_text import clean_text

_AGO = re.compile(r"(\d{1,4})\s*(min|h|d)", re.ASCII)
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_AHEAD_EXAMPLES = "Write it like 12h, 3d, 2026-12-01 or 2026-12-01 14:30."
_EXAMPLES = "Write it like now, 14:30, 2026-11-24, 2026-11-24 14:30, or 2h and 3d for how long ago."


def time_ahead(typed: str, now: datetime, zone: tzinfo) -> datetime:
    """Return a time to come that somebody typed, aware: `12h`, `3d`, `2026-12-01` or `2026-12-01 14:30`.

    Args:
        now: Aware time.
        zone: Whose clock the user reads.

    Raises:
        InputError: no time, or one that has passed.
    """
    text = typed.strip().lower()
    span = _AGO.fullmatch(text)
    try:
        at = now + int(span[1]) * _UNITS[span[2]] if span else datetime.fromisoformat(text)
    except (ValueError, OverflowError) as fault:
        raise InputError(f"“{clean_text(typed, 40)}” is no time.", _AHEAD_EXAMPLES) from fault
    at = at if at.tzinfo is not None else at.replace(tzinfo=zone)
    if at <= now:
        raise InputError(f"“{clean_text(typed, 40)}” has passed.", _AHEAD_EXAMPLES)
    return at


def point_in_time(typed: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the time that somebody typed, aware; None for nothing typed.

    Args:
        now: Aware time, which `now` says too; `14:30` is the last half past two.
        zone: Whose clock the user reads.

    Raises:
        InputError: no time that can be.
    """
    text = typed.strip().lower()
    if text in {"", "now"}:
        return now if text else None
    local = now.astimezone(zone)
    ago = _AGO.fullmatch(text)
    try:
        if ago is not None:
            return now - int(ago[1]) * _UNITS[ago[2]]
        if text in {"today", "yesterday"}:
            day = local.date() - timedelta(days=text == "yesterday")
            return datetime.combine(day, time(), zone)
        if ":" in text and "-" not in text:
            at = datetime.combine(local.date(), time.fromisoformat(text), zone)
            return at if at <= now else at - timedelta(days=1)
        if ":" not in text:
            return datetime.combine(date.fromisoformat(text), time(), zone)
        at = datetime.fromisoformat(text)
        return at if at.tzinfo is not None else at.replace(tzinfo=zone)
    except (ValueError, OverflowError) as fault:
        raise InputError(f"“{clean_text(typed, 40)}” is no time.", _EXAMPLES) from fault
