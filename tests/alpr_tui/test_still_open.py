"""Answers that come when their page was left."""

from __future__ import annotations

from textual.widgets import DataTable

from alpr_core.permissions import Role
from alpr_tui.screens.jobs import JobsScreen
from alpr_tui.still_open import is_still_open
from tests.alpr_tui.watched_app import until, watched


async def test_a_left_page_takes_no_late_answer() -> None:
    """From the moment a page is left it is not drawn on, also while its parts are still being taken down."""
    async with watched(role=Role.ADMINISTRATOR) as (world, pilot):
        await pilot.press("j")
        await until(pilot, lambda: world.text().count("never") > 3)
        page = world.app.screen
        assert isinstance(page, JobsScreen)
        table = page.query_one(DataTable)
        assert is_still_open(page) and is_still_open(table)
        leaving = world.app.pop_screen()
        assert page.is_attached
        assert not is_still_open(page) and not is_still_open(table)
        await leaving
        page._show(world.app._workplace.jobs.all(), None)
        live = world.app.screen
    assert not is_still_open(live)
