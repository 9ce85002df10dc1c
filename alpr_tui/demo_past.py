"""The demo's past: reads of two months ago that a server has receipted, and signed rules by which they go.

Made once, when the demo's store is new, with time moved by hand through the same code as on the road. So F12 shows
a purge that was announced and waits for its confirmation.
"""

from __future__ import annotations

import secrets
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from alpr_core.audit.signed_note import Signer
from alpr_core.frame import Frame
from alpr_core.plate import ALPHABET, STATES, PlateBox, PlateReading
from alpr_core.retention import DataClass, RetentionRules, sign_rules
from alpr_core.sighting import Sighting, new_sighting_id
from alpr_core.sync.batch import digest, image_digests, make_batch
from alpr_core.sync.receipt import Receipt, sign_receipt
from db.keys import RootKey
from db.store import Store
from hw.simulated_drive import SimulatedDrive
from hw.simulated_drive.script import SimulatedVehicle
from scheduler.job import Course
from scheduler.purge_job import PurgeJob

PAST_SEED = 34_090
"""Another drive than the one of today."""

READS = 6
READ_AGE = timedelta(days=60)
NOTICE_AGE = timedelta(days=8)
"""The week of notice is over when the demo begins."""

_DAY = timedelta(days=1)
_CAR_DAYS = {DataClass.READ: 30, DataClass.HIT: 90, DataClass.SUBJECT: 400}
_SERVER_DAYS = {DataClass.READ: 400, DataClass.HIT: 730, DataClass.SUBJECT: 1100}
_CERTAINTY = 0.97


def make_demo_past(folder: Path, key: RootKey, box: str, camera: str, now: datetime) -> None:
    """Make the store with its past; it must not be there yet."""
    at = now - READ_AGE
    with closing(Store.open(folder, key, now=lambda: at, box=box)) as store:
        writer = store.writer(lambda _event: None)
        for sighting in _sightings(camera, at):
            writer.record(sighting, None)
        writer.close()
        _receipt_all(store, at)
        at = now - NOTICE_AGE
        _take_rules(store, at)
        job = PurgeJob(store, store.purge, lambda: at)
        while at < now:
            job.work(Course(lambda _: None))
            at += _DAY


def _sightings(camera: str, at: datetime) -> list[Sighting]:
    drive = SimulatedDrive(seed=PAST_SEED, camera=camera, vehicles=READS, is_live=False)
    try:
        return [
            _sighting(drive, vehicle, at + number * timedelta(seconds=40))
            for number, vehicle in enumerate(drive.vehicles)
        ]
    finally:
        drive.close()


def _sighting(drive: SimulatedDrive, vehicle: SimulatedVehicle, seen_at: datetime) -> Sighting:
    """Return a vehicle as the drive shows it, read as it is."""
    number = (vehicle.first_frame + vehicle.last_frame) // 2
    pixels, overview = drive.render(number)
    corners = next(
        shown.corners for shown in drive.plates_in(number) if shown.vehicle.plate == vehicle.plate
    )
    left, upper = np.min(corners, axis=0)
    right, lower = np.max(corners, axis=0)
    box = PlateBox(
        float(left), float(upper), float(right - left), float(lower - upper), _CERTAINTY, corners
    )
    reading = PlateReading(
        box=box,
        text=vehicle.plate,
        confidences=(_CERTAINTY,) * len(vehicle.plate),
        state=vehicle.state,
        state_confidence=_CERTAINTY,
        slot_probabilities=np.zeros((10, len(ALPHABET) + 1), dtype=np.float32),
        state_probabilities=np.zeros(len(STATES) + 1, dtype=np.float32),
    )
    frame = Frame(drive.camera, number, seen_at, 0.0, pixels, "demo", overview=overview)
    sighting_id = new_sighting_id(seen_at, secrets.token_bytes(10))
    return Sighting(sighting_id, drive.camera, seen_at, seen_at, reading, frame, 1)


def _receipt_all(store: Store, at: datetime) -> None:
    """Take the reads out of the outbox as a server's receipt does."""
    log, box, server = store.audit.head().origin, _signer("demo-box"), _signer("demo-server")
    leased = store.sync.lease(lambda rows: make_batch(log, rows, box), at)
    if leased is None:
        raise RuntimeError("the reads of the demo's past were not stored")
    written, records = leased
    images = len({image for record in records for image in image_digests(record)})
    receipt = Receipt(
        log, digest(written), records[0].sequence, records[-1].sequence, len(records), images, 0, at
    )
    store.sync.keep_receipt(receipt, sign_receipt(receipt, server))


def _take_rules(store: Store, at: datetime) -> None:
    agency = _signer("DEMO-agency")
    rules = RetentionRules(
        version=1,
        issued_at=at.replace(microsecond=0),
        car_days=_CAR_DAYS,
        server_days=_SERVER_DAYS,
        notice_days=7,
        confirmations=1,
        approval="DEMO: no council has decided this",
        consent="DEMO: no attorney has consented to this",
    )
    with store.ledger.writing():
        store.retention.take_rules(sign_rules(rules, [agency]), agency.verifier.vkey, at, "DEMO")


def _signer(name: str) -> Signer:
    return Signer(name, secrets.token_bytes(32))
