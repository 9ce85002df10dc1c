"""Areas and times to come as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alpr_core.errors import InputError
from alpr_core.fix import FixQuality
from alpr_core.own_entry import typed_vehicle
from alpr_core.position import Position
from alpr_core.read_query import Area
from alpr_core.time_words import time_ahead
from alpr_core.typed_place import typed_area, typed_metres

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
HERE = Position(33.7593, -117.9897, None, None, FixQuality.AUTONOMOUS)


def test_areas_as_they_are_typed() -> None:
    """The last word is the radius, what stands before it the centre."""
    around = Area(33.7593, -117.9897, 500.0)
    for typed in ("here 500m", "33.7593,-117.9897 500", "33.7593, -117.9897 0.5km", " here 500 "):
        assert typed_area(typed, HERE) == around
    assert typed_area("  ", None) is None
    for wrong in ("here", "500m", "elm street 500m", "here far", "here 0", "91,0 500"):
        with pytest.raises(InputError):
            typed_area(wrong, HERE)
    with pytest.raises(InputError, match="Nobody knows"):
        typed_area("here 500m", None)
    assert typed_metres("1.5 km") == 1500


def test_times_to_come() -> None:
    """Spans and days ahead are taken, what has passed is not."""
    assert time_ahead("12h", NOW, UTC) == NOW + timedelta(hours=12)
    assert time_ahead("3d", NOW, UTC) == NOW + timedelta(days=3)
    assert time_ahead("2026-12-01 14:30", NOW, UTC) == datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
    for wrong in ("", "soon", "2026-11-27", "0h", "9" * 30 + "d"):
        with pytest.raises(InputError):
            time_ahead(wrong, NOW, UTC)


def test_vehicles_as_they_are_written() -> None:
    """Colour, make, and the rest; fewer words say less."""
    vehicle = typed_vehicle("white Ford Transit Connect")
    assert (vehicle.colour, vehicle.make, vehicle.model) == ("white", "Ford", "Transit Connect")
    assert str(typed_vehicle("white")) == "white"
    assert str(typed_vehicle("")) == ""
