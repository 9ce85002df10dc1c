"""A sighting as the screen holds it: small pictures, no camera frame, so that hundreds fit in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from PIL import Image, ImageOps

from alpr_core.accounts.user import User
from alpr_core.frame import Pixels
from alpr_core.hit import Hit, hits_of, told_to
from alpr_core.position import Position
from alpr_core.sighting import Match, Sighting
from alpr_core.text_certainty import text_certainty

PLATE_PICTURE_PX = (320, 200)
"""Largest plate picture kept for the screen, width and height."""

SCENE_PICTURE_PX = (384, 216)
"""Largest picture of the whole scene kept for the screen."""


@dataclass(frozen=True, slots=True, eq=False)
class ShownSighting:
    sighting_id: str
    plate: str
    confidences: tuple[float, ...]
    weakest_index: int
    """-1 for an empty plate."""
    certainty: float
    """Chance that the whole text is right, O read as 0 and I as 1."""
    state: str | None
    """None means unread."""
    alternatives: tuple[str, ...]
    camera: str
    seen_at: datetime
    """Aware UTC."""
    frame_count: int
    match: Match | None
    """What the car shows; None for no match and for a covert one."""
    refusal: str | None
    """Why the store refused it, then it is shown as NOT RECORDED; None if it is stored."""
    supersedes: str | None
    position: Position | None
    """Where the car was; None means that nobody knew."""
    hits: tuple[Hit, ...]
    """What the car shows of its matches; none of them covert."""
    plate_picture: Image.Image
    """As it was taken: `clear_picture` makes it clear for the few that are looked at."""
    scene_picture: Image.Image

    def told_to(self, user: User | None) -> ShownSighting:
        """Return it as this user may see it: a hit of others' data is a read like any other to him."""
        hits = told_to(self.hits, frozenset() if user is None else user.authorisations)
        if len(hits) == len(self.hits):
            return self
        return replace(self, hits=hits, match=hits[0].match if hits else None)

    @property
    def is_recorded(self) -> bool:
        return self.refusal is None

    @property
    def weakest(self) -> float:
        return min(self.confidences, default=0.0)


def shown_sighting(
    sighting: Sighting, match: Match | None, refusal: str | None = None
) -> ShownSighting:
    """Return what the screen needs of a sighting."""
    reading, frame = sighting.reading, sighting.frame
    scene = frame.overview if frame.overview is not None else frame.pixels
    return ShownSighting(
        sighting_id=sighting.sighting_id,
        plate=reading.text,
        confidences=reading.confidences,
        weakest_index=reading.weakest_index,
        certainty=text_certainty(reading),
        state=reading.state,
        alternatives=reading.alternatives,
        camera=sighting.camera,
        seen_at=sighting.seen_at,
        frame_count=sighting.frame_count,
        match=None if match is None else match.first_shown,
        refusal=refusal,
        supersedes=sighting.supersedes,
        position=sighting.position,
        hits=tuple(
            hit
            for hit in hits_of(sighting.sighting_id, match, sighting.seen_at)
            if not hit.match.entry.is_covert
        ),
        plate_picture=_small_picture(sighting.plate_cutout(), PLATE_PICTURE_PX),
        scene_picture=_small_picture(scene, SCENE_PICTURE_PX),
    )


def _small_picture(pixels: Pixels, limit_px: tuple[int, int]) -> Image.Image:
    """Return the picture at a whole fraction of its size, so that it costs little on the thread that tells it."""
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    factor = max(-(-picture.width // limit_px[0]), -(-picture.height // limit_px[1]))
    return picture.reduce(factor) if factor > 1 else picture


def clear_picture(picture: Image.Image) -> Image.Image:
    """Return the picture with its contrast stretched for the screen; the stored one stays as it was taken."""
    return ImageOps.autocontrast(picture, cutoff=1)
