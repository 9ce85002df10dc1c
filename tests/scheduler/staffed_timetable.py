"""The box's own jobs over a staffed store, not started."""

from __future__ import annotations

from scheduler.job_table import JobParts, box_jobs
from scheduler.timetable import Timetable
from tests.db.staffed_store import StaffedStore


def timetable_of(staffed: StaffedStore) -> Timetable:
    """Return the timetable; whoever starts it stops it."""
    jobs = box_jobs(JobParts(staffed.store, lambda: staffed.now))
    return Timetable(
        jobs, staffed.store.job_runs, lambda _event: None, lambda: staffed.now, lambda: True
    )
