"""Search, view and correct on the screen, over a real store."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input

from alpr_core.manual_entry import MANUAL_CAMERA
from alpr_core.permissions import Role
from alpr_tui.screens.manual_entry import ManualEntryScreen
from alpr_tui.screens.own_entries import OwnEntriesScreen
from alpr_tui.screens.own_entry import OwnEntryScreen
from alpr_tui.screens.past_reads import PastScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.read import CorrectScreen, ReadScreen
from alpr_tui.screens.search import SearchScreen
from tests.alpr_tui.watched_app import Watched, until, watched
from tests.db.sample_sightings import make_entry, make_sighting


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
    """From purpose to a corrected read and the hit that it makes, by keyboard alone, each step on the log."""
    async with watched(size) as (world, pilot):
        fill(world)
        world.staffed.store.hotlists.replace_list("SVS", [make_entry("9XYZ999")])
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
        await until(pilot, lambda: "▲ 9XYZ999 is listed: F6" in world.text())
        await pilot.press("escape")
        await until(pilot, lambda: f"was {plate}"[:8] in world.text())
        actions = [record.entry.action for record in world.staffed.newest(4)]
        assert actions == ["sighting.view", "sighting.correct", "sighting.view", "search"]
        await pilot.press("f6")
        await until(pilot, lambda: "CORRECTED" in world.text())
        await pilot.press("enter")
        await until(pilot, lambda: "HIT AFTER A CORRECTION" in world.text())
        assert f"READ {plate}, CORRECTED 9XYZ999" in world.text()


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


async def test_a_lookout_is_matched_against_the_past_on_the_screen() -> None:
    """From search to an own entry, what was read of it before, and off the list again, by keyboard alone."""
    async with watched() as (world, pilot):
        fill(world, 12)
        await state_purpose(world, pilot)
        world.app.screen.query_one(DataTable).focus()
        await pilot.press("b")
        await until(pilot, lambda: isinstance(world.app.screen, OwnEntriesScreen))
        await until(pilot, lambda: "Nothing is looked out for" in world.text())
        await pilot.press("n")
        await until(pilot, lambda: isinstance(world.app.screen, OwnEntryScreen))
        world.app.screen.query_one("#plate").focus()
        await world.type(pilot, "8abc00?", "", "white van", "hit and run", "")
        await until(pilot, lambda: isinstance(world.app.screen, PastScreen))
        await until(pilot, lambda: "POSSIBLE" in world.text() and "10 reads" in world.text())
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(world.app.screen, ReadScreen))
        await pilot.press("escape")
        await pilot.press("escape")
        await until(pilot, lambda: "8ABC00?" in world.text() and "26-012345" in world.text())
        await pilot.press("d")
        await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
        world.app.screen.query_one("#detail").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "off the list" in world.text())
        assert world.staffed.store.hotlists.entries() == ()


async def test_a_plate_by_hand_is_stored_and_found() -> None:
    """A typed plate is stored with its own entry, and a search by the camera `manual` finds it."""
    async with watched() as (world, pilot):
        await state_purpose(world, pilot)
        world.app.screen.query_one(DataTable).focus()
        await pilot.press("m")
        await until(pilot, lambda: isinstance(world.app.screen, ManualEntryScreen))
        await world.type(pilot, "5sam123", "ca", "", "")
        await until(pilot, lambda: "5SAM123 is stored" in world.text())
        assert world.staffed.newest()[0].entry.action == "sighting.enter"
        await pilot.press("escape")
        world.app.screen.query_one("#camera", Input).value = MANUAL_CAMERA
        world.app.screen.query_one("#area", Input).value = "here 200m"
        world.app.screen.query_one("#area").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "1 read." in world.text())
        query = world.staffed.newest()[0].subject
        assert query is not None and dict(query.query)["area"].startswith("200 m around 33.759")


async def test_a_copied_plate_stays_in_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """y takes the plate along for ^v in any field; nothing is sent to the terminal's own clipboard."""
    async with watched() as (world, pilot):
        fill(world, 3)
        await state_purpose(world, pilot)
        await world.type(pilot, "8ABC002")
        await until(pilot, lambda: "These are all" in world.text())
        sent: list[str] = []
        monkeypatch.setattr(world.app._driver, "write", sent.append)
        await pilot.press("y")
        await until(pilot, lambda: "8ABC002 is copied" in world.text())
        monkeypatch.undo()
        assert not any("\x1b]52" in written for written in sent)
        plate = world.app.screen.query_one("#plate", Input)
        plate.value = ""
        plate.focus()
        await pilot.press("ctrl+v")
        assert plate.value == "8ABC002"


async def test_what_is_no_area_is_said_in_words() -> None:
    """An area without a radius searches nothing and says how to write it."""
    async with watched() as (world, pilot):
        await state_purpose(world, pilot)
        world.app.screen.query_one("#area").focus()
        await world.type(pilot, "here")
        await until(pilot, lambda: "is no area" in world.text())


async def test_an_administrator_enters_no_sighting() -> None:
    """Whoever was not in the road is offered no manual entry."""
    async with watched(role=Role.ADMINISTRATOR) as (world, pilot):
        await state_purpose(world, pilot)
        world.app.screen.query_one(DataTable).focus()
        await pilot.press("m")
        await pilot.pause(0.1)
        assert isinstance(world.app.screen, SearchScreen)


async def test_the_purpose_is_chosen_by_keyboard() -> None:
    """The form begins at the list of purposes: Enter, some letters, Enter, then the case number."""
    async with watched() as (world, pilot):
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
        assert world.app.focused is world.app.screen.query_one("#purpose")
        await pilot.press("enter")
        await until(pilot, lambda: "Missing person" in world.text())
        await world.type(pilot, "Missing")
        await until(pilot, lambda: world.app.focused is world.app.screen.query_one("#case"))
        await world.type(pilot, "26-012345", "")
        await until(pilot, lambda: "Missing person · case 26-012345" in world.text())
