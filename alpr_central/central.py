"""The parts of one server, joined: made once, given to the app, the desk and the commands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from alpr_central.authority import KeyAndCertificate
from alpr_central.boxes import Boxes
from alpr_central.car_reports import CarReports
from alpr_central.databases import Records
from alpr_central.due_months import DueMonths
from alpr_central.events import CentralEvent
from alpr_central.holds import FleetHolds
from alpr_central.intake import Intake
from alpr_central.month_purge import MonthPurge
from alpr_central.package_shelf import PackageShelf
from alpr_central.pictures import Pictures
from alpr_central.read_shelf import CentralReadShelf
from alpr_central.witness_office import WitnessOffice
from alpr_core.audit.cosignature import Witness
from alpr_core.audit.signed_note import Signer

Tell = Callable[[CentralEvent], None]
"""Takes an event into the server's audit log; if it raises, what it tells of is not done."""


@dataclass(frozen=True, slots=True)
class CentralIdentity:
    """Every private key of one server; sealed by whoever keeps it."""

    name: str
    """Of the server in its signatures, without blank and plus sign."""
    authority: KeyAndCertificate
    signing_seed: bytes = field(repr=False)
    """Signs receipts and packages."""
    witness_seed: bytes = field(repr=False)
    image_kek: bytes = field(repr=False)

    @property
    def signer(self) -> Signer:
        return Signer(self.name, self.signing_seed)

    @property
    def witness(self) -> Witness:
        return Witness(f"{self.name}/witness", self.witness_seed)


class Central:
    """One server's parts.

    Args:
        picture_store: Where the sealed pictures lie (`obstore`).
        folder: The server's folder, whose disk must have room.
        tell: Called from several threads with each event.
        free_bytes: Returns the room left; None asks the folder's disk.
        before_packages: Called before a box is told which packages there are, to publish what is new.
    """

    def __init__(
        self,
        identity: CentralIdentity,
        records: Records,
        picture_store: object,
        folder: Path,
        now: Callable[[], datetime],
        tell: Tell,
        free_bytes: Callable[[], int] | None = None,
        before_packages: Callable[[], None] = lambda: None,
    ) -> None:
        self.identity = identity
        self.records = records
        self.now = now
        self.before_packages = before_packages
        self.tell = tell
        self.boxes = Boxes(records, identity.authority)
        self.pictures = Pictures(picture_store, records, identity.image_kek)  # type: ignore[arg-type]
        room = free_bytes or (lambda: shutil.disk_usage(folder).free)
        self.reads = CentralReadShelf(records, self.pictures)
        self.holds = FleetHolds(records, self.reads)
        self.intake = Intake(records, self.pictures, self.holds, identity.signer, now, room)
        self.car_reports = CarReports(records, self.boxes)
        self.witness = WitnessOffice(self.boxes, identity.witness, now)
        self.packages = PackageShelf(records, identity.signer, now)
        self.due = DueMonths(records)
        self.purge = MonthPurge(records, self.pictures, self.due)
