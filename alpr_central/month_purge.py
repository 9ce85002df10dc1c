"""One partition purged: what stays moves into the next one, then the rest goes as a whole, in one transaction.

    pictures that stay sealed again under the next partition's key
    rows moved, partition and key dropped, written down what was done    <- one transaction, this decides
    objects removed, of the old partition and of what a purge that was killed has left

Killed before the transaction it is not begun, killed after it the next call ends it. Source: policy 462.4;
docs/adr/0032-central-purge.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from alpr_central.database_faults import told_as_store_errors
from alpr_central.databases import Records
from alpr_central.due_months import DueMonth, DueMonths
from alpr_central.models import PurgedMonthRow
from alpr_central.months import next_partition
from alpr_central.pictures import Pictures
from alpr_core.errors import StoreError
from alpr_core.instants import from_micros, to_micros
from alpr_core.purge import PurgeTally

_TRIES = 5
"""A hold that is set meanwhile makes one more try."""

_TO_SEAL = "SELECT i.sha256 FROM image AS i WHERE i.month = {} AND i.stored_at IS NOT NULL AND i.lost_why IS NULL"
_MOVE_RECORDS = "UPDATE record AS r SET month = {} WHERE r.month = {} AND NOT ({})"
_MOVE_IMAGES = """UPDATE image SET month = {rest} WHERE month = {month} AND (box_id, sha256) IN
    (SELECT r.box_id, p.value FROM record AS r, {named} WHERE r.month = {rest})"""
_MOVE_BATCHES = "UPDATE batch SET month = {} WHERE month = {} AND receipt IS NULL"
_SOME = "SELECT 1 FROM record WHERE month = {} LIMIT 1"


@dataclass(frozen=True, slots=True)
class PurgedMonth:
    """What was done with one partition."""

    month: int
    tally: PurgeTally
    key_id: str
    """Of the destroyed key of its pictures; empty if it had none."""
    resealed: int
    """Pictures that stayed."""


class MonthPurge:
    """Purges partitions. One thread at a time."""

    def __init__(self, records: Records, pictures: Pictures, due: DueMonths) -> None:
        self._records = records
        self._pictures = pictures
        self._due = due

    def purge(self, run: str, due: DueMonth, now: datetime) -> PurgedMonth:
        """Purge a partition once; called again for the same purge it ends what is left and tells the same.

        Args:
            run: Name of the purge, never used again.

        Raises:
            StoreError: database or picture store refuse; call it again.
        """
        done = self._done(run, due.month)
        if done is None:
            done = self._purge(run, due, now)
        rest = next_partition(due.month)
        self._drop_if_empty(rest)
        self._pictures.keep_only(due.month, ())
        self._pictures.keep_only(
            rest, {name for (name,) in self._records.rows(_TO_SEAL.format(rest))}
        )
        self._records.scrub()
        return done

    def payloads(self, due: DueMonth, now: datetime) -> list[str]:
        """Return what goes and is still there, as the cars told it."""
        goes = due.goes(now)
        found = f"SELECT r.payload FROM record AS r WHERE r.month = {due.month} AND {goes}"
        return [str(payload) for (payload,) in self._records.rows(found)]

    def is_told(self, text: str) -> bool:
        """Tell whether a record that stays holds a text."""
        return bool(
            self._records.rows("SELECT 1 FROM record WHERE instr(payload, ?) > 0 LIMIT 1", (text,))
        )

    def left_of(self, month: int) -> int:
        """Return how many rows and objects there are of a partition; none after its purge."""
        rows = [
            self._records.rows(f"SELECT count(*) FROM {table} WHERE month = {int(month)}")[0][0]
            for table in ("record", "image", "month_key")
        ]
        return sum(map(int, rows)) + self._pictures.count(month)

    def _purge(self, run: str, due: DueMonth, now: datetime) -> PurgedMonth:
        sealed: set[str] = set()
        # Beforehand: a partition that is made locks all of them, and moving takes a while.
        with told_as_store_errors():
            self._records.add_month(next_partition(due.month))
        for _ in range(_TRIES):
            for name in self._to_seal(due, now) - sealed:
                # One that was lost before has nothing to be sealed.
                self._pictures.reseal(due.month, next_partition(due.month), name)
                sealed.add(name)
            done = self._decide(run, due, now, sealed)
            if done is not None:
                return done
        raise StoreError("Holds change faster than a month can be purged.", "The job tries again.")

    def _to_seal(self, due: DueMonth, now: datetime) -> set[str]:
        wanted = _TO_SEAL.format(due.month) + self._due.staying(due, now)
        return {str(name) for (name,) in self._records.rows(wanted)}

    def _decide(
        self, run: str, due: DueMonth, now: datetime, sealed: set[str]
    ) -> PurgedMonth | None:
        """Move and drop; None if a picture stays by now that is not sealed yet, and nothing was changed."""
        records, month, rest = self._records, due.month, next_partition(due.month)
        with told_as_store_errors(), records.writing():
            staying = self._to_seal(due, now)
            if staying - sealed:
                return None
            tally = self._due.tally_of(due, now)
            goes = due.goes(now)
            records.execute(_MOVE_RECORDS.format(rest, month, goes))
            named = records.named_pictures
            records.execute(_MOVE_IMAGES.format(rest=rest, month=month, named=named))
            records.execute(_MOVE_BATCHES.format(rest, month))
            done = PurgedMonth(month, tally, self._pictures.key_id(month), len(staying))
            records.drop_month(month)
            self._pictures.destroy_key(month)
            PurgedMonthRow.insert(run=run, month=month, rest=rest, facts=_facts(done)).execute(
                records.db
            )
        return done

    def _drop_if_empty(self, rest: int) -> None:
        with told_as_store_errors(), self._records.writing():
            if not self._records.rows(_SOME.format(rest)):
                self._records.drop_month(rest)

    def _done(self, run: str, month: int) -> PurgedMonth | None:
        found = self._records.rows(
            "SELECT facts FROM purged_month WHERE run = ? AND month = ?", (run, month)
        )
        return _purged_month(str(found[0][0])) if found else None


_TIMES = ("oldest", "newest")


def _facts(done: PurgedMonth) -> str:
    tally = done.tally
    micros = {name: getattr(tally, name) for name in _TIMES}
    return json.dumps(
        {
            "month": done.month,
            "key_id": done.key_id,
            "resealed": done.resealed,
            **{name: getattr(tally, name) for name in _COUNTS},
            **{name: None if at is None else to_micros(at) for name, at in micros.items()},
        }
    )


_COUNTS = ("reads", "hits", "pictures", "held", "unreceipted")


def _purged_month(written: str) -> PurgedMonth:
    facts = json.loads(written)
    oldest, newest = (None if facts[one] is None else from_micros(facts[one]) for one in _TIMES)
    counts = {name: facts[name] for name in _COUNTS}
    tally = PurgeTally(**counts, oldest=oldest, newest=newest, subject_days=0)
    return PurgedMonth(facts["month"], tally, facts["key_id"], facts["resealed"])
