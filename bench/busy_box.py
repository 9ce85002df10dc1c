"""A box at work, to be killed or cut off: capture, logins, searches and corrections at once.

Run as `python -m bench.busy_box FOLDER BEGAN_S [READS]`. It prints a line after each thing that the store has
called done, and goes on until it is killed or has handed over READS sightings:

    opening                     before the store is opened
    ready                       the store is open and the officer is enrolled
    stored ID                   a sighting, its audit entry and its outbox row
    refused ID WAIT_S           told as NOT RECORDED, so long after it was handed over
    login / logout              one more of these entries on the log
    search CASE                 an entry with this case number
    corrected ID PLATE          a correction with its entry
    failed WHAT                 a desk action that the store refused
"""

from __future__ import annotations

import os
import random
import sys
import threading
from itertools import count
from pathlib import Path
from time import monotonic, sleep

from alpr_core.desk.desk import Desk
from alpr_core.desk.reads import Reads
from alpr_core.errors import AlprError
from alpr_core.events import SightingStored
from alpr_core.read_query import ReadQuery, part_of_plate, whole_plate
from bench.drill_box import (
    DRILL_KEY,
    FastClock,
    Officer,
    drill_match,
    drill_picture,
    drill_sighting,
)
from bench.stored_reads import plate_by_chance
from db.store import Store
from db.store_writer import RecordEvent

PAUSE_MAX_S = 0.02
"""Longest pause between two sightings."""

SETTLE_S = 2.0
"""A box with an end goes on with the desk for so long after the last sighting."""


def say(*words: str) -> None:
    """Print one line in one write: what was said is whole, or was not said."""
    os.write(1, (" ".join(words) + "\n").encode())


class BusyBox:
    """A store and the threads that use it."""

    def __init__(self, folder: Path, drill_began_s: float) -> None:
        self._chance = random.Random(os.urandom(8))
        self._now = FastClock(drill_began_s)
        self._handed_over: dict[str, float] = {}
        self._stored: list[str] = []
        self._stopping = threading.Event()
        say("opening")
        self._store = Store.open(folder, DRILL_KEY, self._now, "drill")
        self._writer = self._store.writer(self._tell)
        self._officer = Officer(self._store, folder, self._now)
        say("ready")

    def run(self, reads: int | None) -> None:
        """Work until `reads` sightings were handed over; None means for ever."""
        people = threading.Thread(target=self._work_at_desk, daemon=True)
        people.start()
        pixels = drill_picture()
        for number in count(1):
            sighting = drill_sighting(
                self._chance, plate_by_chance(self._chance), self._now(), pixels
            )
            self._handed_over[sighting.sighting_id] = monotonic()
            match = drill_match(sighting.reading.text) if number % 5 == 0 else None
            self._writer.record(sighting, match)
            if number % 16 == 0:
                self._sign()
            if number == reads:
                break
            sleep(self._chance.uniform(0, PAUSE_MAX_S))
        self._stopping.wait(SETTLE_S)
        self._stopping.set()
        people.join()
        self._store.close()

    def _tell(self, event: RecordEvent) -> None:
        sighting_id = event.sighting.sighting_id
        if isinstance(event, SightingStored):
            say("stored", sighting_id)
            self._stored.append(sighting_id)
        else:
            say("refused", sighting_id, f"{monotonic() - self._handed_over[sighting_id]:.3f}")

    def _sign(self) -> None:
        try:
            self._store.audit.checkpoint()
        except AlprError as error:
            say("failed", "sign", str(error))

    def _work_at_desk(self) -> None:
        desk = self._officer.desk()
        reads = Reads(desk, self._store.read_shelf, self._now)
        while not self._stopping.is_set():
            try:
                self._one_login(desk, reads)
            except AlprError as error:
                say("failed", "desk", str(error))
                sleep(PAUSE_MAX_S)

    def _one_login(self, desk: Desk, reads: Reads) -> None:
        if not self._officer.log_in(desk):
            return
        say("login")
        for number in range(3):
            case = f"26-{self._chance.randrange(1_000_000):06d}"
            purpose = self._officer.purpose(desk, case)
            plate = plate_by_chance(self._chance)
            pattern = part_of_plate(plate[:3]) if number else whole_plate(plate)
            reads.find(ReadQuery(pattern), purpose)
            say("search", case)
            if number == 0 and self._stored:
                read = self._chance.choice(self._stored)
                reads.correct(read, plate, "CA", "the picture shows another sign", purpose)
                say("corrected", read, plate)
        desk.log_out()
        say("logout")


def main(arguments: list[str]) -> None:
    folder, began_s, *reads = arguments
    BusyBox(Path(folder), float(began_s)).run(int(reads[0]) if reads else None)


if __name__ == "__main__":
    main(sys.argv[1:])
