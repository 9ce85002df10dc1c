"""Holds at the desk: set on reads, listed, lifted; each with purpose, case and entry.

Source: policy 462.4; Government Code 34090.6.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from alpr_core.audit.entry import Subject
from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError
from alpr_core.hold import HOLD_READS_MAX, Hold, check_reason
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadQuery, check_query
from alpr_core.terminal_text import clean_text

WHERE = "holds"
_ID_BYTES = 6


class HoldBook(Protocol):
    """Where holds lie, see `db.holds.HoldRows`; changes run inside the desk's transaction."""

    def all(self) -> tuple[Hold, ...]:
        """Return every hold, newest first."""
        ...

    def find(self, hold_id: str) -> Hold | None: ...

    def fitting(self, query: ReadQuery, limit: int) -> tuple[str, ...]:
        """Return up to `limit` reads that a search would find."""
        ...

    def set(self, hold: Hold, sighting_ids: Sequence[str]) -> Hold:
        """Keep these reads; returns the hold with the number of them that are stored.

        Raises:
            StoreError: one of them is being purged at this moment.
        """
        ...

    def lift(self, hold: Hold) -> None: ...


class Holds:
    """Holds for whoever is at the desk.

    Every method raises AccessRefused, StoreError or AuditError, and has then changed nothing.
    """

    def __init__(self, desk: Desk, book: HoldBook, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._book = book
        self._now = now

    def all(self) -> tuple[Hold, ...]:
        """Return every hold, newest first, lifted ones too."""
        self._desk.require(Action.SEE_RECORDS, WHERE)
        return self._book.all()

    def set_on_found(
        self, query: ReadQuery, reason: str, until: datetime | None, purpose: AccessPurpose
    ) -> Hold:
        """Keep all reads that a search finds now.

        Raises:
            InputError: nothing or too much is found, no reason, or an end that has passed.
        """
        check_query(query)
        plates = () if query.plate is None else (query.plate.text,)
        subject = Subject(plates=plates, query=query.elements())
        if not subject:
            raise InputError("This hold names no reads.", "Name a plate, a time or a place.")
        self._desk.require(Action.SET_HOLD, WHERE, purpose, subject)
        found = self._book.fitting(query, HOLD_READS_MAX + 1)
        return self._set(found, subject, reason, until, purpose)

    def set_on(
        self,
        sighting_ids: Sequence[str],
        reason: str,
        until: datetime | None,
        purpose: AccessPurpose,
    ) -> Hold:
        """Keep these reads, as those of a canvass.

        Raises:
            InputError: none or too many, no reason, or an end that has passed.
        """
        subject = Subject(query=(("reads", str(len(sighting_ids))),))
        return self._set(sighting_ids, subject, reason, until, purpose)

    def lift(self, hold_id: str, reason: str, purpose: AccessPurpose) -> Hold:
        """End a hold; from then on the rules count for its reads.

        Raises:
            InputError: there is no such hold, it was lifted, or no reason.
        """
        asked = Subject(query=(("hold", clean_text(hold_id, 40)),))
        user = self._desk.require(Action.LIFT_HOLD, WHERE, purpose, asked)
        before = self._must_find(hold_id)
        why = check_reason(clean_text(reason, 1_000))
        subject = replace(asked, note=why)
        lifted = replace(before, lifted_at=self._now(), lifted_by=user.badge, lift_reason=why)
        with self._desk.doing(
            Action.LIFT_HOLD, WHERE, purpose, subject, user, hold=before.hold_id
        ) as record:
            record.facts |= {"case_of_hold": before.case_number, "reads": str(before.read_count)}
            self._book.lift(lifted)
        return lifted

    def _set(
        self,
        sighting_ids: Sequence[str],
        subject: Subject,
        reason: str,
        until: datetime | None,
        purpose: AccessPurpose,
    ) -> Hold:
        user = self._desk.require(Action.SET_HOLD, WHERE, purpose, subject)
        now = self._now()
        if not sighting_ids:
            raise InputError("There is no such read.", "Nothing is held; search again.")
        if len(sighting_ids) > HOLD_READS_MAX:
            raise InputError(
                f"A hold keeps at most {HOLD_READS_MAX:,} reads.", "Narrow the time or the plate."
            )
        if until is not None and until <= now:
            raise InputError("The hold would be over already.", "Give an end in the future.")
        why = check_reason(clean_text(reason, 1_000))
        hold_id = secrets.token_hex(_ID_BYTES)
        hold = Hold(hold_id, purpose.case_number, why, user.badge, now, until, len(sighting_ids))
        noted = replace(subject, note=why)
        with self._desk.doing(Action.SET_HOLD, WHERE, purpose, noted, user, hold=hold_id) as record:
            hold = self._book.set(hold, sighting_ids)
            record.facts["reads"] = str(hold.read_count)
            record.facts["until"] = "lifted" if until is None else until.isoformat()
        return hold

    def _must_find(self, hold_id: str) -> Hold:
        hold = self._book.find(hold_id)
        if hold is None:
            raise InputError(f"There is no hold {clean_text(hold_id, 40)}.", "See the list.")
        if hold.lifted_at is not None:
            raise InputError("This hold was lifted already.", "Nothing was changed.")
        return hold
