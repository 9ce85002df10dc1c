"""What is written down of a purge while it is under way, so that its certificate is whole whoever finishes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from alpr_core.audit.entry import THE_BOX, EntryDraft
from alpr_core.purge import PURGED, PurgeTally
from alpr_core.purge_certificate import PurgeCertificate, certificate_digest
from alpr_core.retention import Place
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.picture_purge import PurgedDay
from db.retention import parse_tally, tally_text
from db.retention_models import PurgeRunRow

Facts = dict[str, Any]
"""JSON of `PurgeRunRow.facts`."""


class PurgeRecord:
    """Runs of one store's purges; what changes something runs in the caller's transaction."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def open_run(self, place: Place) -> PurgeRunRow | None:
        """Return the purge of this place that was begun and is not finished; None if there is none."""
        with told_as_store_errors(self._database.file):
            is_open = PurgeRunRow.ended_at.is_null()
            rows = list(PurgeRunRow.select().where(is_open).execute(self._database))
        return next((row for row in rows if json.loads(row.facts)["place"] == place.value), None)

    def facts(self, run_id: int) -> Facts:
        """Return what is written down of a run."""
        (row,) = PurgeRunRow.select().where(PurgeRunRow.id == run_id).execute(self._database)
        facts: Facts = json.loads(row.facts)
        return facts

    def note_keys(self, run_id: int, purged: PurgedDay) -> None:
        """Write down which keys of a day were destroyed."""

        def change(facts: Facts) -> None:
            facts["day_keys"] += [(key.day, key.kind.value, key.key_id) for key in purged.keys]
            facts["resealed"] += purged.resealed

        self._note(run_id, change)

    def note_totals(
        self, run_id: int, tally: PurgeTally, keys: Sequence[tuple[str, str, str]], resealed: int
    ) -> None:
        """Write down what went and what stayed, as it turned out; twice is as good as once."""

        def change(facts: Facts) -> None:
            facts |= {
                "tally": tally_text(tally),
                "day_keys": [list(key) for key in keys],
                "resealed": resealed,
            }

        self._note(run_id, change)

    def note_spared(self, run_id: int, spared: list[tuple[bool, int]]) -> None:
        """Write down reads that stay after all: whether each has a hit, and how many pictures."""

        def change(facts: Facts) -> None:
            tally = parse_tally(facts["tally"])
            hits = sum(has_hit for has_hit, _ in spared)
            facts["tally"] = tally_text(
                replace(
                    tally,
                    reads=tally.reads - len(spared) + hits,
                    hits=tally.hits - hits,
                    pictures=tally.pictures - sum(pictures for _, pictures in spared),
                    unreceipted=tally.unreceipted + len(spared),
                )
            )

        self._note(run_id, change)

    def _note(self, run_id: int, change: Callable[[Facts], None]) -> None:
        facts = self.facts(run_id)
        change(facts)
        update = PurgeRunRow.update(facts=json.dumps(facts)).where(PurgeRunRow.id == run_id)
        update.execute(self._database)


def certificate_fields(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was written down of a purge since its beginning, as fields of its certificate."""
    tally = parse_tally(facts["tally"])
    names = ("rules_sha256", "rules_signer", "rules_version", "approval", "consent")
    return {
        **{name: facts[name] for name in (*names, "stored_before", "resealed")},
        "reads": tally.reads,
        "hits": tally.hits,
        "pictures": tally.pictures,
        "oldest": tally.oldest,
        "newest": tally.newest,
        "held": tally.held,
        "unreceipted": tally.unreceipted,
        "holds": tuple(tuple(hold) for hold in facts["holds"]),
        "confirmed_by": tuple(facts["confirmed_by"]),
        "cut_offs": tuple(sorted(facts["cut_offs"].items())),
        "day_keys": tuple(tuple(key) for key in facts["day_keys"]),
    }


def done_draft(certificate: PurgeCertificate) -> EntryDraft:
    """Return the entry of a purge that is done."""
    facts = {
        "certificate": certificate.number,
        "sha256": certificate_digest(certificate),
        "reads": str(certificate.reads),
        "hits": str(certificate.hits),
        "pictures": str(certificate.pictures),
        "day_keys": str(len(certificate.day_keys)),
        "subject_keys": str(len(certificate.subject_keys)),
        "held": str(certificate.held),
        "unreceipted": str(certificate.unreceipted),
        "remnants": str(certificate.remnants),
        "pages": str(certificate.pages),
    }
    return EntryDraft(PURGED, THE_BOX, where="job", facts=tuple(facts.items()))
