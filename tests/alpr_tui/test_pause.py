"""A pause of the reading: for a reason, on the log, seen by everybody, ended by key or with the shift."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.desk.pauses import Pauses
from alpr_core.errors import AccessRefused, InputError, StoreError
from alpr_core.permissions import Role
from alpr_tui.capture_gate import CaptureGate, CaptureState
from alpr_tui.screens.lock import LockScreen
from alpr_tui.screens.pause import PauseScreen
from tests.alpr_tui.watched_app import until, watched
from tests.db.staffed_store import PASSWORD, StaffedStore, staffed_store


def pauses_of(staffed: StaffedStore, role: Role) -> tuple[Pauses, CaptureGate]:
    gate = CaptureGate()
    gate.begin()
    return Pauses(staffed.desk_of(role), gate, lambda: staffed.now), gate


def test_a_pause_has_its_reason_on_the_log(tmp_path: Path) -> None:
    """Beginning and end name who, the sealed reason, and for how long nothing was read."""
    with staffed_store(tmp_path / "store") as staffed:
        pauses, gate = pauses_of(staffed, Role.OFFICER)
        pauses.begin("inside the hospital's yard")
        assert gate.state is CaptureState.PAUSED and not gate.is_open
        staffed.now += timedelta(minutes=4)
        pauses.end()
        assert gate.is_open and pauses.current is None
        ended, begun = staffed.newest(2)
        assert begun.entry.action == ended.entry.action == "capture.pause"
        assert begun.subject is not None and begun.subject.note == "inside the hospital's yard"
        assert (ended.entry.fact("deed"), ended.entry.fact("seconds")) == ("resume", "240")
        assert ended.entry.fact("begun_by") == "4711"


def test_whoever_may_not_pause_does_not(tmp_path: Path) -> None:
    """Without permission, reason or shift nothing is paused; a second pause is refused."""
    with staffed_store(tmp_path / "store") as staffed:
        pauses, gate = pauses_of(staffed, Role.AUDITOR)
        with pytest.raises(AccessRefused):
            pauses.begin("because I can")
        pauses, gate = pauses_of(staffed, Role.OFFICER)
        with pytest.raises(InputError, match="needs its reason"):
            pauses.begin(" x ")
        assert gate.is_open
        pauses.begin("car wash")
        with pytest.raises(InputError, match="paused already"):
            pauses.begin("car wash")
        gate.end()
        assert pauses.current is None
        with pytest.raises(InputError, match="No shift runs"):
            pauses.begin("car wash")
        gate.begin()
        assert gate.is_open, "a pause ends with its shift"


def test_no_entry_no_pause_but_reading_goes_on(tmp_path: Path) -> None:
    """If the log refuses, nothing is paused; a pause that cannot be ended on the log is ended all the same."""
    with staffed_store(tmp_path / "store") as staffed:
        pauses, gate = pauses_of(staffed, Role.OFFICER)
        append = staffed.store.audit.append

        def refuse(_draft: object) -> None:
            raise StoreError("The disk is full.")

        staffed.store.audit.append = refuse  # type: ignore[method-assign, assignment]
        with pytest.raises(StoreError):
            pauses.begin("car wash")
        assert gate.is_open
        staffed.store.audit.append = append  # type: ignore[method-assign]
        pauses.begin("car wash")
        staffed.store.audit.append = refuse  # type: ignore[method-assign, assignment]
        with pytest.raises(StoreError):
            pauses.end()
        assert gate.is_open


async def test_a_pause_by_keyboard_is_seen_by_everybody() -> None:
    """p asks for a reason; it stands on the live page and on the locked screen, and p reads again."""
    async with watched() as (world, pilot):
        await pilot.press("p")
        await until(pilot, lambda: isinstance(world.app.screen, PauseScreen))
        await world.type(pilot, "x")
        await until(pilot, lambda: "needs its reason" in world.text())
        await pilot.press("backspace")
        await world.type(pilot, "car wash")
        await until(pilot, lambda: "by 4711 · p reads again · car wash" in world.text())
        await until(pilot, lambda: "■ PAUSED" in world.text().splitlines()[0])
        assert world.gate.state is CaptureState.PAUSED
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(world.app.screen, LockScreen))
        await until(pilot, lambda: "NOTHING IS READ" in world.text())
        await world.type(pilot, PASSWORD)
        await until(pilot, lambda: not isinstance(world.app.screen, LockScreen))
        await pilot.press("p")
        await until(pilot, lambda: world.gate.is_open)
        await until(pilot, lambda: "NOTHING IS READ" not in world.text())


async def test_who_may_not_pause_has_no_key() -> None:
    """An auditor sees that the reading is paused and is offered no key for it."""
    async with watched(role=Role.AUDITOR) as (world, pilot):
        await pilot.press("p")
        await pilot.pause()
        assert not isinstance(world.app.screen, PauseScreen)
