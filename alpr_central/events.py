"""What the central server tells whoever joined it: each becomes an entry of its audit log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CentralEvent:
    """Something that happened at the server."""

    action: str
    """Name in the audit log."""
    box: str
    """Which box; empty if it is none of ours."""
    source: str
    """Address that it came from; empty for what the server did by itself."""
    facts: tuple[tuple[str, str], ...] = ()
    why: str = ""
    """Of a refusal; empty if it was done."""
    is_alarm: bool = False


BOX_ENROLLED = "box.enrol"
BOX_RENEWED = "box.renew"
BOX_REFUSED = "box.refuse"
LOG_ALARM = "log.alarm"
BATCH_STORED = "batch.store"
PICTURE_LOST = "picture.lose"
