"""The page of the lists: health, classes, look-alikes, import with its questions, templates with a preview."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select, TextArea

from alpr_core.audit.entry import Outcome
from alpr_core.errors import InputError
from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.import_order import ImportOrder
from alpr_core.hotlists.settings import make_settings
from alpr_core.permissions import Role
from alpr_tui.badges import lists_badge
from alpr_tui.screens.class_rule import ClassRuleScreen
from alpr_tui.screens.list_import import ImportScreen
from alpr_tui.screens.list_template import TemplateScreen
from alpr_tui.screens.lists import ListsScreen
from tests.alpr_tui.watched_app import Watched, until, watched
from tests.db.list_files import plates_of, write_list
from tests.db.sample_sightings import make_entry
from tests.db.staffed_store import NOW
from tests.db.test_hotlist_packages import SIGNER, pack


async def on_page(pilot: Pilot[None], page: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, page))


async def ask_import(world: Watched, pilot: Pilot[None], **typed: str) -> None:
    """Open the form, fill in what is named, send it."""
    await pilot.press("f8")
    await on_page(pilot, ListsScreen)
    await pilot.press("i")
    await on_page(pilot, ImportScreen)
    for name, value in typed.items():
        world.app.screen.query_one(f"#{name}", Input).value = value
    world.app.screen.query_one("#agency", Input).focus()
    await pilot.press("enter")


async def test_every_list_has_its_health_line(tmp_path: Path) -> None:
    """An administrator brings a file and sees rows, age and what was left out; the log has the import."""
    file = write_list(tmp_path / "svs.csv", ["7ABC123", "8XYZ999"])
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await ask_import(world, pilot, file=str(file), list="SVS", template="generic")
        await until(pilot, lambda: "2 entries of 2 rows are matched now" in world.text())
        assert plates_of(world.staffed.store) == ["7ABC123", "8XYZ999"]
        await pilot.press("escape")
        await until(pilot, lambda: "1 in the car" in world.text() and "svs.csv" in world.text())
        assert "bad: none" in world.text()
        imports = [
            record.entry
            for record in world.staffed.newest(20)
            if record.entry.action == "hotlist.import"
        ]
        assert imports[0].fact("entries") == "2"


async def test_bad_rows_are_named_and_asked_about(tmp_path: Path) -> None:
    """A file with bad rows is refused with line and reason; ^o imports the rest, anything else leaves the list."""
    file = write_list(tmp_path / "svs.csv", ["7ABC123", "!!", *(f"8XYZ{n:03d}" for n in range(48))])
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await ask_import(world, pilot, file=str(file), list="SVS", template="generic")
        await until(pilot, lambda: "1 of 50 rows (2.0%) are bad" in world.text())
        assert "line 3:" in world.text()
        assert plates_of(world.staffed.store) == []
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "49 entries of 50 rows" in world.text())
        outcomes = [
            record.entry.outcome
            for record in world.staffed.newest(20)
            if record.entry.action == "hotlist.import"
        ]
        assert outcomes[:2] == [Outcome.DONE, Outcome.FAILED]


async def test_a_running_import_can_be_cancelled(tmp_path: Path) -> None:
    """Escape cancels an import that runs; the old list stays."""
    small = write_list(tmp_path / "small.csv", ["7ABC123"])
    large = write_list(tmp_path / "large.csv", (f"8A{n:06d}" for n in range(60_000)))
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await ask_import(world, pilot, file=str(small), list="SVS", template="generic")
        await until(pilot, lambda: "1 entries of 1 rows" in world.text())
        world.app.screen.query_one("#file", Input).value = str(large)
        await pilot.press("enter")
        await until(pilot, lambda: "Escape cancels" in world.text())
        await pilot.press("escape")
        await until(pilot, lambda: "Import cancelled" in world.text())
        assert isinstance(world.app.screen, ImportScreen)
        assert plates_of(world.staffed.store) == ["7ABC123"]


async def test_a_stop_cancels_a_running_import(tmp_path: Path) -> None:
    """Nobody waits for an import after the program was told to stop; the list stays as it was."""
    file = write_list(tmp_path / "large.csv", (f"8A{n:06d}" for n in range(60_000)))
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await ask_import(world, pilot, file=str(file), list="SVS", template="generic")
        await until(pilot, lambda: "Escape cancels" in world.text())
        world.app.exit()
        staffed = world.staffed
        while not (
            last := [r.entry for r in staffed.newest(5) if r.entry.action == "hotlist.import"]
        ):
            await asyncio.sleep(0.02)
        assert last[0].outcome is Outcome.FAILED
        assert plates_of(staffed.store) == []


async def test_an_import_whose_page_was_left_tells_its_end(tmp_path: Path) -> None:
    """Whoever goes to another page meanwhile is told there how the import ended."""
    file = write_list(tmp_path / "large.csv", (f"8A{n:06d}" for n in range(20_000)))
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await ask_import(world, pilot, file=str(file), list="SVS", template="generic")
        await until(pilot, lambda: "Escape cancels" in world.text())
        await pilot.press("f2")
        await until(pilot, lambda: "20,000 entries of 20,000 rows are matched now" in world.text())
        assert not isinstance(world.app.screen, ImportScreen)
        assert len(plates_of(world.staffed.store)) == 20_000


async def test_a_signed_package_is_installed_from_the_screen(tmp_path: Path) -> None:
    """A package is refused until its signer is named, and installed then."""
    package = pack(tmp_path / "svs.zip", issued_at=NOW, expires_at=NOW + timedelta(days=1))
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await ask_import(world, pilot, file=str(package), list="SVS", template="generic")
        await until(pilot, lambda: "whose key signs list SVS" in world.text())
        world.app.screen.query_one("#signer", Input).value = SIGNER.verifier.vkey
        await pilot.press("enter")
        await until(pilot, lambda: "are matched now" in world.text())


async def test_an_officer_sees_lists_and_changes_none(tmp_path: Path) -> None:
    """An officer sees the lists, no key to import, and nothing of a list that is or may be covert as a whole."""
    async with watched((160, 45)) as (world, pilot):
        hotlists = world.staffed.store.hotlists
        hotlists.replace_list("SVS", [make_entry()])
        hotlists.replace_list("Tracker", [make_entry(hotlist="Tracker", is_covert=True)])
        (tmp_path / "empty.csv").write_text("plate\n")
        template = hotlists.settings.template("svs")
        settings = make_settings("Ghost", "svs")
        order = ImportOrder(tmp_path / "empty.csv", settings, template, ClassRules())
        with pytest.raises(InputError), hotlists.staged(order):
            pass
        assert "Ghost" in [each.name for each in hotlists.health()]
        await pilot.press("f8")
        await until(pilot, lambda: "SVS" in world.text())
        assert "Tracker" not in world.text() and "Ghost" not in world.text()
        assert "Ghost" not in lists_badge(hotlists.health(), world.staffed.now).meaning
        assert "Import" not in world.text()
        await pilot.press("i", "e", "enter")
        await pilot.pause()
        assert isinstance(world.app.screen, ListsScreen)


async def test_a_class_rule_is_changed_with_its_words_checked() -> None:
    """A rule takes what was typed or says what cannot be; the change is on the log."""
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await pilot.press("f8", "2")
        await until(pilot, lambda: "felony vehicle" in world.text())
        await pilot.press("enter")
        await on_page(pilot, ClassRuleScreen)
        world.app.screen.query_one("#sound", Input).value = "siren"
        world.app.screen.query_one("#keeps_personal_fields", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "sound cannot be" in world.text())
        world.app.screen.query_one("#sound", Input).value = "attention"
        await pilot.press("enter")
        await on_page(pilot, ListsScreen)
        rule = world.staffed.store.hotlists.settings.class_rules().of(HotlistClass.FELONY)
        assert rule.sound.value == "attention"
        changes = [r.entry for r in world.staffed.newest(9)]
        (entry,) = [one for one in changes if one.action == "hotlist.authorise_classes"]
        assert entry.fact("changed") == "felony vehicle"


async def test_look_alikes_are_previewed_before_they_are_kept() -> None:
    """The preview shows what an entry would accept; a sign in two classes is refused; ^s keeps the table."""
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await pilot.press("f8", "3")
        await until(pilot, lambda: "8A8C123" in world.text())
        signs = world.app.screen.query_one("#alike-signs", Input)
        signs.value = "8B 8E"
        await until(pilot, lambda: "in another class too" in world.text())
        signs.value = "8BE"
        await until(pilot, lambda: "8AEC123" in world.text())
        await pilot.press("ctrl+s")
        table = world.staffed.store.hotlists.settings.look_alikes
        await until(pilot, lambda: table().classes == ("8BE",))


async def test_a_template_is_edited_with_a_preview(tmp_path: Path) -> None:
    """The editor shows how the text reads the first rows, names what is not taken, and keeps the template."""
    file = tmp_path / "county.txt"
    file.write_text("SV|8ABC123|CA\nSV|!!|CA\n", "utf-8")
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await pilot.press("f8", "e")
        await on_page(pilot, TemplateScreen)
        world.app.screen.query_one(Select).value = "generic"
        text = world.app.screen.query_one(TextArea)
        await until(pilot, lambda: 'name = "generic"' in text.text)
        text.text = (
            'name = "county"\ndelimiter = "|"\nheader = false\n[columns]\nclass = 1\nplate = 2\n'
            'state = 3\n[classes]\nSV = "stolen vehicle"\n'
        )
        world.app.screen.query_one("#template-file", Input).value = str(file)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "1 of the first 2 rows give an entry" in world.text())
        assert "✓ 8ABC123 · CA · stolen vehicle" in world.text()
        assert "✗" in world.text()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Template county is kept" in world.text())
        names = [each.name for each in world.staffed.store.hotlists.settings.templates()]
        assert "county" in names
