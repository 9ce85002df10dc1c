"""Full disks, read-only disks and disks that lie: loud, all or nothing, and over by themselves."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from alpr_core.errors import StoreError, StoreFullError
from db.image_vault import ImageVault
from db.pictures import PictureKind
from db.store import Store
from tests.db.conftest import OpenStore
from tests.db.memory_disk import memory_disk
from tests.db.sample_sightings import (
    ROOT_KEY,
    Outcomes,
    image_files,
    make_entry,
    make_match,
    make_sighting,
)

NOBODY = 65534


@contextmanager
def no_more_bytes() -> Iterator[None]:
    """Let no file of this process grow or be written: every write fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 2 MB, in memory; elsewhere RLIMIT_FSIZE stands in for it."""
    with memory_disk(tmp_path / "disk", "2m") as disk:
        yield disk


def whole(store: Store, folder: Path) -> bool:
    """Tell whether rows, outbox and picture files agree, and every picture opens."""
    page = store.sightings.latest(10_000)
    for sighting in page:
        for kind in (PictureKind.PLATE, PictureKind.FRAME):
            assert store.sightings.picture(sighting.sighting_id, kind) is not None
    files = list((folder / "images").rglob("*.img"))
    assert not list((folder / "images" / "incoming").iterdir())
    return len(files) == 2 * len(page) and store.outbox.unsent_count() == len(page)


def test_a_full_disk_is_told_and_got_over(folder: Path, open_store: OpenStore) -> None:
    """On a full disk each read is NOT RECORDED, and when there is room the next one is stored."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    writer.record(make_sighting(1), None)
    outcomes.wait_for(1)
    with no_more_bytes():
        for number in (2, 3):
            writer.record(make_sighting(number), make_match())
            outcomes.wait_for(number)
    assert [refusal.sighting.sighting_id for refusal in outcomes.refusals] == [
        f"{2:032x}",
        f"{3:032x}",
    ]
    assert all("cannot be written" in refusal.why for refusal in outcomes.refusals)
    assert all(refusal.match == make_match() for refusal in outcomes.refusals)
    writer.record(make_sighting(4), None)
    outcomes.wait_for(4)
    assert outcomes.stored_ids == [f"{1:032x}", f"{4:032x}"]
    assert whole(store, folder)
    store.close()
    assert open_store().sightings.count() == 2


def test_a_disk_that_runs_full_keeps_what_was_acknowledged(
    small_disk: Path, open_store: OpenStore
) -> None:
    """Everything acknowledged before and after a full disk is there, whole, and nothing else."""
    folder = small_disk / "store"
    store = open_store(folder)
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    noise = np.random.default_rng(462)
    number = 0
    while len(outcomes.refusals) < 5:
        number += 1
        pixels = noise.integers(0, 255, (240, 320), dtype=np.uint8)
        writer.record(make_sighting(number, pixels=pixels), None)
        outcomes.wait_for(number)
    assert len(outcomes.stored_ids) > 3
    assert all("cannot be written" in refusal.why for refusal in outcomes.refusals)
    with pytest.raises(StoreFullError):
        store.hotlists.replace_list("SVS", [make_entry(f"{i:07d}") for i in range(20_000)])
    assert store.hotlists.lists() == ()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    writer.record(make_sighting(number + 1), None)
    outcomes.wait_for(number + 1)
    assert outcomes.stored_ids[-1] == f"{number + 1:032x}"
    store.close()
    store = open_store(folder)
    stored = {sighting.sighting_id for sighting in store.sightings.latest(10_000)}
    assert stored == set(outcomes.stored_ids)
    assert whole(store, folder)


def test_a_read_only_disk_is_told_at_the_door(small_disk: Path, open_store: OpenStore) -> None:
    """A store on a read-only disk does not open, is not changed, and opens when the disk is."""
    folder = small_disk / "store"
    open_store(folder).close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreFullError, match="Read-only"):
        Store.open(folder, ROOT_KEY)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert open_store(folder).sightings.count() == 0


def test_a_folder_that_is_not_ours_is_told_at_the_door() -> None:
    """A store cannot be made in a folder that we may not write to, and the error says so."""
    parent = Path(tempfile.mkdtemp())
    parent.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        with pytest.raises(StoreFullError, match="Permission denied"):
            Store.open(parent / "store", ROOT_KEY)
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(parent)


def test_no_picture_no_row(folder: Path, open_store: OpenStore) -> None:
    """When a picture cannot be written nothing of the sighting stays, and it goes on afterwards."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    incoming, aside = folder / "images" / "incoming", folder / "aside"
    incoming.rename(aside)
    incoming.write_text("in the way")
    writer.record(make_sighting(1), make_match())
    outcomes.wait_for(1)
    assert len(outcomes.refusals) == 1
    assert store.sightings.count() == 0
    assert store.outbox.unsent_count() == 0
    incoming.unlink()
    aside.rename(incoming)
    writer.record(make_sighting(2), make_match())
    outcomes.wait_for(2)
    assert outcomes.stored_ids == [f"{2:032x}"]
    assert whole(store, folder)


@pytest.mark.parametrize("failing_call", [1, 2, 3])
def test_what_cannot_be_flushed_is_not_acknowledged(
    folder: Path, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch, failing_call: int
) -> None:
    """If the disk fails to flush a picture, or the folder of it, the read is NOT RECORDED."""
    store = open_store()
    outcomes = Outcomes()
    calls = 0
    real_fsync = os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing_call:
            raise OSError(errno.EIO, "Input/output error")
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    writer = store.writer(outcomes)
    writer.record(make_sighting(1), None)
    outcomes.wait_for(1)
    assert len(outcomes.refusals) == 1
    assert store.sightings.count() == 0
    assert image_files(folder) == [], "the pictures of a failed group are removed"
    writer.record(make_sighting(2), None)
    outcomes.wait_for(2)
    assert outcomes.stored_ids == [f"{2:032x}"]
    assert whole(store, folder)


def test_pictures_left_in_incoming_are_found_and_moved(folder: Path, open_store: OpenStore) -> None:
    """A power cut between commit and move costs no picture; the next start moves it."""
    store = open_store()
    outcomes = Outcomes()
    store.writer(outcomes).record(make_sighting(1), None)
    outcomes.wait_for(1)
    images = folder / "images"
    for file in (images / "2026-11-23").iterdir():
        file.rename(images / "incoming" / file.name)
    (images / "incoming" / f"{7:032x}.plate.img").write_bytes(b"of a sighting never committed")
    assert store.sightings.picture(f"{1:032x}", PictureKind.PLATE) is not None
    store.close()
    store = open_store()
    assert sorted(path.name for path in images.rglob("*.img")) == [
        f"{1:032x}.frame.img",
        f"{1:032x}.plate.img",
    ]
    assert whole(store, folder)


def test_folders_of_the_vault_that_cannot_be_made_are_told(tmp_path: Path) -> None:
    """A file where the folder of images should be is a StoreError that names it."""
    (tmp_path / "images").write_text("in the way")
    with pytest.raises(StoreError, match="images"):
        ImageVault(tmp_path / "images", None).make_folders()  # type: ignore[arg-type]
