"""The shift with which the demo begins, walked through as its officer would, so that reads are seen at once."""

from __future__ import annotations

from time import monotonic, sleep

from alpr_core.desk.shifts import Shifts
from alpr_core.shift import CheckItem, PreShiftCheck, ShiftPurpose, ShiftStanding, make_order

DEMO_REMARK = "as it is in the demo"
"""On what is not in order in a simulation, such as a clock that nothing has confirmed."""

SETTLE_S = 3.0
"""How long the devices may take to come up before they are taken as they are."""

LOOK_S = 0.05


def begin_demo_shift(shifts: Shifts, unit: str) -> None:
    """Start the officer's shift, or continue the one that a kept folder left open."""
    standing, _ = shifts.standing()
    if standing is ShiftStanding.INTERRUPTED:
        shifts.resume()
    if standing is not ShiftStanding.NONE:
        return
    check = shifts.begin_check()
    deadline_s = monotonic() + SETTLE_S
    while (item := _settled(shifts, check, deadline_s)) is not None:
        check = check.walk(item, "" if item.is_good else DEMO_REMARK)
    shifts.start(make_order(unit, "", ShiftPurpose.PATROL), check)


def _settled(shifts: Shifts, check: PreShiftCheck, deadline_s: float) -> CheckItem | None:
    """Return the next item once it is in order, or as it is at the deadline."""
    while True:
        item = shifts.look(check)
        if item is None or item.is_good or monotonic() >= deadline_s:
            return item
        sleep(LOOK_S)
