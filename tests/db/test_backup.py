"""Copies of a store: consistent while the box runs, checked, put back only by the command that says so."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from alpr_core.errors import AlprError, AuditError, KeyFileError, StoreError, UsageError
from alpr_core.permissions import Action
from db.audit_records import EntryFilter
from db.audit_trail import REMEMBERED_FILE
from db.backup import BACKUP_CHECKPOINT, BACKUP_DATABASE, back_up, restore, verify_backup
from db.key_escrow import make_escrow_pair, read_escrow_private, read_escrow_public
from db.key_set import KeySet, fresh_key_set
from db.keys import RootKey
from db.store import DATABASE_FILE, Store
from db.store_keys import find_keys, find_keys_by_escrow
from tests.db.interrupted_rotation import SampleBox, by_chief, check_box, make_sample_box
from tests.db.sample_sightings import OTHER_KEY, ROOT_KEY, Outcomes, make_sighting


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleBox:
    """A box with a key set that an agency can open."""
    folder = tmp_path_factory.mktemp("sample")
    make_escrow_pair(folder / "private.pem", folder / "public.pem")
    return make_sample_box(folder / "box", fresh_key_set(read_escrow_public(folder / "public.pem")))


@pytest.fixture
def box(sample: SampleBox, tmp_path: Path) -> SampleBox:
    """A copy of it."""
    return sample.copy_to(tmp_path / "box")


def take(box: SampleBox, target: Path) -> None:
    back_up(box.store, ROOT_KEY, target, by_chief, "box", lambda _: None)


def put_back(backup: Path, folder: Path, root_key: RootKey | KeySet = ROOT_KEY) -> None:
    restore(backup, folder, root_key, by_chief, "box", lambda _: None)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_backup_taken_while_the_box_records_is_whole(box: SampleBox, tmp_path: Path) -> None:
    """While reads are being stored, a backup holds one moment of them with all pictures, and the box goes on."""
    outcomes = Outcomes()
    with closing(Store.open(box.store, ROOT_KEY)) as store:
        writer = store.writer(outcomes)
        for number in range(10, 40):
            writer.record(make_sighting(number), None)
        checked = back_up(box.store, ROOT_KEY, tmp_path / "b", by_chief, "box", lambda _: None)
        for number in range(40, 45):
            writer.record(make_sighting(number), None)
        outcomes.wait_for(35)
        assert len(outcomes.stored_ids) == 35
        store.audit.verify()
    assert 3 <= checked.sightings <= 33
    assert checked.pictures == 2 * checked.sightings
    assert checked.damaged == ()


def test_a_restored_store_opens_and_says_so(box: SampleBox, tmp_path: Path) -> None:
    """A restored store has everything of the backup, and an entry that names whose log was put back to where."""
    take(box, tmp_path / "backup")
    shutil.rmtree(box.store)
    put_back(tmp_path / "backup", box.store)
    check_box(box)
    with closing(Store.open(box.store, ROOT_KEY)) as store:
        (record,) = store.audit.records.latest(EntryFilter(action=Action.RESTORE.value))
        assert record.entry.actor.user_id == "1000"
        assert int(record.entry.fact("entries") or 0) <= record.entry.index
        (taken,) = store.audit.records.latest(EntryFilter(action=Action.BACK_UP.value))
        assert taken.entry.fact("backup") == "backup"


def test_a_backup_is_read_from_a_write_protected_medium(box: SampleBox, tmp_path: Path) -> None:
    """Checking and restoring a backup changes no byte of it and leaves nothing beside it."""
    backup = tmp_path / "backup"
    take(box, backup)
    before = files_of(backup)
    verify_backup(backup, find_keys(backup / BACKUP_DATABASE, ROOT_KEY).keys)
    put_back(backup, tmp_path / "again")
    assert files_of(backup) == before
    assert {name.split("/")[0] for name in before} == {
        BACKUP_DATABASE,
        BACKUP_CHECKPOINT,
        "images",
        "keys.set",
    }


def test_nothing_is_overwritten(box: SampleBox, tmp_path: Path) -> None:
    """Neither a backup nor a restore writes into a folder that holds anything."""
    take(box, tmp_path / "backup")
    before = files_of(box.store)
    with pytest.raises(UsageError, match="never overwritten"):
        put_back(tmp_path / "backup", box.store)
    with pytest.raises(UsageError, match="never overwritten"):
        take(box, tmp_path / "backup")
    assert files_of(box.store) == before


def test_another_key_restores_nothing(box: SampleBox, tmp_path: Path) -> None:
    """A backup is refused with another box's key, and no store is made."""
    take(box, tmp_path / "backup")
    with pytest.raises(KeyFileError, match="damaged"):
        put_back(tmp_path / "backup", tmp_path / "again", OTHER_KEY)
    with pytest.raises(StoreError, match="damaged"):
        put_back(tmp_path / "backup", tmp_path / "again", fresh_key_set(None))
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("damaged", [BACKUP_DATABASE, "keys.set", BACKUP_CHECKPOINT])
def test_a_damaged_backup_restores_nothing(box: SampleBox, tmp_path: Path, damaged: str) -> None:
    """A backup with one changed byte in its middle is refused, and no store is made."""
    take(box, tmp_path / "backup")
    file = tmp_path / "backup" / damaged
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(AlprError):
        put_back(tmp_path / "backup", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_lost_pictures_are_named(box: SampleBox, tmp_path: Path) -> None:
    """Pictures that the store had lost do not stop a backup; each is named."""
    lost, altered = sorted((box.store / "images").rglob("*.img"))[:2]
    lost.unlink()
    altered.write_bytes(altered.read_bytes()[:-1])
    checked = back_up(box.store, ROOT_KEY, tmp_path / "b", by_chief, "box", lambda _: None)
    assert set(checked.damaged) == {
        lost.name.removesuffix(".img"),
        altered.name.removesuffix(".img"),
    }


def test_a_backup_put_back_by_hand_is_a_rolled_back_store(box: SampleBox, tmp_path: Path) -> None:
    """A store whose database was replaced by a backup's is refused; restored by the command it opens."""
    backup = tmp_path / "backup"
    take(box, backup)
    with closing(Store.open(box.store, ROOT_KEY)) as store:
        store.writer(lambda _: None).record(make_sighting(77), None)
    with closing(Store.open(box.store, ROOT_KEY)):
        pass  # signs what came after the backup
    remembered = (box.store / REMEMBERED_FILE).read_bytes()
    for name, content in files_of(backup).items():
        (box.store / name.replace(BACKUP_DATABASE, DATABASE_FILE)).write_bytes(content)
    with pytest.raises(AuditError, match=r"cut|rolled|rewritten|size|entries"):
        Store.open(box.store, ROOT_KEY)
    assert (box.store / REMEMBERED_FILE).read_bytes() == remembered
    put_back(backup, tmp_path / "again")
    with closing(Store.open(tmp_path / "again", ROOT_KEY)) as store:
        store.audit.verify()


def test_an_agency_restores_on_another_machine(
    sample: SampleBox, box: SampleBox, tmp_path: Path
) -> None:
    """With its private key alone an agency opens a backup elsewhere and gives it a new root key."""
    take(box, tmp_path / "backup")
    shutil.rmtree(box.folder)
    private = read_escrow_private(sample.folder.parent / "private.pem")
    keys = find_keys_by_escrow(tmp_path / "backup" / BACKUP_DATABASE, private)[0]
    put_back(tmp_path / "backup", tmp_path / "elsewhere", keys)
    with closing(Store.open(tmp_path / "elsewhere", keys)) as store:
        assert store.sightings.count() == 3
    elsewhere = tmp_path / "elsewhere" / DATABASE_FILE
    assert find_keys_by_escrow(elsewhere, private)[0] == keys
    assert find_keys(elsewhere, ROOT_KEY).keys == keys
