"""Messages from the box's threads to the screens. Plain dataclasses that carry frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from alpr_core.audit.entry import Actor
from alpr_core.events import BoxEvent
from alpr_tui.shown_sighting import ShownSighting


@dataclass
class SightingShown(Message):
    """A sighting was stored, or was refused by the store."""

    shown: ShownSighting
    seen_by: Actor | None
    """Who may see it; None means nobody: then a hit only sounds and waits."""


@dataclass
class BoxTold(Message):
    """Anything else that the box told."""

    event: BoxEvent
