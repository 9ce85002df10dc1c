"""A shift on the screen: after login, through the check, to the summary; over a real store."""

from __future__ import annotations

from pathlib import Path

import pytest

from alpr_core.permissions import Role
from alpr_tui.screens.live import LiveScreen
from alpr_tui.screens.login import LoginScreen
from alpr_tui.screens.shift import ShiftScreen
from alpr_tui.screens.shift_check import ShiftCheckScreen
from alpr_tui.screens.shift_end import ShiftEndScreen
from alpr_tui.screens.shift_order import ShiftOrderScreen
from tests.alpr_central.fleet import drive, enrol, fleet
from tests.alpr_tui.watched_app import until, watched


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_from_login_to_summary(size: tuple[int, int]) -> None:
    """An officer without a shift is led to its page; by keyboard alone it begins checked and ends summed up."""
    async with watched(size, in_shift=False) as (world, pilot):
        await until(pilot, lambda: isinstance(world.app.screen, ShiftScreen))
        world.capture.break_down("lists", "stale: SVS")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(world.app.screen, ShiftOrderScreen))
        world.app.screen.query_one("#vehicle").focus()
        await pilot.press("enter")
        await world.type(pilot, "lee", "")
        await until(pilot, lambda: isinstance(world.app.screen, ShiftCheckScreen))
        await until(pilot, lambda: "▶ ✓ camera front" in world.text())
        await pilot.press("enter")
        await until(pilot, lambda: "▶ ✗ lists" in world.text())
        await pilot.press("enter")
        await until(pilot, lambda: "Say in a remark" in world.text())
        await world.type(pilot, "import is under way")
        await until(pilot, lambda: "▶ ✓ clock" in world.text())
        assert not world.capture.is_in_shift
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))
        assert world.capture.is_in_shift
        await pilot.press("f7")
        await until(pilot, lambda: "Shift · shift runs" in world.text())
        assert "unit 12" in world.text() and "with lee" in world.text()
        await pilot.press("e")
        await until(pilot, lambda: "Enter ends the shift" in world.text())
        await pilot.press("enter")
        await until(pilot, lambda: "Shift ended: summary" in world.text())
        assert not world.capture.is_in_shift
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(world.app.screen, LoginScreen))
        actions = [record.entry.action for record in world.staffed.newest(3)]
        assert actions == ["session.log_out", "shift.end", "shift.start"]


async def test_the_end_says_when_everything_is_at_the_server(tmp_path: Path) -> None:
    """What waits is counted, kind by kind; `s` sends it, and then one light says that all is there."""
    with fleet(tmp_path) as server:
        async with watched() as (world, pilot):
            store = world.staffed.store
            enrol(store, server.code("unit 12"))
            world.timetable.start()
            try:
                done = store.job_runs.last_success
                await until(pilot, lambda: done("sync") is not None and done("reports") is not None)
                drive(store, 2)
                await pilot.press("f7")
                await until(pilot, lambda: "shift runs" in world.text())
                await pilot.press("e")
                await until(pilot, lambda: "Enter ends the shift" in world.text())
                await pilot.press("enter")
                await until(pilot, lambda: "◐ NOT YET OFFLOADED" in world.text())
                waiting = store.outbox.unsent_count()
                assert waiting >= 3 and f"○ records           {waiting} wait" in world.text()
                assert "○ pictures          4 wait" in world.text()
                await pilot.press("s")
                await until(pilot, lambda: "● EVERYTHING OFFLOADED" in world.text())
                assert "✓ audit log         witnessed to" in world.text()
            finally:
                world.timetable.stop()


async def test_capture_goes_on_behind_a_locked_screen() -> None:
    """Locking the screen or logging out ends no shift: only the shift's own end does."""
    async with watched() as (world, pilot):
        await pilot.press("f9")
        await until(pilot, lambda: "Screen locked" in world.text())
        assert world.capture.is_in_shift
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(world.app.screen, LoginScreen))
        assert world.capture.is_in_shift
        assert world.staffed.store.shifts.open_shift() is not None


async def test_an_interrupted_shift_is_offered_after_login() -> None:
    """After a power cut the officer finds the open shift and continues it with one key."""
    async with watched() as (world, pilot):
        world.capture.is_in_shift = False
        await pilot.press("f7")
        await until(pilot, lambda: "INTERRUPTED" in world.text())
        await pilot.press("c")
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))
        assert world.capture.is_in_shift


async def test_whoever_may_not_start_a_shift_is_not_asked() -> None:
    """An administrator without a shift stays on the live page and is offered no shift key."""
    async with watched(role=Role.ADMINISTRATOR, in_shift=False) as (world, pilot):
        await pilot.press("f7")
        await pilot.pause(0.2)
        assert isinstance(world.app.screen, LiveScreen)
        assert "Shift" not in world.text()


async def test_escape_at_the_end_leaves_the_shift_running() -> None:
    """Whoever looks at the summary and goes back has ended nothing."""
    async with watched() as (world, pilot):
        await pilot.press("f7")
        await until(pilot, lambda: "shift runs" in world.text())
        await pilot.press("e")
        await until(pilot, lambda: isinstance(world.app.screen, ShiftEndScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(world.app.screen, ShiftScreen))
        assert world.capture.is_in_shift
