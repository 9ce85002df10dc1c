"""A hit as the screen holds it, from the moment's event or from the store."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

from PIL import Image

from alpr_core.desk.hits import OpenedHit
from alpr_core.hit import Hit, HitOrigin
from alpr_core.position import Position
from alpr_tui.shown_sighting import ShownSighting, clear_picture


@dataclass(frozen=True, slots=True, eq=False)
class ShownHit:
    """Everything that alert and card show."""

    hit: Hit
    others: tuple[Hit, ...]
    """What else the sighting stands for; none of it covert."""
    plate: str
    """As it was read; of a hit that was found later, as corrected."""
    confidences: tuple[float, ...]
    """One per sign; empty if a person corrected them."""
    state: str | None
    """None means unread."""
    camera: str
    seen_at: datetime
    frame_count: int
    position: Position | None
    """Where the car was; None means that nobody knew."""
    later_plate: str | None = None
    """What later frames of the same pass read instead."""
    misread_as: str | None = None
    """What was read, if `plate` is what a person made of it."""
    refusal: str | None = None
    """Why the store refused it; then there is nothing to verify on record."""
    plate_picture: Image.Image | None = None
    scene_picture: Image.Image | None = None

    @property
    def urgency(self) -> tuple[int, datetime]:
        """Order among hits that wait: the most urgent first, then the oldest."""
        return self.hit.match.priority, self.hit.raised_at

    @property
    def weakest(self) -> int:
        """Place of the least certain sign; -1 if none was read."""
        shares = self.confidences
        return min(range(len(shares)), key=shares.__getitem__, default=-1)


def hit_of_event(shown: ShownSighting) -> ShownHit | None:
    """Return the hit that a read just told calls attention to; None if it calls for none."""
    leading = next((hit for hit in shown.hits if hit.is_alert), None)
    if leading is None:
        return None
    return ShownHit(
        hit=leading,
        others=tuple(hit for hit in shown.hits if hit is not leading),
        plate=shown.plate,
        confidences=shown.confidences,
        state=shown.state,
        camera=shown.camera,
        seen_at=shown.seen_at,
        frame_count=shown.frame_count,
        position=shown.position,
        refusal=shown.refusal,
        plate_picture=clear_picture(shown.plate_picture),
        scene_picture=shown.scene_picture,
    )


def hit_of_store(opened: OpenedHit) -> ShownHit:
    """Return a hit that was opened from the queue."""
    read = opened.read
    # What was matched while the vehicle passed is the reading; later hits are of the plate as corrected.
    is_as_read = opened.hit.origin is HitOrigin.LIVE and read.original_plate is not None
    return ShownHit(
        hit=opened.hit,
        others=opened.others,
        plate=(read.original_plate or read.plate) if is_as_read else read.plate,
        confidences=read.confidences if is_as_read or read.original_plate is None else (),
        state=read.original_state if is_as_read else read.state,
        camera=read.camera,
        seen_at=read.seen_at,
        frame_count=read.frame_count,
        position=read.position,
        later_plate=opened.later_plate,
        misread_as=None if is_as_read else read.original_plate,
        plate_picture=_clear(opened.plate_jpeg),
        scene_picture=_decoded(opened.scene_jpeg),
    )


def _decoded(jpeg: bytes | None) -> Image.Image | None:
    return None if jpeg is None else Image.open(io.BytesIO(jpeg))


def _clear(jpeg: bytes | None) -> Image.Image | None:
    picture = _decoded(jpeg)
    return None if picture is None else clear_picture(picture)
