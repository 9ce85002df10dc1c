"""Which reads are due by their age, and which of them stay all the same: one question, one SQL text.

A read has a receipt of the server when nothing about it waits in the outbox any more, see `db.outbox`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from alpr_core.purge import PurgeTally
from alpr_core.retention import DataClass
from db.audit_keys import subject_days
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import from_micros, to_micros, utc_day

_HAS_HIT = "EXISTS (SELECT 1 FROM hit WHERE hit.sighting_id = s.id)"
_IS_HELD = """EXISTS (SELECT 1 FROM hold_read AS r JOIN hold AS h ON h.id = r.hold_id
    WHERE r.sighting_id = s.id AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > :now))"""
_WAITS = "EXISTS (SELECT 1 FROM outbox AS o WHERE o.sighting_id = s.id)"
_IS_DUE = f"s.seen_at < :latest AND s.seen_at < CASE WHEN {_HAS_HIT} THEN :hit ELSE :read END"

_DUE = f"""SELECT {_HAS_HIT}, {_IS_HELD}, {_WAITS}, count(*), min(s.seen_at), max(s.seen_at),
    sum((SELECT count(*) FROM picture AS p WHERE p.sighting_id = s.id))
    FROM sighting AS s WHERE {_IS_DUE} GROUP BY 1, 2, 3"""
_MARK = f"""INSERT INTO purge_read (sighting_id) SELECT s.id FROM sighting AS s
    WHERE {_IS_DUE} AND NOT {_IS_HELD} AND NOT {_WAITS}"""
_MARK_DAYS = """INSERT OR IGNORE INTO purge_day (day)
    SELECT DISTINCT date(s.seen_at / 1000000, 'unixepoch')
    FROM purge_read AS r JOIN sighting AS s ON s.id = r.sighting_id"""
_HOLDS = f"""SELECT DISTINCT h.id, h.case_number FROM sighting AS s JOIN hold_read AS r ON r.sighting_id = s.id
    JOIN hold AS h ON h.id = r.hold_id WHERE {_IS_DUE} AND h.lifted_at IS NULL
    AND (h.until IS NULL OR h.until > :now) ORDER BY h.set_at, h.id"""
_OLDEST_HELD = f"SELECT min(s.seen_at) FROM sighting AS s WHERE {_IS_HELD}"
_OLDER = "SELECT count(*) FROM sighting WHERE seen_at < ?"


class DueReads:
    """What is due in one store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def tally(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> PurgeTally:
        """Return what is due and what of it stays."""
        counts = {"reads": 0, "hits": 0, "pictures": 0, "held": 0, "unreceipted": 0}
        seen: list[int] = []
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(_DUE, _values(cut_offs, now)).fetchall()
            subjects = len(self.subject_days(cut_offs, now))
        for has_hit, is_held, waits, count, oldest, newest, pictures in rows:
            if is_held or waits:
                counts["held" if is_held else "unreceipted"] += count
                continue
            counts["hits" if has_hit else "reads"] += count
            counts["pictures"] += pictures or 0
            seen += [oldest, newest]
        return PurgeTally(
            **counts,
            oldest=from_micros(min(seen)) if seen else None,
            newest=from_micros(max(seen)) if seen else None,
            subject_days=subjects,
        )

    def mark(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> None:
        """Write into `purge_read` and `purge_day` what goes; in the caller's transaction."""
        with told_as_store_errors(self._database.file):
            self._database.execute_sql(_MARK, _values(cut_offs, now))
            self._database.execute_sql(_MARK_DAYS)

    def holds(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[tuple[str, str], ...]:
        """Return number and case of each hold that keeps a read which is due."""
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(_HOLDS, _values(cut_offs, now)).fetchall()
        return tuple((str(hold_id), str(case)) for hold_id, case in rows)

    def older_than(self, at: datetime) -> int:
        """Return how many reads were seen before a time."""
        with told_as_store_errors(self._database.file):
            return int(self._database.execute_sql(_OLDER, (to_micros(at),)).fetchone()[0])

    def subject_days(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[str, ...]:
        """Return the days of the audit log whose plates are due: none since the oldest held read was seen."""
        latest = cut_offs[DataClass.SUBJECT]
        with told_as_store_errors(self._database.file):
            (held,) = self._database.execute_sql(_OLDEST_HELD, {"now": to_micros(now)}).fetchone()
        if held is not None:
            latest = min(latest, from_micros(held))
        return subject_days_before(self._database, latest)


def subject_days_before(database: StoreDatabase, at: datetime) -> tuple[str, ...]:
    """Return the days of the audit log that were over at a time and whose plates can still be read."""
    last_day = utc_day(at.astimezone(UTC) - timedelta(days=1))
    with told_as_store_errors(database.file):
        return tuple(day for day in subject_days(database) if day <= last_day)


def _values(cut_offs: Mapping[DataClass, datetime], now: datetime) -> dict[str, int]:
    read, hit = to_micros(cut_offs[DataClass.READ]), to_micros(cut_offs[DataClass.HIT])
    return {"read": read, "hit": hit, "latest": max(read, hit), "now": to_micros(now)}
