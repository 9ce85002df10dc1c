"""What must be true of a store after its box was killed or its disk was cut off.

All that the box called done is there; what it did not is there as a whole or not at all; the audit log verifies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from alpr_core.desk.session_entries import LOG_IN, LOG_OUT
from alpr_core.errors import StoreError
from alpr_core.permissions import Action
from bench.drill_box import DRILL_KEY, drill_database
from db.audit_records import EntryFilter
from db.pictures import PictureKind
from db.recording import RECORD_SIGHTING
from db.store import IMAGES_FOLDER, Store

READY_MAX_S = 5.0
"""Longest time from the start of a box to its store being open."""

_READS_AT_ONCE = 100_000

_HALF_STATES = {
    "sightings without outbox row": "SELECT count(*) FROM sighting WHERE id NOT IN"
    " (SELECT sighting_id FROM outbox WHERE kind = 'sighting')",
    "outbox rows without sighting": "SELECT count(*) FROM outbox WHERE sighting_id NOT IN"
    " (SELECT id FROM sighting)",
    "corrections without outbox row": "SELECT (SELECT count(*) FROM correction)"
    " - (SELECT count(*) FROM outbox WHERE kind = 'correction')",
    "texts without their read": "SELECT (SELECT count(*) FROM read_text)"
    " - (SELECT count(*) FROM sighting) - (SELECT count(*) FROM correction)",
    "sightings without pictures": "SELECT count(*) FROM sighting WHERE 2 !="
    " (SELECT count(*) FROM picture WHERE picture.sighting_id = sighting.id)",
    "rows that point nowhere": "SELECT count(*) FROM pragma_foreign_key_check",
}


@dataclass(slots=True)
class Acknowledged:
    """What a box called done in its whole life."""

    stored: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    corrected: set[tuple[str, str]] = field(default_factory=set)
    searched: set[str] = field(default_factory=set)
    """Case numbers."""
    entries: Counter[str] = field(default_factory=Counter)
    """How many entries of an action were called done."""

    def take(self, lines: Iterable[str]) -> None:
        """Add what `bench.busy_box` printed."""
        for line in lines:
            match line.split():
                case ["stored", sighting_id]:
                    self.stored.add(sighting_id)
                case ["refused", sighting_id, _]:
                    self.refused.add(sighting_id)
                case ["corrected", sighting_id, plate]:
                    self.corrected.add((sighting_id, plate))
                    self.entries[Action.CORRECT_READ.value] += 1
                case ["search", case_number]:
                    self.searched.add(case_number)
                    self.entries[Action.SEARCH.value] += 1
                case ["login"]:
                    self.entries[LOG_IN] += 1
                case ["logout"]:
                    self.entries[LOG_OUT] += 1

    @property
    def count(self) -> int:
        """Number of things called done."""
        return len(self.stored) + self.entries.total()


@dataclass(frozen=True, slots=True)
class DrillFinding:
    """What a look at the store showed."""

    ready_s: float
    reads: int
    lost: tuple[str, ...]
    """Called done and not there."""
    broken: tuple[str, ...]
    """Half states, by name."""

    @property
    def is_sound(self) -> bool:
        return not self.lost and not self.broken and self.ready_s <= READY_MAX_S


def check_drill(folder: Path, done: Acknowledged, now: datetime) -> DrillFinding:
    """Open the store of a drill and look at everything.

    Raises:
        StoreError, AuditError: it does not open, or its log does not verify: the drill was failed.
    """
    began_mono_s = monotonic()
    with closing(Store.open(folder, DRILL_KEY, lambda: now, "drill")) as store:
        ready_s = monotonic() - began_mono_s
        store.audit.verify()
        kept = {read.sighting_id for read in store.sightings.latest(_READS_AT_ONCE)}
        lost = [f"sighting {each}" for each in sorted(done.stored - kept)]
        lost += _lost_entries(store, done)
        broken = _broken_pictures(store, folder, kept)
        recorded = _recorded(store)
        if recorded != kept:
            broken.append(f"{len(recorded ^ kept)} sightings without their entry, or the reverse")
        database = drill_database(folder)
        try:
            corrected = set(database.execute_sql("SELECT sighting_id, plate FROM correction"))
            lost += [f"correction of {each}" for each, _ in sorted(done.corrected - corrected)]
            for name, question in _HALF_STATES.items():
                (found,) = database.execute_sql(question).fetchone()
                if found:
                    broken.append(f"{found} {name}")
            (answer,) = database.execute_sql("PRAGMA integrity_check").fetchone()
            if answer != "ok":
                broken.append(str(answer))
        finally:
            database.shut()
    return DrillFinding(ready_s, len(kept), tuple(lost), tuple(broken))


def _lost_entries(store: Store, done: Acknowledged) -> list[str]:
    lost = []
    for action, count in done.entries.items():
        found = store.audit.records.latest(EntryFilter(action=action), limit=_READS_AT_ONCE)
        if len(found) < count:
            lost.append(f"{count - len(found)} of {count} entries {action}")
        if action == Action.SEARCH.value:
            cases = {record.entry.case for record in found}
            lost += [f"search {case}" for case in sorted(done.searched - cases)]
    return lost


def _recorded(store: Store) -> set[str | None]:
    found = store.audit.records.latest(EntryFilter(action=RECORD_SIGHTING), limit=_READS_AT_ONCE)
    return {record.entry.fact("sighting") for record in found}


def _broken_pictures(store: Store, folder: Path, kept: set[str]) -> list[str]:
    broken = []
    for sighting_id in kept:
        for kind in (PictureKind.PLATE, PictureKind.FRAME):
            try:
                if store.sightings.picture_jpeg(sighting_id, kind) is None:
                    broken.append(f"no {kind.value} of {sighting_id}")
            except StoreError as error:
                broken.append(str(error))
    files = [path for path in (folder / IMAGES_FOLDER).rglob("*") if path.is_file()]
    if len(files) != 2 * len(kept):
        broken.append(f"{len(files)} picture files of {len(kept)} sightings")
    return broken
