"""A receipt: the server's signed word that it has a batch and every picture that the batch names.

Only a receipt takes records out of a box's outbox.

Source: docs/sync-protocol.md, section 4; policy 462.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from alpr_core.audit.signed_note import Signer, Verifier, open_note, sign_note
from alpr_core.errors import AuditError, LinkError

_HEAD = "alpr-tui/receipt/v1"
_NAMES = ("log", "batch", "first", "last", "records", "images", "lost", "received")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server vouches for."""

    log: str
    """Origin of the box's audit log."""
    batch: str
    """Digest of the batch."""
    first: int
    last: int
    records: int
    images: int
    """Different pictures that its records name."""
    lost: int
    """Those of them that the box could not send; all others are stored."""
    received_at: datetime
    """Aware UTC time of the server at which the batch was stored: the year of policy 462.4 begins."""

    @property
    def text(self) -> str:
        """The signed text."""
        received = self.received_at.isoformat(timespec="microseconds")
        values = (
            self.log, self.batch, self.first, self.last, self.records, self.images, self.lost, received
        )  # fmt: skip
        lines = [f"{name} {value}" for name, value in zip(_NAMES, values, strict=True)]
        return "\n".join((_HEAD, *lines)) + "\n"


def sign_receipt(receipt: Receipt, signer: Signer) -> bytes:
    """Return the receipt as a signed note."""
    return sign_note(receipt.text, [signer])


def open_receipt(note: bytes, key: Verifier, batch: str) -> Receipt:
    """Return the receipt of this batch.

    Raises:
        LinkError: it is not signed by the server, or is of another batch; nothing may be marked as sent.
    """
    try:
        text, _ = open_note(note, [key])
    except AuditError as fault:
        raise _refused(fault.what) from fault
    title, *lines = text.removesuffix("\n").split("\n")
    pairs = [line.partition(" ") for line in lines]
    told = {name: value for name, _, value in pairs}
    numbers = ("first", "last", "records", "images", "lost")
    if (
        title != _HEAD
        or tuple(name for name, _, _ in pairs) != _NAMES
        or not all(_NUMBER.fullmatch(told[name]) for name in numbers)
    ):
        raise _refused("It says something else than a receipt does.")
    if told["batch"] != batch:
        raise _refused("It is of another batch.")
    first, last, records, images, lost = (int(told[name]) for name in numbers)
    try:
        received_at = datetime.fromisoformat(told["received"])
    except ValueError as fault:
        raise _refused("It names no time.") from fault
    receipt = Receipt(told["log"], batch, first, last, records, images, lost, received_at)
    if received_at.tzinfo is None or receipt.text != text:
        raise _refused("It names no time.")
    return receipt


def _refused(why: str) -> LinkError:
    return LinkError(f"The server's receipt cannot be used: {why}", "Nothing was marked as sent.")
