"""Canvasses over a real store, with a car that is put where the test wants it."""

from __future__ import annotations

from itertools import count

from alpr_core.desk.canvasses import Canvasses
from alpr_core.desk.desk import Desk
from alpr_core.desk.holds import Holds
from alpr_core.position import Position
from alpr_tui.canvass_parts import report_files
from tests.db.entry_desk import HERE, own_entries_of
from tests.db.staffed_store import StaffedStore


def canvasses_of(staffed: StaffedStore, desk: Desk, here: Position | None = HERE) -> Canvasses:
    ids = count(staffed.store.outbox.unsent_count() + 1)
    return Canvasses(
        desk,
        staffed.store.canvasses,
        own_entries_of(staffed, desk),
        Holds(desk, staffed.store.holds, lambda: staffed.now),
        lambda: here,
        report_files(staffed.store),
        lambda: staffed.now,
        lambda: f"{next(ids):032x}",
    )
