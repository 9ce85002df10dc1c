"""One purge, from its beginning to its certificate; killed anywhere it is not begun, or the next start ends it.

    begin: what goes is written down, with its audit entry, in one transaction  <- this decides
    finish: rows in small steps, keys and files day by day, the log truncated, every page looked through,
            then the certificate with its entry, in one transaction

Small steps, so that reads are recorded meanwhile. Each can be done twice.

Source: policy 462.4; Government Code 34090.6; docs/adr/0025-purge.md.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from alpr_core.audit.entry import THE_BOX, Actor, EntryDraft
from alpr_core.errors import StoreError
from alpr_core.look_alikes import fold_look_alikes
from alpr_core.purge import BEGUN, PurgeNotice, PurgeTally
from alpr_core.purge_certificate import (
    PurgeCertificate,
    certificate_text,
)
from alpr_core.retention import RetentionRules
from db.audit_trail import AuditTrail
from db.ballast import Ballast
from db.connection import StoreDatabase
from db.day_keys import DayKeys
from db.disk_faults import told_as_store_errors
from db.due_reads import DueReads
from db.image_vault import ImageVault
from db.instants import from_micros, to_micros
from db.keys import KeyUse, StoreKeys
from db.outbox import put_in_outbox
from db.page_scan import PageScan, scan_pages
from db.picture_purge import PicturePurge
from db.purge_record import PurgeRecord, certificate_fields, done_draft
from db.retention import Retention, tally_text
from db.retention_models import PurgeRunRow
from db.settings import Settings

OUTBOX_PURGE = "purge"
"""`kind` of an outbox row that carries a certificate."""

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

_log = logging.getLogger(__name__)

Told = Callable[[str, int, int], None]
"""Told each step in words, and how much of how much is done; a step that was told is on the disk."""


@dataclass(frozen=True, slots=True)
class PurgeParts:
    """What a purge works on."""

    database: StoreDatabase
    database_key: bytes = field(repr=False)
    audit: AuditTrail
    retention: Retention
    pictures: PicturePurge
    ballast: Ballast
    box: str
    organisation: Callable[[], str]
    now: Callable[[], datetime]


def purge_work_of(
    database: StoreDatabase,
    vault: ImageVault,
    keys: StoreKeys,
    audit: AuditTrail,
    box: str,
    now: Callable[[], datetime],
) -> PurgeWork:
    """Join the parts of a purge over one open store."""
    settings = Settings(database)
    return PurgeWork(
        PurgeParts(
            database=database,
            database_key=keys.derive(KeyUse.DATABASE),
            audit=audit,
            retention=Retention(database),
            pictures=PicturePurge(database, vault, DayKeys(database, keys)),
            ballast=Ballast(database.file.parent),
            box=box,
            organisation=lambda: settings.agency().organisation,
            now=now,
        )
    )


class PurgeWork:
    """Purges of one store. One thread at a time."""

    def __init__(self, parts: PurgeParts) -> None:
        self._parts = parts
        self._database = parts.database
        self._due = DueReads(parts.database)
        self._record = PurgeRecord(parts.database)

    def begin(self, notice: PurgeNotice, rules: RetentionRules, by: Actor) -> PurgeTally:
        """Write down what goes, with its entry; from then on it goes, whatever happens.

        The caller has seen to it that the notice may be carried out (`alpr_core.purge.denial_of`).

        Raises:
            StoreError: a purge is under way, or the store refuses; nothing was begun.
        """

        with told_as_store_errors(self._database.file), self._database.writing():
            return self._begin(notice, rules, by)

    def _begin(self, notice: PurgeNotice, rules: RetentionRules, by: Actor) -> PurgeTally:
        now = self._parts.now()
        tally = self._due.tally(notice.cut_offs, now)
        latest = max(notice.cut_offs.values())
        facts = {
            "tally": tally_text(tally),
            "holds": self._due.holds(notice.cut_offs, now),
            "subject_days": self._due.subject_days(notice.cut_offs, now),
            "latest_us": to_micros(latest),
            "stored_before": self._due.older_than(latest),
            "rules_sha256": hashlib.sha256(self._parts.retention.note() or b"").hexdigest(),
            "rules_signer": self._parts.retention.signer() or "",
            "rules_version": rules.version,
            "approval": rules.approval,
            "consent": rules.consent,
            "announced_us": to_micros(notice.announced_at),
            "confirmed_by": notice.confirmed_by,
            "cut_offs": {kind.value: f"{at:%Y-%m-%d}" for kind, at in notice.cut_offs.items()},
            "day_keys": [],
            "resealed": 0,
        }
        with told_as_store_errors(self._database.file):
            PurgeRunRow.insert(
                notice_id=notice.notice_id, begun_at=now, facts=json.dumps(facts)
            ).execute(self._database)
            self._due.mark(notice.cut_offs, now)
        self._parts.audit.append(
            EntryDraft(
                BEGUN,
                by,
                where="job" if by == THE_BOX else "purge",
                facts=(
                    ("notice", str(notice.notice_id)),
                    ("reads", str(tally.goes)),
                    ("rules_version", str(rules.version)),
                ),
            )
        )
        return tally

    def is_begun(self) -> bool:
        """Tell whether a purge was begun and is not finished."""
        return self._record.open_run() is not None

    def finish(self, told: Told = lambda _words, _done, _total: None) -> PurgeCertificate | None:
        """Carry the purge out that was begun, and return its certificate; None if there is none to finish.

        Raises:
            StoreError, AuditError: the disk or the log refuses; what was not done yet is done by the next call.
        """
        return self._parts.ballast.making_room(lambda: self._finish(told))

    def settle(self) -> None:
        """Finish what was begun when the store was last open; what the disk refuses now waits for the job."""
        try:
            self.finish()
        except StoreError:
            _log.warning("a purge that was begun could not be finished yet", exc_info=True)

    def _finish(self, told: Told) -> PurgeCertificate | None:
        run = self._record.open_run()
        if run is None:
            return None
        texts = self._texts()
        self._delete_rows(run.id, told)
        self._purge_days(run.id, told)
        scan = self._looked_through(texts, told)
        certificate = self._certify(run.id, texts, *scan)
        told("the certificate is on the audit log", 1, 1)
        self._parts.audit.checkpoint()
        self._truncate_log()  # it held the destroyed keys of the log's subjects
        return certificate

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
            self._parts.pictures.purge_day(
                day, lambda purged: self._record.note_keys(run_id, purged)
            )
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
                self._parts.database_key,
                texts,
                lambda done, total: told("pages looked through", done, total),
            )
            still_recorded = frozenset(text for text in scan.found if self._is_recorded(text))
            if last or scan.found == still_recorded:
                break
        return scan, still_recorded

    def _certify(
        self,
        run_id: int,
        texts: frozenset[str],
        scan: PageScan,
        still_recorded: frozenset[str],
    ) -> PurgeCertificate:
        """Destroy the log's subjects that are due, and write certificate, entries and outbox row."""
        with told_as_store_errors(self._database.file), self._database.writing():
            (row,) = PurgeRunRow.select().where(PurgeRunRow.id == run_id).execute(self._database)
            facts, now = self._record.facts(run_id), self._parts.now()
            days = [day for day in facts["subject_days"] if self._parts.audit.destroy_subjects(day)]
            head = self._parts.audit.head()
            certificate = PurgeCertificate(
                number=f"{self._parts.box}-P{run_id:04d}",
                box=self._parts.box,
                organisation=self._parts.organisation(),
                announced_at=from_micros(facts["announced_us"]),
                begun_at=row.begun_at,
                ended_at=now,
                stored_after=self._due.older_than(from_micros(facts["latest_us"])),
                subject_keys=tuple(days),
                log_origin=head.origin,
                log_size=head.size,
                log_root=head.root.hex(),
                pages=scan.pages,
                texts=len(texts),
                still_recorded=len(still_recorded),
                remnants=len(scan.found - still_recorded),
                **certificate_fields(facts),
            )
            text = certificate_text(certificate)
            self._parts.audit.append(done_draft(certificate))
            put_in_outbox(self._database, OUTBOX_PURGE, json.loads(text), now)
            change = PurgeRunRow.update(ended_at=now, certificate=text)
            change.where(PurgeRunRow.id == run_id).execute(self._database)
            self._parts.retention.end_notice(row.notice_id, "purged", now)
        return certificate

    def _is_recorded(self, text: str) -> bool:
        """Tell whether a row that stays holds the text, in whatever column."""
        with told_as_store_errors(self._database.file):
            for table, column, kind in self._database.execute_sql(_TABLES).fetchall():
                sought = "CAST(? AS BLOB)" if kind == "BLOB" else "?"
                statement = f'SELECT 1 FROM "{table}" WHERE instr("{column}", {sought}) LIMIT 1'
                if self._database.execute_sql(statement, (text,)).fetchone() is not None:
                    return True
        return False
