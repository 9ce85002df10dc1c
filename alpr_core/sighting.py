"""One vehicle seen passing once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.frame import Frame, Pixels
from alpr_core.hotlist import HotlistEntry
from alpr_core.hotlists.class_rules import ClassRule
from alpr_core.plate import PlateReading
from alpr_core.position import Position

PLATE_MARGIN = 0.08
"""Share of a plate's width and height kept around it in its picture."""

STALE_STEPS = 3
"""Priorities by which a hit of a stale list is less urgent than one of a fresh list."""


def new_sighting_id(seen_at: datetime, entropy: bytes) -> str:
    """Return 32 hexadecimal digits that sort by time.

    Args:
        seen_at: Aware UTC time.
        entropy: At least 10 random bytes.

    Source: RFC 9562 section 5.7 (UUID version 7), written without dashes.
    """
    milliseconds = int(seen_at.timestamp() * 1000)
    tail = bytearray(entropy[:10])
    tail[0] = 0x70 | tail[0] & 0x0F
    tail[2] = 0x80 | tail[2] & 0x3F
    return (milliseconds.to_bytes(6, "big") + bytes(tail)).hex()


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One vehicle seen passing once, with the reading fused from all its frames."""

    sighting_id: str
    """32 hexadecimal digits, unique for ever; sorts by time (UUID version 7)."""
    camera: str
    first_seen_at: datetime
    """Aware UTC time of the first frame that showed the plate."""
    seen_at: datetime
    """Aware UTC time of `frame`."""
    reading: PlateReading
    """Fused reading; its box lies in `frame`."""
    frame: Frame
    """The frame that was read best; its picture is kept."""
    frame_count: int
    """Frames fused, at least 1."""
    supersedes: str | None = None
    """Earlier sighting of the same pass whose text later frames corrected; None for the first."""
    position: Position | None = None
    """Where the box was when `frame` was taken; None means that nobody knows."""

    def plate_cutout(self) -> Pixels:
        """Return the plate with PLATE_MARGIN around it, cut from the frame (a view, not a copy)."""
        box, frame = self.reading.box, self.frame
        left, right = box.x - PLATE_MARGIN * box.w, box.x + (1 + PLATE_MARGIN) * box.w
        upper, lower = box.y - PLATE_MARGIN * box.h, box.y + (1 + PLATE_MARGIN) * box.h
        x0, y0 = max(0, int(left)), max(0, int(upper))
        x1 = min(frame.width_px, max(x0 + 1, math.ceil(right)))
        y1 = min(frame.height_px, max(y0 + 1, math.ceil(lower)))
        return frame.pixels[y0:y1, x0:x1]


class MatchKind(Enum):
    """How a plate fits an entry."""

    EXACT = "exact"
    LOOK_ALIKE = "look-alike"
    """Some signs differ, all of them by look-alikes."""
    PATTERN = "pattern"
    """The entry leaves signs open."""


class Alerting(Enum):
    """What a match calls for; `matching.alert_rule` decides."""

    ALERT = "alert"
    """Sound and full screen."""
    UPDATE = "update"
    """The same pass, now certain: the alert on screen changes from POSSIBLE to exact, without sound."""
    SILENT = "silent"
    """The same pass again, or nothing that the car shows."""


@dataclass(frozen=True, slots=True)
class Match:
    """A sighting's plate stands on a list."""

    entry: HotlistEntry
    state_agrees: bool | None
    """None means that the state is unread or the entry names none."""
    kind: MatchKind = MatchKind.EXACT
    differing: tuple[int, ...] = ()
    """Places of the text at which a look-alike stands for the listed sign."""
    list_age: timedelta | None = None
    """Age of the list when it was matched; None means that it was not looked at."""
    is_stale: bool = False
    """The list was older than the agency lets it be."""
    rule: ClassRule | None = None
    """What the agency made of the class when it was matched; None means the class as it comes."""
    others: tuple[Match, ...] = ()
    """Every further entry that this plate stands for, in order; theirs are empty."""
    alerting: Alerting = Alerting.ALERT
    """What all of them together call for; said by the first one."""

    @property
    def is_possible(self) -> bool:
        """Tell whether it must be shown as POSSIBLE: it is not this plate of this state, sign by sign."""
        return self.kind is not MatchKind.EXACT or self.state_agrees is False

    @property
    def priority(self) -> int:
        """1 is the most urgent; a stale list lowers it by STALE_STEPS."""
        own = self.entry.hotlist_class.priority if self.rule is None else self.rule.priority
        return own + STALE_STEPS * self.is_stale

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Order among the matches of one plate: right state, then exact, then urgent."""
        return (self.state_agrees is False, self.kind is not MatchKind.EXACT, self.priority)

    @property
    def all(self) -> tuple[Match, ...]:
        """This match and the others."""
        return (self, *self.others)

    @property
    def shown(self) -> tuple[Match, ...]:
        """Those of all that the car shows: covert ones are recorded and sent, never shown or heard."""
        return tuple(match for match in self.all if not match.entry.is_covert)

    @property
    def first_shown(self) -> Match | None:
        """The match that comes first on the screen; None means that the car shows nothing of it."""
        return next(iter(self.shown), None)


@dataclass(frozen=True, slots=True)
class ListNamed:
    """A list on which a stored read stood."""

    hotlist: str
    data: DataAuthorisation | None
    """Whose data that hit is, for whoever is told the list's name; None if nobody knows."""


@dataclass(frozen=True, slots=True)
class StoredSighting:
    """A sighting as the store gives it back; pictures are fetched apart by id."""

    sighting_id: str
    camera: str
    seen_at: datetime
    plate: str
    """As corrected, if it was."""
    confidences: tuple[float, ...]
    """One per sign of the text as it was read, 0 to 1."""
    state: str | None
    alternatives: tuple[str, ...]
    frame_count: int
    box: tuple[float, float, float, float]
    """x, y, width, height of the plate in the stored frame, pixels."""
    hotlist: str | None
    """List of the first hit that the car shows; None means no hit, or covert ones only."""
    hotlist_data: DataAuthorisation | None = None
    """Whose data that hit is, for whoever shows the list's name; None if nobody knows."""
    original_plate: str | None = None
    """The text as it was read, if somebody corrected plate or state; None means as read."""
    original_state: str | None = None
    """The state as it was read; says something only beside `original_plate`."""
    position: Position | None = None
    """Where the box was; None means that nobody knew."""
