"""The work of the jobs that look after the store, on a real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.errors import AuditError, InputError
from alpr_core.reports.period import ReportKind, last_complete
from alpr_tui.box_status import BoxStatus
from alpr_tui.pre_shift import checks_of
from db.audit_records import EntryFilter
from db.backup import verify_backup
from db.ballast import BALLAST_FILE
from db.store import Store
from scheduler.backup_copies import KEPT_COPIES, BackupCopies
from scheduler.job import Course, JobCancelled
from scheduler.report_job import report_maker
from scheduler.store_checks import look_at_disk, look_at_lists, sign_log, verify_log
from tests.db.sample_sightings import ROOT_KEY, Outcomes, make_entry, make_sighting

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "store", ROOT_KEY)) as store:
        outcomes = Outcomes()
        store.writer(outcomes).record(make_sighting(1), None)
        outcomes.wait_for(1)
        yield store


def course() -> Course:
    return Course(lambda _: None)


def test_verifying_leaves_its_outcome_on_the_log(store: Store) -> None:
    """A log that fits and one that was altered are both told, each with an entry by the box."""
    assert verify_log(store, course()).endswith("entries fit together.")
    store.outbox._database.execute_sql(
        "UPDATE audit_entry SET leaf = replace(leaf, 'front', 'rear') WHERE instr(leaf, 'front')"
    )
    with pytest.raises(AuditError):
        verify_log(store, course())
    entries = store.audit.records.latest(EntryFilter(action="audit.verify"))
    assert [record.entry.outcome.value for record in entries] == ["failed", "done"]
    assert entries[0].entry.actor.user_id == "box"


def test_verifying_can_be_cancelled(store: Store) -> None:
    """A long verification ends where it was cancelled."""
    cancelled = course()
    cancelled.cancel()
    with pytest.raises(JobCancelled):
        verify_log(store, cancelled)


def test_news_of_the_log_is_signed(store: Store) -> None:
    """After the job the newest checkpoint covers every entry."""
    before = store.audit.last_checkpoint()
    sign_log(store)
    assert store.audit.last_checkpoint() != before
    assert store.audit.verify().signed_size == store.audit.head().size


def test_a_stale_list_is_told_by_its_name(store: Store) -> None:
    """A list that is older than the agency lets it be fails the job; a young one does not."""
    store.hotlists.replace_list("SVS", [make_entry()])
    (health,) = store.hotlists.health()
    assert health.issued_at is not None and health.stale_after is not None
    stale_at = health.issued_at + health.stale_after
    assert look_at_lists(store, lambda: stale_at - SECOND) == "1 lists, none too old."
    with pytest.raises(InputError, match="Too old: SVS"):
        look_at_lists(store, lambda: stale_at)


def _no_status() -> BoxStatus:
    raise AssertionError("nobody asks for it")


def test_a_covert_list_has_no_name_in_jobs_checks_and_reports(store: Store) -> None:
    """A job's fault is on every screen and the check before a shift is the officer's: neither knows of it."""
    entry = make_entry(hotlist="Tracker", is_covert=True)
    store.hotlists.replace_list("Tracker", [entry])
    (health,) = store.hotlists.health()
    assert health.issued_at is not None
    later = health.issued_at + timedelta(days=400)
    assert look_at_lists(store, lambda: later) == "0 lists, none too old."
    check = checks_of(store, (), _no_status, lambda: later)["lists"]()
    assert check.found == "no list in the car: nothing is compared"
    period = last_complete(ReportKind.WEEKLY, later)
    (line,) = report_maker(store).figures(period, later, "box").lists
    assert line.name == "a covert list"


def test_the_disk_is_looked_at_and_ballast_laid_in(store: Store) -> None:
    """The look tells free room and unsent records, and sees that a purge would have room."""
    assert look_at_disk(store).endswith("MB free, 1 records unsent.")
    assert (store.folder / BALLAST_FILE).exists()


def test_backups_are_checked_and_the_oldest_go(store: Store, tmp_path: Path) -> None:
    """Each copy opens and holds the read; beyond the newest few, old ones are removed."""
    copies = BackupCopies(store.folder, ROOT_KEY, tmp_path / "copies", "box")
    for number in range(KEPT_COPIES + 1):
        at = NOW + timedelta(days=number)
        assert "1 reads, 2 pictures" in copies.copy(lambda at=at: at, course())  # type: ignore[misc]
    kept = sorted((tmp_path / "copies").iterdir())
    assert [path.name for path in kept] == [f"backup-202611{day}T120000Z" for day in (24, 25, 26)]
    assert verify_backup(kept[0], ROOT_KEY).sightings == 1
