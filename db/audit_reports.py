"""Audit reports on file: PDF, table and signature, encrypted with the store. Nothing is changed or deleted."""

from __future__ import annotations

import hashlib
from typing import Any

from alpr_core.desk.audit_reports import AuditReport
from alpr_core.reports.period import ReportKind
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import to_micros
from db.outbox import put_in_outbox
from db.package_models import AuditReportRow

OUTBOX_REPORT = "audit_report"
"""`kind` of an outbox row that carries the table of a report, for the fleet's."""

PAYLOAD_VERSION = 1
"""First field of every payload; a changed meaning of any field needs the next number."""


class AuditReportFiles:
    """Reports of one store. Methods may be called from any thread; who writes holds the transaction."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, report: AuditReport) -> None:
        """Put a report on file; the table refuses a second one of the same period."""
        AuditReportRow.insert(
            number=report.number,
            period=report.kind.value,
            since=report.since,
            until=report.until,
            made_at=report.made_at,
            made_by=report.made_by,
            pdf=report.pdf,
            csv=report.csv,
            signature=report.signature,
        ).execute(self._database)
        content = {
            "version": PAYLOAD_VERSION,
            "number": report.number,
            "made_at_us": to_micros(report.made_at),
            "made_by": report.made_by,
            "pdf_sha256": hashlib.sha256(report.pdf).hexdigest(),
            "table": report.csv.decode(),
            "signature": report.signature.decode(),
        }
        put_in_outbox(self._database, OUTBOX_REPORT, content, report.made_at)

    def all(self) -> tuple[AuditReport, ...]:
        """Return every report, the newest period first."""
        return self._some(AuditReportRow.select())

    def find(self, number: str) -> AuditReport | None:
        """Return one report; None if there is none of this number."""
        chosen = AuditReportRow.select().where(AuditReportRow.number == number)
        return next(iter(self._some(chosen)), None)

    def _some(self, chosen: Any) -> tuple[AuditReport, ...]:  # Any: Peewee's query
        ordered = chosen.order_by(AuditReportRow.until.desc(), AuditReportRow.number)
        with told_as_store_errors(self._database.file):
            return tuple(
                AuditReport(
                    number=row.number,
                    kind=ReportKind(row.period),
                    since=row.since,
                    until=row.until,
                    made_at=row.made_at,
                    made_by=row.made_by,
                    pdf=bytes(row.pdf),
                    csv=bytes(row.csv),
                    signature=bytes(row.signature),
                )
                for row in ordered.execute(self._database)
            )
