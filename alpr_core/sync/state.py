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
    parked: tuple[ParkedRecord, ...]
    receipts: int
    reached_at: datetime | None
    """When the server last answered; None means never."""
    stopped_why: str | None
    """Why the box does not try any more by itself; None means that it does."""
    witnessed_size: int
    """Entries of the audit log that the server has cosigned."""

    @property
    def is_offloaded(self) -> bool:
        """Tell whether the server has confirmed everything: the car may be handed over."""
        return self.server is not None and self.unsent == 0
