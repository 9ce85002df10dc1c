"""Canvasses at the desk: started with case and scene, watched, witnesses' plates entered, ended, reported.

    start ─▶ every read inside is tagged in its own transaction ─▶ end: its reads are held ─▶ report

Source: policy 462.3(c), 462.4, 462.5(b); Civil Code 1798.90.52(a).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Protocol

from alpr_core.accounts.user import User
from alpr_core.audit.entry import Subject
from alpr_core.canvass import Canvass, CanvassCounts, CanvassRead, Scene, make_canvass
from alpr_core.desk.desk import Desk
from alpr_core.desk.holds import Holds
from alpr_core.desk.own_entries import AddedEntry, OwnEntries
from alpr_core.desk.reads import as_told
from alpr_core.errors import AlprError, InputError, StoreError
from alpr_core.hold import HOLD_READS_MAX
from alpr_core.hotlist import HotlistClass, HotlistEntry, ListedVehicle
from alpr_core.own_entry import NewEntry
from alpr_core.permissions import Action
from alpr_core.position import Position
from alpr_core.purposes import AccessPurpose, PurposeRefused
from alpr_core.typed_place import Place

WHERE = "canvass"

WITNESS_ENTRY_FOR = timedelta(days=30)
"""How long a witness's partial plate is looked for after the canvass."""

LATEST_READS = 200
"""Reads that the page shows; the report has all."""


class CanvassBook(Protocol):
    """Where canvasses are kept, see `db.canvasses.StoreCanvassBook`. Changes join the ledger's transaction."""

    def open_canvass(self) -> Canvass | None: ...

    def latest(self, limit: int) -> tuple[Canvass, ...]:
        """Return ended canvasses, newest first."""
        ...

    def find(self, canvass_id: str) -> Canvass | None: ...

    def begin(self, canvass: Canvass) -> None: ...

    def close(self, canvass: Canvass) -> None: ...

    def counts(self, canvass: Canvass) -> CanvassCounts: ...

    def reads(self, canvass: Canvass, limit: int | None = None) -> tuple[CanvassRead, ...]:
        """Return its reads, newest first."""
        ...

    def read_ids(self, canvass: Canvass) -> tuple[str, ...]: ...

    def track(self, canvass_id: str) -> tuple[Place, ...]: ...

    def entries(self, hotlist: str) -> tuple[HotlistEntry, ...]: ...


@dataclass(frozen=True, slots=True)
class CanvassProgress:
    """How a canvass stands; names no plate."""

    canvass: Canvass
    counts: CanvassCounts
    track: tuple[Place, ...]
    """The car's way since it began, oldest first."""
    here: Position | None


@dataclass(frozen=True, slots=True)
class CanvassReport:
    """Everything that a canvass brought, for paper and file."""

    canvass: Canvass
    counts: CanvassCounts
    reads: tuple[CanvassRead, ...]
    """Newest first."""
    entries: tuple[HotlistEntry, ...]
    """What witnesses saw of plates."""
    track: tuple[Place, ...]
    organisation: str
    made_by: str
    made_at: datetime


class ReportForm(Enum):
    """As what a report leaves the box."""

    PDF = "PDF"
    CSV = "CSV"


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """How a report becomes a file."""

    render: Mapping[ReportForm, Callable[[CanvassReport], bytes]]
    write: Callable[[Path, bytes], str]
    """Writes a new file, or raises, and returns its SHA-256."""
    organisation: Callable[[], str]
    put_on_file: Callable[[CanvassReport, User, str, str], object]
    """Puts the report that left on file, in the transaction of its entry: report, user, file name, SHA-256."""
    take_back: Callable[[Path], object]
    """Removes a report that could not be put on file."""


class Canvasses:
    """Canvasses of this car for whoever is at the desk.

    Every method raises AccessRefused, StoreError or AuditError, and has then shown and changed nothing.

    Args:
        here: Returns where the car is now; None means that nobody knows.
        files: How a report leaves the box.
    """

    def __init__(
        self,
        desk: Desk,
        book: CanvassBook,
        own_entries: OwnEntries,
        holds: Holds,
        here: Callable[[], Position | None],
        files: ReportFiles,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._desk = desk
        self._book = book
        self._own_entries = own_entries
        self._holds = holds
        self._here = here
        self._files = files
        self._now = now
        self._new_id = new_id

    def here(self) -> Position | None:
        """Return where the car is now; None means that nobody knows."""
        return self._here()

    def open_canvass(self) -> Canvass | None:
        """Return the canvass that runs; None if none does."""
        return self._book.open_canvass()

    def latest(self, limit: int = 10) -> tuple[Canvass, ...]:
        """Return ended canvasses, newest first; they name no plate."""
        return self._book.latest(limit)

    def start(self, crime_type: str, scene: Scene, purpose: AccessPurpose) -> Canvass:
        """Begin a canvass: from now on every read inside is tagged.

        Raises:
            InputError: the type of crime says nothing, or a canvass runs already.
        """
        user = self._desk.require(Action.RUN_CANVASS, WHERE, purpose, _of_scene(scene))
        running = self._book.open_canvass()
        if running is not None:
            raise InputError(f"The canvass of case {running.case_number} runs.", "End it first.")
        canvass = make_canvass(self._new_id(), user.actor, purpose, crime_type, scene, self._now())
        with self._desk.doing(
            Action.RUN_CANVASS, WHERE, purpose, _of_scene(scene), user, step="start"
        ) as record:
            record.facts |= {"canvass": canvass.canvass_id, "crime": canvass.crime_type}
            self._book.begin(canvass)
        return canvass

    def purpose_of(self, canvass: Canvass) -> AccessPurpose:
        """Return the purpose that was stated at its start.

        Raises:
            InputError: the agency does not take it any more.
        """
        stated = self._desk.state_purpose(canvass.purpose_code, canvass.case_number, canvass.detail)
        if isinstance(stated, PurposeRefused):
            raise InputError(f"The canvass's purpose is not taken any more: {stated.why}")
        return stated

    def progress(self, canvass: Canvass) -> CanvassProgress:
        """Return how it stands."""
        self._desk.require(Action.RUN_CANVASS, WHERE, self.purpose_of(canvass))
        track = self._book.track(canvass.canvass_id)
        return CanvassProgress(canvass, self._book.counts(canvass), track, self._here())

    def reads(self, canvass: Canvass) -> tuple[CanvassRead, ...]:
        """Return its latest reads, newest first; an access with an entry of its own."""
        purpose, subject = self.purpose_of(canvass), _of_canvass(canvass)
        user = self._desk.require(Action.RUN_CANVASS, WHERE, purpose, subject)
        found = self._book.reads(canvass, LATEST_READS)
        with self._desk.doing(
            Action.RUN_CANVASS, WHERE, purpose, subject, user, step="look", found=str(len(found))
        ) as record:
            record.plates.extend(one.read.plate for one in found)
        return tuple(replace(one, read=as_told(one.read, user)) for one in found)

    def enter_partial(
        self, canvass: Canvass, plate: str, state: str, vehicle: ListedVehicle, who_saw: str
    ) -> AddedEntry:
        """Look for a plate or part of one that a witness reported, in what was read and what will be.

        Args:
            plate: `?` for one sign, `*` for any run of them.
            who_saw: What the witness reported, in words.

        Source: policy 462.3(c), second sentence.
        """
        entry = NewEntry(
            plate=plate,
            state=state,
            hotlist_class=HotlistClass.BOLO,
            vehicle=vehicle,
            reason=f"{canvass.crime_type}: {who_saw}",
            expires_at=self._now() + WITNESS_ENTRY_FOR,
        )
        return self._own_entries.add(entry, self.purpose_of(canvass), canvass.hotlist)

    def end(self) -> Canvass:
        """End the canvass that runs; its reads are put under hold in the same transaction.

        Raises:
            InputError: none runs.
        """
        canvass = self._book.open_canvass()
        if canvass is None:
            raise InputError("No canvass runs.")
        purpose, subject = self.purpose_of(canvass), _of_canvass(canvass)
        user = self._desk.require(Action.RUN_CANVASS, WHERE, purpose, subject)
        with self._desk.doing(
            Action.RUN_CANVASS, WHERE, purpose, subject, user, step="end"
        ) as record:
            holds = self._hold(canvass, self._book.read_ids(canvass), purpose)
            counts = self._book.counts(canvass)
            ended = replace(canvass, ended_at=self._now(), counts=counts, hold_ids=holds)
            self._book.close(ended)
            record.facts |= {
                "inside": str(counts.inside),
                "position_unknown": str(counts.position_unknown),
                "holds": " ".join(holds) or "none",
            }
        return ended

    def export(self, canvass_id: str, form: ReportForm, file: Path) -> str:
        """Write the report of a canvass into a new file; return its SHA-256.

        Two entries tell of it: before the first byte leaves, and with the digest when the last one has. The
        file is written between them, not within: a slow stick must not keep the cameras' reads waiting.

        Raises:
            StoreError: there is no such canvass.
            UsageError, StoreFullError: the file cannot be written; the failure is on the log.
            StoreError, AuditError: it cannot be put on file; nothing is left of it.
        """
        canvass = self._book.find(canvass_id)
        if canvass is None:
            raise StoreError("There is no such canvass in the store.", "See the list.")
        purpose, subject = self.purpose_of(canvass), _of_canvass(canvass)
        user = self._desk.require(Action.EXPORT_CANVASS, WHERE, purpose, subject)
        report = CanvassReport(
            canvass,
            canvass.counts or self._book.counts(canvass),
            self._book.reads(canvass),
            self._book.entries(canvass.hotlist),
            self._book.track(canvass_id),
            self._files.organisation(),
            f"{user.name} (badge {user.badge})",
            self._now(),
        )
        content = self._files.render[form](report)
        facts = {"form": form.value, "reads": str(len(report.reads))}
        with self._desk.doing(
            Action.EXPORT_CANVASS, WHERE, purpose, subject, user, step="begun", **facts
        ) as record:
            record.plates.extend(one.read.plate for one in report.reads)
            record.plates.extend(entry.plate for entry in report.entries)
        written: str | AlprError
        try:
            written = self._files.write(file, content)
        except AlprError as fault:
            written = fault
        try:
            with self._desk.doing(
                Action.EXPORT_CANVASS, WHERE, purpose, subject, user, step="ended", **facts
            ) as record:
                if isinstance(written, AlprError):
                    raise written
                self._files.put_on_file(report, user, file.name, written)
                record.facts["sha256"] = written
        except AlprError:
            if isinstance(written, str):
                self._files.take_back(file)
            raise
        return written

    def _hold(
        self, canvass: Canvass, read_ids: Sequence[str], purpose: AccessPurpose
    ) -> tuple[str, ...]:
        """Put the reads under as many holds as they need."""
        reason = f"Canvass, {canvass.crime_type}, {canvass.scene}"
        parts = [
            read_ids[start : start + HOLD_READS_MAX]
            for start in range(0, len(read_ids), HOLD_READS_MAX)
        ]
        return tuple(self._holds.set_on(part, reason, None, purpose).hold_id for part in parts)


def _of_scene(scene: Scene) -> Subject:
    return Subject(query=(("scene", str(scene)),))


def _of_canvass(canvass: Canvass) -> Subject:
    return Subject(query=(("canvass", canvass.canvass_id), ("scene", str(canvass.scene))))
