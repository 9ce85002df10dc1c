"""What the pre-shift check looks at, and when it is in order: values in, one item out each.

Where the values come from is the box's matter; no item is in order by itself.
"""

from __future__ import annotations

from alpr_core.audit.entry import TimeQuality
from alpr_core.device_status import BoardStatus, GpsStatus
from alpr_core.fix import STALE_AFTER_S
from alpr_core.shift import CheckItem

FRAME_AGE_S_MAX = 2.0
"""A camera without a picture for longer is not in order."""

ROOM_BYTES_MIN = 2 * 1024**3
"""A shift of 20,000 reads with three pictures each needs 1.5 GB."""


def camera_item(name: str, last_frame_age_s: float | None, fault: str = "") -> CheckItem:
    """Judge a camera by the age of its last picture.

    Args:
        last_frame_age_s: None means that none came yet.
        fault: What is known to be wrong, such as `lost`.
    """
    if fault:
        return CheckItem(f"camera {name}", fault, is_good=False)
    if last_frame_age_s is None:
        return CheckItem(f"camera {name}", "no picture yet", is_good=False)
    found = f"last picture {last_frame_age_s:.1f} s ago"
    return CheckItem(f"camera {name}", found, is_good=last_frame_age_s <= FRAME_AGE_S_MAX)


def board_item(board: BoardStatus | None) -> CheckItem:
    """Judge the trigger board: it is there, knows its settings, and fires the light."""
    if board is None:
        return CheckItem("board", "none: no infrared light", is_good=False)
    if board.is_lost or not board.is_ready:
        why = board.why or "it does not answer"
        return CheckItem("board", f"not ready: {why}", is_good=False)
    if not board.are_triggers_on:
        return CheckItem("board", "ready, its light is off", is_good=False)
    temperature = board.number("TEMP_C")
    warm = "" if temperature is None else f", {temperature:.0f} °C"
    return CheckItem("board", f"fires with each frame{warm}", is_good=True)


def lists_item(lists: int, stale: tuple[str, ...], entries: int) -> CheckItem:
    """Judge the hotlists: there is one, and none is older than the agency lets it be."""
    if stale:
        return CheckItem("lists", f"stale: {', '.join(stale)}", is_good=False)
    if not lists:
        return CheckItem("lists", "no list in the car: nothing is compared", is_good=False)
    found = f"{lists} list{'s' if lists > 1 else ''}, {entries:,} entries, none stale"
    return CheckItem("lists", found, is_good=True)


def storage_item(free_bytes: int, not_recorded: int) -> CheckItem:
    """Judge the store's disk: it has room for a shift, and refused nothing since the box started."""
    room = f"{free_bytes / 1024**3:.1f} GB free"
    if not_recorded:
        return CheckItem("storage", f"{not_recorded} reads NOT RECORDED, {room}", is_good=False)
    return CheckItem("storage", room, is_good=free_bytes >= ROOM_BYTES_MIN)


def clock_item(quality: TimeQuality, shown: str) -> CheckItem:
    """Judge the clock: its time comes from satellites or the server, or is carried on from them.

    Args:
        shown: The time as the officer reads it.
    """
    words = {
        TimeQuality.GPS: "from satellites",
        TimeQuality.SERVER: "from the server",
        TimeQuality.HELD: "carried on by the box",
        TimeQuality.UNTRUSTED: "confirmed by nothing: compare it with your own",
    }[quality]
    return CheckItem("clock", f"{shown}, {words}", quality is not TimeQuality.UNTRUSTED)


def gps_item(gps: GpsStatus | None) -> CheckItem:
    """Judge the receiver: it is there and has a position that is not stale."""
    if gps is None:
        return CheckItem("GPS", "no receiver: reads have no position", is_good=False)
    if gps.is_lost or gps.fix is None:
        return CheckItem("GPS", f"{gps.source}: says nothing", is_good=False)
    if gps.fix_age_s is None or not gps.fix.has_position:
        return CheckItem("GPS", "no position: move the car into the open", is_good=False)
    found = f"{gps.fix.satellites_used or '?'} satellites, position {gps.fix_age_s:.0f} s old"
    return CheckItem("GPS", found, is_good=gps.fix_age_s <= STALE_AFTER_S)
