"""The files inside a package: pictures, reads as JSON and as a table, and their audit entries with proofs.

`db/verify_package.py` travels with each package and knows the same names and forms; a test holds the two together.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from alpr_core.audit.entry_form import canonical_json, write_time
from alpr_core.audit.read_commitment import CommittedRead
from alpr_core.correction import StoredCorrection
from alpr_core.csv_text import csv_line
from alpr_core.desk.audit_ports import InclusionProof
from alpr_core.position import compass_angle
from alpr_core.sighting import StoredSighting

FORMAT = "alpr-tui package 1"
HEAD_FILE, CONTENTS_FILE, PROOF_FILE = "package.json", "contents.sealed", "proof.json"
MANIFEST_FILE, ENTRIES_FILE, READS_FILE = "manifest.json", "audit/entries.json", "reads.json"
TABLE_FILE = "reads.csv"

COLUMNS = (
    "read seen_at camera plate state read_as read_state latitude longitude fix hotlist frames corrections"
    " pictures entries"
).split()

Member = tuple[str, bytes]
"""Name inside the archive, and content."""


@dataclass(frozen=True, slots=True)
class PackedRead:
    """One read with everything that is known of it."""

    read: StoredSighting
    corrections: tuple[StoredCorrection, ...]
    entries: tuple[InclusionProof, ...]
    """Of the audit log; none if the keys of its day were destroyed."""
    picture_kinds: tuple[str, ...]
    """Pictures that the store has: `plate`, `frame`, `overview`."""
    committed: CommittedRead | None
    """What opens the commitment of its audit entry; None for reads of an earlier version."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a packed read."""

    sighting_id: str
    kind: str
    jpeg: bytes

    @property
    def file(self) -> str:
        """Name inside the archive."""
        return f"pictures/{self.sighting_id}/{self.kind}.jpg"


def members(
    reads: tuple[PackedRead, ...], pictures: Iterable[Picture], vkeys: Iterable[str]
) -> Iterator[Member]:
    """Yield every file but the manifest, pictures first; one picture is in memory at a time.

    Args:
        pictures: All pictures of the reads.
        vkeys: Every key that the audit log announced.
    """
    named: dict[str, list[dict[str, str]]] = {}
    for picture in pictures:
        digest = hashlib.sha256(picture.jpeg).hexdigest()
        named.setdefault(picture.sighting_id, []).append({"file": picture.file, "sha256": digest})
        yield picture.file, picture.jpeg
    yield TABLE_FILE, "".join(_table(reads)).encode()
    listed = [_read(one, named.get(one.read.sighting_id, [])) for one in reads]
    yield READS_FILE, canonical_json({"format": FORMAT, "reads": listed})
    yield ENTRIES_FILE, canonical_json(_entries(reads, vkeys))


def proof_file(proof: InclusionProof, vkeys: Iterable[str]) -> bytes:
    """Return the proof that the export is on the log."""
    return canonical_json(
        {
            "entry": _text(proof.leaf),
            "hashes": [_text(step) for step in proof.hashes],
            "checkpoint": proof.note.decode(),
            "vkeys": list(vkeys),
        }
    )


def _entries(reads: tuple[PackedRead, ...], vkeys: Iterable[str]) -> dict[str, Any]:
    checkpoints: dict[str, str] = {}
    entries = []
    for one in reads:
        for proof in one.entries:
            size = proof.checkpoint.size
            checkpoints[str(size)] = proof.note.decode()
            entries.append(
                {
                    "read": one.read.sighting_id,
                    "index": proof.index,
                    "entry": _text(proof.leaf),
                    "hashes": [_text(step) for step in proof.hashes],
                    "size": size,
                }
            )
    return {"vkeys": list(vkeys), "checkpoints": checkpoints, "entries": entries}


def _table(reads: tuple[PackedRead, ...]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    for one in reads:
        read = one.read
        yield csv_line(
            (
                read.sighting_id,
                write_time(read.seen_at),
                read.camera,
                read.plate,
                read.state or "",
                read.original_plate or read.plate,
                (read.state if read.original_plate is None else read.original_state) or "",
                *_compass(read),
                read.hotlist or "",
                str(read.frame_count),
                str(len(one.corrections)),
                " ".join(one.picture_kinds),
                " ".join(str(proof.index) for proof in one.entries),
            )
        )


def _read(one: PackedRead, pictures: list[dict[str, str]]) -> dict[str, Any]:
    read = one.read
    return {
        "read": read.sighting_id,
        "camera": read.camera,
        "seen_at": write_time(read.seen_at),
        "plate": read.plate,
        "state": read.state,
        "read_as": read.original_plate or read.plate,
        "confidences_e4": [round(1e4 * float(share)) for share in read.confidences],
        "alternatives": list(read.alternatives),
        "frames": read.frame_count,
        "place": dict(zip(("latitude", "longitude", "fix"), _place(read), strict=True)),
        "hotlist": read.hotlist,
        "pictures": pictures,
        "committed": _committed(one.committed),
        "corrections": [
            {
                "from": stored.was_plate,
                "to": stored.correction.plate,
                "by": stored.correction.editor,
                "at": write_time(stored.correction.corrected_at),
                "reason": stored.correction.reason,
            }
            for stored in one.corrections
        ],
    }


def _committed(opened: CommittedRead | None) -> dict[str, str] | None:
    return None if opened is None else {"text": opened.text, "salt": opened.salt.hex()}


def _place(read: StoredSighting) -> tuple[str, str, str]:
    """Return latitude and longitude in degrees and how they were known; empty if nobody knew."""
    where = read.position
    if where is None:
        return "", "", ""
    return f"{where.lat_deg:.7f}", f"{where.lon_deg:.7f}", where.quality.value


def _compass(read: StoredSighting) -> tuple[str, str, str]:
    """Return the same for the table, where a minus sign would begin a formula."""
    where = read.position
    if where is None:
        return "", "", ""
    return (
        compass_angle(where.lat_deg, "N", "S"),
        compass_angle(where.lon_deg, "E", "W"),
        where.quality.value,
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
