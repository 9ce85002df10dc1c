"""The process that reads a list: it has nothing of the store, and its end is the end of the import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from alpr_core.errors import InputError
from alpr_core.hotlists.import_order import ImportCancelled, ImportProgress
from db.keys import KeyUse
from db.store import Store
from tests.db.child_processes import list_readers
from tests.db.conftest import OpenStore
from tests.db.list_files import import_list, plates_of, write_list
from tests.db.sample_sightings import make_entry

ROWS = 20_000
"""More than the pipe holds: the process still reads when the first page has come."""


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """Return a store that has an edition of list SVS."""
    store = open_store()
    store.hotlists.replace_list("SVS", [make_entry("1OLD111")])
    return store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a list that is read for a while."""
    return write_list(tmp_path / "list.csv", (f"{number:07d}" for number in range(ROWS)))


def test_a_reader_that_dies_changes_nothing(store: Store, file: Path) -> None:
    """If the process that reads is killed, the import says so and the old list stays."""

    def kill(_progress: ImportProgress) -> None:
        for reader in list_readers():
            os.kill(reader, signal.SIGKILL)

    with pytest.raises(InputError, match=r"reads list\.csv stopped"):
        import_list(store, file, progress=kill)
    assert plates_of(store) == ["1OLD111"]
    (health,) = store.hotlists.health()
    assert "stopped" in health.failure
    assert list_readers() == []


def test_a_reader_has_no_key(store: Store, file: Path) -> None:
    """Neither on its command line, nor in its environment, nor among its open files is anything of the store."""
    told: dict[str, bytes] = {}
    opened: set[str] = set()

    def look(_progress: ImportProgress) -> None:
        for reader in list_readers():
            for name in ("cmdline", "environ"):
                told[name] = Path(f"/proc/{reader}/{name}").read_bytes()
            opened.update(
                str(each.readlink())
                for each in Path(f"/proc/{reader}/fd").iterdir()
                if each.is_symlink()
            )

    import_list(store, file, progress=look)
    assert b"db.hotlist_process" in told["cmdline"]
    key = store.key_for(KeyUse.DATABASE)
    for words in told.values():
        assert key not in words
        assert key.hex().encode() not in words
    assert not [name for name in opened if str(store.folder) in name]
    assert list_readers() == []


def test_a_cancelled_reader_is_gone(store: Store, file: Path) -> None:
    """Who cancels an import leaves no process behind."""
    seen: list[int] = []

    def is_cancelled() -> bool:
        seen.extend(list_readers())
        return len(seen) > 5

    with pytest.raises(ImportCancelled):
        import_list(store, file, is_cancelled=is_cancelled)
    assert seen
    assert list_readers() == []
    assert plates_of(store) == ["1OLD111"]


def test_a_reader_starts_with_what_it_needs() -> None:
    """It loads neither the store nor the eyes' arithmetic, which would make up most of its start."""
    heavy = {"numpy", "peewee", "sqlcipher3", "cv2"}
    words = f"import db.hotlist_process, sys; print({heavy} & {{*sys.modules}})"
    told = subprocess.run(
        [sys.executable, "-P", "-c", words], capture_output=True, text=True, check=True
    )
    assert told.stdout == "set()\n"
