"""A server whose clock is moved by hand, batches that came to it in earlier months, and purges of them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from alpr_central.boxes import Box
from alpr_central.intake import NotComplete
from alpr_core.audit.signed_note import Signer
from alpr_core.desk.reads import ReadShelf
from alpr_core.instants import to_micros
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.read_query import ReadQuery, whole_plate
from alpr_core.retention import RetentionRules, sign_rules
from alpr_core.sync.batch import BatchRecord, digest, make_batch
from alpr_core.sync.canonical import canonical_json
from alpr_tui.central.house import CentralHouse
from bench.small_central import enrolled_box
from db.store import Store
from hw.server_clock import ServerClock
from scheduler.job import Course
from scheduler.purge_job import PurgeJob
from tests.db.purging import AGENCY, DAY, rules
from tests.db.sample_sightings import ROOT_KEY

SECOND = timedelta(seconds=1)


class PurgedFleet:
    """One server with one car's key at hand; records come to it at any time."""

    def __init__(self, folder: Path, now: datetime, database: str | None = None) -> None:
        self.now = now
        self.store = Store.open(folder, ROOT_KEY, now=lambda: self.now, box="central")
        self.house = CentralHouse(self.store, folder, database, clock=ServerClock(self))
        self.central = self.house.central
        self._box: tuple[Box, Signer] | None = None
        self._sequence = 0

    def utc(self) -> datetime:
        """Return the time, as a clock."""
        return self.now

    def mono_s(self) -> float:
        return self.now.timestamp()

    @property
    def car(self) -> Box:
        return self._enrolled()[0]

    def receive(
        self,
        at: datetime,
        *plates: str,
        hit: bool = False,
        with_receipt: bool = True,
    ) -> list[str]:
        """Take a batch of reads with one picture each in at a time, and return their ids."""
        contents = [self._read(at, plate, hit=hit) for plate in plates]
        self.take(at, "sighting", *contents, with_receipt=with_receipt)
        return [str(content["sighting_id"]) for content in contents]

    def take(
        self, at: datetime, kind: str, *contents: dict[str, Any], with_receipt: bool = True
    ) -> None:
        """Take a batch of records in at a time."""
        back, self.now = self.now, at
        box, signer = self._enrolled()
        first = self._sequence + 1
        self._sequence += len(contents)
        numbered = enumerate(contents, start=first)
        records = [BatchRecord(number, kind, canonical_json(told)) for number, told in numbered]
        written = make_batch(box.log, records, signer)
        intake = self.central.intake
        intake.put_batch(box, digest(written), written)
        if with_receipt:
            for told in contents:
                if "pictures" in told:
                    intake.put_picture(box, told["pictures"]["plate"], jpeg_of(told["plate"]))
            intake.receipt(box, digest(written))
        else:
            with suppress(NotComplete):
                intake.receipt(box, digest(written))
        self.now = back

    def take_rules(self, taken: RetentionRules | None = None) -> None:
        with self.store.ledger.writing():
            self.store.retention.take_rules(
                sign_rules(taken or rules(), [AGENCY]), AGENCY.verifier.vkey, self.now, "A-1"
            )

    def look(self) -> str:
        """Let the job take its next step."""
        return PurgeJob(self.store, self.house.purge, lambda: self.now).work(Course(lambda _: None))

    def purge(self) -> PurgeCertificate:
        """Announce what is due, live through the days of notice, and purge it."""
        assert self.look().startswith("Announced"), self.look()
        for _ in range(7):
            self.now += DAY
            self.look()
        return self.store.retention.certificates()[0]

    def plates(self) -> list[str]:
        """Return the plates of all reads that a search finds, one by one."""
        shelf: ReadShelf = self.central.reads
        page = shelf.find(ReadQuery(camera="front"), 500, None)
        for read in page.reads:
            found = shelf.find(ReadQuery(plate=whole_plate(read.plate)), 9, None)
            assert read.sighting_id in {one.sighting_id for one in found.reads}
            picture, _ = shelf.pictures(read.sighting_id)
            assert picture == jpeg_of(read.plate)
        return sorted(read.plate for read in page.reads)

    def objects(self) -> list[str]:
        """Return the names of all sealed pictures."""
        return sorted(
            str(path.relative_to(self.store.folder / "central" / "pictures"))
            for path in (self.store.folder / "central" / "pictures").rglob("*")
            if path.is_file()
        )

    def close(self) -> None:
        self.house.close()

    def _read(self, at: datetime, plate: str, *, hit: bool) -> dict[str, Any]:
        sighting_id = digest(f"{plate} {to_micros(at)}".encode())[:32]
        listed = {"hotlist": "SVS", "is_covert": True}
        return {
            "version": 2,
            "sighting_id": sighting_id,
            "camera": "front",
            "first_seen_at_us": to_micros(at - SECOND),
            "seen_at_us": to_micros(at - SECOND),
            "plate": plate,
            "confidences_e4": [9_900] * len(plate),
            "state": "CA",
            "state_confidence_e4": 9_100,
            "alternatives": [],
            "frame_count": 6,
            "box_e2_px": [10_050, 8_025, 12_000, 4_000],
            "position": None,
            "hits": [listed] if hit else [],
            "pictures": {"plate": digest(jpeg_of(plate))},
        }

    def _enrolled(self) -> tuple[Box, Signer]:
        if self._box is None:
            self._box = enrolled_box(self.central, "unit 12")
        return self._box


def jpeg_of(plate: str) -> bytes:
    """Return what stands for the picture of a plate."""
    return f"JPEG of {plate}".encode()


def hold_of(
    sighting_ids: list[str], set_at: datetime, lifted_at: datetime | None = None
) -> dict[str, Any]:
    """Return the record that a car sends of a hold."""
    return {
        "version": 1,
        "hold_id": "4f7a2c91d0e3",
        "case": "26-012345",
        "reason": "robbery, read of the getaway car",
        "set_by": "4711",
        "set_at_us": to_micros(set_at),
        "until_us": None,
        "read_count": len(sighting_ids),
        "sighting_ids": [] if lifted_at else sighting_ids,
        "lifted_at_us": None if lifted_at is None else to_micros(lifted_at),
        "lifted_by": "" if lifted_at is None else "A-1",
        "lift_reason": "" if lifted_at is None else "the case was closed",
    }
