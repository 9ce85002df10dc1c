"""What every drill of sync needs: a server, a car with reads enrolled at it, and what must be there in the end."""

from __future__ import annotations

import os
import random
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from alpr_central.central import Central
from alpr_central.models import ImageRow, RecordRow
from alpr_central.server import CentralServer
from alpr_core.events import SightingStored
from alpr_core.sync.batch import digest
from bench.drill_box import DRILL_KEY, drill_picture, drill_sighting
from bench.small_central import enrolment_line, open_central, utc
from bench.stored_reads import plate_by_chance
from bench.sync_ends import HASTY
from db.pictures import PictureKind
from db.store import Store
from db.store_writer import RecordEvent
from scheduler.sync.enrolment import ask_for_link, parse_code

_MEMORY = "/dev/shm"

READS = 30
"""Of a drill's car."""

PICTURES_OF_READ = 2
"""The plate and the whole frame."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the car has stored."""

    records: dict[int, str]
    pictures: dict[str, int]
    """Bytes of each by its digest, which says what they are."""

    @property
    def size_bytes(self) -> int:
        """Of everything that must be sent once."""
        return sum(self.pictures.values()) + sum(map(len, self.records.values()))


@contextmanager
def drill_folder() -> Iterator[Path]:
    """Hold a folder, in memory where that can be: a killed process is as dead there as on a disk."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="alpr-sync-", dir=place) as folder:
        yield Path(folder)


@contextmanager
def fleet(
    before: Callable[[Any], Any] = lambda app: app,
    now: Callable[[], datetime] = utc,
    free_bytes: Callable[[], int] | None = None,
) -> Iterator[tuple[Central, int, Path]]:
    """Hold a listening server: its parts, its port, its folder."""
    with drill_folder() as folder:
        central = open_central(folder, now=now, free_bytes=free_bytes)
        server = CentralServer(central, "127.0.0.1", 0, before=before)
        try:
            yield central, server.start(), folder
        finally:
            server.stop()
            central.records.close()


@contextmanager
def car(
    central: Central, port: int, folder: Path, reads: int = READS, grain: float = 0.0
) -> Iterator[Store]:
    """Make a box with reads in `folder/car` and enrol it; it is closed afterwards."""
    store = Store.open(folder / "car", DRILL_KEY, box="drill")
    try:
        _fill(store, reads, grain)
        brought = parse_code(enrolment_line(central, port, "drill"))
        link = ask_for_link(store, brought, utc(), HASTY)
        with store.ledger.writing():
            store.sync.enrol(link)
        yield store
    finally:
        store.close()


def _fill(store: Store, reads: int, grain: float) -> None:
    """Store so many sightings, waiting for each group so that none is refused."""
    told = threading.Semaphore(32)

    def on_event(event: RecordEvent) -> None:
        if not isinstance(event, SightingStored):
            raise AssertionError("a read was not stored")
        told.release()

    chance = random.Random(462)
    writer = store.writer(on_event)
    pixels = drill_picture(960, 540, grain) if grain else drill_picture()
    for number in range(reads):
        told.acquire()
        shift = (number // pixels.shape[1], number % pixels.shape[1])
        shifted = np.roll(pixels, shift, axis=(0, 1))  # each picture is another one
        writer.record(
            drill_sighting(chance, plate_by_chance(chance), datetime.now(UTC), shifted), None
        )
    for _ in range(32):
        told.acquire()


def truth_of(store: Store) -> Truth:
    """Return what a car has to bring."""
    records = {one.sequence: one.payload for one in store.outbox.unsent(10_000_000)}
    pictures: dict[str, int] = {}
    for payload in records.values():
        sighting_id = payload.split('"sighting_id":"', 1)[1][:32]
        for kind in PictureKind:
            jpeg = store.sightings.picture_jpeg(sighting_id, kind)
            if jpeg is not None:
                pictures[digest(jpeg)] = len(jpeg)
    if len(pictures) != PICTURES_OF_READ * len(records):
        raise AssertionError("the pictures of a drill are to be different ones")
    return Truth(records, pictures)


def compare(central: Central, truth: Truth) -> tuple[int, int, int]:
    """Return how much is lost, doubled, and altered at the server."""
    rows = list(RecordRow.select().execute(central.records.db))
    stored = {row.sequence: row.payload for row in rows}
    images = list(ImageRow.select().execute(central.records.db))
    names = {row.sha256 for row in images if row.stored_at is not None and row.lost_why is None}
    lost = len(truth.records.keys() - stored.keys()) + len(truth.pictures.keys() - names)
    doubled = len(rows) - len(stored) + len(stored.keys() - truth.records.keys())
    altered = sum(stored[one] != truth.records[one] for one in stored.keys() & truth.records.keys())
    for row in images:
        if row.sha256 in truth.pictures:
            jpeg = central.pictures.get(row.month, row.sha256)
            altered += digest(jpeg) != row.sha256
    return lost, doubled, altered
