"""The short looks after the store: the log signed and verified, the lists' age, the room on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime

from alpr_core.audit.entry import THE_BOX, EntryDraft, Outcome
from alpr_core.errors import AlprError, InputError, StoreFullError
from alpr_core.hotlists.health import told_to_all
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from db.ballast import Ballast
from db.disk_faults import told_as_store_errors
from db.past_hits import Told
from db.store import Store
from scheduler.job import Course

FREE_SHARE_MIN = 0.05
"""Below this share of free room the disk counts as nearly full."""

_MEGABYTE = 1_000_000


def sign_log(store: Store) -> str:
    """Sign what is new on the audit log."""
    store.audit.checkpoint()
    return ""


def verify_log(store: Store, course: Course) -> str:
    """Hash the whole audit log again; the outcome is an entry of its own.

    Raises:
        AuditError: the first entry that does not fit.
    """
    course.told("begun")
    try:
        checked = store.audit.verify(
            on_progress=lambda done, size: course.told("entries hashed", done, size)
        )
    except AlprError as fault:
        store.record_action(_draft(Outcome.FAILED, fault.what))
        raise
    size = checked.now.size
    store.record_action(_draft(Outcome.DONE, entries=str(size), root=checked.now.root.hex()))
    return f"{size} entries fit together."


def look_at_lists(store: Store, now: Callable[[], datetime]) -> str:
    """Look at the age of every list that everybody may hear of: what a job says, it says on every screen.

    Raises:
        InputError: a list is older than the agency lets it be.
    """
    lists = told_to_all(store.hotlists.health())
    stale = [clean_text(each.name, 40) for each in lists if each.is_stale(now())]
    if stale:
        raise InputError(f"Too old: {', '.join(stale)}.", "Import a newer edition.")
    return f"{len(lists)} lists, none too old."


def look_into_the_past(look_back: Callable[[Told], int], course: Course) -> str:
    """Match lists that were not matched with stored reads yet, as when the car was switched off meanwhile."""
    found = look_back(lambda compared: course.told(f"{compared} reads compared"))
    return f"{found} hits of the past wait at F6." if found else ""


def look_at_disk(store: Store) -> str:
    """Look at the room on the store's disk and at what waits to be sent; see that a purge would have room.

    Raises:
        StoreFullError: the disk is nearly full.
    """
    Ballast(store.folder).lay_in()
    with told_as_store_errors(store.folder):
        disk = shutil.disk_usage(store.folder)
    unsent = store.outbox.unsent_count()
    words = f"{disk.free // _MEGABYTE} MB free, {unsent} records unsent."
    if disk.free < FREE_SHARE_MIN * disk.total:
        raise StoreFullError(
            f"The disk is nearly full: {words}", "Connect the car, so that its reads are offloaded."
        )
    return words


def _draft(outcome: Outcome, why: str = "", **facts: str) -> EntryDraft:
    return EntryDraft(
        Action.VERIFY_AUDIT.value,
        THE_BOX,
        outcome,
        where="job",
        facts=tuple(facts.items()),
        why=why,
    )
