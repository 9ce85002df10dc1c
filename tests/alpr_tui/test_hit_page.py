"""One page for all hits: each says what is its own, answers for itself, and goes with whoever saw it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alpr_core.hotlist import HotlistClass
from alpr_tui.screens import alert
from alpr_tui.screens.alert import AlertScreen
from alpr_tui.screens.dark import DarkScreen
from alpr_tui.screens.help import HelpScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.screens.lock import LockScreen
from alpr_tui.screens.verify import VerifyScreen
from tests.alpr_tui.watched_app import hit_of, on_page, pass_by, until, watched


async def test_no_hit_is_ever_painted_with_the_words_of_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hits one after the other stand on one page; from its first paint each says what is its own, from the top."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    painted: list[tuple[str, float]] = []
    paint = AlertScreen._compositor_refresh

    def watch(page: AlertScreen) -> None:
        if page.is_current:
            scrolled = page.query_one("#hit-lower").scroll_y
            painted.append((page.app.export_screenshot(), scrolled))
        paint(page)

    async with watched((80, 16)) as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await until(pilot, lambda: "LISTED 8ABC001" in world.text())
        first = world.app.screen
        lower = first.query_one("#hit-lower")
        lower.scroll_end(animate=False)
        await until(pilot, lambda: lower.scroll_y > 0)
        await pilot.press("escape")
        await on_page(pilot, LiveScreen)
        monkeypatch.setattr(AlertScreen, "_compositor_refresh", watch)
        await pass_by(world, pilot, hit_of(2, HotlistClass.FELONY))
        await until(pilot, lambda: "LISTED 8ABC002" in world.text())
        assert world.app.screen is first
        assert painted
        assert not [picture for picture, _ in painted if "8ABC001" in picture]
        assert all("FELONY" in picture for picture, _ in painted)
        assert {scrolled for _, scrolled in painted} == {0}


async def test_an_answer_that_came_too_late_is_not_the_next_hit_s() -> None:
    """A page of a hit that was covered while it was answered does not go by itself when it comes up again."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        page = world.app.screen
        await world.app.push_screen(HelpScreen([]))
        page.answer(is_now=True)
        world.app.action_live()
        await on_page(pilot, AlertScreen)
        await pilot.pause(0.3)
        assert world.app.screen is page


async def test_a_key_is_for_the_hit_that_stood_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """F6 opens the card of the hit it was pressed at, though another one comes onto the page right behind it."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        second = hit_of(2, HotlistClass.STOLEN)
        world.keep(second)
        page = world.app.screen
        assert isinstance(page, AlertScreen)
        page.action_verify()
        world.relay.tell(replace(second, seen_by=world.desk.watcher()))
        await on_page(pilot, VerifyScreen)
        await until(pilot, lambda: "READ 8ABC001" in world.text())
        monkeypatch.setattr(alert, "GUARD_S", 0.0)
        await pilot.press("escape")
        await on_page(pilot, AlertScreen)
        await until(pilot, lambda: "READ 8ABC002" in world.text())


async def test_a_hit_over_a_page_over_a_hit_hides_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that came over a hit late is under the next hit, and over the one before, which shows again."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        await world.app.push_screen(HelpScreen([]))
        await pass_by(world, pilot, hit_of(2, HotlistClass.STOLEN))
        await until(pilot, lambda: "READ 8ABC002" in world.text())
        await pilot.press("escape")
        await on_page(pilot, HelpScreen)
        await pilot.press("escape")
        await until(pilot, lambda: "READ 8ABC001" in world.text())


async def test_a_lock_in_the_dark_over_a_hit() -> None:
    """Idle for long in the dark over a hit: the program goes on, and the light shows the lock."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        page = world.app.screen
        await pilot.press("ctrl+d")
        await on_page(pilot, DarkScreen)
        world.staffed.now += timedelta(minutes=31)
        await until(pilot, lambda: world.desk.watcher() is None)
        await pilot.pause(1.2)
        await pilot.press("ctrl+d")
        await on_page(pilot, LockScreen)
        await until(pilot, lambda: not page.is_running)


async def test_the_page_of_a_hit_goes_with_whoever_saw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a lock no page holds the plate, and the next hit has a page of its own."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        page = world.app.screen
        await pilot.press("escape")
        await on_page(pilot, LiveScreen)
        assert page.is_running
        world.desk.lock()
        await on_page(pilot, LockScreen)
        await until(pilot, lambda: not page.is_running)
