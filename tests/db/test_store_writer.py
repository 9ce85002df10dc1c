"""The writer: who shares a commit, what is said when, and who is refused."""

from __future__ import annotations

import struct
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from alpr_core.events import SightingStored
from db.connection import StoreDatabase
from db.keys import KeyUse
from db.pictures import PictureKind
from db.store import DATABASE_FILE
from db.store_writer import QUEUE_ROWS_MAX, RecordEvent
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import (
    FIRST_AT,
    OUTCOME_LIMIT_S,
    ROOT_KEY,
    Outcomes,
    image_files,
    make_match,
    make_sighting,
)

PAGE_BYTES = 4096
WAL_HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24


class HeldOutcomes(Outcomes):
    """Holds the writer at its first "stored" until it is let go, so that others have to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.is_held = threading.Event()
        self._may_go = threading.Event()

    def __call__(self, event: RecordEvent) -> None:
        super().__call__(event)
        if isinstance(event, SightingStored) and not self.is_held.is_set():
            self.is_held.set()
            assert self._may_go.wait(OUTCOME_LIMIT_S)

    def let_go(self) -> None:
        self._may_go.set()


def commits_in_wal(folder: Path) -> int:
    """Count commits: a WAL frame that ends one carries the size of the database, others 0.

    Source: https://www.sqlite.org/fileformat2.html#the_write_ahead_log (headers are not encrypted).
    """
    wal = (folder / f"{DATABASE_FILE}-wal").read_bytes()
    frame_bytes = FRAME_HEADER_BYTES + PAGE_BYTES
    places = range(WAL_HEADER_BYTES, len(wal) - frame_bytes + 1, frame_bytes)
    return sum(struct.unpack_from(">I", wal, place + 4)[0] > 0 for place in places)


def test_stored_is_said_after_the_commit(folder: Path, open_store: OpenStore) -> None:
    """When "stored" is said, another connection sees the row and the pictures are in place."""
    seen: list[tuple[bool, int]] = []
    outsider = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    told = threading.Event()

    def look(event: RecordEvent) -> None:
        rows = outsider.execute_sql("SELECT count(*) FROM sighting").fetchone()
        seen.append((isinstance(event, SightingStored), rows[0]))
        assert len(image_files(folder)) == 2
        told.set()

    open_store().writer(look).record(make_sighting(1), None)
    assert told.wait(OUTCOME_LIMIT_S)
    outsider.shut()
    assert seen == [(True, 1)]


def test_those_who_waited_share_one_commit(folder: Path, open_store: OpenStore) -> None:
    """Ten sightings that wait while the disk is busy cost one commit, not ten."""
    store = open_store()
    outcomes = HeldOutcomes()
    writer = store.writer(outcomes)
    writer.record(make_sighting(1), None)
    assert outcomes.is_held.wait(OUTCOME_LIMIT_S)
    commits_before = commits_in_wal(folder)
    for number in range(2, 12):
        writer.record(make_sighting(number), None)
    outcomes.let_go()
    outcomes.wait_for(11)
    # A slow machine may need more than 200 ms for ten pictures and close the group in between.
    assert 1 <= commits_in_wal(folder) - commits_before <= 3
    assert store.sightings.count() == 11


def test_a_quiet_road_is_not_kept_waiting(open_store: OpenStore) -> None:
    """A single sighting is committed at once, not after the group's time limit."""
    outcomes = Outcomes()
    writer = open_store().writer(outcomes)
    waits_s = []
    for number in range(1, 6):
        sighting = make_sighting(number)
        begun_mono_s = time.monotonic()
        writer.record(sighting, None)
        outcomes.wait_for(number)
        waits_s.append(time.monotonic() - begun_mono_s)
    assert min(waits_s) < 0.15


def test_too_many_waiting_are_not_recorded_at_once(open_store: OpenStore) -> None:
    """When the queue is full the caller is told NOT RECORDED and is never held up."""
    store = open_store()
    outcomes = HeldOutcomes()
    writer = store.writer(outcomes)
    writer.record(make_sighting(1), None)
    assert outcomes.is_held.wait(OUTCOME_LIMIT_S)
    for number in range(2, QUEUE_ROWS_MAX + 2):
        writer.record(make_sighting(number), None)
    late = make_sighting(999)
    writer.record(late, make_match())
    (refusal,) = outcomes.refusals
    assert refusal.sighting is late
    assert "too slow" in refusal.why
    outcomes.let_go()
    outcomes.wait_for(QUEUE_ROWS_MAX + 2)
    assert store.sightings.count() == QUEUE_ROWS_MAX + 1


def test_closing_loses_nothing(folder: Path, open_store: OpenStore) -> None:
    """Everything handed over before `close` is committed and told before it returns."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number in range(1, 21):
        writer.record(make_sighting(number), None)
    store.close()
    assert len(outcomes.stored_ids) == 20
    assert open_store().sightings.count() == 20
    with pytest.raises(RuntimeError, match="after the writer was closed"):
        writer.record(make_sighting(21), None)


def test_one_bad_sighting_does_not_take_the_others_with_it(
    folder: Path, open_store: OpenStore
) -> None:
    """An id used twice, a number that is none and a naive time are refused alone."""
    store = open_store()
    outcomes = HeldOutcomes()
    writer = store.writer(outcomes)
    writer.record(make_sighting(1), None)
    assert outcomes.is_held.wait(OUTCOME_LIMIT_S)
    not_a_number = make_sighting(5)
    reading = replace(not_a_number.reading, state_confidence=float("nan"))
    bad = [
        make_sighting(1, "4DUP111"),
        make_sighting(3, seen_at=FIRST_AT.replace(tzinfo=None)),
        replace(not_a_number, reading=reading),
    ]
    good = [make_sighting(2), make_sighting(4), make_sighting(6)]
    for pair in zip(good, bad, strict=True):
        for sighting in pair:
            writer.record(sighting, None)
    outcomes.let_go()
    outcomes.wait_for(7)
    assert {refusal.sighting for refusal in outcomes.refusals} == set(bad)
    assert sorted(outcomes.stored_ids) == [f"{number:032x}" for number in (1, 2, 4, 6)]
    first = store.sightings.get(f"{1:032x}")
    assert first is not None
    assert first.plate == "7ABC123"
    assert store.outbox.unsent_count() == store.sightings.count() == 4
    assert len(image_files(folder)) == 8


def test_a_listener_that_fails_does_not_stop_the_writer(open_store: OpenStore) -> None:
    """An error in the listener is not the store's: the next sighting is stored."""
    store = open_store()
    outcomes = Outcomes()

    def fail_after_noting(event: RecordEvent) -> None:
        outcomes(event)
        raise ValueError("the screen is gone")

    writer = store.writer(fail_after_noting)
    for number in (1, 2):
        writer.record(make_sighting(number), None)
        outcomes.wait_for(number)
    assert store.sightings.count() == 2


@pytest.mark.parametrize(
    "sighting_id", ["", "../../etc/passwd", "A" * 32, "1" * 31, "1" * 32 + "\n"]
)
def test_an_id_that_is_no_id_is_our_mistake(open_store: OpenStore, sighting_id: str) -> None:
    """An id that could not be a file name is refused before anything is written."""
    writer = open_store().writer(Outcomes())
    with pytest.raises(RuntimeError, match="cannot be the id"):
        writer.record(make_sighting(1, sighting_id=sighting_id), None)


def test_one_writer_per_store(open_store: OpenStore) -> None:
    """A second writer is our own mistake."""
    store = open_store()
    store.writer(Outcomes())
    with pytest.raises(RuntimeError, match="one writer"):
        store.writer(Outcomes())


def test_readers_are_free_of_the_writer(open_store: OpenStore) -> None:
    """Many threads read while sightings are written, each sees whole recordings only."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    faults: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                page = store.sightings.latest(5)
                for sighting in page:
                    kept = store.sightings.picture(sighting.sighting_id, PictureKind.PLATE)
                    assert kept is not None
        except BaseException as fault:  # noqa: BLE001 - told by the test's own thread
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 31):
        writer.record(make_sighting(number), None)
    outcomes.wait_for(30)
    done.set()
    for reader in readers:
        reader.join()
    assert not faults
    assert not outcomes.refusals
