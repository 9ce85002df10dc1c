"""The page of records and its tabs, over a real store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from alpr_core.permissions import Role
from alpr_core.retention import sign_rules
from alpr_tui.screens.holds import LiftHoldScreen, NewHoldScreen
from alpr_tui.screens.lock import ProveAgainScreen
from alpr_tui.screens.purge import CertificateScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.records import RecordsScreen
from scheduler.job import Course
from scheduler.purge_job import PurgeJob
from tests.alpr_tui.watched_app import Watched, until, watched
from tests.db.purging import AGENCY, rules
from tests.db.sample_sightings import Outcomes, make_sighting
from tests.db.staffed_store import PASSWORD


def record_reads(world: Watched, count: int) -> None:
    outcomes = Outcomes()
    writer = world.staffed.store.writer(outcomes)
    for number in range(1, count + 1):
        writer.record(make_sighting(number), None)
    outcomes.wait_for(count)


async def test_a_hold_from_set_to_lifted_by_keyboard() -> None:
    """An administrator sets a hold with purpose and reason, sees it, and lifts it behind password and code."""
    async with watched(role=Role.ADMINISTRATOR) as (world, pilot):
        record_reads(world, 3)
        await pilot.press("f12")
        await until(pilot, lambda: "Nothing is held" in world.text())
        await pilot.press("n")
        await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
        await world.choose(pilot, "stolen_vehicle")
        world.app.screen.query_one("#case").focus()
        await world.type(pilot, "26-012345", "silver van seen on Elm Street")
        await until(pilot, lambda: isinstance(world.app.screen, NewHoldScreen))
        await world.type(pilot, "7ABC123", "", "", "", "")
        await until(pilot, lambda: isinstance(world.app.screen, RecordsScreen))
        await until(pilot, lambda: "● held" in world.text() and "open end" in world.text())
        world.staffed.now += timedelta(minutes=6)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
        await world.choose(pilot, "stolen_vehicle")
        world.app.screen.query_one("#case").focus()
        await world.type(pilot, "26-012345", "silver van seen on Elm Street")
        await until(pilot, lambda: isinstance(world.app.screen, ProveAgainScreen))
        await world.type(pilot, PASSWORD, world.staffed.code("A-1"))
        await until(pilot, lambda: isinstance(world.app.screen, LiftHoldScreen))
        await world.type(pilot, "the case was closed")
        await until(pilot, lambda: "○ lifted" in world.text())
        lines = [line.strip() for line in world.text().splitlines()]
        assert next(line for line in lines if line.startswith("Lifted ")).endswith(
            "the case was closed"
        )


async def test_an_auditor_sees_and_changes_nothing() -> None:
    """An auditor is shown the page without its keys; an officer of it the requests only, a technician nothing."""
    async with watched(role=Role.AUDITOR) as (world, pilot):
        await pilot.press("f12")
        await until(pilot, lambda: "Nothing is held" in world.text())
        assert "New hold" not in world.text()
    async with watched() as (world, pilot):
        await pilot.press("f12")
        await until(pilot, lambda: "No request is on file" in world.text())
        assert not [tab for tab in ("Holds", "Purge", "Evidence", "Reports") if tab in world.text()]
    async with watched(role=Role.TECHNICIAN) as (world, pilot):
        await pilot.press("f12")
        await pilot.pause()
        assert not isinstance(world.app.screen, RecordsScreen)


async def test_a_purge_is_confirmed_and_its_certificate_printed(tmp_path: Path) -> None:
    """Keys set the rules, confirm what is announced, purge it, and print the certificate; each shows at once."""
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        store = world.staffed.store
        record_reads(world, 3)
        store.outbox._database.execute_sql("DELETE FROM outbox")
        await pilot.press("f12", "2")
        await until(pilot, lambda: "no retention rules" in world.text())
        (tmp_path / "rules.note").write_bytes(sign_rules(rules(confirmations=1), [AGENCY]))
        await pilot.press("s")
        await until(pilot, lambda: "verifier key" in world.text())
        await world.type(pilot, str(tmp_path / "rules.note"))
        await world.type(pilot, AGENCY.verifier.vkey)
        await until(pilot, lambda: "Due: 0 reads" in world.text())
        world.staffed.now += timedelta(days=60)
        world.staffed.log_in(world.desk, Role.ADMINISTRATOR)
        job = PurgeJob(store, store.purge, lambda: world.staffed.now)
        for _ in range(9):
            job.work(Course(lambda _: None))
            world.staffed.now += timedelta(days=1)
        world.staffed.log_in(world.desk, Role.ADMINISTRATOR)
        await pilot.press("escape", "f12", "2")
        await until(pilot, lambda: "0 of 1 confirmed" in world.text())
        world.timetable.start()
        try:
            runs = store.job_runs  # the timetable's own run, at its start, finds it unconfirmed
            await until(pilot, lambda: getattr(runs.last("purge"), "ended_at", None) is not None)
            await pilot.press("c")
            await until(pilot, lambda: "1 of 1 confirmed" in world.text())
            await pilot.press("r")
            await until(pilot, lambda: "✓ proven" in world.text())  # without coming again
            await until(pilot, lambda: "3 reads purged" in world.text())
        finally:
            world.timetable.stop()
        await pilot.press("p")
        await until(pilot, lambda: isinstance(world.app.screen, CertificateScreen))
        await world.type(pilot, str(tmp_path / "c.pdf"))
        await until(pilot, (tmp_path / "c.pdf").exists)
