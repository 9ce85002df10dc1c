"""Records and pictures brought to the server, batch by batch, each until its receipt is kept."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from alpr_core.audit.signed_note import Signer
from alpr_core.errors import LinkError, StoreError
from alpr_core.sync.batch import BatchRecord, PoisonRecord, digest, image_digests, make_batch
from db.pictures import PictureKind
from db.sightings import Sightings
from db.sync_state import SyncStore
from scheduler.sync.exchange import Exchange
from scheduler.sync.line import LANES

_PUTS_MAX = 8
"""Of one batch or picture in a row: each goes on where the one before ended."""


class Offload:
    """Brings what waits in the outbox.

    Args:
        log: Origin of the box's audit log.
        on_record: Told how many records of the batch under way have been brought, but for pictures on the way.
    """

    def __init__(
        self,
        exchange: Exchange,
        sync: SyncStore,
        sightings: Sightings,
        log: str,
        signer: Signer,
        now: Callable[[], datetime],
        on_record: Callable[[int], None] = lambda _done: None,
    ) -> None:
        self._exchange = exchange
        self._sync = sync
        self._sightings = sightings
        self._log = log
        self._signer = signer
        self._now = now
        self._on_record = on_record

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
        standing = self._exchange.batch(name)
        if standing.missing is None:
            try:
                self._put(self._exchange.put_batch, name, written, standing.have_bytes)
            except PoisonRecord as poison:
                if poison.sequence not in {record.sequence for record in records}:
                    raise LinkError("The server refuses a record that was not sent.") from poison
                self._sync.park(name, poison.sequence, poison.why)
                return 0
            standing = self._exchange.batch(name)
        self._bring_pictures(records, standing.missing or {})
        found = self._exchange.receipt(name)
        if found is None:
            raise LinkError("The server lacks pictures that it said it has.")
        receipt, note = found
        self._sync.keep_receipt(receipt, note)
        return len(records)

    def _bring_pictures(self, records: Sequence[BatchRecord], missing: Mapping[str, int]) -> None:
        """Bring up to LANES pictures at a time."""
        left = dict(missing)
        under_way: deque[Future[None]] = deque()
        with ThreadPoolExecutor(LANES, "sync") as lanes:
            for done, record in enumerate(records):
                self._on_record(done)
                for name in image_digests(record):
                    have = left.pop(name, None)
                    jpeg = None if have is None else self._jpeg_or_lost(name, record)
                    if have is None or jpeg is None:
                        continue
                    if len(under_way) == LANES:
                        under_way.popleft().result()
                    put = self._exchange.put_picture
                    under_way.append(lanes.submit(self._put, put, name, jpeg, have))
            for one in under_way:
                one.result()

    def _jpeg_or_lost(self, name: str, record: BatchRecord) -> bytes | None:
        """Return a picture; None if there is none any more, which the server is told."""
        try:
            return self._jpeg(name, record)
        except StoreError as fault:
            self._exchange.lose_picture(name, fault.what)
            return None

    @staticmethod
    def _put(put: Callable[[str, bytes, int], int], name: str, content: bytes, have: int) -> None:
        for _ in range(_PUTS_MAX):
            # A beginning that is as long as the whole was damaged: it is sent from its start.
            have = put(name, content, have if have < len(content) else 0)
            if have == len(content):
                return
        raise LinkError("The server does not take an upload to its end.")

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
