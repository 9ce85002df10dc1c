"""Search, view and correct on the screen, over a real store."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable

from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.read import CorrectScreen, ReadScreen
from alpr_tui.screens.search import SearchScreen
from tests.alpr_tui.watched_app import Watched, until, watched
from tests.db.sample_sightings import make_sighting


def fill(world: Watched, count: int = 50) -> None:
    """Put reads into the store."""
    writer = world.staffed.store.writer(lambda _event: None)
    for number in range(count):
        writer.record(make_sighting(number, f"8ABC{number:03d}"), None)
    writer.close()


async def state_purpose(world: Watched, pilot: Pilot[None]) -> None:
    """Go to the search page and fill in the form of the purpose."""
    await pilot.press("f3")
    await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
    await world.choose(pilot, "stolen_vehicle")
    world.app.screen.query_one("#case").focus()
    await world.type(pilot, "26-012345", "")
    await until(pilot, lambda: isinstance(world.app.screen, SearchScreen))


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_purpose_search_view_correct(size: tuple[int, int]) -> None:
    """From purpose to a corrected read by keyboard alone, each step on the log."""
    async with watched(size) as (world, pilot):
        fill(world)
        plate = "8ABC007"
        await state_purpose(world, pilot)
        await until(pilot, lambda: "case 26-012345" in world.text())
        await world.type(pilot, plate)
        await until(pilot, lambda: "These are all" in world.text())
        assert plate in world.text()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(world.app.screen, ReadScreen))
        await until(pilot, lambda: "weakest sign" in world.text())
        await pilot.press("c")
        await until(pilot, lambda: isinstance(world.app.screen, CorrectScreen))
        world.app.screen.query_one("#plate").value = "9XYZ999"  # type: ignore[attr-defined]
        world.app.screen.query_one("#reason").focus()
        await world.type(pilot, "the picture shows it")
        await until(
            pilot, lambda: isinstance(world.app.screen, ReadScreen) and "corrected" in world.text()
        )
        await pilot.press("escape")
        await until(pilot, lambda: f"was {plate}"[:8] in world.text())
        actions = [record.entry.action for record in world.staffed.newest(4)]
        assert actions == ["sighting.view", "sighting.correct", "sighting.view", "search"]


async def test_nothing_is_searched_without_a_purpose() -> None:
    """Whoever leaves the form of the purpose searches nothing."""
    async with watched() as (world, pilot):
        fill(world, 3)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(world.app.screen, SearchScreen))
        await world.type(pilot, "8ABC")
        await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
        assert "search" not in {record.entry.action for record in world.staffed.newest(50)}


async def test_a_vague_purpose_is_refused_with_the_reason() -> None:
    """A placeholder for a case number is refused in the form, and the cursor goes to its field."""
    async with watched() as (world, pilot):
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
        await world.choose(pilot, "stolen_vehicle")
        world.app.screen.query_one("#case").focus()
        await world.type(pilot, "11-111111", "")
        await until(pilot, lambda: "placeholder" in world.text())
        assert world.app.focused is world.app.screen.query_one("#case")


async def test_pages_of_many_reads() -> None:
    """Older reads come page by page with n; a bad time is refused in words."""
    async with watched((160, 45)) as (world, pilot):
        fill(world, 50)
        await state_purpose(world, pilot)
        world.app.screen.query_one("#since").focus()
        await world.type(pilot, "notatime")
        await until(pilot, lambda: "is no time" in world.text())
        world.app.screen.query_one("#since").value = "2000-01-01"  # type: ignore[attr-defined]
        await pilot.press("enter")
        table = world.app.screen.query_one(DataTable)
        await until(pilot, lambda: table.row_count == 40)
        await until(pilot, lambda: world.app.focused is table)
        await pilot.press("n")
        await until(pilot, lambda: table.row_count == 10)
