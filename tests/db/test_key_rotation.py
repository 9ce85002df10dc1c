"""New keys for an old store: nothing lost, whenever the power goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from alpr_core.errors import AccessRefused, AlprError, KeyFileError, StoreError, StoreFullError
from alpr_core.permissions import Action
from db.audit_opening import readable_audit_trail
from db.audit_records import EntryFilter
from db.key_escrow import make_escrow_pair, read_escrow_private, read_escrow_public
from db.key_rotation import Asker, rotate_database_key, rotate_root, system_stamp
from db.key_set import ROTATED, KeySet, fresh_key_set, open_by_escrow, parse_key_sets
from db.keys import KeyUse, RootKey
from db.ledger import StoreLedger
from db.people import People
from db.store import DATABASE_FILE, Store
from db.store_keys import find_keys, read_editions
from tests.db.interrupted_rotation import (
    Rotation,
    SampleBox,
    by_chief,
    check_box,
    is_new,
    kill_at_every_step,
    kill_at_random,
    make_sample_box,
    rotate_database_of,
    rotate_root_of,
)
from tests.db.sample_sightings import OTHER_KEY, ROOT_KEY

RANDOM_KILLS = 20
STEPS_MIN = 12
"""Fewer would mean that the watcher no longer sees the rotation's files."""

ROTATIONS = pytest.mark.parametrize("rotation", [rotate_root_of, rotate_database_of])


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleBox:
    """A box with a key set."""
    return make_sample_box(tmp_path_factory.mktemp("sample") / "box", fresh_key_set(None))


@pytest.fixture
def box(sample: SampleBox, tmp_path: Path) -> SampleBox:
    """A copy of it."""
    return sample.copy_to(tmp_path / "box")


def keys_of(box: SampleBox, root_key: RootKey) -> KeySet:
    keys = find_keys(box.store / DATABASE_FILE, root_key).keys
    assert isinstance(keys, KeySet)
    return keys


def stages_of(box: SampleBox, root_key: RootKey) -> list[str | None]:
    with readable_audit_trail(box.store, root_key, system_stamp) as trail:
        rotations = trail.records.latest(EntryFilter(action=Action.ROTATE_KEYS.value))
    return [record.entry.fact("stage") for record in reversed(rotations)]


def test_a_rotated_root_opens_everything_and_the_old_one_nothing(box: SampleBox) -> None:
    """After a rotation of the root all uses work under the new one; the old one is refused in clear words."""
    before = keys_of(box, ROOT_KEY)
    rotate_root_of(box.folder, lambda _: None)
    assert check_box(box) == OTHER_KEY
    assert keys_of(box, OTHER_KEY) == before
    assert stages_of(box, OTHER_KEY) == ["begun", "done"]
    with pytest.raises(KeyFileError, match=r"key is not this store's, or the file is damaged"):
        Store.open(box.store, ROOT_KEY)


def test_a_rotated_database_key_changes_every_key_it_should(box: SampleBox) -> None:
    """After a rotation of the database key all that was wrapped opens under new keys; the root is the same."""
    before = keys_of(box, ROOT_KEY)
    first_bytes = (box.store / DATABASE_FILE).read_bytes()[:16]
    rotate_database_of(box.folder, lambda _: None)
    assert check_box(box) == ROOT_KEY
    after = keys_of(box, ROOT_KEY)
    changed = {use for use in KeyUse if before.derive(use) != after.derive(use)}
    assert changed == set(ROTATED)
    assert stages_of(box, ROOT_KEY) == ["begun", "done"]
    assert (box.store / DATABASE_FILE).read_bytes()[:16] != first_bytes
    with pytest.raises(StoreError, match="does not open"):
        Store.open(box.store, before)


@ROTATIONS
def test_a_store_without_a_key_set_gets_one(rotation: Rotation, tmp_path: Path) -> None:
    """A store that was keyed with its root directly loses nothing, and its old root then opens nothing."""
    box = make_sample_box(tmp_path / "box")
    assert read_editions(box.store) == ()
    rotation(box.folder, lambda _: None)
    check_box(box)
    assert len(read_editions(box.store)) == 1
    old = ROOT_KEY.derive(KeyUse.DATABASE)
    assert keys_of(box, check_box(box)).derive(KeyUse.DATABASE) != old


@ROTATIONS
def test_a_rotation_killed_at_any_step_is_old_or_new(
    rotation: Rotation, sample: SampleBox, tmp_path: Path
) -> None:
    """Killed before any change to a file, the box opens with the key in its place and has lost nothing."""
    boxes = kill_at_every_step(sample, rotation, tmp_path / "box")
    ends = [is_new(box, sample) for box in boxes]
    assert len(ends) >= STEPS_MIN
    # Old up to one step and new from there on: there is one moment that decides.
    assert ends == sorted(ends)
    assert set(ends) == {False, True}


@ROTATIONS
def test_a_rotation_killed_at_any_moment_is_old_or_new(
    rotation: Rotation, sample: SampleBox, tmp_path: Path
) -> None:
    """Killed at twenty random moments, the box opens with the key in its place and has lost nothing."""
    ends = {
        check_box(box) for box in kill_at_random(sample, rotation, tmp_path / "b", RANDOM_KILLS)
    }
    assert ends <= {ROOT_KEY, OTHER_KEY}


def test_a_refused_rotation_changes_nothing(box: SampleBox) -> None:
    """Whoever may not rotate keys changes no byte of the key set."""
    before = (box.store / "keys.set").read_bytes()

    def refuse(people: Callable[[], People], ledger: StoreLedger) -> Asker:
        raise AccessRefused("Your role does not permit this.")

    with pytest.raises(AccessRefused):
        rotate_database_key(box.store, ROOT_KEY, refuse, "box", lambda _: None)
    with pytest.raises(AccessRefused):
        rotate_root(box.store, ROOT_KEY, OTHER_KEY, lambda: None, refuse, "box", lambda _: None)
    assert (box.store / "keys.set").read_bytes() == before


def test_a_new_key_that_cannot_be_put_in_place_leaves_the_old_one(box: SampleBox) -> None:
    """If the new root key's file cannot be written, the old key goes on opening the store."""

    def install() -> None:
        raise KeyFileError("The disk is gone.")

    with pytest.raises(KeyFileError, match="gone"):
        rotate_root(box.store, ROOT_KEY, OTHER_KEY, install, by_chief, "box", lambda _: None)
    assert check_box(box) == ROOT_KEY
    assert stages_of(box, ROOT_KEY) == ["begun", "failed"]


def test_a_database_that_cannot_be_copied_keeps_its_key(
    box: SampleBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room for the copy the rotation is refused and the store is as it was."""
    monkeypatch.setattr("db.database_copy.SPARE_SHARE", 1e12)
    before = keys_of(box, ROOT_KEY)
    with pytest.raises(StoreFullError, match="MB are needed"):
        rotate_database_of(box.folder, lambda _: None)
    monkeypatch.undo()
    assert check_box(box) == ROOT_KEY
    assert keys_of(box, ROOT_KEY) == before


def test_a_store_in_use_is_not_rotated(box: SampleBox) -> None:
    """While another program has the store or only its database open, its keys stay."""
    with (
        closing(Store.open(box.store, ROOT_KEY)),
        pytest.raises(StoreError, match="open in another"),
    ):
        rotate_database_of(box.folder, lambda _: None)
    with (
        readable_audit_trail(box.store, ROOT_KEY, system_stamp) as trail,
        pytest.raises(AlprError, match="open in another"),
    ):
        trail.vkey()
        rotate_database_of(box.folder, lambda _: None)
    assert check_box(box) == ROOT_KEY


def test_the_agency_gets_a_new_copy_with_new_keys(tmp_path: Path) -> None:
    """A rotation of the database key gives a new escrow copy, which opens what the old one does not."""
    make_escrow_pair(tmp_path / "private.pem", tmp_path / "public.pem")
    private = read_escrow_private(tmp_path / "private.pem")
    keys = fresh_key_set(read_escrow_public(tmp_path / "public.pem"))
    box = make_sample_box(tmp_path / "box", keys)
    copy = rotate_database_key(box.store, ROOT_KEY, by_chief, "box", lambda _: None)
    assert copy is not None
    opened = open_by_escrow(parse_key_sets(copy, "copy")[0], private)
    assert opened == keys_of(box, ROOT_KEY)
    assert opened is not None
    Store.open(box.store, opened).close()
    with pytest.raises(StoreError):
        Store.open(box.store, keys)
