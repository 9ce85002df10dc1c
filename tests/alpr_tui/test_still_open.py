"""Answers that come when their page was left."""

from __future__ import annotations

import pytest
from textual.widgets import DataTable

from alpr_core.events import SightingStored
from alpr_core.permissions import Role
from alpr_tui.screens.help import HelpScreen
from alpr_tui.screens.jobs import JobsScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.still_open import is_still_open
from tests.alpr_tui.watched_app import seen, until, watched


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


async def test_a_program_that_ends_takes_no_late_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page is drawn on while the program takes all of them down, although the last one is still there."""
    open_at_the_end: list[bool] = []
    async with watched() as (world, _):
        page, close_all = world.live, world.app._close_all
        assert is_still_open(page)

        async def closing() -> None:
            open_at_the_end.append(is_still_open(page) or page not in world.app.screen_stack)
            await close_all()

        monkeypatch.setattr(world.app, "_close_all", closing)
    assert open_at_the_end == [False]


async def test_a_page_under_another_is_not_drawn() -> None:
    """Reads that come while another page is open paint nothing, and stand there when it is left."""
    async with watched((160, 45)) as (world, pilot):
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(world.app.screen, HelpScreen))
        await pilot.pause()
        painted: list[object] = []
        paint = LiveScreen._compositor_refresh

        def watch(page: LiveScreen) -> None:
            painted.append(page)
            paint(page)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LiveScreen, "_compositor_refresh", watch)
            await world.tell(pilot, SightingStored(seen(7), None))
            await pilot.pause(0.3)
            assert painted == []
        await pilot.press("escape")
        await until(pilot, lambda: "8ABC007" in world.text())
