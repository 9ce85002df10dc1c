"""What the box tells whoever watches it: screen, headless printer, tests. Frozen, safe across threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alpr_core.sighting import Match, Sighting


@dataclass(frozen=True, slots=True)
class SightingStored:
    """The sighting, its match and its outbox row are on the disk."""

    sighting: Sighting
    match: Match | None
    is_seen: bool = True
    """False if its audit entry says that nobody sees it: then no screen may show it."""


@dataclass(frozen=True, slots=True)
class SightingNotRecorded:
    """The store refused; the sighting is shown all the same, marked NOT RECORDED."""

    sighting: Sighting
    match: Match | None
    why: str


@dataclass(frozen=True, slots=True)
class CameraLost:
    camera: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class CameraBack:
    camera: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SourceEnded:
    """A file or folder came to its end; a live camera never ends."""

    camera: str
    frames: int


@dataclass(frozen=True, slots=True)
class FaultRaised:
    """A part failed and the box goes on without it. Shown until somebody acts."""

    part: str
    why: str


BoxEvent = (
    SightingStored | SightingNotRecorded | CameraLost | CameraBack | SourceEnded | FaultRaised
)
