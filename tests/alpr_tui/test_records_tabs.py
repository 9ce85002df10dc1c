"""The tabs of evidence, releases and reports on the page of records, by the keyboard, over a real store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, Select

from alpr_core.permissions import Role
from alpr_tui.screens.asked import AskedScreen
from alpr_tui.screens.lock import ProveAgainScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.records import RecordsScreen
from db import verify_package
from db.key_escrow import make_escrow_pair
from tests.alpr_tui.test_records import record_reads
from tests.alpr_tui.watched_app import Watched, until, watched
from tests.db.staffed_store import PASSWORD

DETAIL = "silver van seen on Elm Street"


async def _fill(world: Watched, pilot: Pilot[None], **lines: str) -> None:
    """Put lines into the fields of the form that is open, and send it from the last one."""
    for name, line in lines.items():
        world.app.screen.query_one(f"#{name}", Input).value = line
    list(world.app.screen.query(Input))[-1].focus()
    await pilot.press("enter")


async def _purpose(world: Watched, pilot: Pilot[None], code: str) -> None:
    await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
    await world.choose(pilot, code)
    await _fill(world, pilot, case="26-012345", detail=DETAIL)


async def _asked(world: Watched, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(world.app.screen, AskedScreen))


async def _back(world: Watched, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(world.app.screen, RecordsScreen))


async def test_evidence_from_store_to_property_room(tmp_path: Path) -> None:
    """A package is made behind purpose, password and code; verified, handed over, its form saved: keys only."""
    make_escrow_pair(tmp_path / "da.key", tmp_path / "da.pem")
    stick = tmp_path / "stick"
    stick.mkdir()
    async with watched(role=Role.ADMINISTRATOR) as (world, pilot):
        record_reads(world, 3)
        await pilot.press("f12", "3")
        await until(pilot, lambda: "Nothing has left the store" in world.text())
        world.staffed.now += timedelta(minutes=6)
        await pilot.press("n")
        await _purpose(world, pilot, "evidence")
        await until(pilot, lambda: isinstance(world.app.screen, ProveAgainScreen))
        await _fill(world, pilot, password=PASSWORD, code=world.staffed.code("A-1"))
        await _asked(world, pilot)
        where = {"key": str(tmp_path / "da.pem"), "folder": str(stick)}
        await _fill(world, pilot, plate="7ABC123", **where, serial="4C53", remark="bag 7")
        await _back(world, pilot)
        await until(pilot, lambda: "✓ verified" in world.text())
        (folder,) = stick.iterdir()
        verify_package.check(folder, None, tmp_path / "da.key", say=lambda _line: None)
        await pilot.press("h")
        await _asked(world, pilot)
        await _fill(world, pilot, given="Lt. A", taken="Property room")
        await _back(world, pilot)
        await until(pilot, lambda: "→ handed over" in world.text())
        assert "Now with Property room." in world.text()
        await pilot.press("o")
        await _asked(world, pilot)
        await _fill(world, pilot, file=str(tmp_path / "form.pdf"))
        await until(pilot, (tmp_path / "form.pdf").is_file)
        await _back(world, pilot)
        await until(pilot, lambda: "Written: " in world.text())
        await pilot.press("v")
        await _asked(world, pilot)
        await _fill(world, pilot, folder=str(folder))
        await _back(world, pilot)
        holds = world.staffed.store.holds.all()
        assert [hold.read_count for hold in holds] == [3]
        assert "Booked into evidence" in holds[0].reason


async def test_a_release_from_letter_to_package(tmp_path: Path) -> None:
    """A letter is entered, not approved by its requester, approved by another, exported once and on file."""
    (tmp_path / "letter.pdf").write_bytes(b"%PDF a letter")
    make_escrow_pair(tmp_path / "ocsd.key", tmp_path / "ocsd.pem")
    (tmp_path / "stick").mkdir()
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        record_reads(world, 3)
        world.staffed.add("9" * 32, "A-2", Role.ADMINISTRATOR)
        await pilot.press("f12", "4")
        await until(pilot, lambda: "No request is on file" in world.text())
        await pilot.press("n")
        await _purpose(world, pilot, "agency_release")
        await _asked(world, pilot)
        await world.choose(pilot, "ca_sheriff")
        await _fill(
            world,
            pilot,
            agency="Orange County",
            person="Inv. Flores",
            wanted="Deportation, route of a silver van",
            received="2026-11-20",
            plate="7ABC123",
            document=str(tmp_path / "letter.pdf"),
        )
        await _back(world, pilot)
        await until(pilot, lambda: "? waiting" in world.text() and "7284.6" in world.text())
        await pilot.press("a")
        await _purpose(world, pilot, "agency_release")
        await _asked(world, pilot)
        await _fill(world, pilot, remark="complete")
        await until(pilot, lambda: "You entered this request yourself" in world.text())
        await pilot.press("escape")
        await _back(world, pilot)
        world.desk.log_in("A-2", PASSWORD, world.staffed.code("A-2"))
        await pilot.press("a")
        await _purpose(world, pilot, "agency_release")
        await _asked(world, pilot)
        await _fill(world, pilot, remark="complete")
        await _back(world, pilot)
        await until(pilot, lambda: "✓ approved" in world.text())
        await pilot.press("e")
        await _purpose(world, pilot, "agency_release")
        await _asked(world, pilot)
        medium = {"key": str(tmp_path / "ocsd.pem"), "folder": str(tmp_path / "stick")}
        await _fill(world, pilot, **medium, serial="4C53")
        await _back(world, pilot)
        (folder,) = (tmp_path / "stick").iterdir()
        await until(pilot, lambda: folder.name in world.text())
        said: list[str] = []
        verify_package.check(folder, None, tmp_path / "ocsd.key", say=said.append)
        assert "ok    3 of 3 reads are as the log recorded them" in said
        await pilot.press("e")
        await until(pilot, lambda: "fulfilled" in world.text())


async def test_an_officer_enters_a_request_and_sees_his_own(tmp_path: Path) -> None:
    """An officer puts a letter on file, key by key, and sees what became of it, but no request of others."""
    (tmp_path / "letter.pdf").write_bytes(b"%PDF a letter")
    async with watched(role=Role.OFFICER) as (world, pilot):
        await pilot.press("f12")
        await until(pilot, lambda: "No request is on file" in world.text())
        assert "Evidence" not in world.text() and "Approve" not in world.text()
        await pilot.press("n")
        await _purpose(world, pilot, "agency_release")
        await _asked(world, pilot)
        assert isinstance(world.app.screen.focused, Select)
        await world.choose(pilot, "federal")
        letter = {"received": "2026-11-20", "document": str(tmp_path / "letter.pdf")}
        await _fill(
            world,
            pilot,
            agency="FBI",
            person="SA Smith",
            plate="7ABC123",
            wanted="Fugitive, silver van",
            **letter,
        )
        await _back(world, pilot)
        await until(pilot, lambda: "✗ refused" in world.text() and "1798.90.55" in world.text())
        world.staffed.add("8" * 32, "4712", Role.OFFICER)
        world.desk.log_in("4712", PASSWORD, world.staffed.code("4712"))
        await pilot.press("escape", "f12")
        await until(pilot, lambda: "No request is on file" in world.text())


async def test_reports_are_made_and_saved(tmp_path: Path) -> None:
    """w makes the last week's report, s writes its files, p the pages for the public."""
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await pilot.press("f12", "5")
        await until(pilot, lambda: "No report yet" in world.text())
        await pilot.press("w")
        await until(pilot, lambda: "2026-W47" in world.text())
        for key in ("s", "p"):
            await pilot.press(key)
            await _asked(world, pilot)
            await _fill(world, pilot, folder=str(tmp_path))
            await _back(world, pilot)
        names = {path.name for path in tmp_path.iterdir()}
        assert {"audit-2026-W47.pdf", "audit-2026-W47.sig", "index.html"} <= names


async def test_an_auditor_looks_and_makes_nothing() -> None:
    """An auditor is shown every tab, without the keys that make, decide or export."""
    async with watched(role=Role.AUDITOR) as (world, pilot):
        await pilot.press("f12")
        for key, words, not_offered in (
            ("3", "Nothing has left", "New package"),
            ("4", "No request", "Approve"),
            ("5", "No report yet", "Weekly"),
        ):
            await pilot.press(key)
            await until(pilot, lambda words=words: words in world.text())  # type: ignore[misc]
            assert not_offered not in world.text()
