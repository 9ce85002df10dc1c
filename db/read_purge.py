"""A car's reads as a purge takes them away: rows in small steps, keys day by day, then every page looked through.

Small steps, so that reads are recorded meanwhile. Each can be done twice.

Source: policy 462.4; Government Code 34090.6; docs/adr/0025-purge.md.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from alpr_core.look_alikes import fold_look_alikes
from alpr_core.purge import PurgeTally
from alpr_core.retention import DataClass, Place
from db.audit_trail import AuditTrail
from db.connection import StoreDatabase
from db.day_keys import DayKeys
from db.disk_faults import told_as_store_errors
from db.due_reads import DueReads
from db.image_vault import ImageVault
from db.keys import KeyUse, StoreKeys
from db.page_scan import PageScan, scan_pages
from db.picture_purge import PicturePurge
from db.purge_record import PurgeRecord
from db.purge_work import PurgeProof, PurgeWork, Told, purge_parts

READS_AT_ONCE = 200
"""Reads of one transaction: some 50 ms, so that recording waits no longer."""

TRUNCATE_RETRIES = 100
"""The write-ahead log is truncated when nobody reads; readers are done in moments."""

_RETRY_S = 0.05

_SOME = "SELECT sighting_id FROM purge_read LIMIT ?"
_TEXTS = """SELECT t.plate, t.folded, s.alternatives FROM purge_read AS r
    JOIN sighting AS s ON s.id = r.sighting_id LEFT JOIN read_text AS t ON t.sighting_id = s.id"""
_HIT_TEXTS = "SELECT hit.plate FROM purge_read AS r JOIN hit ON hit.sighting_id = r.sighting_id"
_WAITING = """SELECT s.id, EXISTS (SELECT 1 FROM hit WHERE hit.sighting_id = s.id),
    (SELECT count(*) FROM picture AS p WHERE p.sighting_id = s.id) FROM sighting AS s
    WHERE s.id IN ({marks}) AND EXISTS (SELECT 1 FROM outbox AS o WHERE o.sighting_id = s.id)"""
_OF_OVER_HOLDS = "DELETE FROM hold_read WHERE sighting_id IN ({marks})"
_TABLES = """SELECT m.name, c.name, c.type FROM sqlite_schema AS m JOIN pragma_table_xinfo(m.name) AS c
    WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND m.name NOT LIKE 'read_trigram%'
    AND (c.type LIKE 'TEXT%' OR c.type = 'BLOB')"""
"""Generated columns too, which only `xinfo` tells."""


class CarReads:
    """The reads of one car's store (`db.purge_work.PurgedReads`). One thread at a time.

    Args:
        database_key: Of the database's pages, which are looked through.
    """

    place = Place.CAR

    def __init__(
        self, database: StoreDatabase, database_key: bytes, pictures: PicturePurge
    ) -> None:
        self._database = database
        self._database_key = database_key
        self._pictures = pictures
        self._due = DueReads(database)
        self._record = PurgeRecord(database)

    def tally(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> PurgeTally:
        return self._due.tally(cut_offs, now)

    def holds(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[tuple[str, str], ...]:
        return self._due.holds(cut_offs, now)

    def subject_days(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[str, ...]:
        return self._due.subject_days(cut_offs, now)

    def older_than(self, at: datetime) -> int:
        return self._due.older_than(at)

    def mark(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> dict[str, Any]:
        self._due.mark(cut_offs, now)
        return {}

    def carry_out(self, run_id: int, told: Told) -> PurgeProof:
        texts = self._texts()
        self._delete_rows(run_id, told)
        self._purge_days(run_id, told)
        scan, still_recorded = self._looked_through(texts, told)
        return PurgeProof(
            pages=scan.pages,
            texts=len(texts),
            still_recorded=len(still_recorded),
            remnants=len(scan.found - still_recorded),
        )

    def tidy(self) -> None:
        """Cut the write-ahead log off: it held the destroyed keys of the audit log's subjects."""
        self._truncate_log()

    def _texts(self) -> frozenset[str]:
        """Return every text that stands for a read which goes and is still there."""
        texts: set[str] = set()
        with told_as_store_errors(self._database.file):
            for plate, folded, alternatives in self._database.execute_sql(_TEXTS).fetchall():
                texts |= {plate or "", folded or "", *json.loads(alternatives)}
            texts |= {plate for (plate,) in self._database.execute_sql(_HIT_TEXTS).fetchall()}
        texts |= {fold_look_alikes(text) for text in texts}
        return frozenset(texts - {""})

    def _delete_rows(self, run_id: int, told: Told) -> None:
        gone = 0
        while ids := self._delete_some(run_id):
            gone += ids
            told("reads deleted", gone, 0)

    def _delete_some(self, run_id: int) -> int:
        """Delete the next reads and return how many of the list were dealt with."""
        with told_as_store_errors(self._database.file), self._database.writing():
            rows = self._database.execute_sql(_SOME, (READS_AT_ONCE,)).fetchall()
            ids = [sighting_id for (sighting_id,) in rows]
            marks = ", ".join("?" * len(ids))
            # Somebody has corrected it or verified its hit meanwhile, which the server must get first.
            waiting = self._database.execute_sql(_WAITING.format(marks=marks), ids).fetchall()
            spared = {sighting_id for sighting_id, _, _ in waiting}
            if spared:
                pictures = [(bool(has_hit), count) for _, has_hit, count in waiting]
                self._record.note_spared(run_id, pictures)
            going = [sighting_id for sighting_id in ids if sighting_id not in spared]
            # Holds that hold no more; one that was set since is refused, see `db.holds`.
            for statement, of in (
                (_OF_OVER_HOLDS, going),
                ("DELETE FROM sighting WHERE id IN ({marks})", going),
                ("DELETE FROM purge_read WHERE sighting_id IN ({marks})", ids),
            ):
                self._database.execute_sql(statement.format(marks=", ".join("?" * len(of))), of)
        return len(ids)

    def _purge_days(self, run_id: int, told: Told) -> None:
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql("SELECT day FROM purge_day ORDER BY day").fetchall()
        for done, (day,) in enumerate(rows, start=1):
            self._pictures.purge_day(day, lambda purged: self._record.note_keys(run_id, purged))
            with told_as_store_errors(self._database.file), self._database.writing():
                self._database.execute_sql("DELETE FROM purge_day WHERE day = ?", (day,))
            told(f"keys and pictures of {day} destroyed", done, len(rows))

    def _truncate_log(self) -> None:
        """Move the write-ahead log into the database and cut it off, when nobody reads any more."""
        for _ in range(TRUNCATE_RETRIES):
            with told_as_store_errors(self._database.file):
                (is_busy, *_rest) = self._database.execute_sql(
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                ).fetchone()
            if not is_busy:
                return
            time.sleep(_RETRY_S)

    def _looked_through(self, texts: frozenset[str], told: Told) -> tuple[PageScan, frozenset[str]]:
        """Return what the pages hold of the texts, and which of it other records hold too.

        Somebody who reads for long keeps old pages in the write-ahead log; then it is looked again.
        """
        for last in (False, False, True):
            self._truncate_log()
            told("the write-ahead log is truncated", 0, 0)
            scan = scan_pages(
                self._database.file,
                self._database_key,
                texts,
                lambda done, total: told("pages looked through", done, total),
            )
            still_recorded = frozenset(text for text in scan.found if self._is_recorded(text))
            if last or scan.found == still_recorded:
                break
        return scan, still_recorded

    def _is_recorded(self, text: str) -> bool:
        """Tell whether a row that stays holds the text, in whatever column."""
        with told_as_store_errors(self._database.file):
            for table, column, kind in self._database.execute_sql(_TABLES).fetchall():
                sought = "CAST(? AS BLOB)" if kind == "BLOB" else "?"
                statement = f'SELECT 1 FROM "{table}" WHERE instr("{column}", {sought}) LIMIT 1'
                if self._database.execute_sql(statement, (text,)).fetchone() is not None:
                    return True
        return False


def car_purge_of(
    database: StoreDatabase,
    vault: ImageVault,
    keys: StoreKeys,
    audit: AuditTrail,
    box: str,
    now: Callable[[], datetime],
) -> PurgeWork:
    """Join the parts of a car's purge over one open store."""
    pictures = PicturePurge(database, vault, DayKeys(database, keys))
    reads = CarReads(database, keys.derive(KeyUse.DATABASE), pictures)
    return PurgeWork(purge_parts(database, audit, box, now), reads)
