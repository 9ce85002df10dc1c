"""What packages and releases need from whatever keeps the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from alpr_core.audit.read_commitment import CommittedRead
from alpr_core.correction import StoredCorrection
from alpr_core.packages.contents import Member, Picture
from alpr_core.packages.order import HandOver, PackageRecord, Recipient, SealedContents
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery
from alpr_core.releases.request import Decision, Document, ReleaseFile, ReleaseRequest
from alpr_core.sighting import StoredSighting


class PackageShelf(Protocol):
    """Stored reads with all of their pictures, see `db.package_shelf.PackageShelf`."""

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage: ...

    def reads(self, sighting_ids: tuple[str, ...]) -> tuple[StoredSighting, ...]:
        """Return these reads in this order; those that are gone are left out."""
        ...

    def corrections(self, sighting_id: str) -> tuple[StoredCorrection, ...]: ...

    def picture_kinds(self, sighting_id: str) -> tuple[str, ...]: ...

    def committed(self, sighting_id: str) -> CommittedRead | None:
        """Return what opens the commitment of the read's audit entry; None if it has none."""
        ...

    def pictures(self, sighting_ids: Iterable[str]) -> Iterator[Picture]:
        """Yield every picture, opened and checked; one is in memory at a time."""
        ...


class PackageBook(Protocol):
    """Records of packages and their custody, see `db.packages.Packages`. Who writes holds the transaction."""

    def add(self, record: PackageRecord) -> None: ...

    def finish(self, record: PackageRecord) -> None:
        """Write that the package was read back whole, at `finished_at`."""
        ...

    def all(self) -> tuple[PackageRecord, ...]:
        """Return every record, the newest first."""
        ...

    def get(self, number: str) -> PackageRecord:
        """Return one record, or raise InputError if there is none."""
        ...

    def hand_over(self, hand_over: HandOver) -> None: ...

    def custody(self, number: str) -> tuple[HandOver, ...]:
        """Return the hand-overs of a package, the first one first."""
        ...


class PackageMedium(Protocol):
    """A package while it is written, see `db.package_folder.PackageFolder`."""

    @property
    def path(self) -> str: ...

    def write(self, members: Iterable[Member]) -> SealedContents: ...

    def finish(
        self, head: dict[str, object], recipients: Iterable[Recipient], proof: bytes, form: bytes
    ) -> None: ...

    def discard(self) -> None: ...


MakeMedium = Callable[[str], PackageMedium]
"""Gives the place of a package by its number."""

CustodyForm = Callable[[PackageRecord, tuple[HandOver, ...], ReleaseFile | None], bytes]
"""Draws the custody form as PDF; the request belongs to a release, None to evidence."""

KeepReads = Callable[[PackageRecord, str], None]
"""Marks the reads of a package as booked and holds them, inside the transaction. The text is the reason."""


class ReleaseBook(Protocol):
    """Requests on file, see `db.releases.ReleaseFiles`. Who writes holds the transaction."""

    def add(self, request: ReleaseRequest, document: Document) -> None: ...

    def decide(self, number: str, decision: Decision) -> None:
        """Write the one decision of a request; RuntimeError if it has one."""
        ...

    def fulfil(self, number: str, package: str) -> None: ...

    def all(self) -> tuple[ReleaseFile, ...]:
        """Return every request, the newest first."""
        ...

    def get(self, number: str) -> ReleaseFile:
        """Return one request, or raise InputError if there is none."""
        ...

    def document(self, number: str) -> Document: ...
