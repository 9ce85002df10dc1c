"""The custody form that goes with a medium: what it carries, who made it, who took it. It names no plate.

Source: policy 462.4, 462.7(b)(c); CJIS Security Policy MP-5.
"""

from __future__ import annotations

from datetime import UTC, datetime

from alpr_core.packages.order import HandOver, PackageKind, PackageRecord
from alpr_core.releases.agency_kinds import KIND_RULES
from alpr_core.releases.request import ReleaseFile
from alpr_reports.pdf import pdf_bytes
from alpr_reports.sheet import (
    Block,
    Column,
    Heading,
    KeyValues,
    Notice,
    Sheet,
    Signatures,
    Table,
    Text,
)

CAUTION = "LAW ENFORCEMENT SENSITIVE"

_TITLES = {
    PackageKind.EVIDENCE: "Plate reads booked into evidence",
    PackageKind.RELEASE: "Plate reads released to another agency",
    PackageKind.CANVASS: "Report of a canvass",
}
_CUSTODY = (
    Column("Date and time (UTC)", 1.4),
    Column("Given by", 2),
    Column("Taken by", 2),
    Column("Remark", 1.6),
    Column("Recorded by", 1),
)


def custody_form(
    record: PackageRecord,
    custody: tuple[HandOver, ...],
    request: ReleaseFile | None,
    organisation: str,
) -> bytes:
    """Return the form as PDF; the same record and custody log give the same bytes."""
    sheet = Sheet(
        kind="Custody form",
        title=_TITLES[record.kind],
        organisation=organisation,
        number=record.number,
        made_at=max([record.made_at, *(hand_over.at for hand_over in custody)]),
        made_by=f"{record.made_by_name} (badge {record.made_by})",
        caution=CAUTION,
        blocks=(*_package(record), *_request(request), *_log(custody), *_closing(record)),
    )
    return pdf_bytes(sheet)


def _package(record: PackageRecord) -> tuple[Block, ...]:
    return (
        Notice(
            "Whoever takes this medium signs for it. Its contents are sealed: they open with a recipient's private"
            " key only. Nothing on it may be changed."
        ),
        KeyValues(
            (
                ("Package", record.number),
                ("Case", record.case_number),
                ("Purpose", record.purpose),
                ("Reads", str(len(record.sighting_ids))),
                ("Medium", record.medium),
                ("Sealed for", "; ".join(record.recipients)),
                ("Made", _time(record.made_at)),
                ("Remark", record.remark),
            )
        ),
        Heading("Digests"),
        KeyValues(
            (
                ("contents.sealed", f"SHA-256 {record.contents_sha256}, {record.byte_count} bytes"),
                ("manifest.json", f"SHA-256 {record.manifest_sha256} (inside, lists every file)"),
            )
        ),
        Text(
            "Both digests stand on the department's audit log, in the entry of this export. To check the medium,"
            " run verify_package.py on it; it needs Python with its package cryptography, and nothing of ours."
        ),
    )


def _request(request: ReleaseFile | None) -> tuple[Block, ...]:
    if request is None:
        return ()
    typed, decision = request.request.typed, request.decision
    approved = "" if decision is None else f"{decision.by}, {_time(decision.at)}"
    return (
        Heading("Written request (policy 462.7)"),
        KeyValues(
            (
                ("Request", f"{request.request.number}, received {typed.received_on.isoformat()}"),
                ("Agency", typed.agency),
                ("Kind of agency", KIND_RULES[typed.kind].title),
                ("Person requesting", typed.person),
                ("Their reference", typed.reference),
                ("Purpose", typed.purpose),
                ("Document on file", f"SHA-256 {request.request.document_sha256}"),
                ("Approved by", approved),
            )
        ),
    )


def _log(custody: tuple[HandOver, ...]) -> tuple[Block, ...]:
    rows = tuple(
        (_time(one.at), one.given_by, one.taken_by, one.remark, one.recorded_by) for one in custody
    )
    return (Heading("Custody"), Table(_CUSTODY, rows, "No hand-over is recorded yet."))


def _closing(record: PackageRecord) -> tuple[Block, ...]:
    last = "Property room" if record.kind is PackageKind.EVIDENCE else "Receiving agency"
    return (Signatures((f"Made by {record.made_by_name}", "Taken by", last)),)


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
