"""Retention at the desk: the rules, what is announced, who confirms it, and the certificates.

Source: policy 462.2.1(f), 462.4; Government Code 34090.6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError, UsageError
from alpr_core.permissions import Action
from alpr_core.purge import PurgeDenial, PurgeNotice, PurgeTally, denial_of
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.retention import DataClass, Place, RetentionRules, cut_offs
from alpr_core.terminal_text import clean_text

WHERE = "retention"


class RetentionBook(Protocol):
    """Where all that lies, see `db.retention.Retention`; changes run inside the desk's transaction."""

    def rules(self) -> RetentionRules | None: ...
    def signer(self) -> str | None: ...
    def take_rules(self, note: bytes, vkey: str, now: datetime, by: str) -> RetentionRules: ...
    def open_notice(self) -> PurgeNotice | None: ...
    def confirm(self, notice: PurgeNotice, badge: str) -> None: ...
    def clock_stopped_why(self) -> str | None: ...
    def confirm_clock(self, now: datetime) -> None: ...
    def certificates(self) -> tuple[PurgeCertificate, ...]: ...


class PurgePlace(Protocol):
    """Whose reads are purged, see `db.purge_work.PurgeWork`."""

    @property
    def place(self) -> Place: ...

    def tally(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> PurgeTally:
        """Count what is due by some cut-offs."""
        ...


@dataclass(frozen=True, slots=True)
class PurgeOutlook:
    """What would go now, what was announced, and what it waits for."""

    place: Place
    rules: RetentionRules | None
    """None means that the agency has given none: nothing is ever purged."""
    due: PurgeTally | None
    """By the rules now; None without rules."""
    notice: PurgeNotice | None
    """None means that nothing is announced."""
    denial: PurgeDenial | None
    """Why the notice is not carried out now."""
    stopped_why: str | None
    """What is wrong with the clock; None if nothing is."""


class Purges:
    """Retention for whoever is at the desk.

    Every method raises AccessRefused, StoreError or AuditError, and has then changed nothing.

    Args:
        draw: Returns a certificate as PDF.
        write_file: Writes a file that must not exist yet and returns its SHA-256.
    """

    def __init__(
        self,
        desk: Desk,
        book: RetentionBook,
        purged: PurgePlace,
        draw: Callable[[PurgeCertificate], bytes],
        write_file: Callable[[Path, bytes], str],
        now: Callable[[], datetime],
    ) -> None:
        self._draw = draw
        self._write_file = write_file
        self._desk = desk
        self._book = book
        self._purged = purged
        self._now = now

    def outlook(self) -> PurgeOutlook:
        """Return what would go and what it waits for; nothing is changed."""
        self._desk.require(Action.SEE_RECORDS, WHERE)
        place = self._purged.place
        rules, notice, now = self._book.rules(), self._book.open_notice(), self._now()
        stopped_why = self._book.clock_stopped_why()
        if rules is None:
            return PurgeOutlook(place, None, None, notice, None, stopped_why)
        due = self._purged.tally(cut_offs(rules.days(place), now), now)
        denial = None if notice is None else denial_of(notice, rules, stopped_why, now, place)
        return PurgeOutlook(place, rules, due, notice, denial, stopped_why)

    def certificates(self) -> tuple[PurgeCertificate, ...]:
        """Return the certificates of all purges, newest first."""
        self._desk.require(Action.SEE_RECORDS, WHERE)
        return self._book.certificates()

    def signer(self) -> str | None:
        """Return the agency key that the rules were signed with; None if there are none."""
        self._desk.require(Action.SEE_RECORDS, WHERE)
        return self._book.signer()

    def take_rules(self, note: bytes, vkey: str | None = None) -> RetentionRules:
        """Make signed rules the ones that count.

        Args:
            vkey: The agency's verifier key; None means the one of the rules before.

        Raises:
            InputError: not signed by that key, no rules, no newer version, or nobody said which key.
        """
        user = self._desk.require(Action.SET_RETENTION, WHERE)
        key = vkey or self._book.signer()
        if key is None:
            raise InputError(
                "There are no rules yet, and nobody said whose signature counts.",
                "Name the agency's verifier key with --signed-by.",
            )
        digest, signer = hashlib.sha256(note).hexdigest(), clean_text(key, 200)
        with self._desk.doing(
            Action.SET_RETENTION, WHERE, by=user, sha256=digest, signer=signer
        ) as record:
            rules = self._book.take_rules(note, key, self._now(), user.badge)
            record.facts["rules_version"] = str(rules.version)
        return rules

    def confirm(self) -> PurgeNotice:
        """Confirm what is announced; each person once.

        Raises:
            UsageError: nothing is announced, enough persons have confirmed, or this one has.
        """
        user = self._desk.require(Action.CONFIRM_PURGE, WHERE)
        with self._desk.doing(Action.CONFIRM_PURGE, WHERE, by=user) as record:
            notice = self._to_confirm(user.badge)
            record.facts |= {"notice": str(notice.notice_id), "reads": str(notice.tally.goes)}
            self._book.confirm(notice, user.badge)
        return notice

    def _to_confirm(self, badge: str) -> PurgeNotice:
        rules, notice = self._book.rules(), self._book.open_notice()
        if notice is None or rules is None:
            raise UsageError("No purge is announced.", "Nothing was confirmed.")
        if badge in notice.confirmed_by:
            raise UsageError(
                "You have confirmed it already.", "Another administrator must confirm it too."
            )
        if len(notice.confirmed_by) >= rules.confirmations:
            raise UsageError("It needs no more confirmations.", "Nothing was changed.")
        return notice

    def confirm_clock(self) -> None:
        """Say that the date is right, after the clock has leapt; purges may go on.

        Raises:
            UsageError: nothing is wrong with the clock.
        """
        user, now = self._desk.require(Action.CONFIRM_PURGE, WHERE), self._now()
        why = self._book.clock_stopped_why()
        if why is None:
            raise UsageError("Nothing is wrong with the clock.", "Nothing was changed.")
        with self._desk.doing(
            Action.CONFIRM_PURGE, WHERE, by=user, date_is_right=now.isoformat(), was=why
        ):
            self._book.confirm_clock(now)

    def issue(self, certificate: PurgeCertificate, file: Path) -> str:
        """Write a certificate as PDF into a new file and return the SHA-256 of the file.

        Raises:
            UsageError, StoreFullError: there is such a file, or it cannot be written.
        """
        content = self._draw(certificate)
        with self._desk.doing(
            Action.MAKE_REPORT, WHERE, report="purge certificate", certificate=certificate.number
        ) as record:
            record.facts["sha256"] = hashlib.sha256(content).hexdigest()
            return self._write_file(file, content)
