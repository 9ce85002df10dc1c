"""Where a user can go: one row per page with its key, its permission and its screen.

A page that the user's role does not permit is not offered; the desk would refuse it all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.screen import Screen

from alpr_core.permissions import Action
from alpr_tui.screens.audit import AuditScreen
from alpr_tui.screens.boxes import BoxesScreen
from alpr_tui.screens.devices import DevicesScreen
from alpr_tui.screens.hits import HitsScreen
from alpr_tui.screens.jobs import JobsScreen
from alpr_tui.screens.lists import ListsScreen
from alpr_tui.screens.records import RecordsScreen
from alpr_tui.screens.search import SearchScreen
from alpr_tui.screens.shift import ShiftScreen
from alpr_tui.screens.users import UsersScreen
from alpr_tui.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Place:
    """One page."""

    name: str
    """Identity in bindings: lower-case letters."""
    key: str
    title: str
    """Shown in the footer; one word."""
    action: Action
    """What its user must be permitted to do."""
    screen: Callable[[Workplace], Screen[Any]]
    """Makes the page when it is gone to."""


PLACES: tuple[Place, ...] = (
    Place("search", "f3", "Search", Action.SEARCH, SearchScreen),
    Place("audit", "f4", "Audit", Action.VIEW_AUDIT, AuditScreen),
    Place("users", "f5", "Users", Action.VIEW_USERS, UsersScreen),
    Place("hits", "f6", "Hits", Action.VIEW_HIT, HitsScreen),
    Place("shift", "f7", "Shift", Action.START_SHIFT, ShiftScreen),
    Place("lists", "f8", "Lists", Action.VIEW_HOTLIST, ListsScreen),
    Place("devices", "f11", "Devices", Action.SEE_DEVICES, DevicesScreen),
    Place("records", "f12", "Records", Action.SEE_REQUESTS, RecordsScreen),
    Place("jobs", "j", "Jobs", Action.SEE_JOBS, JobsScreen),
)
"""The pages of a car."""

_AT_THE_SERVER = frozenset({"search", "audit", "users", "records", "jobs"})
"""A server has no shift, no list of its own and nobody in the road."""

BOXES = Place("boxes", "f11", "Boxes", Action.SEE_BOXES, BoxesScreen)
"""At the server in the place of a car's devices."""

SERVER_PLACES: tuple[Place, ...] = (
    *(place for place in PLACES if place.name in _AT_THE_SERVER),
    BOXES,
)
"""The pages of the fleet's server."""
