"""Where the box was when a plate was seen, as it stands on record beside the sighting."""

from __future__ import annotations

from dataclasses import dataclass

from alpr_core.fix import FixQuality


@dataclass(frozen=True, slots=True)
class Position:
    """The box's place at the instant of a frame; never without a fix."""

    lat_deg: float
    """North is positive, WGS 84."""
    lon_deg: float
    """East is positive, WGS 84."""
    speed_mps: float | None
    """Of the box over ground; None means that the receiver sent none."""
    track_deg: float | None
    """Direction in which the box drove, clockwise from true north, 0 up to 360."""
    quality: FixQuality
    """SUSPECT says more than how the fix was made, so it stands instead of that."""


def compass_angle(angle_deg: float, positive: str, negative: str) -> str:
    """Return `33.759300 N`: in a table a minus sign would begin a formula."""
    return f"{abs(angle_deg):.6f} {positive if angle_deg >= 0 else negative}"
