"""Which of the fleet's reads are due, and which of them stay all the same: one question, one SQL text.

The year begins with the receipt, and a month is due as a whole: a read goes when the month in which it was
received has passed its period. A record about a read, such as a correction, is due by its own receipt.

Source: policy 462.4; Government Code 34090.6; docs/retention.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alpr_central.databases import Records
from alpr_central.months import ends_at
from alpr_core.instants import from_micros, to_micros
from alpr_core.purge import PurgeTally
from alpr_core.retention import DataClass

_HELD = """EXISTS (SELECT 1 FROM hold_read AS k JOIN hold AS h ON h.box_id = k.box_id AND h.id = k.hold_id
    WHERE k.sighting_id = r.sighting_id AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > {now}))"""
_WAITS = """EXISTS (SELECT 1 FROM batch AS b WHERE b.box_id = r.box_id AND b.receipt IS NULL
    AND r.sequence BETWEEN b.first AND b.last)"""
_DUE = {
    (True, True): "r.sighting_id IS NOT NULL",
    (True, False): "r.sighting_id IS NOT NULL AND r.has_hit = 0",
    (False, True): "r.sighting_id IS NOT NULL AND r.has_hit = 1",
}
"""By whether reads and hits of the month are due. What is about no read is no read and stays."""

_TALLY = """SELECT r.has_hit, {held}, {waits}, count(*), min(r.seen_at), max(r.seen_at) FROM record AS r
    WHERE r.month = {month} AND r.kind = 'sighting' AND {due} GROUP BY 1, 2, 3"""
_PICTURES = "SELECT count(*) FROM image AS i WHERE i.month = {month} AND i.lost_why IS NULL"
_STAYING = """ AND (i.box_id, i.sha256) IN (SELECT r.box_id, p.value FROM record AS r, {named}
    WHERE r.month = {month} AND NOT ({goes}))"""
_HOLDS = """SELECT DISTINCT h.set_at, h.box_id, h.id, h.case_number FROM record AS r
    JOIN hold_read AS k ON k.sighting_id = r.sighting_id
    JOIN hold AS h ON h.box_id = k.box_id AND h.id = k.hold_id
    WHERE r.month = {month} AND r.kind = 'sighting' AND {due}
    AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > {now})"""
_STORED = "SELECT count(*) FROM record WHERE month = {month} AND kind = 'sighting'"
_OLDEST_HELD = """SELECT min(r.seen_at) FROM record AS r WHERE r.kind = 'sighting'
    AND r.sighting_id IN (SELECT sighting_id FROM hold_read) AND {held}"""


@dataclass(frozen=True, slots=True)
class DueMonth:
    """A partition of which something may be due."""

    month: int
    reads: bool
    """The period of reads that stood on no list has passed."""
    hits: bool
    """The period of reads that matched a list has passed."""

    def due(self) -> str:
        """Return the SQL condition of what is due by its age, for record `r`."""
        return _DUE[self.reads, self.hits]

    def goes(self, now: datetime) -> str:
        """Return the SQL condition of what goes, for record `r`."""
        return f"{self.due()} AND NOT {_HELD.format(now=to_micros(now))} AND NOT {_WAITS}"


class DueMonths:
    """What is due in the fleet's records. Every method may be called from any thread.

    Every method raises StoreError if the database refuses.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    def past(self, cut_offs: Mapping[DataClass, datetime]) -> tuple[DueMonth, ...]:
        """Return the partitions that have passed a period, newest first."""
        found = (
            DueMonth(
                month,
                ends_at(month) <= cut_offs[DataClass.READ],
                ends_at(month) <= cut_offs[DataClass.HIT],
            )
            for month in self._records.months()
        )
        return tuple(one for one in found if one.reads or one.hits)

    def going(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> tuple[DueMonth, ...]:
        """Return the partitions of which something goes, newest first."""
        statement = "SELECT 1 FROM record AS r WHERE r.month = {} AND {} LIMIT 1"
        return tuple(
            one
            for one in self.past(cut_offs)
            if self._records.rows(statement.format(one.month, one.goes(now)))
        )

    def tally(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> PurgeTally:
        """Return what is due and what of it stays; days of the audit log are not counted here."""
        return add_up([self.tally_of(one, now) for one in self.past(cut_offs)])

    def tally_of(self, due: DueMonth, now: datetime) -> PurgeTally:
        """Return what of one partition is due and what of it stays."""
        held = _HELD.format(now=to_micros(now))
        counts = {"reads": 0, "hits": 0, "held": 0, "unreceipted": 0}
        seen: list[int] = []
        statement = _TALLY.format(held=held, waits=_WAITS, month=due.month, due=due.due())
        for has_hit, is_held, waits, count, oldest, newest in self._records.rows(statement):
            if is_held or waits:
                counts["held" if is_held else "unreceipted"] += count
                continue
            counts["hits" if has_hit else "reads"] += count
            seen += [oldest, newest]
        all_pictures = _PICTURES.format(month=due.month)
        ((named,),) = self._records.rows(all_pictures)
        ((staying,),) = self._records.rows(all_pictures + self.staying(due, now))
        return PurgeTally(
            **counts,
            pictures=named - staying,
            oldest=from_micros(min(seen)) if seen else None,
            newest=from_micros(max(seen)) if seen else None,
            subject_days=0,
        )

    def staying(self, due: DueMonth, now: datetime) -> str:
        """Return the SQL condition, with AND before it, of the pictures `i` that stay in a partition."""
        named = self._records.named_pictures
        return _STAYING.format(named=named, month=due.month, goes=due.goes(now))

    def holds(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[tuple[str, str], ...]:
        """Return number and case of each hold that keeps a read which is due."""
        found = {
            tuple(row)
            for one in self.past(cut_offs)
            for row in self._records.rows(
                _HOLDS.format(month=one.month, due=one.due(), now=to_micros(now))
            )
        }
        return tuple(
            (hold_name(box_id, hold), str(case)) for _, box_id, hold, case in sorted(found)
        )

    def older_than(self, at: datetime) -> int:
        """Return how many reads are stored whose month of receipt was over at that time."""
        months = [month for month in self._records.months() if ends_at(month) <= at]
        return sum(int(self._records.rows(_STORED.format(month=one))[0][0]) for one in months)

    def oldest_held(self, now: datetime) -> datetime | None:
        """Return when the oldest read that a hold keeps was seen; None if none is held."""
        ((oldest,),) = self._records.rows(
            _OLDEST_HELD.format(held=_HELD.format(now=to_micros(now)))
        )
        return None if oldest is None else from_micros(oldest)


def hold_name(box_id: int, hold_id: str) -> str:
    """Return how a hold is called at the server; one of a car has the car's number behind it."""
    return hold_id if box_id == 0 else f"{hold_id}@{box_id}"


def add_up(tallies: list[PurgeTally]) -> PurgeTally:
    """Return several partitions as one."""
    oldest = [one.oldest for one in tallies if one.oldest is not None]
    newest = [one.newest for one in tallies if one.newest is not None]
    return PurgeTally(
        reads=sum(one.reads for one in tallies),
        hits=sum(one.hits for one in tallies),
        pictures=sum(one.pictures for one in tallies),
        oldest=min(oldest, default=None),
        newest=max(newest, default=None),
        held=sum(one.held for one in tallies),
        unreceipted=sum(one.unreceipted for one in tallies),
        subject_days=0,
    )
