"""The audit reports that cars have sent of themselves: tables, one per car and period.

Source: policy 462.5(c); docs/sync-protocol.md, section 2.
"""

from __future__ import annotations

import json

from alpr_central.boxes import Boxes
from alpr_central.databases import Records
from alpr_core.reports.fleet_figures import CarTable
from alpr_core.terminal_text import clean_text

REPORT = "audit_report"
"""`kind` of a record that carries a car's report."""

_REPORTS = (
    "SELECT box_id, payload FROM record WHERE kind = 'audit_report' ORDER BY box_id, sequence"
)


class CarReports:
    """Reports of one fleet. Every method may be called from any thread; StoreError if the database refuses."""

    def __init__(self, records: Records, boxes: Boxes) -> None:
        self._records = records
        self._boxes = boxes

    def tables(self, number: str) -> tuple[CarTable, ...]:
        """Return the table of each car for a period, empty for a car in service that has not reported."""
        tables: dict[int, str] = {}
        for box_id, payload in self._records.rows(_REPORTS):
            told = json.loads(payload)
            if told.get("number") == number and isinstance(told.get("table"), str):
                tables.setdefault(box_id, told["table"])
        return tuple(
            CarTable(clean_text(box.name), tables.get(box.box_id, ""))
            for box in self._boxes.all()
            if box.box_id in tables or not box.is_revoked
        )

    def received(self, since_us: int, until_us: int) -> int:
        """Return how many records came in a period."""
        found = self._records.rows(
            "SELECT sum(records) FROM batch WHERE received_at >= ? AND received_at < ?",
            (since_us, until_us),
        )
        return int(found[0][0] or 0)
