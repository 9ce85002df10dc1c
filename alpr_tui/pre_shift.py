"""Where each item of the pre-shift check gets its value from; `alpr_core.shift_check` judges it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alpr_core.hotlists.health import told_to_all
from alpr_core.shift import CheckItem
from alpr_core.shift_check import (
    board_item,
    camera_item,
    clock_item,
    gps_item,
    lists_item,
    storage_item,
)
from alpr_tui.box_status import BoxStatus, CameraStatus
from db.store import Store


def checks_of(
    store: Store,
    cameras: tuple[str, ...],
    status: Callable[[], BoxStatus],
    now: Callable[[], datetime],
) -> dict[str, Callable[[], CheckItem]]:
    """Return what is checked in this car, in the order in which it is walked through.

    Args:
        cameras: Their names.
        status: Returns the box's counters.
    """

    def camera(name: str) -> CheckItem:
        return _camera_item(next(one for one in status().cameras if one.name == name))

    def lists() -> CheckItem:
        health, at = told_to_all(store.hotlists.health()), now()
        stale = tuple(one.name for one in health if one.is_stale(at))
        return lists_item(len(health), stale, sum(one.entry_count for one in health))

    def storage() -> CheckItem:
        return storage_item(store.free_bytes(), status().not_recorded)

    def clock() -> CheckItem:
        stamp = store.audit.stamp()
        return clock_item(stamp.quality, f"{stamp.at.astimezone():%d %b %H:%M:%S}")

    by_camera = {f"camera {name}": lambda name=name: camera(name) for name in cameras}
    return {
        **by_camera,
        "GPS": lambda: gps_item(status().gps),
        "board": lambda: board_item(status().board),
        "lists": lists,
        "storage": storage,
        "clock": clock,
    }


def _camera_item(camera: CameraStatus) -> CheckItem:
    fault = "lost" if camera.is_lost else "not reading" if camera.is_blind else ""
    if not camera.is_live and not fault:
        return CheckItem(f"camera {camera.name}", "a file, read from its beginning", is_good=True)
    return camera_item(camera.name, camera.last_frame_age_s, fault)
