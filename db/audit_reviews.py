"""The auditor's reviews in the store: periods, samples, verdicts, sign-offs. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from alpr_core.desk.audit_ports import Review, SampledEntry, Verdict
from alpr_core.errors import StoreError
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import from_micros, to_micros

_SELECT = "SELECT id, reviewer, since, until, drawn_at, signed_at, remark FROM audit_review"
_SAMPLE = (
    "SELECT entry_index, verdict, remark FROM audit_sample WHERE review_id = ? ORDER BY entry_index"
)
_ADD = (
    "INSERT INTO audit_review (id, reviewer, since, until, drawn_at, signed_at, remark)"
    " VALUES (?, ?, ?, ?, ?, NULL, '')"
)
_ADD_SAMPLED = (
    "INSERT INTO audit_sample (review_id, entry_index, verdict, remark) VALUES (?, ?, NULL, '')"
)
_JUDGE = "UPDATE audit_sample SET verdict = ?, remark = ? WHERE review_id = ? AND entry_index = ?"
_SIGN = "UPDATE audit_review SET signed_at = ?, remark = ? WHERE id = ? AND signed_at IS NULL"


class AuditReviews:
    """Reviews of one store. Methods may be called from any thread; who writes holds the transaction."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def all(self) -> tuple[Review, ...]:
        """Return every review, the newest period first."""
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(f"{_SELECT} ORDER BY until DESC, id").fetchall()
            return tuple(self._review(row) for row in rows)

    def get(self, review_id: str) -> Review:
        """Return one review.

        Raises:
            StoreError: there is none of this id.
        """
        with told_as_store_errors(self._database.file):
            row = self._database.execute_sql(f"{_SELECT} WHERE id = ?", (review_id,)).fetchone()
            if row is None:
                raise StoreError("There is no such review.", "Go back and choose another.")
            return self._review(row)

    def add(self, review: Review) -> None:
        """Add a review that was just drawn, without verdicts."""
        self._write(
            _ADD,
            review.review_id,
            review.reviewer,
            to_micros(review.since),
            to_micros(review.until),
            to_micros(review.drawn_at),
        )
        for sampled in review.sample:
            self._write(_ADD_SAMPLED, review.review_id, sampled.index)

    def judge(self, review_id: str, sampled: SampledEntry) -> None:
        """Write the verdict on one entry of the sample."""
        verdict = None if sampled.verdict is None else sampled.verdict.value
        self._write(_JUDGE, verdict, sampled.remark, review_id, sampled.index)

    def sign_off(self, review_id: str, signed_at: datetime, remark: str) -> None:
        """Sign an unsigned review."""
        self._write(_SIGN, to_micros(signed_at), remark, review_id)

    def _write(self, statement: str, *values: str | int | None) -> None:
        if not self._database.in_transaction():
            raise RuntimeError("a review is written inside the transaction of its audit entry")
        changed = self._database.execute_sql(statement, values)
        if changed.rowcount != 1:
            raise RuntimeError(f"{changed.rowcount} rows were written instead of one")

    def _review(self, row: Iterable[Any]) -> Review:  # Any: the driver's values
        review_id, reviewer, since, until, drawn_at, signed_at, remark = row
        sample = tuple(
            SampledEntry(index, None if verdict is None else Verdict(verdict), words)
            for index, verdict, words in self._database.execute_sql(_SAMPLE, (review_id,))
        )
        return Review(
            review_id=review_id,
            reviewer=reviewer,
            since=from_micros(since),
            until=from_micros(until),
            drawn_at=from_micros(drawn_at),
            sample=sample,
            signed_at=None if signed_at is None else from_micros(signed_at),
            remark=remark,
        )
