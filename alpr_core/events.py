"""What the box tells whoever watches it: screen, headless printer, tests. Frozen, safe across threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alpr_core.audit.entry import Actor
from alpr_core.board_events import (
    BoardForeign,
    BoardLost,
    BoardReady,
    BoardSaid,
    IgnitionChanged,
    SupplyChanged,
)
from alpr_core.gps_events import GpsBack, GpsLost
from alpr_core.sighting import Match, Sighting


@dataclass(frozen=True, slots=True)
class SightingStored:
    """The sighting, its match and its outbox row are on the disk."""

    sighting: Sighting
    match: Match | None
    seen_by: Actor | None = None
    """Who sees it by its audit entry; None means that nobody does, and then no screen may show it."""


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


@dataclass(frozen=True, slots=True)
class StopAsked:
    """The car wants the box to stop; whoever runs it stops it in order."""

    why: str


BoxEvent = (
    SightingStored | SightingNotRecorded | CameraLost | CameraBack | SourceEnded | FaultRaised
    | GpsLost | GpsBack | BoardReady | BoardLost | BoardForeign | BoardSaid | IgnitionChanged | SupplyChanged
    | StopAsked
)  # fmt: skip
