"""The keys at the foot of each page."""

from __future__ import annotations

from alpr_core.permissions import Role
from alpr_tui.places import PLACES
from alpr_tui.screens.live import LiveScreen
from alpr_tui.widgets.key_line import KeyLine, shown_keys
from tests.alpr_tui.watched_app import Watched, until, watched


def foot(world: Watched) -> str:
    """Return the lines of the keys as they stand on the screen."""
    line = world.app.screen.query_one(KeyLine)
    return "\n".join(world.text().split("\n")[line.region.y : line.region.bottom])


def missing(world: Watched) -> list[str]:
    """Return the keys of the page that are not to be read at its foot."""
    words = (f"{shown.label} {shown.words}" for shown in shown_keys(world.app.screen))
    return [word for word in words if word not in foot(world)]


async def test_no_key_is_cut_off_on_a_narrow_screen() -> None:
    """On every page of 80 columns each key of it can be read, Out and Stop too; a click presses it."""
    async with watched((80, 24), Role.ADMINISTRATOR) as (world, pilot):
        for place in PLACES:
            if not world.desk.may(place.action):
                continue
            await pilot.press(place.key)
            await until(pilot, lambda: not isinstance(world.app.screen, LiveScreen))
            await until(pilot, lambda: not missing(world))
            assert "F10 Out" in foot(world) and "q Stop" in foot(world)
            assert len(foot(world).split("\n")) <= 3
            await pilot.press("f2")
        await pilot.pause()
        lines = foot(world).split("\n")
        place_y = next(y for y, line in enumerate(lines) if "F8 Lists" in line)
        await pilot.click(KeyLine, offset=(lines[place_y].index("F8"), place_y))
        await until(pilot, lambda: "Lists" in world.text().split("\n")[0])


async def test_the_help_lists_every_key_of_its_page() -> None:
    """F1 on any page names each of its keys with what it does."""
    async with watched((80, 24)) as (world, pilot):
        await pilot.press("f6")
        await until(pilot, lambda: not isinstance(world.app.screen, LiveScreen))
        keys = shown_keys(world.app.screen)
        await pilot.press("f1")
        await until(pilot, lambda: "KEYS OF THIS PAGE" in world.text())
        for shown in keys:
            assert f"{shown.label:<6}{shown.words}" in world.text()


async def test_a_wide_screen_needs_one_line() -> None:
    """On 160 columns all keys of the live page stand in one line."""
    async with watched((160, 45)) as (world, pilot):
        await until(pilot, lambda: not missing(world))
        assert "\n" not in foot(world)
