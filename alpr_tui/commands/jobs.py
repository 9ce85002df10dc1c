"""`alpr jobs`: the ledger of what the box does by itself, and one job run to its end.

Works on a store whose box is not running; a running box shows and runs its jobs on page J.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime

from alpr_core.errors import StoreError, UsageError
from alpr_core.jobs import JobOutcome, JobProgress
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.signing_in import CommandWork, command_work
from db.instants import utc_now
from scheduler.job import Job
from scheduler.job_runner import JobRunner
from scheduler.job_table import JobParts, box_jobs

WHERE = "alpr jobs"


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    shown = deeds.add_parser("list", help="every job with its last run, one line each")
    add_store_options(shown)
    shown.set_defaults(command=_list)
    run = deeds.add_parser("run", help="run one job to its end; the box must not be running")
    run.add_argument("job", metavar="JOB", help="its name, see `alpr jobs list`")
    add_store_options(run)
    run.set_defaults(command=_run)


def _list(options: argparse.Namespace) -> int:
    with command_work(options, WHERE) as work:
        work.require(Action.SEE_JOBS)
        runs = work.store.job_runs
        _print("job", "period", "last run", "ended", "last success", "what it did")
        for job in _jobs(work):
            last, success = runs.last(job.name), runs.last_success(job.name)
            _print(
                job.name,
                str(job.period),
                "" if last is None else _instant(last.started_at),
                "never"
                if last is None
                else "running"
                if last.outcome is None
                else last.outcome.value,
                "" if success is None else _instant(success.ended_at),
                "" if last is None else last.why,
            )
    return 0


def _run(options: argparse.Namespace) -> int:
    with command_work(options, WHERE) as work:
        job = _job(_jobs(work), options.job)
        with work.doing(job.action, job=job.name, deed="run now"):
            pass
        runs = work.store.job_runs
        runner = JobRunner(runs, lambda _event: None, utc_now, lambda: False, _say_progress)
        outcome = runner.run(job)
        last = runs.last(job.name)
    if outcome is None:
        raise UsageError(f"{job.name} is under way in another program.", "Wait for its end.")
    why = "" if last is None else last.why
    if outcome is not JobOutcome.DONE:
        raise StoreError(f"The job {job.name}: {outcome.value}. {why}", "")
    _print(job.name, outcome.value, why)
    return 0


def _jobs(work: CommandWork) -> Sequence[Job]:
    return box_jobs(JobParts(work.store, utc_now))


def _job(jobs: Sequence[Job], name: str) -> Job:
    for job in jobs:
        if job.name == name:
            return job
    known = ", ".join(job.name for job in jobs)
    raise UsageError(f"There is no job {clean_text(name, 40)}.", f"There are: {known}.")


def _say_progress(name: str, progress: JobProgress) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{name}: {progress}\x1b[K", end="", file=sys.stderr, flush=True)


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds")


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))
