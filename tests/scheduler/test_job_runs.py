"""The ledger of jobs, and the claims that keep two of the same job apart."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alpr_core.jobs import JobOutcome
from db.job_runs import KEPT_RUNS
from db.store import JOBS_FOLDER, Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def claiming(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.scheduler.claims_job", str(folder)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_never_run_the_same_job(store: Store) -> None:
    """A job that another process runs is left alone, and free again when that process was killed."""
    with store.job_runs.claim("look"):
        pass  # makes the folder
    with claiming(store.folder / JOBS_FOLDER) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with store.job_runs.claim("purge") as is_ours:
            assert not is_ours
        with store.job_runs.claim("backup") as is_ours:
            assert is_ours
        other.kill()
        other.wait()
    with store.job_runs.claim("purge") as is_ours, store.job_runs.claim("purge") as again:
        assert is_ours and not again


def test_the_ledger_keeps_the_newest_and_the_last_success(store: Store) -> None:
    """Old runs are forgotten; the last success, which says when a job is due, never is."""
    runs = store.job_runs
    for number in range(KEPT_RUNS + 20):
        at = NOW + timedelta(minutes=number)
        run_id = runs.begin("look", at)
        runs.end(run_id, at, JobOutcome.FAILED if number else JobOutcome.DONE, "why")
    success, last = runs.last_success("look"), runs.last("look")
    assert success is not None and success.ended_at == NOW
    assert last is not None and last.outcome is JobOutcome.FAILED
    assert runs.last("other") is None
