"""Shifts at the desk: checked, started, continued, ended; capture begins and ends with them.

Without its entry on the log no shift begins, and then nothing is read.

Source: policy 462.2, 462.3(a)(b); Civil Code 1798.90.52; design.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from alpr_core.accounts.user import User
from alpr_core.audit.entry import NO_SUBJECT, THE_BOX, EntryDraft, Subject
from alpr_core.desk.desk import Desk
from alpr_core.desk.ports import Ledger
from alpr_core.errors import AlprError, InputError
from alpr_core.permissions import Action
from alpr_core.shift import (
    NO_PERSON,
    CheckItem,
    PreShiftCheck,
    Shift,
    ShiftOrder,
    ShiftPurpose,
    ShiftStanding,
    ShiftSummary,
    WalkedItem,
    check_is_complete,
    make_order,
)

WHERE_SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class ShiftTally:
    """What the store knows of a shift."""

    reads: int
    distinct_plates: int
    hits: int
    dispositions: tuple[tuple[str, int], ...]
    unhandled_hits: int


@dataclass(frozen=True, slots=True)
class CaptureTally:
    """What the box knows since capture began or was continued."""

    dropped_frames: int
    unsynced: int
    faults: tuple[str, ...]


class ShiftBook(Protocol):
    """Where shifts are kept, see `db.shifts.StoreShiftBook`. `begin` and `close` join the ledger's transaction."""

    def open_shift(self) -> Shift | None: ...

    def latest(self, limit: int) -> tuple[Shift, ...]:
        """Return ended shifts, newest first."""
        ...

    def begin(self, shift: Shift) -> None: ...

    def close(self, shift: Shift) -> None: ...

    def tally(self, shift_id: str) -> ShiftTally: ...

    def open_canvass_case(self) -> str | None:
        """Return the case number of the canvass that runs; None if none does."""
        ...


class Capture(Protocol):
    """The box's cameras and what is checked before a shift, see `alpr_tui.capture.BoxCapture`."""

    @property
    def is_in_shift(self) -> bool: ...

    def names(self) -> tuple[str, ...]:
        """Return what is checked before a shift, in the order in which it is walked through."""
        ...

    def look(self, name: str) -> CheckItem:
        """Return one item of the check as it is now."""
        ...

    def begin(self) -> None:
        """Look at frames from now on."""
        ...

    def end(self) -> None:
        """Look at none any more; returns when the passes under way are stored."""
        ...

    def tally(self) -> CaptureTally: ...


class Shifts:
    """Shifts of this car for whoever is at the desk.

    Methods that change something raise AccessRefused, StoreError or AuditError, and have then changed nothing.
    """

    def __init__(
        self,
        desk: Desk,
        book: ShiftBook,
        capture: Capture,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._desk = desk
        self._book = book
        self._capture = capture
        self._now = now
        self._new_id = new_id

    def standing(self) -> tuple[ShiftStanding, Shift | None]:
        """Return how things are, and the open shift if there is one."""
        shift = self._book.open_shift()
        if shift is None:
            return ShiftStanding.NONE, None
        runs = self._capture.is_in_shift
        return (ShiftStanding.RUNNING if runs else ShiftStanding.INTERRUPTED), shift

    def latest(self, limit: int = 10) -> tuple[Shift, ...]:
        """Return ended shifts, newest first; they name no plate."""
        return self._book.latest(limit)

    def begin_check(self) -> PreShiftCheck:
        """Return a check whose items are to be walked through."""
        self._desk.require(Action.START_SHIFT, WHERE_SHIFT)
        return PreShiftCheck(self._now(), self._capture.names())

    def look(self, check: PreShiftCheck) -> CheckItem | None:
        """Return the check's next item as it is now; None if all were walked through."""
        name = check.next_name
        return None if name is None else self._capture.look(name)

    def start(self, order: ShiftOrder, check: PreShiftCheck) -> Shift:
        """Begin a shift, and capture with it.

        Raises:
            InputError: an item of the check was left out, the check is too old, or a shift is open.
        """
        user = self._desk.require(Action.START_SHIFT, WHERE_SHIFT)
        check_is_complete(check, self._now())
        self._refuse_second()
        shift = Shift(self._new_id(), user.actor, order, check.walked, self._now())
        subject = _remarks(shift)
        with self._desk.doing(Action.START_SHIFT, WHERE_SHIFT, subject=subject, by=user) as record:
            record.facts.update(_facts(shift))
            self._book.begin(shift)
        self._capture.begin()
        return shift

    def resume(self) -> Shift:
        """Go on with the shift that was interrupted.

        Raises:
            InputError: there is none.
        """
        standing, shift = self.standing()
        if shift is None or standing is not ShiftStanding.INTERRUPTED:
            raise InputError("No shift was interrupted.", "Start one.")
        with self._desk.doing(Action.START_SHIFT, WHERE_SHIFT) as record:
            record.facts.update(_facts(shift))
            record.facts.update(continued="yes", of=shift.officer.user_id)
        self._capture.begin()
        return shift

    def so_far(self) -> ShiftSummary:
        """Return what came of the open shift until now.

        Raises:
            InputError: there is none.
        """
        self._desk.require(Action.END_SHIFT, WHERE_SHIFT)
        shift = self._book.open_shift()
        if shift is None:
            raise InputError("There is no shift.", "Start one.")
        return summary_of(self._book.tally(shift.shift_id), self._capture.tally())

    def end(self) -> Shift:
        """End the open shift, running or interrupted, and return it with its summary.

        Raises:
            InputError: there is none, or a canvass runs.
        """
        user = self._desk.require(Action.END_SHIFT, WHERE_SHIFT)
        standing, shift = self.standing()
        if shift is None:
            raise InputError("There is no shift to end.")
        case_number = self._book.open_canvass_case()
        if case_number is not None:
            raise InputError(
                f"The canvass of case {case_number} still runs.",
                "End it first: its reads are held.",
            )
        was_running = standing is ShiftStanding.RUNNING
        self._capture.end()
        try:
            return self._close(shift, user)
        except AlprError:
            if was_running:
                self._capture.begin()
            raise

    def _close(self, shift: Shift, user: User) -> Shift:
        summary = summary_of(self._book.tally(shift.shift_id), self._capture.tally())
        ended = replace(shift, ended_at=self._now(), ended_by=user.badge, summary=summary)
        with self._desk.doing(Action.END_SHIFT, WHERE_SHIFT, by=user) as record:
            record.facts.update(_end_facts(ended))
            self._book.close(ended)
        return ended

    def _refuse_second(self) -> None:
        shift = self._book.open_shift()
        if shift is not None:
            raise InputError(
                f"A shift of {shift.officer.user_id} is open in this car.",
                "Continue it or end it first.",
            )


class UnattendedShifts:
    """The shift of a box that runs without a person: its own, checked as found, on the log as the box's deed."""

    def __init__(
        self,
        ledger: Ledger,
        book: ShiftBook,
        capture: Capture,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._book = book
        self._capture = capture
        self._now = now
        self._new_id = new_id

    def start(self, vehicle: str) -> Shift:
        """Begin it; one that is still open is closed first, with an entry.

        Raises:
            StoreError, AuditError: it is not on the log; capture has not begun.
        """
        before = self._book.open_shift()
        if before is not None:
            self._close(before, "the box was started without a person")
        found = (self._capture.look(name) for name in self._capture.names())
        walked = tuple(WalkedItem(item, "" if item.is_good else NO_PERSON) for item in found)
        order = make_order(vehicle, "", ShiftPurpose.PATROL)
        shift = Shift(self._new_id(), THE_BOX, order, walked, self._now())
        with self._ledger.writing():
            self._book.begin(shift)
            self._ledger.append(_box_draft(Action.START_SHIFT, _facts(shift)))
        self._capture.begin()
        return shift

    def end(self) -> Shift | None:
        """End it with its summary; None if the open shift is not the box's own, or there is none."""
        shift = self._book.open_shift()
        if shift is None or shift.officer != THE_BOX:
            return None
        self._capture.end()
        return self._close(shift, "")

    def _close(self, shift: Shift, why: str) -> Shift:
        summary = summary_of(self._book.tally(shift.shift_id), self._capture.tally())
        ended = replace(shift, ended_at=self._now(), ended_by=THE_BOX.user_id, summary=summary)
        with self._ledger.writing():
            self._book.close(ended)
            draft = _box_draft(Action.END_SHIFT, _end_facts(ended))
            self._ledger.append(replace(draft, why=why))
        return ended


def summary_of(stored: ShiftTally, captured: CaptureTally) -> ShiftSummary:
    """Return the two halves as one."""
    return ShiftSummary(
        reads=stored.reads,
        distinct_plates=stored.distinct_plates,
        hits=stored.hits,
        dispositions=stored.dispositions,
        unhandled_hits=stored.unhandled_hits,
        dropped_frames=captured.dropped_frames,
        unsynced=captured.unsynced,
        faults=captured.faults,
    )


def _facts(shift: Shift) -> dict[str, str]:
    order = shift.order
    return {
        "shift": shift.shift_id,
        "vehicle": order.vehicle,
        "partner": order.partner or "none",
        "purpose": order.purpose.value,
        "checked": str(len(shift.checks)),
        "failed": ", ".join(shift.failed_checks) or "none",
    }


def _end_facts(shift: Shift) -> dict[str, str]:
    """Return what the entry of an ended shift says."""
    facts = {"shift": shift.shift_id, "of": shift.officer.user_id}
    if (summary := shift.summary) is not None:
        facts |= {
            "reads": str(summary.reads),
            "hits": str(summary.hits),
            "unhandled": str(summary.unhandled_hits),
            "dropped_frames": str(summary.dropped_frames),
            "unsynced": str(summary.unsynced),
        }
    return facts


def _remarks(shift: Shift) -> Subject:
    """Return own words and remarks as the sealed part of the entry: people may write names there."""
    remarks = (f"{one.item.name}: {one.remark}" for one in shift.checks if one.remark)
    words = "; ".join((*filter(None, [shift.order.detail]), *remarks))
    return Subject(note=words) if words else NO_SUBJECT


def _box_draft(action: Action, facts: dict[str, str]) -> EntryDraft:
    return EntryDraft(action.value, THE_BOX, where="box", facts=tuple(facts.items()))
