"""What a box knows of its server, and how far sync has come: values for jobs and screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ServerLink:
    """How a box reaches its server; made when it is enrolled."""

    server: str
    """`https://host:port`."""
    box: str
    """Name under which the server knows this box."""
    authority_pem: str
    """The only authority that is trusted."""
    certificate_pem: str
    """The box's own certificate."""
    key_pem: str = field(repr=False)
    signing_seed: bytes = field(repr=False)
    """Signs batches, and gives the key that opens what the server seals for this box."""
    server_vkey: str
    """Verifies receipts and packages."""
    witness_vkey: str
    """Verifies cosignatures."""
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class ServerContact:
    """How box and server stand to each other; asked every few seconds, so it counts nothing."""

    server: str | None
    """None means that this box is not enrolled."""
    reached_at: datetime | None
    """When the server last answered; None means never."""
    stopped_why: str | None
    """Why the box does not try any more by itself; None means that it does."""


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record that the server does not take."""

    sequence: int
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far sync has come."""

    server: str | None
    """None means that this box is not enrolled."""
    unsent: int
    """Records without a receipt, parked ones included."""
    unsent_pictures: int
    """Pictures of reads without a receipt; some of them may be at the server already."""
    parked: tuple[ParkedRecord, ...]
    receipts: int
    reached_at: datetime | None
    """When the server last answered; None means never."""
    stopped_why: str | None
    """Why the box does not try any more by itself; None means that it does."""
    witnessed_size: int
    """Entries of the audit log that the server has cosigned."""
    log_size: int
    """Entries that the audit log has."""

    @property
    def is_offloaded(self) -> bool:
        """Tell whether the server has a receipt for every record with its pictures."""
        return self.server is not None and self.unsent == 0

    def is_offloaded_to(self, log_size: int) -> bool:
        """Tell whether that is so and the log is witnessed up to here: the car may be handed over."""
        return self.is_offloaded and self.witnessed_size >= log_size
