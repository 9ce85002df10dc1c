"""Purges that are killed: before every statement that writes, every commit and every change to a file.

Used by the tests here, and at random moments by whoever wants to: `python -m tests.db.interrupted_purge 200`.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from time import monotonic

from alpr_core.audit.entry import THE_BOX
from alpr_core.purge import BEGUN, PURGED
from db.keys import KeyUse
from db.page_scan import scan_pages
from db.pictures import PictureKind
from db.store import DATABASE_FILE, Store
from tests.db.interrupted_rotation import KILLED, in_child, run_until_step
from tests.db.purging import DAY, NOW, READ_DAYS, PurgeWorld, at_cut_off, plate_of
from tests.db.sample_sightings import ROOT_KEY, image_files

GONE, HELD, FRESH = (f"{number:032x}" for number in (1, 2, 3))
_WRITING = ("INSERT", "UPDATE", "DELETE", "COMMIT", "BEGIN", "PRAGMA WAL")


def make_sample(folder: Path) -> Path:
    """Make a store with an announced purge of one read, and one of the same day that is held."""
    world = PurgeWorld(folder)
    with closing(world):
        seen_at = at_cut_off(READ_DAYS) - DAY
        ids = world.record([seen_at, seen_at, world.now])
        assert tuple(ids) == (GONE, HELD, FRESH)
        world.receipt()
        world.hold(HELD)
        world.take_rules()
        world.announce()
    return folder


def copy_of(sample: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sample, folder)
    return folder


def purge(folder: Path, told: Callable[[str], None]) -> None:
    """Carry the announced purge out and tell each write before it is done."""
    with closing(Store.open(folder, ROOT_KEY, now=lambda: NOW, box="unit 12")) as store:

        def on_statement(statement: str) -> None:
            if statement.lstrip("- ").upper().startswith(_WRITING):
                told(statement)

        store.outbox._database.connection().set_trace_callback(on_statement)
        notice, rules = store.retention.open_notice(), store.retention.rules()
        assert notice is not None and rules is not None
        store.purge.begin(notice, rules, THE_BOX)
        store.purge.finish()


def kill_at_every_write(sample: Path, scratch: Path) -> Iterator[Path]:
    """Yield the store as each kill leaves it, and at last as the finished purge does."""
    step, code = 0, KILLED
    while code == KILLED:
        folder = copy_of(sample, scratch)
        code = run_until_step(step, lambda told, at=folder: purge(at, told))
        assert code in (0, KILLED), f"the purge failed at step {step}"
        yield folder
        step += 1


def is_purged(folder: Path) -> bool:
    """Open a store that was killed, check that it is wholly old or wholly new, and tell which."""
    with closing(Store.open(folder, ROOT_KEY, now=lambda: NOW, box="unit 12")) as store:
        database = store.outbox._database
        stored = {read for (read,) in database.execute_sql("SELECT id FROM sighting").fetchall()}
        is_new = GONE not in stored
        assert stored == ({HELD, FRESH} if is_new else {GONE, HELD, FRESH})
        for sighting_id in stored:
            for kind in (PictureKind.PLATE, PictureKind.FRAME):
                assert store.sightings.picture_jpeg(sighting_id, kind)
        names = [name for name in image_files(folder) if "incoming" not in name]
        assert len(names) == 2 * len(stored)
        assert not list(folder.rglob("*.next"))
        for table in ("purge_read", "purge_day"):
            assert database.execute_sql(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        certificates, notice = store.retention.certificates(), store.retention.open_notice()
        latest = [record.entry.action for record in store.audit.records.latest(limit=9)]
        stages = [action for action in latest if action in (BEGUN, PURGED)]
        store.audit.verify()
        if is_new:
            assert (len(certificates), notice, stages) == (1, None, [PURGED, BEGUN])
            assert certificates[0].is_proven and certificates[0].reads == 1
        else:
            assert certificates == () and notice is not None and stages == []
    plates = frozenset({plate_of(1)})
    key = ROOT_KEY.derive(KeyUse.DATABASE)
    assert bool(scan_pages(folder / DATABASE_FILE, key, plates).found) is not is_new
    return is_new


def main() -> None:
    kills, moments = int(sys.argv[1]), Random(462)
    with tempfile.TemporaryDirectory() as scratch:
        sample = make_sample(Path(scratch) / "sample")
        began_mono_s = monotonic()
        purge(copy_of(sample, Path(scratch) / "box"), lambda _: None)
        whole_s, ends = monotonic() - began_mono_s, {False: 0, True: 0}
        for _ in range(kills):
            folder = copy_of(sample, Path(scratch) / "box")
            after_s = moments.uniform(0, whole_s)
            code = in_child(lambda at=folder, s=after_s: _until_alarm(at, s))  # type: ignore[misc]
            assert code in {0, -signal.SIGALRM}
            ends[is_purged(folder)] += 1
        sys.stdout.write(f"{kills} kills: {ends[False]} old, {ends[True]} new, none between\n")


def _until_alarm(folder: Path, after_s: float) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, after_s)
    purge(folder, lambda _: None)


if __name__ == "__main__":
    main()
