"""Records of packages and their custody in the store. Nothing is ever changed or deleted."""

from __future__ import annotations

from collections.abc import Iterator

from alpr_core.errors import InputError
from alpr_core.packages.order import HandOver, PackageKind, PackageRecord
from alpr_core.sync.canonical import JsonRecord
from alpr_core.terminal_text import clean_text
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import to_micros
from db.outbox import put_in_outbox
from db.package_models import HandOverRow, PackageReadRow, PackageRow

OUTBOX_PACKAGE, OUTBOX_HAND_OVER = "package", "hand_over"
"""`kind` of outbox rows that carry a package's record and a change of hands."""

READS_OF_ONE_RECORD = 500
"""A package of more reads is sent in several records."""

PAYLOAD_VERSION = 1
"""First field of every payload; a changed meaning of any field needs the next number."""


class PackageFiles:
    """Packages of one store. Methods may be called from any thread; who writes holds the transaction."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def add(self, record: PackageRecord) -> None:
        """Put a package on file."""
        PackageRow.insert(
            number=record.number,
            kind=record.kind.value,
            request=record.request,
            case_number=record.case_number,
            purpose=record.purpose,
            made_by=record.made_by,
            made_by_name=record.made_by_name,
            made_at=record.made_at,
            recipients=record.recipients,
            medium=record.medium,
            contents_sha256=record.contents_sha256,
            manifest_sha256=record.manifest_sha256,
            byte_count=record.byte_count,
            remark=record.remark,
            finished_at=record.finished_at,
        ).execute(self._database)
        for place, sighting_id in enumerate(record.sighting_ids):
            PackageReadRow.insert(
                number=record.number, place=place, sighting_id=sighting_id
            ).execute(self._database)
        for content in package_contents(record):
            put_in_outbox(self._database, OUTBOX_PACKAGE, content, record.made_at)

    def finish(self, record: PackageRecord) -> None:
        """Write when the package was read back whole."""
        change = PackageRow.update(finished_at=record.finished_at)
        change.where(PackageRow.number == record.number).execute(self._database)

    def all(self) -> tuple[PackageRecord, ...]:
        """Return every package, the newest first."""
        with told_as_store_errors(self._database.file):
            chosen = PackageRow.select().order_by(PackageRow.made_at.desc(), PackageRow.number)
            return tuple(self._record(row) for row in chosen.execute(self._database))

    def get(self, number: str) -> PackageRecord:
        """Return one package.

        Raises:
            InputError: there is none of this number.
        """
        with told_as_store_errors(self._database.file):
            chosen = PackageRow.select().where(PackageRow.number == number)
            for row in chosen.execute(self._database):
                return self._record(row)
        raise InputError(
            f"There is no package {clean_text(number, 40)}.", "See `alpr evidence list`."
        )

    def hand_over(self, hand_over: HandOver) -> None:
        """Add a change of hands."""
        HandOverRow.insert(
            number=hand_over.number,
            at=hand_over.at,
            given_by=hand_over.given_by,
            taken_by=hand_over.taken_by,
            remark=hand_over.remark,
            recorded_by=hand_over.recorded_by,
        ).execute(self._database)
        content = _hand_over_content(hand_over)
        put_in_outbox(self._database, OUTBOX_HAND_OVER, content, hand_over.at)

    def custody(self, number: str) -> tuple[HandOver, ...]:
        """Return the hand-overs of a package, the first one first."""
        with told_as_store_errors(self._database.file):
            chosen = HandOverRow.select().where(HandOverRow.number == number)
            return tuple(
                HandOver(
                    row.number, row.at, row.given_by, row.taken_by, row.remark, row.recorded_by
                )
                for row in chosen.order_by(HandOverRow.id).execute(self._database)
            )

    def _record(self, row: PackageRow) -> PackageRecord:
        chosen = PackageReadRow.select().where(PackageReadRow.number == row.number)
        reads = chosen.order_by(PackageReadRow.place).execute(self._database)
        return PackageRecord(
            number=row.number,
            kind=PackageKind(row.kind),
            request=row.request,
            case_number=row.case_number,
            purpose=row.purpose,
            made_by=row.made_by,
            made_by_name=row.made_by_name,
            made_at=row.made_at,
            sighting_ids=tuple(read.sighting_id for read in reads),
            recipients=row.recipients,
            medium=row.medium,
            contents_sha256=row.contents_sha256,
            manifest_sha256=row.manifest_sha256,
            byte_count=row.byte_count,
            remark=row.remark,
            finished_at=row.finished_at,
            holder=self._holder(row.number),
        )

    def _holder(self, number: str) -> str:
        chosen = HandOverRow.select(HandOverRow.taken_by).where(HandOverRow.number == number)
        newest = chosen.order_by(HandOverRow.id.desc()).limit(1).execute(self._database)
        return next((str(row.taken_by) for row in newest), "")


def package_contents(record: PackageRecord) -> Iterator[JsonRecord]:
    """Yield the record of a package as it is sent, with up to READS_OF_ONE_RECORD of its reads in each part."""
    ids = record.sighting_ids
    starts = range(0, max(1, len(ids)), READS_OF_ONE_RECORD)
    for part, start in enumerate(starts):
        yield {
            "version": PAYLOAD_VERSION,
            "number": record.number,
            "part": part,
            "parts": len(starts),
            "kind": record.kind.value,
            "request": record.request,
            "case": record.case_number,
            "purpose": record.purpose,
            "made_by": record.made_by,
            "made_at_us": to_micros(record.made_at),
            "read_count": len(ids),
            "reads": list(ids[start : start + READS_OF_ONE_RECORD]),
            "recipients": list(record.recipients),
            "medium": record.medium,
            "contents_sha256": record.contents_sha256,
            "manifest_sha256": record.manifest_sha256,
        }


def _hand_over_content(hand_over: HandOver) -> JsonRecord:
    return {
        "version": PAYLOAD_VERSION,
        "package": hand_over.number,
        "at_us": to_micros(hand_over.at),
        "given_by": hand_over.given_by,
        "taken_by": hand_over.taken_by,
        "remark": hand_over.remark,
        "recorded_by": hand_over.recorded_by,
    }
