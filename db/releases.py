"""Requests of other agencies in the store, with documents and decisions. Nothing is ever changed or deleted."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date

from alpr_core.errors import InputError, StoreError
from alpr_core.releases.agency_kinds import AgencyKind
from alpr_core.releases.request import (
    Decision,
    Document,
    ReleaseFile,
    ReleaseRequest,
    TypedRequest,
    Verdict,
)
from alpr_core.sync.canonical import JsonRecord
from alpr_core.terminal_text import clean_text
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import to_micros
from db.outbox import put_in_outbox
from db.package_models import ReleaseDecisionRow, ReleaseFulfilmentRow, ReleaseRequestRow

OUTBOX_REQUEST, OUTBOX_DECISION = "release_request", "release_decision"
"""`kind` of outbox rows that carry a request and its decision."""

OUTBOX_DOCUMENT = "release_document"
"""`kind` of outbox rows that carry a part of a request's document."""

PART_BYTES = 128 * 1024
"""Of a document in one record: as base64 well below what one record may have."""

PAYLOAD_VERSION = 1
"""First field of every payload; a changed meaning of any field needs the next number."""


class ReleaseFiles:
    """Requests of one store. Methods may be called from any thread; who writes holds the transaction."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, request: ReleaseRequest, document: Document) -> None:
        """Put a request on file with its document."""
        typed = request.typed
        ReleaseRequestRow.insert(
            number=request.number,
            agency=typed.agency,
            agency_kind=typed.kind.value,
            person=typed.person,
            purpose=typed.purpose,
            reference=typed.reference,
            received_on=typed.received_on.isoformat(),
            plate=typed.plate,
            since=typed.since,
            until=typed.until,
            document_name=request.document_name,
            document_sha256=request.document_sha256,
            document=document.content,
            requested_by=request.requested_by,
            entered_by=request.entered_by,
            entered_at=request.entered_at,
        ).execute(self._database)
        put_in_outbox(self._database, OUTBOX_REQUEST, _request_content(request), request.entered_at)
        for content in _document_contents(request, document):
            put_in_outbox(self._database, OUTBOX_DOCUMENT, content, request.entered_at)

    def decide(self, number: str, decision: Decision) -> None:
        """Write the one decision of a request; the table refuses a second one."""
        ReleaseDecisionRow.insert(
            number=number,
            verdict=decision.verdict.value,
            decided_by=decision.by,
            decided_at=decision.at,
            remark=decision.remark,
        ).execute(self._database)
        content: JsonRecord = {
            "version": PAYLOAD_VERSION,
            "request": number,
            "verdict": decision.verdict.value,
            "by": decision.by,
            "at_us": to_micros(decision.at),
            "remark": decision.remark,
        }
        put_in_outbox(self._database, OUTBOX_DECISION, content, decision.at)

    def fulfil(self, number: str, package: str) -> None:
        """Write which package fulfilled a request; the table refuses a second one."""
        ReleaseFulfilmentRow.insert(number=number, package=package).execute(self._database)

    def all(self) -> tuple[ReleaseFile, ...]:
        """Return every request, the newest first."""
        with told_as_store_errors(self._database.file):
            chosen = ReleaseRequestRow.select().order_by(
                ReleaseRequestRow.entered_at.desc(), ReleaseRequestRow.number
            )
            return tuple(self._file(row) for row in chosen.execute(self._database))

    def get(self, number: str) -> ReleaseFile:
        """Return one request.

        Raises:
            InputError: there is none of this number.
        """
        with told_as_store_errors(self._database.file):
            return self._file(self._row(number))

    def document(self, number: str) -> Document:
        """Return the written request.

        Raises:
            InputError: there is no such request.
            StoreError: the document is another one than was put on file.
        """
        with told_as_store_errors(self._database.file):
            row = self._row(number)
        document = Document(row.document_name, bytes(row.document))
        if document.sha256 != row.document_sha256:
            raise StoreError(
                f"The document of request {row.number} was altered.", "Tell the administrator."
            )
        return document

    def _row(self, number: str) -> ReleaseRequestRow:
        chosen = ReleaseRequestRow.select().where(ReleaseRequestRow.number == number)
        row: ReleaseRequestRow | None = next(iter(chosen.execute(self._database)), None)
        if row is not None:
            return row
        raise InputError(
            f"There is no request {clean_text(number, 40)}.", "See `alpr release list`."
        )

    def _file(self, row: ReleaseRequestRow) -> ReleaseFile:
        decided = ReleaseDecisionRow.select().where(ReleaseDecisionRow.number == row.number)
        decisions = [
            Decision(Verdict(one.verdict), one.decided_by, one.decided_at, one.remark)
            for one in decided.execute(self._database)
        ]
        fulfilled = ReleaseFulfilmentRow.select().where(ReleaseFulfilmentRow.number == row.number)
        packages = [str(one.package) for one in fulfilled.execute(self._database)]
        return ReleaseFile(_request(row), next(iter(decisions), None), next(iter(packages), ""))


def _request(row: ReleaseRequestRow) -> ReleaseRequest:
    return ReleaseRequest(
        number=row.number,
        typed=TypedRequest(
            agency=row.agency,
            kind=AgencyKind(row.agency_kind),
            person=row.person,
            purpose=row.purpose,
            reference=row.reference,
            received_on=date.fromisoformat(row.received_on),
            plate=row.plate,
            since=row.since,
            until=row.until,
        ),
        document_name=row.document_name,
        document_sha256=row.document_sha256,
        requested_by=row.requested_by,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )


def _document_contents(request: ReleaseRequest, document: Document) -> Iterator[JsonRecord]:
    """Yield the document as records of PART_BYTES."""
    starts = range(0, len(document.content), PART_BYTES)
    for part, start in enumerate(starts):
        content = document.content[start : start + PART_BYTES]
        yield {
            "version": PAYLOAD_VERSION,
            "request": request.number,
            "part": part,
            "parts": len(starts),
            "base64": base64.b64encode(content).decode("ascii"),
        }


def _request_content(request: ReleaseRequest) -> JsonRecord:
    typed = request.typed
    return {
        "version": PAYLOAD_VERSION,
        "number": request.number,
        "agency": typed.agency,
        "agency_kind": typed.kind.value,
        "person": typed.person,
        "purpose": typed.purpose,
        "reference": typed.reference,
        "received_on": typed.received_on.isoformat(),
        "plate": typed.plate,
        "since_us": None if typed.since is None else to_micros(typed.since),
        "until_us": None if typed.until is None else to_micros(typed.until),
        "entered_by": request.entered_by,
        "entered_at_us": to_micros(request.entered_at),
        "document_name": request.document_name,
        "document_sha256": request.document_sha256,
    }
