"""The dark screen: nothing shines or sounds, only the highest alarms show, and nothing is lost below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alpr_core.agency import DarkAlarm, agency_text, parse_agency
from alpr_core.events import SightingStored
from alpr_core.hotlist import HotlistClass
from alpr_tui.screens.dark import DarkScreen
from alpr_tui.screens.lock import LockScreen
from alpr_tui.widgets.feed import Feed
from tests.alpr_tui.watched_app import Watched, hit_of, seen, until, watched


def is_black(world: Watched) -> bool:
    """Tell whether no cell of the screen shines."""
    strips = world.app.screen._compositor.render_strips()
    segments = [segment for strip in strips for segment in strip]
    return all(
        segment.style is None
        or segment.style.bgcolor is None
        or segment.style.bgcolor.get_truecolor() == (0, 0, 0)
        for segment in segments
    )


async def test_one_key_makes_the_screen_dark_and_silent() -> None:
    """d blackens every cell, reads and ordinary hits show and sound nothing, d again brings them up."""
    async with watched() as (world, pilot):
        await pilot.press("d")
        await until(pilot, lambda: isinstance(world.app.screen, DarkScreen))
        world.relay.tell(SightingStored(seen(5), None, world.desk.watcher()))
        world.relay.tell(replace(hit_of(1, HotlistClass.BOLO), seen_by=world.desk.watcher()))
        world.app.notify("The disk is full.", severity="error")
        await pilot.pause(0.6)
        assert is_black(world)
        assert world.text().split() == []
        assert world.bells == 0
        await pilot.press("d")
        await until(pilot, lambda: "BE ON THE LOOKOUT" in world.text())
        assert world.live.query_one(Feed).newest_id is not None


async def test_an_alarm_of_the_highest_class_shows_dimly() -> None:
    """In the dark a felony vehicle is one dim line with class and plate, without sound."""
    async with watched() as (world, pilot):
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(world.app.screen, DarkScreen))
        hit = replace(hit_of(1, HotlistClass.FELONY), seen_by=world.desk.watcher())
        world.relay.tell(hit)
        await until(pilot, lambda: "▲ felony vehicle 8ABC001" in world.text())
        assert is_black(world)
        assert world.bells == 0


async def test_the_agency_can_choose_a_sign() -> None:
    """With the sign chosen, an alarm in the dark tells neither class nor plate."""
    async with watched() as (world, pilot):
        agency = replace(world.staffed.store.settings.agency(), dark_alarm=DarkAlarm.SIGN)
        with world.staffed.store.ledger.writing():
            world.staffed.store.settings.write_agency(agency)
        assert parse_agency(agency_text(agency)) == agency
        await pilot.press("d")
        await until(pilot, lambda: isinstance(world.app.screen, DarkScreen))
        for number in (1, 2):
            hit = replace(hit_of(number, HotlistClass.FELONY), seen_by=world.desk.watcher())
            world.relay.tell(hit)
        await until(pilot, lambda: world.text().split() == ["▲2"])


async def test_a_session_that_locks_in_the_dark_stays_dark() -> None:
    """Idle in the dark, the desk is locked, nothing lights up, an alarm shows no plate; d leads to the lock."""
    async with watched() as (world, pilot):
        await pilot.press("d")
        await until(pilot, lambda: isinstance(world.app.screen, DarkScreen))
        world.staffed.now += timedelta(minutes=31)
        world.app._watch_session()
        await world.tell_unseen(pilot, hit_of(1, HotlistClass.FELONY))
        await until(pilot, lambda: world.text().split() == ["▲"])
        assert isinstance(world.app.screen, DarkScreen)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(world.app.screen, LockScreen))
        assert "1 HIT WAITING" in world.text() or await _waits(world, pilot)


async def _waits(world: Watched, pilot: object) -> bool:
    world.app._watch_session()
    await until(pilot, lambda: "1 HIT WAITING" in world.text())  # type: ignore[arg-type]
    return True
