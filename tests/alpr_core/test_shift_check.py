"""When an item of the pre-shift check is in order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alpr_core.audit.entry import TimeQuality
from alpr_core.device_status import BoardStatus, GpsStatus
from alpr_core.fix import Fix, FixMode
from alpr_core.shift import CheckItem
from alpr_core.shift_check import (
    ROOM_BYTES_MIN,
    board_item,
    camera_item,
    clock_item,
    gps_item,
    lists_item,
    storage_item,
)

FIX = Fix(FixMode.FIX_3D, lat_deg=33.76, lon_deg=-117.99, satellites_used=9)


BOARD = BoardStatus(
    port="ttyACM0",
    is_lost=False,
    is_ready=True,
    are_triggers_on=True,
    ready_age_s=60.0,
    last_trigger_age_s=0.1,
    why="",
    numbers=(("TEMP_C", 41.0),),
    drift_ppm=12.0,
    paired=900,
    unpaired=0,
)


def gps(fix: Fix | None = FIX, age_s: float | None = 1.0, *, is_lost: bool = False) -> GpsStatus:
    return GpsStatus("ttyUSB0", is_lost, fix, age_s, TimeQuality.GPS)


@pytest.mark.parametrize(
    ("item", "is_good", "words"),
    [
        (camera_item("front", 0.1), True, "0.1 s ago"),
        (camera_item("front", 9.0), False, "9.0 s ago"),
        (camera_item("front", None), False, "no picture yet"),
        (camera_item("front", 0.1, "lost"), False, "lost"),
        (gps_item(gps()), True, "9 satellites"),
        (gps_item(gps(age_s=4.0)), False, "4 s old"),
        (gps_item(gps(Fix(FixMode.NO_FIX), None)), False, "no position"),
        (gps_item(gps(is_lost=True)), False, "says nothing"),
        (gps_item(None), False, "no receiver"),
        (board_item(BOARD), True, "fires with each frame, 41 °C"),
        (board_item(replace(BOARD, are_triggers_on=False)), False, "light is off"),
        (board_item(replace(BOARD, is_lost=True, why="unplugged")), False, "unplugged"),
        (board_item(replace(BOARD, is_ready=False)), False, "does not answer"),
        (board_item(None), False, "no infrared light"),
        (lists_item(2, (), 200_000), True, "200,000 entries"),
        (lists_item(2, ("SVS",), 200_000), False, "stale: SVS"),
        (lists_item(0, (), 0), False, "no list"),
        (storage_item(ROOM_BYTES_MIN, 0), True, "2.0 GB free"),
        (storage_item(ROOM_BYTES_MIN - 1, 0), False, "free"),
        (storage_item(ROOM_BYTES_MIN, 3), False, "3 reads NOT RECORDED"),
        (clock_item(TimeQuality.HELD, "12:00"), True, "carried on"),
        (clock_item(TimeQuality.UNTRUSTED, "12:00"), False, "confirmed by nothing"),
    ],
)
def test_each_item_is_judged_by_what_was_found(item: CheckItem, is_good: bool, words: str) -> None:
    """Each item says what was found and is in order only if it is."""
    assert item.is_good is is_good
    assert words in item.found
