"""The page of jobs and `alpr jobs`, over a real store."""

from __future__ import annotations

from datetime import timedelta

from alpr_core.permissions import Role
from alpr_tui.screens.jobs import JobsScreen
from tests.alpr_tui.watched_app import until, watched

JOBS = 8
"""Of a box without a place for backups."""


async def test_jobs_are_shown_and_run_by_key() -> None:
    """J shows every job with its last run; r runs the selected one, and the log says who asked."""
    async with watched((160, 45), Role.ADMINISTRATOR) as (world, pilot):
        await pilot.press("j")
        await until(pilot, lambda: isinstance(world.app.screen, JobsScreen))
        await until(pilot, lambda: world.text().count("never") == JOBS)
        world.timetable.start()
        try:
            await until(pilot, lambda: world.text().count("✓ done") == JOBS)
            assert "entries fit together" in world.text()
            before = world.staffed.store.job_runs.last("health")
            await pilot.press("down", "r")
            await until(pilot, lambda: world.staffed.store.job_runs.last("health") != before)
            asked = [r.entry for r in world.staffed.newest(9) if r.entry.action == "job.run"]
            assert [(e.actor.user_id, e.fact("job")) for e in asked] == [("A-1", "health")]
            await pilot.press("c")
            await until(pilot, lambda: "That cannot be done" in world.text())
        finally:
            world.timetable.stop()


async def test_an_officer_is_not_offered_jobs() -> None:
    """Whoever may not see jobs has no key for them; a technician sees them and cannot run one."""
    async with watched() as (world, pilot):
        await pilot.press("j")
        await pilot.pause()
        assert not isinstance(world.app.screen, JobsScreen)
    async with watched(role=Role.TECHNICIAN) as (world, pilot):
        await pilot.press("j")
        await until(pilot, lambda: world.text().count("never") == JOBS)
        assert "Run now" not in world.text()
        world.staffed.now += timedelta(minutes=1)
        await pilot.press("r")
        await pilot.pause()
        assert world.staffed.store.job_runs.last("checkpoint") is None
