"""A staffed store with three reads, and somebody who packs them onto a medium (a folder)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from alpr_core.desk.desk import Desk
from alpr_core.desk.packages import Packages
from alpr_core.desk.releases import Releases
from alpr_core.fix import FixQuality
from alpr_core.packages.order import (
    Medium,
    PackageKind,
    PackageOrder,
    PackageRecord,
    Recipient,
)
from alpr_core.permissions import Role
from alpr_core.position import Position
from alpr_core.purposes import AccessPurpose
from alpr_tui.records_desk import on_medium, packages_of, read_recipient, releases_of
from db.key_escrow import make_escrow_pair
from tests.db.sample_sightings import make_pixels, make_sighting
from tests.db.staffed_store import StaffedStore, staffed_store

IDS = tuple(f"{number:032x}" for number in (1, 2, 3))
HERE = Position(33.7592, -117.9897, 8.8, 90.0, FixQuality.AUTONOMOUS)
PLATES = ("7ABC123", "8XYZ987", "7ABC123")
MEDIUM = Medium("SanDisk Extreme", "4C530001230", False)


@dataclass(frozen=True, slots=True)
class PackageDesk:
    """Everything that a test of packages needs."""

    staffed: StaffedStore
    folder: Path
    """On the medium."""
    private_file: Path
    recipient: Recipient

    def desk(self, role: Role = Role.ADMINISTRATOR) -> Desk:
        return self.staffed.desk_of(role)

    def packages(self, desk: Desk) -> Packages:
        return packages_of(self.staffed.store, desk, lambda: self.staffed.now)

    def releases(self, desk: Desk) -> Releases:
        store = self.staffed.store
        return releases_of(store, desk, self.packages(desk), lambda: self.staffed.now)

    def purpose(self, desk: Desk, code: str = "evidence") -> AccessPurpose:
        stated = desk.state_purpose(code, "26-012345", "homicide on Elm Street, silver van")
        assert isinstance(stated, AccessPurpose), stated
        return stated

    def order(self, **changes: object) -> PackageOrder:
        order = PackageOrder(PackageKind.EVIDENCE, IDS, (self.recipient,), MEDIUM, "locker 12")
        return replace(order, **changes)  # type: ignore[arg-type]  # names are checked by replace

    def make(self, desk: Desk | None = None, **changes: object) -> PackageRecord:
        """Pack the three reads."""
        used = desk or self.desk()
        packages = self.packages(used)
        return packages.make(self.order(**changes), on_medium(self.folder), self.purpose(used))


@contextmanager
def package_desk(folder: Path) -> Iterator[PackageDesk]:
    """Hold such a store open."""
    with staffed_store(folder / "store") as staffed:
        writer = staffed.store.writer(lambda _event: None)
        for number, plate in enumerate(PLATES, start=1):
            overview = make_pixels(seed=number + 7)
            writer.record(make_sighting(number, plate, overview=overview, position=HERE), None)
        writer.close()
        staffed.now += timedelta(minutes=1)
        name = secrets.token_hex(4)
        private, public = folder / f"{name}.key", folder / f"{name}.pem"
        make_escrow_pair(private, public)
        (folder / "medium").mkdir()
        recipient = read_recipient(public, "District Attorney")
        yield PackageDesk(staffed, folder / "medium", private, recipient)
