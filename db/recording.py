"""The rows that one sighting puts into one transaction, and the canonical record to be sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alpr_core.audit.entry import THE_BOX, Actor, EntryDraft, Subject
from alpr_core.audit.read_commitment import (
    COMMITMENT,
    CommittedRead,
    committed_text,
    fresh_salt,
)
from alpr_core.hit import hits_of
from alpr_core.permissions import Action
from alpr_core.position import Position
from alpr_core.sighting import Match, Sighting
from alpr_core.sync.canonical import canonical_json
from db.connection import StoreDatabase
from db.hit_models import HitRow
from db.hit_rows import hit_content, hit_fields
from db.instants import to_micros
from db.models import OutboxRow, PictureRow, SightingRow
from db.pictures import EncodedPicture, encode_pictures
from db.positions import to_e7, to_row
from db.read_tags import tag_reads
from db.row_insert import RowInsert

OUTBOX_SIGHTING = "sighting"
"""`kind` of an outbox row that carries a sighting."""

PAYLOAD_VERSION = 2
"""First field of every payload; a changed meaning of any field needs the next number."""


_SIGHTINGS, _PICTURES = RowInsert(SightingRow), RowInsert(PictureRow)
_HITS, _OUTBOX = RowInsert(HitRow), RowInsert(OutboxRow)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One sighting on its way to the disk."""

    sighting: Sighting
    match: Match | None
    pictures: tuple[EncodedPicture, ...]
    payload: str
    """Canonical JSON for the outbox, see `canonical_payload`."""
    committed: CommittedRead
    """What its audit entry commits to."""


def prepare(sighting: Sighting, match: Match | None) -> Recording:
    """Return the sighting with its pictures and payload made; takes milliseconds, touches no disk.

    Raises:
        StoreError: a picture cannot be encoded.
        RuntimeError, ValueError: a time without zone or a number that is none; our own fault.
    """
    pictures = encode_pictures(sighting)
    reading = sighting.reading
    digests = {p.kind.value: hashlib.sha256(p.jpeg).hexdigest() for p in pictures}
    text = committed_text(
        sighting.sighting_id,
        sighting.camera,
        sighting.seen_at,
        reading.text,
        reading.state,
        digests,
    )
    committed = CommittedRead(text, fresh_salt())
    payload = canonical_payload(sighting, match, digests, committed.salt)
    return Recording(sighting, match, pictures, payload, committed)


def insert_rows(
    database: StoreDatabase, recordings: Sequence[Recording], created_at: datetime
) -> None:
    """Insert sightings, pictures, hits and outbox rows; the caller holds the transaction around them.

    Whatever must be on record together with a sighting is inserted here, table by table: one call of
    the driver for a whole group.
    """
    _SIGHTINGS.into(database, map(_sighting_fields, recordings))
    _PICTURES.into(
        database,
        (
            _picture_fields(recording.sighting.sighting_id, picture)
            for recording in recordings
            for picture in recording.pictures
        ),
    )
    _HITS.into(
        database,
        (
            hit_fields(hit)
            for recording in recordings
            for hit in hits_of(recording.sighting.sighting_id, recording.match, created_at)
        ),
    )
    _OUTBOX.into(
        database,
        (
            {
                "kind": OUTBOX_SIGHTING,
                "sighting_id": recording.sighting.sighting_id,
                "payload": recording.payload,
                "created_at": created_at,
            }
            for recording in recordings
        ),
    )
    tag_reads(database, [recording.sighting for recording in recordings])


RECORD_SIGHTING = "sighting.record"
"""Name of what the box does alone, while nobody is at the screen who may see reads."""


_WHERE_SEEN: dict[Actor | None, str] = {None: "box", THE_BOX: "standard output"}


def sighting_draft(recording: Recording, watcher: Actor | None) -> EntryDraft:
    """Return the audit entry of a sighting that is stored.

    Args:
        watcher: Who sees it on the live screen; None means that nobody does.

    Source: California Civil Code 1798.90.52(a); policy 462.5(a).
    """
    sighting, match = recording.sighting, recording.match
    facts = [
        ("sighting", sighting.sighting_id),
        ("camera", sighting.camera),
        (COMMITMENT, recording.committed.sha256),
    ]
    # The log is read in the car too: of a covert entry it says nothing.
    if match is not None and match.first_shown is not None:
        facts.append(("hotlist", match.first_shown.entry.hotlist))
    return EntryDraft(
        action=RECORD_SIGHTING if watcher is None else Action.SEE_LIVE_READS.value,
        actor=watcher or THE_BOX,
        where=_WHERE_SEEN.get(watcher, "live screen"),
        subject=Subject(plates=(sighting.reading.text,)),
        facts=tuple(facts),
    )


def canonical_payload(
    sighting: Sighting, match: Match | None, pictures: Mapping[str, str], salt: bytes
) -> str:
    """Return the record of a sighting as canonical JSON.

    Args:
        pictures: SHA-256 of the JPEG by kind.
        salt: Of the audit entry's commitment, which the server's packages open too.

    Whole numbers: microseconds, 1/10,000 of certainty, 1/100 pixel, 1e-7 and 1/100 degree, mm/s.
    Pictures are named by the SHA-256 of their JPEG.
    """
    reading = sighting.reading
    box = reading.box
    content = {
        "version": PAYLOAD_VERSION,
        "sighting_id": sighting.sighting_id,
        "camera": sighting.camera,
        "first_seen_at_us": to_micros(sighting.first_seen_at),
        "seen_at_us": to_micros(sighting.seen_at),
        "plate": reading.text,
        "confidences_e4": [round(1e4 * float(share)) for share in reading.confidences],
        "state": reading.state,
        "state_confidence_e4": round(1e4 * float(reading.state_confidence)),
        "alternatives": list(reading.alternatives),
        "frame_count": sighting.frame_count,
        "frame_size_px": [sighting.frame.width_px, sighting.frame.height_px],
        "box_e2_px": [round(100 * float(edge)) for edge in (box.x, box.y, box.w, box.h)],
        "box_score_e4": round(1e4 * float(box.score)),
        "corners_e2_px": [[round(100 * float(x)), round(100 * float(y))] for x, y in box.corners],
        "supersedes": sighting.supersedes,
        "position": None if sighting.position is None else _position_content(sighting.position),
        "hits": [
            hit_content(hit) for hit in hits_of(sighting.sighting_id, match, sighting.seen_at)
        ],
        "pictures": dict(pictures),
        "salt": salt.hex(),
    }
    return canonical_json(content)


def _position_content(position: Position) -> dict[str, str | int | None]:
    speed_mps, track_deg = position.speed_mps, position.track_deg
    return {
        "lat_e7": to_e7(position.lat_deg),
        "lon_e7": to_e7(position.lon_deg),
        "speed_mmps": None if speed_mps is None else round(1e3 * speed_mps),
        "track_e2_deg": None if track_deg is None else round(1e2 * track_deg),
        "quality": position.quality.value,
    }


def _picture_fields(sighting_id: str, picture: EncodedPicture) -> dict[str, object]:
    return {
        "sighting_id": sighting_id,
        "kind": picture.kind.value,
        "width_px": picture.width_px,
        "height_px": picture.height_px,
        "jpeg_sha256": hashlib.sha256(picture.jpeg).hexdigest(),
    }


def _sighting_fields(recording: Recording) -> dict[str, object]:
    sighting = recording.sighting
    reading = sighting.reading
    box = reading.box
    return {
        "id": sighting.sighting_id,
        "camera": sighting.camera,
        # A file name may hold bytes that are no text.
        "source": sighting.frame.source.encode("utf-8", "backslashreplace").decode(),
        "first_seen_at": sighting.first_seen_at,
        "seen_at": sighting.seen_at,
        "plate": reading.text,
        "confidences": tuple(float(share) for share in reading.confidences),
        "state": reading.state,
        "state_confidence": float(reading.state_confidence),
        "alternatives": reading.alternatives,
        "frame_count": sighting.frame_count,
        "box_x": float(box.x),
        "box_y": float(box.y),
        "box_w": float(box.w),
        "box_h": float(box.h),
        "box_score": float(box.score),
        "corners": tuple((float(x), float(y)) for x, y in box.corners),
        "frame_width_px": sighting.frame.width_px,
        "frame_height_px": sighting.frame.height_px,
        "supersedes": sighting.supersedes,
        "salt": recording.committed.salt,
        **to_row(sighting.position)._asdict(),
    }
