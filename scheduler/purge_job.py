"""The job of purging: looks twice a day, announces what is due, and carries out what was announced and confirmed.

Source: policy 462.4; Government Code 34090.6; docs/retention.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alpr_core.audit.entry import THE_BOX, Actor, EntryDraft
from alpr_core.errors import StoreError
from alpr_core.purge import (
    ANNOUNCED,
    COPIES_RENEWED,
    VOID,
    WITHDRAWN,
    PurgeDenial,
    PurgeNotice,
    denial_of,
)
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.retention import RetentionRules, cut_offs
from db.ballast import Ballast
from db.purge_work import PurgeWork
from db.store import Store
from scheduler.backup_copies import BackupCopies
from scheduler.job import Course


@dataclass(frozen=True, slots=True)
class PurgeJob:
    """Purges one place. Runs only by a time that satellites, the server or a person confirm."""

    store: Store
    """Keeps rules, notices and certificates."""
    purge: PurgeWork
    """Of the car's own reads, or of the fleet's."""
    now: Callable[[], datetime]
    copies: BackupCopies | None = None
    """Older backups still hold what was purged: they are replaced by a fresh one."""

    def work(self, course: Course, by: Actor = THE_BOX) -> str:
        """Do the next step of purging and say what it was.

        Args:
            by: Who lets a purge begin, for its entry.

        Raises:
            AlprError: the clock has leapt, or the disk refuses; what was begun is finished later.
        """
        return Ballast(self.store.folder).making_room(lambda: self._step(course, by))

    def _step(self, course: Course, by: Actor) -> str:
        left_over = self._finish(course)
        if left_over is not None:
            return left_over
        rules = self.store.retention.rules()
        if rules is None:
            return "There are no retention rules, so nothing is purged."
        now = self.now()
        with self.store.ledger.writing():
            stopped_why = self.store.retention.look_at_clock(now)
        if stopped_why is not None:
            raise StoreError(
                f"Nothing is purged. {stopped_why}", "An administrator confirms the date on F12."
            )
        notice = self._valid_notice(rules, now)
        if notice is None:
            return self._announce(rules, now)
        denial = denial_of(notice, rules, None, now, self.purge.place)
        if denial is not None:
            return f"{notice.tally.goes} reads were announced. {_waits(denial, notice, rules)}"
        self.purge.begin(notice, rules, by)
        return self._finish(course) or ""

    def _finish(self, course: Course) -> str | None:
        """Finish what was begun, in this run or before; None if there was nothing."""
        certificate = self.purge.finish(course.note)
        if certificate is None:
            return None
        words = f"{certificate.number}: {certificate.goes} reads purged, {certificate.remnants} traces found."
        if self.copies is not None:
            self._renew_copies(self.copies, certificate, course)
        if not certificate.is_proven:
            raise StoreError(f"The purge is not proven. {words}", "Tell the administrator.")
        return words

    def _renew_copies(
        self, copies: BackupCopies, certificate: PurgeCertificate, course: Course
    ) -> None:
        """Replace the backups that still hold what was purged."""
        copies.copy(self.now, course)
        facts = (
            ("certificate", certificate.number),
            ("removed", str(copies.keep_newest(1))),
        )
        self.store.record_action(EntryDraft(COPIES_RENEWED, THE_BOX, where="job", facts=facts))

    def _valid_notice(self, rules: RetentionRules, now: datetime) -> PurgeNotice | None:
        """Return the open notice; one that counts no more is withdrawn."""
        notice = self.store.retention.open_notice()
        denial = None if notice is None else denial_of(notice, rules, None, now, self.purge.place)
        if notice is None or denial not in VOID:
            return notice
        with self.store.ledger.writing():
            self.store.retention.end_notice(notice.notice_id, "withdrawn", now)
            self._append(WITHDRAWN, notice=str(notice.notice_id), why=denial.name.lower())
        return None

    def _announce(self, rules: RetentionRules, now: datetime) -> str:
        cuts = cut_offs(rules.days(self.purge.place), now)
        tally = self.purge.tally(cuts, now)
        kept = f"{tally.held} held, {tally.unreceipted} without a receipt."
        if tally.is_empty:
            return f"Nothing is due. {kept}"
        with self.store.ledger.writing():
            notice_id = self.store.retention.announce(rules, cuts, tally, now)
            self._append(ANNOUNCED, notice=str(notice_id), reads=str(tally.goes))
        return f"Announced: {tally.goes} reads go in {rules.notice_days} days. {kept}"

    def _append(self, action: str, **facts: str) -> None:
        draft = EntryDraft(action, THE_BOX, where="job", facts=tuple(facts.items()))
        self.store.ledger.append(draft)


def _waits(denial: PurgeDenial, notice: PurgeNotice, rules: RetentionRules) -> str:
    match denial:
        case PurgeDenial.TOO_EARLY:
            left = timedelta(days=rules.notice_days) - notice.aged
            return f"They go in {-(-left // timedelta(days=1))} days."
        case PurgeDenial.UNCONFIRMED:
            return f"{len(notice.confirmed_by)} of {rules.confirmations} persons have confirmed."
        case _:
            return str(denial.value)
