"""The tabs of the page of records: one row per tab with its permission and its panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alpr_core.permissions import Action
from alpr_tui.screens.holds import HoldsPanel
from alpr_tui.screens.packages import EvidencePanel
from alpr_tui.screens.purge import PurgePanel
from alpr_tui.screens.releases import ReleasesPanel
from alpr_tui.screens.reports import ReportsPanel
from alpr_tui.widgets.record_panel import RecordPanel
from alpr_tui.workplace import Workplace


@dataclass(frozen=True, slots=True)
class RecordTab:
    """One tab."""

    name: str
    """Identity of its pane: lower-case letters."""
    title: str
    action: Action
    """What its user must be permitted to do; others are not offered the tab."""
    panel: Callable[[Workplace], RecordPanel[Any]]
    """Makes the tab when the page is opened."""


RECORD_TABS: tuple[RecordTab, ...] = (
    RecordTab("holds", "Holds", Action.SEE_RECORDS, HoldsPanel),
    RecordTab("purge", "Purge", Action.SEE_RECORDS, PurgePanel),
    RecordTab("evidence", "Evidence", Action.SEE_RECORDS, EvidencePanel),
    RecordTab("releases", "Releases", Action.SEE_REQUESTS, ReleasesPanel),
    RecordTab("reports", "Reports", Action.SEE_RECORDS, ReportsPanel),
)
"""In the order of their numbers, which are their keys."""
