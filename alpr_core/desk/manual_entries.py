"""Plates that a person saw and types: stored, matched and found like reads, marked as entered by hand.

Source: policy 462.3(b)(c); Civil Code 1798.90.52(a).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from alpr_core.audit.entry import Actor, Subject
from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError
from alpr_core.frame import Pixels
from alpr_core.hit import Hit, hits_of, told_to
from alpr_core.manual_entry import manual_sighting
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.sighting import Match, Sighting

WHERE = "manual entry"

ENTERED_LATE_MAX = timedelta(days=30)
"""A sighting remembered for longer is a statement, not a read."""

HERE_WITHIN = timedelta(minutes=1)
"""Seen so shortly ago, it was seen where the car is now."""


class ReadTaker(Protocol):
    """Stores what a person entered, see `alpr_tui.box.Box.enter`."""

    def enter(
        self, sighting: Sighting, also: Callable[[], None], by: Actor, *, is_here: bool
    ) -> Match | None:
        """Match and store it, and return when it survives a power cut.

        Args:
            also: Appends the entry inside the store's transaction; if it raises, nothing is stored.
            is_here: It was seen where the car is now.
        """
        ...


@dataclass(frozen=True, slots=True)
class EnteredRead:
    """A typed plate as it was stored."""

    sighting: Sighting
    hits: tuple[Hit, ...]
    """What it stands for, as far as whoever typed it may hear of it."""


class ManualEntries:
    """Manual entry for whoever is at the desk.

    Args:
        read_picture: Decodes a picture file to grey, or raises InputError.
        new_id: Returns the id of a sighting of that time.
    """

    def __init__(
        self,
        desk: Desk,
        taker: ReadTaker,
        read_picture: Callable[[Path], Pixels],
        now: Callable[[], datetime],
        new_id: Callable[[datetime], str],
    ) -> None:
        self._desk = desk
        self._taker = taker
        self._read_picture = read_picture
        self._now = now
        self._new_id = new_id

    def enter(
        self,
        plate: str,
        state: str,
        purpose: AccessPurpose,
        seen_at: datetime | None = None,
        picture_file: str = "",
    ) -> EnteredRead:
        """Store a plate as a read of the camera `manual`, and return it with its match.

        Args:
            seen_at: Aware time; None means just now.
            picture_file: Path of a picture that goes with it; empty means none.

        Raises:
            InputError: no plate, no state, a time that cannot be, or no picture.
            AccessRefused, StoreError, AuditError: nothing was stored.
        """
        now = self._now()
        at = seen_at or now
        user = self._desk.require(
            Action.ENTER_READ, WHERE, purpose, Subject(plates=(plate.strip()[:40],))
        )
        if not now - ENTERED_LATE_MAX <= at <= now:
            raise InputError(
                "A plate is entered after it was seen.",
                f"Give a time of the last {ENTERED_LATE_MAX.days} days.",
            )
        picture = self._read_picture(Path(picture_file)) if picture_file else None
        sighting = manual_sighting(self._new_id(at), plate, state, at, user.badge, picture)
        subject = Subject(
            plates=(sighting.reading.text,), query=(("sighting", sighting.sighting_id),)
        )
        facts = {"sighting": sighting.sighting_id, "picture": "no" if picture is None else "yes"}
        also = self._desk.recording(Action.ENTER_READ, WHERE, purpose, subject, user, facts)
        is_here = now - at <= HERE_WITHIN
        match = self._taker.enter(sighting, also, user.actor, is_here=is_here)
        hits = hits_of(sighting.sighting_id, match, now)
        return EnteredRead(sighting, told_to(hits, user.authorisations))
