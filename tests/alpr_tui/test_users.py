"""The page of accounts, over a real store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alpr_core.permissions import Role
from alpr_tui.screens.lock import ProveAgainScreen
from alpr_tui.screens.user_forms import (
    DataScreen,
    FirstLoginScreen,
    NewUserScreen,
    TrainingScreen,
)
from alpr_tui.screens.users import UsersScreen
from tests.alpr_tui.watched_app import until, watched
from tests.db.staffed_store import PASSWORD


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_new_user_with_training(size: tuple[int, int]) -> None:
    """An administrator makes an account behind password and code, and enters the training, by keyboard."""
    async with watched(size, Role.ADMINISTRATOR) as (world, pilot):
        world.staffed.now += timedelta(minutes=6)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(world.app.screen, UsersScreen))
        await until(pilot, lambda: "Pat 4711" in world.text())
        await pilot.press("n")
        await until(pilot, lambda: isinstance(world.app.screen, ProveAgainScreen))
        await world.type(pilot, PASSWORD, world.staffed.code("A-1"))
        await until(pilot, lambda: isinstance(world.app.screen, NewUserScreen))
        await world.choose(pilot, "officer")
        world.app.screen.query_one("#badge").focus()
        await pilot.click("#data-state")
        world.app.screen.query_one("#badge").focus()
        await world.type(pilot, "5150", "Kim", "Officer", "")
        await until(pilot, lambda: isinstance(world.app.screen, FirstLoginScreen))
        assert "Temporary password" in world.text() and "█" in world.text()
        await pilot.press("escape")
        await until(pilot, lambda: "✗ training missing" in world.text())
        assert "DS·" in world.text()
        await pilot.press("down", "r")
        await until(pilot, lambda: isinstance(world.app.screen, TrainingScreen))
        world.app.screen.query_one("#given").focus()
        await world.type(pilot, "Sgt Lee", "", "2027-11-01")
        await until(pilot, lambda: "✗ training missing" not in world.text())


async def test_data_authorisations_are_chosen_for_an_account() -> None:
    """a shows whose data a user may see; what is ticked there counts, and is on the log (462.3(e))."""
    async with watched(role=Role.ADMINISTRATOR) as (world, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "Pat 4711" in world.text())
        await pilot.press("a")
        await until(pilot, lambda: isinstance(world.app.screen, DataScreen))
        await pilot.press("tab", "tab", "space", "ctrl+s")
        await until(pilot, lambda: "DS·" in world.text())
        entry = world.staffed.newest(2)[1].entry
        assert (entry.action, entry.fact("data")) == ("user.manage", "department,state")


async def test_disable_and_enable_by_key() -> None:
    """d closes the selected account at once and e opens it again."""
    async with watched(role=Role.ADMINISTRATOR) as (world, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "Pat 4711" in world.text())
        await pilot.press("d")
        await until(pilot, lambda: "✗ disabled" in world.text())
        await pilot.press("e")
        await until(pilot, lambda: "✗ disabled" not in world.text())


async def test_an_officer_is_not_offered_the_page() -> None:
    """Whoever may not see accounts has no key for them."""
    async with watched() as (world, pilot):
        await pilot.press("f5")
        await pilot.pause()
        assert not isinstance(world.app.screen, UsersScreen)
