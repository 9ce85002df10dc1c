"""The ledger of jobs as Peewee sees it, and the change of `migrations` that makes it."""

from __future__ import annotations

from peewee import AutoField, Model, TextField

from db.connection import StoreDatabase
from db.models import InstantField


class JobRunRow(Model):
    """One run of one job, see `alpr_core.jobs.JobRun`."""

    id = AutoField()
    job = TextField()
    started_at = InstantField()
    ended_at = InstantField(null=True)
    outcome = TextField(null=True)
    why = TextField()
    progress = TextField()

    class Meta:
        table_name = "job_run"


_TABLES = (
    """CREATE TABLE job_run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        job TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        outcome TEXT,
        why TEXT NOT NULL,
        progress TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX job_run_of_job ON job_run (job, id)",
)


def m0010_jobs(database: StoreDatabase) -> None:
    """The ledger of jobs."""
    for statement in _TABLES:
        database.execute_sql(statement)
