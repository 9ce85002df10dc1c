"""One purge, from its beginning to its certificate; killed anywhere it is not begun, or the next start ends it.

    begin: what goes is written down, with its audit entry, in one transaction  <- this decides
    finish: reads, pictures and keys are taken away and it is looked whether they are gone,
            then the certificate with its entry, in one transaction

Which reads those are and how they go differs between a car (`db.read_purge`) and the fleet's server
(`alpr_tui.central.fleet_reads`).

Source: policy 462.4; Government Code 34090.6; docs/adr/0025-purge.md.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from alpr_core.audit.entry import THE_BOX, Actor, EntryDraft
from alpr_core.errors import StoreError
from alpr_core.purge import BEGUN, PurgeNotice, PurgeTally
from alpr_core.purge_certificate import (
    PurgeCertificate,
    certificate_text,
)
from alpr_core.retention import DataClass, Place, RetentionRules
from db.audit_trail import AuditTrail
from db.ballast import Ballast
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import from_micros, to_micros
from db.outbox import put_in_outbox
from db.purge_record import PurgeRecord, certificate_fields, done_draft
from db.retention import Retention, tally_text
from db.retention_models import PurgeRunRow
from db.settings import Settings

OUTBOX_PURGE = "purge"
"""`kind` of an outbox row that carries a certificate."""

_log = logging.getLogger(__name__)

Told = Callable[[str, int, int], None]
"""Told each step in words, and how much of how much is done; a step that was told is on the disk."""


@dataclass(frozen=True, slots=True)
class PurgeProof:
    """What was looked at after a purge, as its certificate says it."""

    pages: int
    texts: int
    still_recorded: int
    remnants: int


class PurgedReads(Protocol):
    """The reads of one place: what of them is due, and how they go."""

    @property
    def place(self) -> Place: ...

    def tally(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> PurgeTally:
        """Return what is due and what of it stays."""
        ...

    def holds(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[tuple[str, str], ...]:
        """Return number and case of each hold that keeps a read which is due."""
        ...

    def subject_days(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[str, ...]:
        """Return the days of the audit log whose plates are due."""
        ...

    def older_than(self, at: datetime) -> int:
        """Return how many reads are stored that are older than a cut-off."""
        ...

    def mark(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> dict[str, Any]:
        """Write down what goes, in the transaction that decides; returns what the run's facts say of it."""
        ...

    def carry_out(self, run_id: int, told: Told) -> PurgeProof:
        """Take away what was marked; done twice it comes to the same end."""
        ...

    def tidy(self) -> None:
        """Called when the certificate is on the log."""
        ...


@dataclass(frozen=True, slots=True)
class PurgeParts:
    """What every purge works with."""

    database: StoreDatabase
    audit: AuditTrail
    retention: Retention
    ballast: Ballast
    box: str
    organisation: Callable[[], str]
    now: Callable[[], datetime]


def purge_parts(
    database: StoreDatabase, audit: AuditTrail, box: str, now: Callable[[], datetime]
) -> PurgeParts:
    """Return what every purge of one open store works with."""
    settings = Settings(database)
    return PurgeParts(
        database=database,
        audit=audit,
        retention=Retention(database),
        ballast=Ballast(database.file.parent),
        box=box,
        organisation=lambda: settings.agency().organisation,
        now=now,
    )


class PurgeWork:
    """Purges of one place. One thread at a time."""

    def __init__(self, parts: PurgeParts, reads: PurgedReads) -> None:
        self._parts = parts
        self._database = parts.database
        self._reads = reads
        self._record = PurgeRecord(parts.database)

    @property
    def place(self) -> Place:
        """Whose periods of the retention rules count."""
        return self._reads.place

    def tally(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> PurgeTally:
        """Return what is due by some cut-offs and what of it stays."""
        return self._reads.tally(cut_offs, now)

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
        tally = self._reads.tally(notice.cut_offs, now)
        latest = max(notice.cut_offs.values())
        facts = {
            "tally": tally_text(tally),
            "holds": self._reads.holds(notice.cut_offs, now),
            "subject_days": self._reads.subject_days(notice.cut_offs, now),
            "latest_us": to_micros(latest),
            "stored_before": self._reads.older_than(latest),
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
            "place": self.place.value,
            **self._reads.mark(notice.cut_offs, now),
        }
        with told_as_store_errors(self._database.file):
            PurgeRunRow.insert(
                notice_id=notice.notice_id, begun_at=now, facts=json.dumps(facts)
            ).execute(self._database)
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
        run = self._record.open_run(self.place)
        if run is None:
            return None
        proof = self._reads.carry_out(run.id, told)
        certificate = self._certify(run.id, proof)
        told("the certificate is on the audit log", 1, 1)
        self._parts.audit.checkpoint()
        self._reads.tidy()
        return certificate

    def _certify(self, run_id: int, proof: PurgeProof) -> PurgeCertificate:
        """Destroy the log's subjects that are due, and write certificate, entries and outbox row."""
        with told_as_store_errors(self._database.file), self._database.writing():
            (row,) = PurgeRunRow.select().where(PurgeRunRow.id == run_id).execute(self._database)
            facts, now = self._record.facts(run_id), self._parts.now()
            days = [day for day in facts["subject_days"] if self._parts.audit.destroy_subjects(day)]
            head = self._parts.audit.head()
            certificate = PurgeCertificate(
                number=f"{self._parts.box}-P{run_id:04d}",
                box=self._parts.box,
                place=self.place.value,
                organisation=self._parts.organisation(),
                announced_at=from_micros(facts["announced_us"]),
                begun_at=row.begun_at,
                ended_at=now,
                stored_after=self._reads.older_than(from_micros(facts["latest_us"])),
                subject_keys=tuple(days),
                log_origin=head.origin,
                log_size=head.size,
                log_root=head.root.hex(),
                **asdict(proof),
                **certificate_fields(facts),
            )
            text = certificate_text(certificate)
            self._parts.audit.append(done_draft(certificate))
            if self.place is Place.CAR:
                put_in_outbox(self._database, OUTBOX_PURGE, json.loads(text), now)
            change = PurgeRunRow.update(ended_at=now, certificate=text)
            change.where(PurgeRunRow.id == run_id).execute(self._database)
            self._parts.retention.end_notice(row.notice_id, "purged", now)
        return certificate
