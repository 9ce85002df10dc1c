"""Manual entry and own list entries over a real store, with a writer that is opened when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from alpr_core.audit.entry import Actor
from alpr_core.desk.desk import Desk
from alpr_core.desk.manual_entries import ManualEntries
from alpr_core.desk.own_entries import OwnEntries
from alpr_core.fix import FixQuality
from alpr_core.position import Position
from alpr_core.sighting import Match, Sighting, new_sighting_id
from hw.picture_file import read_picture
from tests.db.staffed_store import StaffedStore

HERE = Position(33.7593, -117.9897, 8.0, 90.0, FixQuality.AUTONOMOUS)


class StoreTaker:
    """Stores what is entered as the box does (`alpr_core.desk.manual_entries.ReadTaker`)."""

    def __init__(self, staffed: StaffedStore) -> None:
        self._staffed = staffed

    def enter(
        self, sighting: Sighting, also: Callable[[], None], _by: Actor, *, is_here: bool
    ) -> Match | None:
        store = self._staffed.store
        writer = store._writer or store.writer(lambda _event: None)
        now = self._staffed.now
        match = store.hotlists.matcher().match(sighting.reading, now)
        writer.record_entered(replace(sighting, position=HERE if is_here else None), match, also)
        return match


def manual_entries_of(staffed: StaffedStore, desk: Desk) -> ManualEntries:
    return ManualEntries(
        desk,
        StoreTaker(staffed),
        read_picture,
        lambda: staffed.now,
        lambda at: new_sighting_id(at, bytes(10)),
    )


def own_entries_of(
    staffed: StaffedStore, desk: Desk, lists_changed: Callable[[], None] = lambda: None
) -> OwnEntries:
    return OwnEntries(desk, staffed.store.own_lists, lambda: staffed.now, lists_changed)
