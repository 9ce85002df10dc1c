"""Stored reads at the desk: found, looked at, corrected; each with purpose, case and entry.

What is found is fetched first and handed over only when its entry is on the log: nothing is shown that is
not recorded, and the log says which plates were shown.

Source: policy 462.3(b), 462.5(a)(b); Civil Code 1798.90.51(b)(2)(F), 1798.90.52(a).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from alpr_core.accounts.session import is_authorised_for
from alpr_core.accounts.user import DataAuthorisation, User
from alpr_core.audit.entry import Subject
from alpr_core.correction import (
    CorrectedRead,
    Correction,
    StoredCorrection,
    make_correction,
)
from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError, StoreError
from alpr_core.hit import told_to
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery
from alpr_core.sighting import ListNamed, Match, StoredSighting

PAGE_ROWS = 40
"""Reads of one page of a search; each page is an access of its own."""

WHERE_SEARCH, WHERE_READ = "search", "read"

PlateMatching = Callable[[str, str | None], Match | None]
"""Compares plate and state (None: unread) with all lists."""


def _no_lists(_plate: str, _state: str | None) -> Match | None:
    return None


class ReadShelf(Protocol):
    """Where stored reads lie, see `db.store.Store`."""

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage: ...

    def get(self, sighting_id: str) -> StoredSighting | None: ...

    def pictures(self, sighting_id: str) -> tuple[bytes | None, bytes | None]:
        """Return plate and scene as JPEG; None where none was taken."""
        ...

    def corrections(self, sighting_id: str) -> tuple[StoredCorrection, ...]: ...

    def lists(self, sighting_id: str) -> tuple[ListNamed, ...]:
        """Return every list that the read stood on, the first hit's first; none of a covert one."""
        ...

    def correct(self, correction: Correction, match: Match | None) -> CorrectedRead:
        """Add a correction and the hits that its plate makes, inside the ledger's transaction."""
        ...


@dataclass(frozen=True, slots=True)
class OpenedRead:
    """One stored read with everything that is known of it."""

    read: StoredSighting
    corrections: tuple[StoredCorrection, ...]
    """Oldest first."""
    plate_jpeg: bytes | None
    scene_jpeg: bytes | None
    hotlists: tuple[str, ...] = ()
    """Every list that it stood on and of which the user may know, each once."""


class Reads:
    """Stored reads for whoever is at the desk.

    Every method raises AccessRefused, StoreError or AuditError, and has then shown and changed nothing.

    Args:
        match: Compares a corrected plate with the lists; where there are none it is left out.
    """

    def __init__(
        self,
        desk: Desk,
        shelf: ReadShelf,
        now: Callable[[], datetime],
        match: PlateMatching = _no_lists,
    ) -> None:
        self._desk = desk
        self._shelf = shelf
        self._now = now
        self._match = match

    def find(
        self, query: ReadQuery, purpose: AccessPurpose, after: ReadPlace | None = None
    ) -> ReadPage:
        """Return one page of reads, newest first.

        Args:
            after: `end` of the page before; None starts at the newest.

        Raises:
            InputError: the query asks for nothing, or for what cannot be.
        """
        subject = _asked(query)
        user = self._desk.require(Action.SEARCH, WHERE_SEARCH, purpose, subject)
        asked = replace(query, hotlist_data=user.authorisations)
        page = self._shelf.find(asked, PAGE_ROWS, after)
        found = str(len(page.reads))
        with self._desk.doing(
            Action.SEARCH, WHERE_SEARCH, purpose, subject, by=user, found=found
        ) as record:
            for read in page.reads:
                record.plates.extend(_shown_plates(read))
        return replace(page, reads=tuple(as_told(read, user) for read in page.reads))

    def open(self, sighting_id: str, purpose: AccessPurpose) -> OpenedRead:
        """Return one read with its pictures and corrections.

        Raises:
            StoreError: there is no such read any more, or a picture was altered.
        """
        subject = _of_sighting(sighting_id)
        user = self._desk.require(Action.VIEW_READ, WHERE_READ, purpose, subject)
        self._desk.require(Action.VIEW_PICTURE, WHERE_READ, purpose, subject)
        read = self._get(sighting_id)
        plate_jpeg, scene_jpeg = self._shelf.pictures(sighting_id)
        corrections = self._shelf.corrections(sighting_id)
        count = str((plate_jpeg is not None) + (scene_jpeg is not None))
        with self._desk.doing(
            Action.VIEW_READ, WHERE_READ, purpose, subject, by=user, pictures=count
        ) as record:
            record.plates.extend((*_shown_plates(read), *read.alternatives))
            for stored in corrections:
                record.plates.extend((stored.was_plate, stored.correction.plate))
        hotlists = _told_lists(self._shelf.lists(sighting_id), user)
        return OpenedRead(as_told(read, user), corrections, plate_jpeg, scene_jpeg, hotlists)

    def correct(
        self, sighting_id: str, plate: str, state: str | None, reason: str, purpose: AccessPurpose
    ) -> CorrectedRead:
        """Correct plate and state of a read; the reading stays, with editor and reason.

        The corrected plate is matched with the lists like one that was read: a vehicle that was misread
        is wanted no less. What it hits waits in the queue, marked as found by a correction; returned are
        those hits that the user may see (462.3(e)).

        Raises:
            InputError: no plate, no state, or no reason.
        """
        user = self._desk.require(
            Action.CORRECT_READ, WHERE_READ, purpose, _of_sighting(sighting_id)
        )
        correction = make_correction(sighting_id, plate, state, user.badge, reason, self._now())
        match = self._match(correction.plate, correction.state)
        subject = Subject(query=_of_sighting(sighting_id).query, note=correction.reason)
        with self._desk.doing(Action.CORRECT_READ, WHERE_READ, purpose, subject, by=user) as record:
            corrected = self._shelf.correct(correction, match)
            record.plates.extend((corrected.stored.was_plate, correction.plate))
            shown = [hit.match.entry for hit in corrected.hits if not hit.match.entry.is_covert]
            if shown:
                names = dict.fromkeys(entry.hotlist for entry in shown)
                record.facts.update(hits=str(len(shown)), hotlists=", ".join(names))
                record.plates.extend(entry.plate for entry in shown)
        return replace(corrected, hits=told_to(corrected.hits, user.authorisations))

    def _get(self, sighting_id: str) -> StoredSighting:
        read = self._shelf.get(sighting_id)
        if read is None:
            raise StoreError("This read is not in the store.", "It may have been purged.")
        return read


def _asked(query: ReadQuery) -> Subject:
    """Return the query as the access record names it. Source: Civil Code 1798.90.52(a)(2)."""
    plates = () if query.plate is None else (query.plate.text,)
    elements = query.elements()
    if not plates and not elements:
        raise InputError(
            "This search asks for nothing.", "Name a plate, a part of one, a time or a place."
        )
    return Subject(plates=plates, query=elements)


def as_told(read: StoredSighting, user: User) -> StoredSighting:
    """Return a read as this user may see it: that it stands on a list is that list's data.

    Source: policy 462.3(e).
    """
    if read.hotlist is None or _may_know(user, read.hotlist_data):
        return read
    return replace(read, hotlist=None)


def _told_lists(lists: Iterable[ListNamed], user: User) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.hotlist for each in lists if _may_know(user, each.data)))


def _may_know(user: User, data: DataAuthorisation | None) -> bool:
    return data is not None and is_authorised_for(user, data)


def _shown_plates(read: StoredSighting) -> tuple[str, ...]:
    """Return every text that stands for this read on the screen."""
    return (read.plate,) if read.original_plate is None else (read.plate, read.original_plate)


def _of_sighting(sighting_id: str) -> Subject:
    return Subject(query=(("sighting", sighting_id),))
