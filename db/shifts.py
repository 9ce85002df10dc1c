"""Shifts of this store (`alpr_core.desk.shifts.ShiftBook`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from peewee import IntegrityError

from alpr_core.audit.entry import Actor
from alpr_core.desk.shifts import ShiftTally
from alpr_core.errors import InputError
from alpr_core.shift import (
    CheckItem,
    Shift,
    ShiftOrder,
    ShiftPurpose,
    ShiftSummary,
    WalkedItem,
)
from alpr_core.sync.canonical import JsonRecord
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import to_micros
from db.outbox import put_in_outbox
from db.shift_models import ShiftRow

OUTBOX_SHIFT = "shift"
"""`kind` of an outbox row that carries a shift, once as it began and once as it ended."""

PAYLOAD_VERSION = 1
"""First field of every payload; a changed meaning of any field needs the next number."""


class StoreShiftBook:
    """Shifts of one store. Every method may be called from any thread; who changes holds the transaction."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def open_shift(self) -> Shift | None:
        """Return the shift that has not ended; None if there is none."""
        return next(iter(self._shifts(ShiftRow.select().where(ShiftRow.ended_at.is_null()))), None)

    def latest(self, limit: int) -> tuple[Shift, ...]:
        """Return ended shifts, newest first."""
        ended = ShiftRow.select().where(ShiftRow.ended_at.is_null(is_null=False))
        return self._shifts(ended.order_by(ShiftRow.started_at.desc()).limit(limit))

    def begin(self, shift: Shift) -> None:
        """Add a shift and what is to be sent of it.

        Raises:
            InputError: another one is open.
        """
        with told_as_store_errors(self._database.file):
            try:
                ShiftRow.insert(
                    id=shift.shift_id,
                    officer=json.dumps(asdict(shift.officer), ensure_ascii=False),
                    vehicle=shift.order.vehicle,
                    partner=shift.order.partner,
                    purpose=shift.order.purpose.value,
                    detail=shift.order.detail,
                    checks=json.dumps([asdict(one) for one in shift.checks], ensure_ascii=False),
                    started_at=shift.started_at,
                    ended_by="",
                ).execute(self._database)
            except IntegrityError as fault:
                raise InputError("A shift is open in this car.", "End it first.") from fault
            self._send(shift)

    def close(self, shift: Shift) -> None:
        """Keep the end of the open shift and what is to be sent of it.

        Raises:
            InputError: it has ended already.
        """
        is_open = (ShiftRow.id == shift.shift_id) & ShiftRow.ended_at.is_null()
        summary = None if shift.summary is None else asdict(shift.summary)
        with told_as_store_errors(self._database.file):
            changed = (
                ShiftRow.update(
                    ended_at=shift.ended_at,
                    ended_by=shift.ended_by,
                    summary=json.dumps(summary, ensure_ascii=False),
                )
                .where(is_open)
                .execute(self._database)
            )
            if changed != 1:
                raise InputError("This shift has ended already.")
            self._send(shift)

    def tally(self, shift_id: str) -> ShiftTally:
        """Count the reads and hits of a shift."""
        with told_as_store_errors(self._database.file):
            reads, plates = self._database.execute_sql(_READS, (shift_id,)).fetchone()
            judged = self._database.execute_sql(_HITS, (shift_id,)).fetchall()
        made = Counter(word or "skipped" for is_judged, word in judged if is_judged)
        unhandled = sum(not is_judged for is_judged, _ in judged)
        return ShiftTally(
            int(reads), int(plates), len(judged), tuple(made.most_common()), unhandled
        )

    def open_canvass_case(self) -> str | None:
        """Return the case number of the canvass that runs; None if none does."""
        with told_as_store_errors(self._database.file):
            row = self._database.execute_sql(_OPEN_CASE).fetchone()
        return None if row is None else str(row[0])

    def _send(self, shift: Shift) -> None:
        at = shift.ended_at or shift.started_at
        put_in_outbox(self._database, OUTBOX_SHIFT, shift_content(shift), at)

    def _shifts(self, chosen: Any) -> tuple[Shift, ...]:  # Any: Peewee's query
        with told_as_store_errors(self._database.file):
            rows: Sequence[ShiftRow] = list(chosen.execute(self._database))
        return tuple(_to_shift(row) for row in rows)


_OPEN_CASE = "SELECT case_number FROM canvass WHERE ended_at IS NULL"

# A later, better reading of the same pass replaces the first one.
_READS = """
    SELECT count(*), count(DISTINCT s.plate) FROM shift_read AS tag JOIN sighting AS s ON s.id = tag.sighting_id
    WHERE tag.shift_id = ? AND NOT EXISTS (SELECT 1 FROM sighting AS later WHERE later.supersedes = s.id)
"""
# Whether somebody said something about an alert, and what the newest word is: none if he skipped it.
# A hit of the past belongs to the shift in which it was found.
_HITS = """
    SELECT v.id IS NOT NULL, v.disposition FROM shift JOIN hit ON hit.is_alert
        AND (hit.origin = 'live' AND hit.sighting_id IN
                (SELECT sighting_id FROM shift_read WHERE shift_id = shift.id)
            OR hit.origin = 'past' AND hit.raised_at >= shift.started_at)
    LEFT JOIN verification AS v
        ON v.id = (SELECT max(newest.id) FROM verification AS newest WHERE newest.hit_id = hit.id)
    WHERE shift.id = ?
"""


def shift_content(shift: Shift) -> JsonRecord:
    """Return the record of a shift as it is sent."""
    summary = shift.summary
    return {
        "version": PAYLOAD_VERSION,
        "shift_id": shift.shift_id,
        "officer": asdict(shift.officer),
        "vehicle": shift.order.vehicle,
        "partner": shift.order.partner,
        "purpose": shift.order.purpose.value,
        "detail": shift.order.detail,
        "checks": [asdict(walked) for walked in shift.checks],
        "started_at_us": to_micros(shift.started_at),
        "ended_at_us": None if shift.ended_at is None else to_micros(shift.ended_at),
        "ended_by": shift.ended_by,
        "summary": None if summary is None else asdict(summary),
    }


def _to_shift(row: Any) -> Shift:  # Any: Peewee's row
    checks = tuple(
        WalkedItem(CheckItem(**one["item"]), one["remark"]) for one in json.loads(row.checks)
    )
    order = ShiftOrder(row.vehicle, row.partner, ShiftPurpose(row.purpose), row.detail)
    return Shift(
        shift_id=row.id,
        officer=Actor(**json.loads(row.officer)),
        order=order,
        checks=checks,
        started_at=row.started_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        summary=_to_summary(row.summary),
    )


def _to_summary(text: str | None) -> ShiftSummary | None:
    content = None if text is None else json.loads(text)
    if content is None:
        return None
    pairs = tuple((str(word), int(number)) for word, number in content.pop("dispositions"))
    return ShiftSummary(dispositions=pairs, faults=tuple(content.pop("faults")), **content)
