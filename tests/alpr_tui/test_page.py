"""Pages that end while a hit or the dark lies over them, and hits over pages that are left."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest
from textual.geometry import Offset, Size
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from alpr_core.hotlist import HotlistClass
from alpr_tui import screens
from alpr_tui.screens import alert
from alpr_tui.screens.alert import AlertScreen
from alpr_tui.screens.dark import DarkScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.screens.lock import LockScreen
from alpr_tui.screens.page import PAINT_S, Page
from alpr_tui.screens.search import SearchScreen
from alpr_tui.screens.verify import VerifyScreen
from tests.alpr_tui.watched_app import Watched, hit_of, until, watched


class Errand(Page[str]):
    """A page whose work ends whenever the test says so."""


async def under_a_hit(world: Watched, pilot: Pilot[None], answers: list[str | None]) -> Errand:
    """Open a page and let a hit come over it."""
    errand = Errand()
    await world.app.push_screen(errand, answers.append)
    hit = hit_of(1, HotlistClass.STOLEN)
    world.keep(hit)
    await world.tell(pilot, hit)
    await until(pilot, lambda: isinstance(world.app.screen, AlertScreen))
    return errand


@pytest.mark.parametrize("is_card_open", [False, True])
async def test_a_page_that_ends_under_a_hit_leaves_the_hit(
    is_card_open: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hit, or its card, stays until it is answered; the page below gives its answer then, once."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    answers: list[str | None] = []
    async with watched() as (world, pilot):
        errand = await under_a_hit(world, pilot, answers)
        if is_card_open:
            await pilot.press("f6")
            await until(pilot, lambda: isinstance(world.app.screen, VerifyScreen))
        over = world.app.screen
        errand.dismiss("done")
        errand.dismiss("done twice")
        await pilot.pause()
        assert world.app.screen is over and answers == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))
        await until(pilot, lambda: answers == ["done"])


async def test_a_page_that_is_gone_takes_nobody_with_it() -> None:
    """A page that was left gives no late answer, and what is open by then stays."""
    answers: list[str | None] = []
    async with watched() as (world, pilot):
        errand = Errand()
        await world.app.push_screen(errand, answers.append)
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))
        errand.dismiss("late")
        await pilot.pause()
        assert isinstance(world.app.screen, LiveScreen) and answers == []


async def test_an_unlocking_does_not_light_the_dark_screen() -> None:
    """The dark comes over a page that is about to end: it stays dark, and the page is gone once it is light."""
    answers: list[str | None] = []
    async with watched() as (world, pilot):
        errand = Errand()
        await world.app.push_screen(errand, answers.append)
        await pilot.press("ctrl+d")
        errand.dismiss("done")
        await pilot.pause()
        assert isinstance(world.app.screen, DarkScreen) and answers == []
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))


async def test_who_is_led_to_another_page_keeps_the_hit() -> None:
    """A hit that lies over pages which the program leaves by itself comes up over the next one."""
    async with watched() as (world, pilot):
        await under_a_hit(world, pilot, [])
        world.app.action_live()
        await until(pilot, lambda: isinstance(world.app.screen, AlertScreen))
        assert isinstance(world.app.screen_stack[-2], LiveScreen)
        world.app.action_go("search")
        await until(pilot, lambda: isinstance(world.app.screen, AlertScreen))
        assert isinstance(world.app.screen_stack[-2], SearchScreen)


async def test_a_lock_between_the_key_and_the_card_hides_the_plate() -> None:
    """Locked after F6 and before the card is drawn, the hit waits behind the lock."""
    async with watched() as (world, pilot):
        await under_a_hit(world, pilot, [])
        over = world.app.screen
        assert isinstance(over, AlertScreen)
        world.desk.lock()
        over.action_verify()
        await until(pilot, lambda: "1 HIT WAITING" in world.text())
        assert isinstance(world.app.screen, LockScreen)
        await world.type(pilot, "tulip kestrel mosaic")
        await until(pilot, lambda: isinstance(world.app.screen, AlertScreen))


def test_every_page_leaves_only_itself() -> None:
    """No screen of the program ends by Textual's own `dismiss`."""
    found = [
        kind
        for module in pkgutil.iter_modules(screens.__path__)
        for kind in vars(import_module(f"{screens.__name__}.{module.name}")).values()
        if isinstance(kind, type)
        and issubclass(kind, Screen)
        and kind.__module__.startswith("alpr")
    ]
    assert len(found) > 40
    assert [kind.__name__ for kind in found if not issubclass(kind, Page)] == []


async def test_a_page_is_laid_out_anew_for_another_size_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The size that its first layout tells a page is no reason to lay it out again; a resized terminal is."""
    async with watched((160, 45)) as (world, pilot):
        laid_out: list[Size] = []
        refresh_layout = Errand._refresh_layout

        def watch(page: Errand, size: Size | None = None, scroll: bool = False) -> None:
            laid_out.append(page.app.size)
            refresh_layout(page, size, scroll)

        monkeypatch.setattr(Errand, "_refresh_layout", watch)
        await world.app.push_screen(Errand())
        await pilot.pause(0.2)
        assert laid_out == [(160, 45)] * 2, "the page, and Textual's rack of notices on it"
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: (80, 24) in laid_out)
        assert world.app.screen.size == (80, 24)


async def test_the_terminals_cursor_is_in_the_field_again_after_a_hit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever verified a hit in between goes on typing where the cursor stands."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    async with watched() as (world, pilot):
        await pilot.press("f3")
        await until(pilot, lambda: bool(world.app.screen.query("#case")))
        field = world.app.screen.query_one("#case", Input)
        field.focus()
        await pilot.press(*"26-")
        hit = hit_of(1, HotlistClass.STOLEN)
        world.keep(hit)
        await world.tell(pilot, hit)
        await until(pilot, lambda: isinstance(world.app.screen, AlertScreen))
        world.app.cursor_position = Offset(0, 0)
        await pilot.press("escape")
        await until(pilot, lambda: world.app.screen is field.screen)
        await until(pilot, lambda: world.app.cursor_position == field.cursor_screen_offset)


async def test_a_page_paints_by_a_timer_of_its_own() -> None:
    """What paints a change comes round every PAINT_S, not sixty times a second."""
    async with watched() as (world, pilot):
        await pilot.pause()
        assert world.app.screen._update_timer._interval == PAINT_S
