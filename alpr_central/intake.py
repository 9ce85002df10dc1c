"""Batches and pictures taken in, receipts given: the same answer to the same question, for ever.

A batch is known by its digest, its records by box and sequence. A batch that is known is not stored again; one
whose sequences were taken by another batch is an alarm, because no box of ours makes such a thing.

Source: docs/sync-protocol.md, sections 2 to 4; design.md section 4, Sync.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from alpr_central.boxes import Box
from alpr_central.database_faults import told_as_store_errors
from alpr_central.databases import Records
from alpr_central.holds import HOLD, FleetHolds, told_hold
from alpr_central.models import BatchRow, BoxRow, ImageRow, RecordRow
from alpr_central.months import month_of
from alpr_central.partial_uploads import PartialUploads
from alpr_central.pictures import Pictures
from alpr_central.record_fields import ABOUT_HITS, CORRECTION, SIGHTING, search_fields
from alpr_central.told_reads import check_told
from alpr_core.audit.signed_note import Signer, Verifier
from alpr_core.errors import InputError, StoreFullError
from alpr_core.instants import from_micros, to_micros
from alpr_core.sync.batch import Batch, BatchRecord, digest, image_digests, open_batch
from alpr_core.sync.receipt import Receipt, sign_receipt
from alpr_core.terminal_text import clean_text

ROOM_BYTES_MIN = 512 * 1024 * 1024
"""Below this much free space nothing more is taken: the database needs it to go on working."""


class SequenceTaken(InputError):  # noqa: N818 - named after what it tells of
    """Another batch has brought records of these numbers: the box was put back from a copy, or doubled."""

    title = "Batch refused"


class NotComplete(InputError):  # noqa: N818 - named after what it tells of
    """There is no receipt yet: pictures are missing."""

    title = "No receipt yet"

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} pictures are missing.", "Send them, then ask again.")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class _Read:
    """What a record about a read takes from it."""

    seen_at: int | None
    has_hit: bool


_READ_OF = (
    "SELECT seen_at, has_hit FROM record WHERE box_id = ? AND sighting_id = ? AND kind = 'sighting'"
)
_MARK_HIT = "UPDATE record SET has_hit = 1 WHERE box_id = ? AND sighting_id = ? AND has_hit = 0"


class Intake:
    """What boxes bring. Every method may be called from any thread.

    Every method raises StoreError or StoreFullError if database or picture store refuse; nothing counts then.

    Args:
        signer: Signs receipts.
        free_bytes: Returns the room left where the data lies.
    """

    def __init__(
        self,
        records: Records,
        pictures: Pictures,
        holds: FleetHolds,
        signer: Signer,
        now: Callable[[], datetime],
        free_bytes: Callable[[], int],
    ) -> None:
        self._records = records
        self._pictures = pictures
        self._holds = holds
        self._signer = signer
        self._now = now
        self._free_bytes = free_bytes
        self.partial = PartialUploads()

    def put_batch(self, box: Box, name: str, written: bytes) -> Batch | None:
        """Store a batch; None if it is known already, which is as good.

        Raises:
            InputError: it is not what its name says, or not this box's.
            PoisonRecord: one record can never be taken.
            SequenceTaken: see there.
        """
        if digest(written) != name:
            raise InputError("The batch is not what its name says.", "It was damaged on its way.")
        self._refuse_without_room()
        if self._known(box, name) is not None:
            return None
        batch = open_batch(written, Verifier.parse(box.batch_vkey))
        for record in batch.records:
            check_told(record)
        holds = [told_hold(record) for record in batch.records if record.kind == HOLD]
        images = [(record, image_digests(record)) for record in batch.records]
        named = sorted({one for _, digests in images for one in digests})
        now = self._now()
        month = month_of(now)
        db = self._records.db
        with told_as_store_errors():
            self._records.add_month(month)
            # A hold waits for a purge that is under way, and a purge for a hold.
            with self._records.writing() if holds else db.atomic():
                row = self._records.locked_box(box.box_id)
                if self._known(box, name) is not None:
                    return None
                if batch.head.first <= row.last_sequence:
                    raise SequenceTaken(
                        f"Its records begin at {batch.head.first}; records up to {row.last_sequence}"
                        " came in another batch.",
                        "The box's store was put back from a copy or doubled; tell the administrator.",
                    )
                BatchRow.insert(
                    box_id=box.box_id,
                    sha256=name,
                    month=month,
                    first=batch.head.first,
                    last=batch.head.last,
                    records=batch.head.records,
                    images=len(named),
                    received_at=to_micros(now),
                ).execute(db)
                self._records.insert_many(RecordRow, self._rows(box, month, batch.records))
                self._mark_hits(box, batch.records)
                for told in holds:
                    self._holds.take(box, told)
                if named:
                    self._records.insert_many(
                        ImageRow,
                        [(box.box_id, month, batch.head.first, one, None, None) for one in named],
                    )
                BoxRow.update(last_sequence=batch.head.last).where(BoxRow.id == box.box_id).execute(
                    db
                )
        return batch

    def missing(self, box: Box, name: str) -> dict[str, int] | None:
        """Return which pictures of a batch are still to be sent, each with the bytes that are here already.

        None means that the batch is not stored.
        """
        batch = self._known(box, name)
        if batch is None:
            return None
        rows = self._waiting(box, (ImageRow.month == batch.month) & (ImageRow.batch == batch.first))
        return {str(row.sha256): self.partial.have(box.box_id, row.sha256) for row in rows}

    def put_picture(self, box: Box, name: str, jpeg: bytes) -> None:
        """Store a picture that a stored record of this box names.

        Raises:
            InputError: it is not what its name says, or no record names it.
        """
        if digest(jpeg) != name:
            raise InputError(
                "The picture is not what its name says.", "Send it again from its start."
            )
        self._refuse_without_room()
        waiting = self._waiting(box, ImageRow.sha256 == name)
        if not waiting and not self.is_named(box, name):
            raise InputError("No record of this box names this picture.", "Send its batch first.")
        for month in {int(row.month) for row in waiting}:
            self._pictures.put(month, jpeg)
            with told_as_store_errors():
                ImageRow.update(stored_at=to_micros(self._now())).where(
                    (ImageRow.box_id == box.box_id)
                    & (ImageRow.month == month)
                    & (ImageRow.sha256 == name)
                    & ImageRow.stored_at.is_null()
                ).execute(self._records.db)

    def lose_picture(self, box: Box, name: str, why: str) -> None:
        """Take the box's word that it cannot send a picture any more; the receipt counts it as lost."""
        with told_as_store_errors():
            ImageRow.update(stored_at=to_micros(self._now()), lost_why=clean_text(why)).where(
                (ImageRow.box_id == box.box_id)
                & (ImageRow.sha256 == name)
                & ImageRow.stored_at.is_null()
            ).execute(self._records.db)

    def is_named(self, box: Box, name: str) -> bool:
        """Tell whether a stored record of this box names this picture."""
        named = ImageRow.select().where((ImageRow.box_id == box.box_id) & (ImageRow.sha256 == name))
        with told_as_store_errors():
            return named.limit(1).get_or_none(self._records.db) is not None

    def receipt(self, box: Box, name: str) -> bytes:
        """Return the receipt of a batch, made when its last picture is here and the same ever after.

        Raises:
            InputError: there is no such batch.
            NotComplete: pictures are missing.
        """
        row = self._known(box, name)
        if row is None:
            raise InputError("There is no such batch of this box.", "Send it again.")
        if row.receipt is not None:
            return str(row.receipt).encode()
        db = self._records.db
        of_batch = (
            (ImageRow.box_id == box.box_id)
            & (ImageRow.month == row.month)
            & (ImageRow.batch == row.first)
        )
        with told_as_store_errors():
            counted = ImageRow.select(fn.COUNT(ImageRow.sha256))
            missing = int(counted.where(of_batch & ImageRow.stored_at.is_null()).scalar(db) or 0)
            lost = int(counted.where(of_batch & ImageRow.lost_why.is_null(False)).scalar(db) or 0)
        if missing:
            raise NotComplete(missing)
        receipt = Receipt(
            log=box.log,
            batch=name,
            first=row.first,
            last=row.last,
            records=row.records,
            images=row.images,
            lost=lost,
            received_at=from_micros(row.received_at),
        )
        note = sign_receipt(receipt, self._signer)
        with told_as_store_errors():
            BatchRow.update(receipt=note.decode()).where(
                (BatchRow.box_id == box.box_id) & (BatchRow.sha256 == name)
            ).execute(db)
        return note

    def _rows(
        self, box: Box, month: int, records: Sequence[BatchRecord]
    ) -> Iterator[tuple[object, ...]]:
        reads: dict[str, _Read] = {}
        for record in records:
            found = search_fields(record)
            seen_at, has_hit = found.seen_at_us, found.has_hit
            if found.sighting_id is not None and record.kind == SIGHTING:
                reads[found.sighting_id] = _Read(seen_at, has_hit)
            elif found.sighting_id is not None:
                read = reads.get(found.sighting_id) or self._read(box, found.sighting_id)
                has_hit = has_hit or read.has_hit
                if record.kind == CORRECTION:
                    # A corrected plate is found where its read stands in time.
                    seen_at = read.seen_at
            yield (
                box.box_id, month, record.sequence, record.kind, found.sighting_id, seen_at,
                found.plate, found.folded, found.state, found.camera, found.hotlist, int(has_hit),
                found.lat_e7, found.lon_e7, record.payload,
            )  # fmt: skip

    def _read(self, box: Box, sighting_id: str) -> _Read:
        """Return what is known of a read that came before; nothing if it did not."""
        found = self._records.rows(_READ_OF, (box.box_id, sighting_id))
        return _Read(*found[0]) if found else _Read(None, False)

    def _mark_hits(self, box: Box, records: Sequence[BatchRecord]) -> None:
        """Let reads that were found on a list afterwards stay as long as those that were at once."""
        for record in records:
            if record.kind in ABOUT_HITS:
                found = search_fields(record)
                self._records.execute(_MARK_HIT, (box.box_id, found.sighting_id))

    def _known(self, box: Box, name: str) -> BatchRow | None:
        is_it = (BatchRow.box_id == box.box_id) & (BatchRow.sha256 == name)
        with told_as_store_errors():
            return BatchRow.select().where(is_it).get_or_none(self._records.db)

    def _waiting(self, box: Box, condition: object) -> list[ImageRow]:
        wanted = ImageRow.select().where(
            (ImageRow.box_id == box.box_id) & ImageRow.stored_at.is_null() & condition
        )
        with told_as_store_errors():
            return list(wanted.execute(self._records.db))

    def _refuse_without_room(self) -> None:
        if self._free_bytes() < ROOM_BYTES_MIN:
            raise StoreFullError(
                "The server's disk is full.", "Make room there; the boxes keep what they have."
            )
