"""Requests of other agencies at the desk: entered, judged by the law, reviewed by somebody else, fulfilled, kept.

Source: policy 462.7(a)-(c); Civil Code 1798.90.55; CJIS Security Policy AC-5 (separation of duties).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alpr_core.audit.entry import Subject
from alpr_core.desk.desk import Desk
from alpr_core.desk.package_ports import MakeMedium, ReleaseBook
from alpr_core.desk.packages import Packages
from alpr_core.errors import AccessRefused, InputError
from alpr_core.packages.order import Medium, PackageKind, PackageOrder, PackageRecord, Recipient
from alpr_core.permissions import Action, may_approve_release
from alpr_core.purposes import AccessPurpose
from alpr_core.releases.request import (
    WORDS_CHARS_MAX,
    Decision,
    Document,
    ReleaseFile,
    ReleaseRequest,
    TypedRequest,
    Verdict,
    make_request,
    rule_decision,
)
from alpr_core.terminal_text import clean_text

WHERE = "releases"


class Releases:
    """Requests for whoever is at the desk.

    Every method raises AccessRefused, InputError, StoreError or AuditError, and has then changed nothing.
    """

    def __init__(
        self,
        desk: Desk,
        book: ReleaseBook,
        packages: Packages,
        now: Callable[[], datetime],
        number_tail: Callable[[], str],
    ) -> None:
        self._desk = desk
        self._book = book
        self._packages = packages
        self._now = now
        self._number_tail = number_tail

    def request(
        self, typed: TypedRequest, document: Document, purpose: AccessPurpose
    ) -> ReleaseFile:
        """Put a written request on file; a requester whom the law excludes is refused at once, on file too.

        Raises:
            InputError: it lacks what the policy asks a request for.
        """
        user = self._desk.require(
            Action.REQUEST_RELEASE, WHERE, purpose, Subject(query=(("agency", typed.agency),))
        )
        number = f"Q-{self._now():%Y%m%d}-{self._number_tail().upper()}"
        by = (user.user_id, f"{user.badge} {user.name}")
        request = make_request(number, typed, document, by, self._now())
        decision = rule_decision(request)
        with self._desk.doing(
            Action.REQUEST_RELEASE, WHERE, purpose, _subject(request), by=user, request=number
        ) as noted:
            noted.facts["kind"] = request.typed.kind.value
            noted.facts["document_sha256"] = request.document_sha256
            noted.facts["verdict"] = "none yet" if decision is None else decision.verdict.value
            self._book.add(request, document)
            if decision is not None:
                self._book.decide(number, decision)
        return ReleaseFile(request, decision)

    def all(self) -> tuple[ReleaseFile, ...]:
        """Return the register of requests, the newest first; who sees no records sees what he entered himself."""
        user = self._desk.require(Action.SEE_REQUESTS, WHERE)
        found = self._book.all()
        if not self._desk.may(Action.SEE_RECORDS):
            found = tuple(file for file in found if file.request.requested_by == user.user_id)
        with self._desk.doing(
            Action.SEE_REQUESTS, WHERE, by=user, register="releases", found=str(len(found))
        ):
            pass
        return found

    def get(self, number: str) -> ReleaseFile:
        """Return one request with what became of it."""
        with self._desk.doing(Action.SEE_RECORDS, WHERE, request=number):
            return self._book.get(number)

    def document(self, number: str) -> Document:
        """Return the written request as it came in."""
        with self._desk.doing(Action.SEE_RECORDS, WHERE, request=number, document="opened"):
            return self._book.document(number)

    def approve(self, number: str, remark: str, purpose: AccessPurpose) -> ReleaseFile:
        """Approve a request that somebody else entered. Source: policy 462.7(b).

        Raises:
            AccessRefused: he entered it himself; that is on the log.
            InputError: it is decided already, or the law forbids it.
        """
        return self._decide(number, Verdict.APPROVED, remark, purpose)

    def refuse(self, number: str, reason: str, purpose: AccessPurpose) -> ReleaseFile:
        """Refuse a request, with the reason on file."""
        if not clean_text(reason):
            raise InputError("A refusal needs its reason.", "Say why; nothing was decided.")
        return self._decide(number, Verdict.REFUSED, reason, purpose)

    def export(
        self,
        number: str,
        recipients: tuple[Recipient, ...],
        medium: Medium,
        make_medium: MakeMedium,
        purpose: AccessPurpose,
    ) -> PackageRecord:
        """Pack what was approved, exactly that, and put it on file.

        Raises:
            InputError: the request is not approved, is fulfilled already, or nothing fits its scope.
        """
        file = self._book.get(number)
        self._desk.require(Action.EXPORT_RELEASE, WHERE, purpose, _subject(file.request))
        check_exportable(file)
        ids = self._packages.select(PackageKind.RELEASE, file.request.query, purpose)
        order = PackageOrder(
            PackageKind.RELEASE, ids, recipients, medium, file.request.typed.agency, number
        )

        def fulfil(record: PackageRecord) -> None:
            check_exportable(self._book.get(number))
            self._book.fulfil(number, record.number)

        return self._packages.make(order, make_medium, purpose, file, fulfil)

    def _decide(
        self, number: str, verdict: Verdict, remark: str, purpose: AccessPurpose
    ) -> ReleaseFile:
        file = self._book.get(number)
        request = file.request
        user = self._desk.require(Action.APPROVE_RELEASE, WHERE, purpose, _subject(request))
        with self._desk.doing(
            Action.APPROVE_RELEASE, WHERE, purpose, _subject(request), by=user, request=number
        ) as noted:
            noted.facts["verdict"] = verdict.value
            if not may_approve_release(user.roles, user.user_id, request.requested_by):
                raise AccessRefused(
                    "You entered this request yourself.",
                    "Somebody else reviews it (policy 462.7(b)); the refusal is on the log.",
                )
            check_undecided(self._book.get(number))
            words = clean_text(remark, WORDS_CHARS_MAX)
            decision = Decision(verdict, f"{user.badge} {user.name}", self._now(), words)
            self._book.decide(number, decision)
        return ReleaseFile(request, decision)


def check_undecided(file: ReleaseFile) -> None:
    """Refuse a second decision, with InputError."""
    if file.decision is not None:
        number = file.request.number
        raise InputError(f"Request {number} is decided already.", "See `alpr release list`.")


def check_exportable(file: ReleaseFile) -> None:
    """Refuse with InputError what is not approved, or was fulfilled."""
    number = file.request.number
    if rule_decision(file.request) is not None or file.decision is None:
        raise InputError(f"Request {number} is not approved.", "It is reviewed first (462.7(b)).")
    if file.decision.verdict is not Verdict.APPROVED:
        raise InputError(f"Request {number} was refused.", "Nothing may be released.")
    if file.package:
        raise InputError(f"Request {number} was fulfilled with {file.package}.", "Enter another.")


def _subject(request: ReleaseRequest) -> Subject:
    """Return what the access record names. Source: Civil Code 1798.90.52(a)(2)."""
    query = request.query
    plates = () if query.plate is None else (query.plate.text,)
    agency = (("agency", request.typed.agency),)
    return Subject(plates=plates, query=(*query.elements(), *agency))
