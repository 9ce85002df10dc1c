"""How the store writes where the box was: five columns of a sighting, all empty if nobody knew."""

from __future__ import annotations

from typing import NamedTuple

from alpr_core.fix import FixQuality
from alpr_core.position import Position


class PositionRow(NamedTuple):
    """The columns in their order."""

    lat_e7: int | None
    lon_e7: int | None
    speed_mps: float | None
    track_deg: float | None
    position_quality: str | None


POSITION_COLUMNS = PositionRow._fields


def to_e7(angle_deg: float) -> int:
    """Return 1e-7 degrees, a centimetre on the ground."""
    return round(1e7 * angle_deg)


def to_row(position: Position | None) -> PositionRow:
    """Return the columns of a position."""
    if position is None:
        return PositionRow(None, None, None, None, None)
    return PositionRow(
        to_e7(position.lat_deg),
        to_e7(position.lon_deg),
        position.speed_mps,
        position.track_deg,
        position.quality.value,
    )


def to_position(row: PositionRow) -> Position | None:
    """Return the position of the columns."""
    if row.lat_e7 is None or row.lon_e7 is None:
        return None
    quality = FixQuality(row.position_quality)
    return Position(row.lat_e7 / 1e7, row.lon_e7 / 1e7, row.speed_mps, row.track_deg, quality)
