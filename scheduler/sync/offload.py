"""Records and pictures brought to the server, batch by batch, each until its receipt is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from alpr_core.audit.signed_note import Signer
from alpr_core.errors import LinkError, StoreError
from alpr_core.sync.batch import BatchRecord, PoisonRecord, digest, image_digests, make_batch
from db.pictures import PictureKind
from db.sightings import Sightings
from db.sync_state import SyncStore
from scheduler.sync.exchange import Exchange

ASKED_AT_ONCE = 1_000
"""Pictures asked about in one request."""

_PUTS_MAX = 8
"""Of one picture in a row: each goes on where the one before ended."""


class Offload:
    """Brings what waits in the outbox.

    Args:
        log: Origin of the box's audit log.
    """

    def __init__(
        self,
        exchange: Exchange,
        sync: SyncStore,
        sightings: Sightings,
        log: str,
        signer: Signer,
        now: Callable[[], datetime],
    ) -> None:
        self._exchange = exchange
        self._sync = sync
        self._sightings = sightings
        self._log = log
        self._signer = signer
        self._now = now

    def next_batch(self) -> int | None:
        """Bring one batch with its pictures and keep its receipt; return its records, None if nothing waits.

        A record that the server can never take is parked, and then 0 is returned. May be called again after
        any fault: it goes on where it was.

        Raises:
            LinkError: the server is not reached; everything is kept.
            AuditError: the server knows other records under these numbers.
        """
        leased = self._sync.lease(
            lambda rows: make_batch(self._log, rows, self._signer), self._now()
        )
        if leased is None:
            return None
        written, records = leased
        name = digest(written)
        try:
            self._exchange.put_batch(name, written)
        except PoisonRecord as poison:
            if poison.sequence not in {record.sequence for record in records}:
                raise LinkError("The server refuses a record that was not sent.") from poison
            self._sync.park(name, poison.sequence, poison.why)
            return 0
        self._bring_pictures(records)
        found = self._exchange.receipt(name)
        if found is None:
            raise LinkError("The server lacks pictures that it said it has.")
        receipt, note = found
        self._sync.keep_receipt(receipt, note)
        return len(records)

    def _bring_pictures(self, records: Sequence[BatchRecord]) -> None:
        owners = {one: record for record in records for one in image_digests(record)}
        for asked in _pages(list(owners), ASKED_AT_ONCE):
            for name, have in self._exchange.missing(asked).items():
                self._bring_picture(name, have, owners[name])

    def _bring_picture(self, name: str, have: int, record: BatchRecord) -> None:
        try:
            jpeg = self._jpeg(name, record)
        except StoreError as fault:
            self._exchange.lose_picture(name, fault.what)
            return
        for _ in range(_PUTS_MAX):
            # A beginning that is as long as the picture was damaged: it is sent from its start.
            have = self._exchange.put_picture(name, jpeg, have if have < len(jpeg) else 0)
            if have == len(jpeg):
                return
        raise LinkError("The server does not take a picture to its end.")

    def _jpeg(self, name: str, record: BatchRecord) -> bytes:
        content = json.loads(record.payload)
        kinds = [kind for kind, one in content["pictures"].items() if one == name]
        sighting_id = str(content.get("sighting_id", ""))
        try:
            jpeg = self._sightings.picture_jpeg(sighting_id, PictureKind(kinds[0]))
        except ValueError as fault:
            raise StoreError(f"There is no picture {kinds[0]}.") from fault
        if jpeg is None or digest(jpeg) != name:
            raise StoreError("The picture is not the one that was recorded.")
        return jpeg


def _pages(names: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
