"""The fleet's reads as a purge takes them away (`db.purge_work.PurgedReads`): one partition after the other.

Rules, notices, confirmations, the run under way and its certificate lie in the server's own store, beside its
audit log, as in a car. What was done with a partition is written where it was done: a purge that was killed
between the two databases is finished, and told once.

Source: policy 462.4; Government Code 34090.6; docs/adr/0032-central-purge.md.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from alpr_central.central import Central
from alpr_central.databases import EmbeddedRecords
from alpr_central.due_months import DueMonth, add_up
from alpr_central.month_purge import PurgedMonth
from alpr_central.months import received_month
from alpr_core.look_alikes import fold_look_alikes
from alpr_core.purge import PurgeTally
from alpr_core.retention import DataClass, Place
from db.page_scan import scan_pages
from db.purge_record import PurgeRecord
from db.purge_work import PurgeProof, Told
from db.store import Store

_RUN_BYTES = 8


class FleetReads:
    """The reads of one server. One thread at a time."""

    place = Place.SERVER

    def __init__(self, store: Store, central: Central, record: PurgeRecord) -> None:
        self._store = store
        self._central = central
        self._due = central.due
        self._record = record

    def tally(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> PurgeTally:
        days = len(self.subject_days(cut_offs, now))
        return replace(self._due.tally(cut_offs, now), subject_days=days)

    def holds(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[tuple[str, str], ...]:
        return self._due.holds(cut_offs, now)

    def subject_days(
        self, cut_offs: Mapping[DataClass, datetime], now: datetime
    ) -> tuple[str, ...]:
        """Return the days of the server's log whose plates are due: none since the oldest held read was seen."""
        held = self._due.oldest_held(now)
        latest = cut_offs[DataClass.SUBJECT]
        return self._store.subject_days_before(latest if held is None else min(latest, held))

    def older_than(self, at: datetime) -> int:
        return self._due.older_than(at)

    def mark(self, cut_offs: Mapping[DataClass, datetime], now: datetime) -> dict[str, Any]:
        """Name the purge and its partitions; the run's row is what begins it."""
        going = self._due.going(cut_offs, now)
        months = [(one.month, one.reads, one.hits) for one in going]
        return {"run": secrets.token_hex(_RUN_BYTES), "months": months}

    def carry_out(self, run_id: int, told: Told) -> PurgeProof:
        facts, now = self._record.facts(run_id), self._central.now()
        months = [DueMonth(*month) for month in facts["months"]]
        texts = self._texts(months, now)
        done: list[PurgedMonth] = []
        for number, due in enumerate(months, start=1):
            done.append(self._central.purge.purge(facts["run"], due, now))
            told(f"month {_month_words(due.month)} purged", number, len(months))
        keys = [(_month_words(one.month), "all", one.key_id) for one in done if one.key_id]
        tally = add_up([one.tally for one in done])
        days = len(facts["subject_days"])
        self._record.note_totals(
            run_id, replace(tally, subject_days=days), keys, sum(one.resealed for one in done)
        )
        return self._proof(months, texts, told)

    def tidy(self) -> None:
        """Nothing to do: every partition was tidied up with its purge."""

    def _texts(self, months: Iterable[DueMonth], now: datetime) -> frozenset[str]:
        """Return what the pages of a file are looked through for; PostgreSQL's files are gone as a whole."""
        texts: set[str] = set()
        if isinstance(self._central.records, EmbeddedRecords):
            for due in months:
                for payload in self._central.purge.payloads(due, now):
                    told = json.loads(payload)
                    texts |= {told.get("plate") or "", *told.get("alternatives", ())}
        texts |= {fold_look_alikes(text) for text in texts}
        return frozenset(texts - {""})

    def _proof(self, months: Iterable[DueMonth], texts: frozenset[str], told: Told) -> PurgeProof:
        """Look for rows, keys and objects of the partitions, and in an embedded file for the plates too."""
        records = self._central.records
        left = sum(self._central.purge.left_of(due.month) for due in months)
        if not isinstance(records, EmbeddedRecords):
            return PurgeProof(pages=0, texts=0, still_recorded=0, remnants=left)
        scan = scan_pages(
            records.file,
            records.key,
            texts,
            lambda done, all_: told("pages looked through", done, all_),
        )
        still_recorded = frozenset(text for text in scan.found if self._central.purge.is_told(text))
        return PurgeProof(
            pages=scan.pages,
            texts=len(texts),
            still_recorded=len(still_recorded),
            remnants=left + len(scan.found - still_recorded),
        )


def _month_words(partition: int) -> str:
    """Return a partition as `2026-11`, a rest of one with its number behind."""
    month = received_month(partition)
    rest = "" if partition == month else f", rest {partition - 1000 * month}"
    return f"{month // 100}-{month % 100:02d}{rest}"
