"""Opening a store: settings, wrong keys, damage, locks, foreign folders."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from alpr_core.errors import StoreError
from db.connection import PRAGMAS, StoreDatabase, check_pragmas, open_channel
from db.keys import KeyUse, RootKey
from db.store import DATABASE_FILE, Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import OTHER_KEY, ROOT_KEY, Outcomes, make_match, make_sighting

DATABASE_KEY = ROOT_KEY.derive(KeyUse.DATABASE)


@pytest.fixture
def filled(folder: Path) -> Path:
    """Return the folder of a closed store with three sightings."""
    store = Store.open(folder, ROOT_KEY)
    writer = store.writer(Outcomes())
    for number in (1, 2, 3):
        writer.record(make_sighting(number), make_match())
    store.close()
    return folder


@pytest.fixture
def crashed(folder: Path, tmp_path: Path) -> Path:
    """Return a folder as a power cut leaves it: the newest rows only in the WAL."""
    store = Store.open(folder, ROOT_KEY)
    outcomes = Outcomes()
    store.writer(outcomes).record(make_sighting(1), make_match())
    outcomes.wait_for(1)
    left_behind = tmp_path / "crashed"
    shutil.copytree(folder, left_behind)
    store.close()
    assert (left_behind / f"{DATABASE_FILE}-wal").stat().st_size > 0
    return left_behind


def content_of(folder: Path) -> dict[str, bytes]:
    """Return each file's bytes; not `-shm`, an index that SQLite rebuilds, and no empty ones."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.stat().st_size and not path.name.endswith("-shm")
    }


def test_every_pragma_reads_back(folder: Path, open_store: OpenStore) -> None:
    """Every connection has the settings that durability and secrecy rest on."""
    open_store()
    channel = open_channel(folder / DATABASE_FILE, DATABASE_KEY)
    found = {name: channel.execute(f"PRAGMA {name}").fetchone()[0] for name, _, _ in PRAGMAS}
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "temp_store": 2,
        "foreign_keys": 1,
        "busy_timeout": 20_000,
    }
    assert channel.execute("PRAGMA cipher_log_level").fetchone()[0] == "NONE"
    assert channel.execute("PRAGMA cipher_status").fetchone()[0] == "1"
    channel.close()


@pytest.mark.parametrize(
    "change", ["synchronous = NORMAL", "secure_delete = OFF", "foreign_keys = OFF"]
)
def test_a_pragma_that_did_not_take_is_refused(folder: Path, change: str) -> None:
    """A connection whose setting is not the one asked for is not used."""
    folder.mkdir()
    channel = open_channel(folder / DATABASE_FILE, DATABASE_KEY)
    channel.execute(f"PRAGMA {change}")
    with pytest.raises(StoreError, match=change.partition(" ")[0]):
        check_pragmas(channel, folder)
    channel.close()


def test_a_store_is_for_its_owner_only(filled: Path) -> None:
    """Folders have mode 0700 and files 0600."""
    assert filled.stat().st_mode & 0o777 == 0o700
    for path in filled.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def _flip_first_page(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)


def _cut(file: Path, kept_bytes: int) -> None:
    file.write_bytes(file.read_bytes()[:kept_bytes])


@pytest.mark.parametrize(
    ("root_key", "damage"),
    [
        (OTHER_KEY, lambda file: None),
        (ROOT_KEY, _flip_first_page),
        (ROOT_KEY, lambda file: _cut(file, 100)),
        (ROOT_KEY, lambda file: _cut(file, 4096 * 3)),
        (ROOT_KEY, lambda file: _cut(file, file.stat().st_size - 4096)),
        (ROOT_KEY, lambda file: file.write_text("Not a database at all.\n" * 500)),
        (ROOT_KEY, lambda file: file.write_bytes(b"SQLite format 3\0" + bytes(8176))),
    ],
    ids=["wrong key", "a bit", "100 bytes", "three pages", "last page", "text", "plain SQLite"],
)
def test_a_wrong_key_and_damage_have_one_answer(
    filled: Path,
    root_key: RootKey,
    damage: Callable[[Path], object],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What does not decrypt is refused, both causes named, nothing printed, not a byte changed."""
    damage(filled / DATABASE_FILE)
    before = content_of(filled)
    with pytest.raises(StoreError) as refusal:
        Store.open(filled, root_key)
    assert "key" in refusal.value.what
    assert "damaged" in refusal.value.what
    assert content_of(filled) == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("is_emptied", [True, False], ids=["emptied", "removed"])
def test_a_lost_database_is_not_made_anew(filled: Path, is_emptied: bool) -> None:
    """A store whose database is gone or empty, with its pictures left, does not begin again."""
    file = filled / DATABASE_FILE
    if is_emptied:
        file.write_bytes(b"")
    else:
        file.unlink()
    before = content_of(filled)
    with pytest.raises(StoreError, match="missing or empty"):
        Store.open(filled, ROOT_KEY)
    assert content_of(filled) == before
    assert file.exists() is is_emptied


def test_a_damaged_page_is_told_when_it_is_read(filled: Path) -> None:
    """Damage behind the first page shows as a StoreError, not as a foreign exception."""
    file = filled / DATABASE_FILE
    content = bytearray(file.read_bytes())
    for place in range(4096 + 2048, len(content), 4096):
        content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(filled, ROOT_KEY).sightings.latest(10)


def test_a_wrong_key_leaves_the_wal_alone(crashed: Path, open_store: OpenStore) -> None:
    """After a power cut a wrong key changes nothing, and the right one finds every row."""
    before = content_of(crashed)
    with pytest.raises(StoreError, match="key"):
        Store.open(crashed, OTHER_KEY)
    assert content_of(crashed) == before
    assert open_store(crashed).sightings.count() == 1


def test_a_wal_without_its_index_is_recovered(crashed: Path, open_store: OpenStore) -> None:
    """Rows that are only in the WAL are found even if the index beside it is lost."""
    (crashed / f"{DATABASE_FILE}-shm").unlink()
    assert open_store(crashed).sightings.count() == 1


def test_two_programs_cannot_open_one_store(folder: Path, open_store: OpenStore) -> None:
    """The second opener is refused in clear words and the first goes on."""
    first = open_store()
    with pytest.raises(StoreError, match="open in another program"):
        Store.open(folder, ROOT_KEY)
    assert first.sightings.count() == 0
    first.close()
    open_store()


def test_a_refused_store_can_be_opened_later(filled: Path, open_store: OpenStore) -> None:
    """A refusal lets go of the lock."""
    with pytest.raises(StoreError):
        Store.open(filled, OTHER_KEY)
    assert open_store(filled).sightings.count() == 3


def test_a_folder_of_something_else_is_left_alone(folder: Path) -> None:
    """A folder with other files in it does not become a store."""
    folder.mkdir(mode=0o755)
    (folder / "holiday.txt").write_text("beach")
    before = content_of(folder)
    with pytest.raises(StoreError, match="no store"):
        Store.open(folder, ROOT_KEY)
    assert content_of(folder) == before
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_disk_of_its_own_becomes_a_store(folder: Path, open_store: OpenStore) -> None:
    """A fresh ext4 file system, empty but for `lost+found`, becomes a store for its owner only."""
    folder.mkdir(mode=0o755)
    (folder / "lost+found").mkdir()
    assert open_store().sightings.count() == 0
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("root_key", "mode"), [(OTHER_KEY, 0o750), (ROOT_KEY, 0o700)])
def test_the_right_key_comes_before_the_folders_rights(
    filled: Path, root_key: RootKey, mode: int
) -> None:
    """A wrong key does not even change the rights of the folder; the right one closes it to others."""
    filled.chmod(0o750)
    with suppress(StoreError):
        Store.open(filled, root_key).close()
    assert filled.stat().st_mode & 0o777 == mode


def test_an_opening_that_was_interrupted_is_done_again(folder: Path, open_store: OpenStore) -> None:
    """A folder where the power went before the first table was made becomes a store."""
    folder.mkdir()
    (folder / "store.lock").touch()
    (folder / DATABASE_FILE).touch()
    assert open_store().sightings.count() == 0


def test_an_opening_cut_in_its_first_write_is_done_again(
    folder: Path, tmp_path: Path, open_store: OpenStore
) -> None:
    """A folder where the power went while the first pages were written becomes a store."""
    making = tmp_path / "making.db"
    channel = sqlcipher.connect(str(making), isolation_level=None)
    channel.execute(f"PRAGMA key = \"x'{DATABASE_KEY.hex()}'\"")
    channel.execute("PRAGMA cache_size = 1")
    channel.execute("BEGIN")
    channel.execute("CREATE TABLE half AS SELECT zeroblob(200000) AS pages")
    folder.mkdir()
    for end in ("", "-journal"):
        content = Path(f"{making}{end}").read_bytes()
        assert content, "the cut falls when both files are written"
        (folder / f"{DATABASE_FILE}{end}").write_bytes(content)
    channel.close()
    assert open_store().sightings.count() == 0


def test_a_closed_store_is_not_used(open_store: OpenStore) -> None:
    """Asking a closed store is our own mistake and says so; closing twice is none."""
    store = open_store()
    store.close()
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.sightings.count()
    with pytest.raises(RuntimeError, match="before it is closed"):
        store.writer(Outcomes())


def test_a_store_is_closed_after_the_statement_that_another_thread_runs(
    folder: Path, open_store: OpenStore
) -> None:
    """Closing waits for a statement under way in another thread, whose next one is refused; none crashes."""
    open_store().close()
    database = StoreDatabase(folder / DATABASE_FILE, DATABASE_KEY)
    shutter = threading.Thread(target=database.shut)
    order: list[str] = []

    def shut_meanwhile(number: int) -> int:
        if number == 0:
            shutter.start()
        shutter.join(0.001)
        order.append("row" if shutter.is_alive() else "shut")
        return number

    def ask() -> None:
        database.connection().create_function("shut_meanwhile", 1, shut_meanwhile)
        rows = "WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 99)"
        cursor = database.execute_sql(f"{rows} SELECT sum(shut_meanwhile(x)) FROM n")
        shutter.join()
        for late in (cursor.fetchone, lambda: database.execute_sql("SELECT 1")):
            with pytest.raises(RuntimeError, match="closed"):
                late()
            order.append("refused")

    asker = threading.Thread(target=ask)
    asker.start()
    asker.join()
    assert order == [*["row"] * 100, "refused", "refused"]


def test_the_key_is_used_as_it_is(folder: Path, open_store: OpenStore) -> None:
    """The derived key opens the file as a raw key, without a passphrase's key stretching."""
    open_store().close()
    database = StoreDatabase(folder / DATABASE_FILE, DATABASE_KEY)
    assert "sighting" in database.get_tables()
    database.shut()
