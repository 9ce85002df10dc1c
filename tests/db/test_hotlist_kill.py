"""SIGKILL at any moment of an import leaves one whole edition: the old one or the new one."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

from tests.db.child_processes import children_of, is_alive
from tests.db.conftest import OpenStore
from tests.db.list_files import plates_of, write_list
from tests.db.test_kill import FROM_ROOT

ROUNDS = 3
READER_ENDS_S = 20.0
"""Limit for the process that read the list: nobody listens to it any more."""
ROWS = 9_000


def import_until_killed(folder: Path, files: list[Path], share: float) -> list[str]:
    """Return the files that a process published; it is killed that share of an import after its first one."""
    order = [sys.executable, "-m", "tests.db.endless_importer", str(folder), *map(str, files)]
    with subprocess.Popen(order, env=FROM_ROOT, stdout=subprocess.PIPE, text=True) as box:
        assert box.stdout is not None
        assert box.stdout.readline() == "ready\n"
        began_s = monotonic()
        first = box.stdout.readline()
        sleep(share * (monotonic() - began_s))
        readers = children_of(box.pid)
        box.kill()
        published = (first + box.stdout.read()).split()
    assert box.returncode == -9
    until_s = monotonic() + READER_ENDS_S
    while any(map(is_alive, readers)):
        assert monotonic() < until_s
        sleep(0.02)
    return published


def test_a_killed_import_leaves_one_whole_list(
    folder: Path, open_store: OpenStore, tmp_path: Path
) -> None:
    """After each kill the list is one of the two files to its last entry, the rest is swept, nobody reads on."""
    contents = {
        name: [f"{letter}{number:06d}" for number in range(ROWS)]
        for name, letter in (("a.csv", "A"), ("b.csv", "B"))
    }
    files = [write_list(tmp_path / name, plates) for name, plates in contents.items()]
    moments = random.Random(462)
    seen = set()
    for _ in range(ROUNDS):
        published = import_until_killed(folder, files, moments.uniform(0.0, 2.0))
        store = open_store()
        plates = plates_of(store)
        assert published
        assert plates in contents.values()
        seen.add(plates[0][0])
        store.hotlists.sweep()
        (rows,) = store._database.execute_sql("SELECT count(*) FROM hotlist_entry").fetchone()
        assert rows == len(plates)
        store.close()
    assert seen
