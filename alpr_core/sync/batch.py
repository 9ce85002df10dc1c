"""A batch: records of one box under one signature, named by its own digest.

    alpr-tui/batch/v1                   what was signed
    log alpr-tui/box/0011223344556677
    first 17
    last 19
    records 2
    bytes 4711
    sha256 <64 hexadecimal digits>
                                        empty line
    — <key name> <base64>               signature
                                        empty line
    17 sighting {...}                   records: sequence, kind, canonical JSON
    19 correction {...}

Source: docs/sync-protocol.md, section 2; https://c2sp.org/signed-note.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alpr_core.audit.signed_note import Signer, Verifier
from alpr_core.errors import AuditError, InputError
from alpr_core.sync.signed_body import open_body, sign_body

BATCH_RECORDS_MAX = 500
BATCH_BYTES_MAX = 4 * 1024 * 1024
"""Of a whole batch: a minute of a slow cellular link."""

RECORD_BYTES_MAX = 256 * 1024
"""Of one payload; a sighting has 1 KB, a canvass of a long evening 100."""

IMAGES_OF_RECORD_MAX = 16

_HEAD = "alpr-tui/batch/v1"
_NAMES = ("log", "first", "last", "records", "bytes", "sha256")
_KIND = r"[a-z][a-z0-9_.]{0,39}"
_RECORD = re.compile(rf"([1-9][0-9]{{0,15}}) ({_KIND}) (\{{.*\}})".encode())
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One record in a batch."""

    sequence: int
    """From 1; rises within a box and is never given twice."""
    kind: str
    payload: str
    """Canonical JSON, one line."""

    def content(self) -> dict[str, Any]:  # Any: JSON
        """Return what the payload says."""
        return _parsed(self.payload)


@dataclass(frozen=True, slots=True)
class BatchHead:
    """What a batch says of itself, under its signature."""

    log: str
    """Origin of the box's audit log: its identity."""
    first: int
    last: int
    records: int
    size_bytes: int
    """Of the record lines."""
    sha256: str
    """Of the record lines."""

    @property
    def text(self) -> str:
        """The signed text."""
        values = (self.log, self.first, self.last, self.records, self.size_bytes, self.sha256)
        lines = [f"{name} {value}" for name, value in zip(_NAMES, values, strict=True)]
        return "\n".join((_HEAD, *lines)) + "\n"


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that was signed by the box it says it is of."""

    head: BatchHead
    records: tuple[BatchRecord, ...]
    sha256: str
    """Of all its bytes: its name."""


class PoisonRecord(InputError):  # noqa: N818 - named after what it tells of
    """One record that can never be taken; the others of its batch can."""

    title = "Record refused"

    def __init__(self, sequence: int, why: str) -> None:
        super().__init__(f"Record {sequence}: {why}", "It is parked; the others go on.")
        self.sequence = sequence
        self.why = why


def batch_key_name(log: str) -> str:
    """Return the name of the key that signs the batches of the box with this log."""
    return f"{log}/batch"


def digest(content: bytes) -> str:
    """Return the SHA-256 that names a batch or picture, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def is_digest(text: str) -> bool:
    """Tell whether the text is a digest as we write it."""
    return _DIGEST.fullmatch(text) is not None


def is_kind(text: str) -> bool:
    """Tell whether a kind of record can travel."""
    return re.fullmatch(_KIND, text) is not None


def record_line(record: BatchRecord) -> bytes:
    """Return a record as a line of a batch."""
    return f"{record.sequence} {record.kind} {record.payload}\n".encode()


def make_batch(log: str, records: Sequence[BatchRecord], signer: Signer) -> bytes:
    """Return the batch of these records; the same bytes for the same records and key.

    Args:
        records: At least one, in rising order.
    """
    if not records:
        raise RuntimeError("a batch has at least one record")
    body = b"".join(map(record_line, records))
    head = BatchHead(
        log, records[0].sequence, records[-1].sequence, len(records), len(body), digest(body)
    )
    return sign_body(head.text, body, signer)


def open_batch(written: bytes, key: Verifier) -> Batch:
    """Return a batch that this key has signed, every record of it checked.

    Raises:
        InputError: it is no batch, too large, not signed by this key, or not what was signed.
        PoisonRecord: a record that can never be taken.
    """
    if len(written) > BATCH_BYTES_MAX:
        raise _refused("it is too large")
    try:
        text, body = open_body(written, key)
    except AuditError as fault:
        raise _refused(fault.what) from fault
    head = _parse_head(text)
    if len(body) != head.size_bytes or digest(body) != head.sha256:
        raise _refused("its records are not those that were signed")
    if f"{head.log}/batch" != key.name:
        raise _refused("it is of another box than its key")
    lines = body.split(b"\n")
    if lines.pop() != b"" or len(lines) != head.records or head.records > BATCH_RECORDS_MAX:
        raise _refused("it does not have as many records as it says")
    records = _parse_records(lines)
    if (records[0].sequence, records[-1].sequence) != (head.first, head.last):
        raise _refused("its records are not in order")
    return Batch(head, records, digest(written))


def image_digests(record: BatchRecord) -> tuple[str, ...]:
    """Return the pictures that a record names: values of its object `pictures`, a SHA-256 each.

    Raises:
        PoisonRecord: it names something that is no picture.
    """
    if '"pictures":{' not in record.payload:
        return ()
    pictures = record.content().get("pictures", {})
    named = tuple(pictures.values()) if isinstance(pictures, dict) else (None,)
    if len(named) > IMAGES_OF_RECORD_MAX or not all(
        isinstance(one, str) and is_digest(one) for one in named
    ):
        raise PoisonRecord(record.sequence, "it names pictures in a form that is none.")
    return named


def _refuse(written: str) -> None:
    raise ValueError(f"{written} is no whole number")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)


_KEPT_CHARS_MAX = 4096
"""Longer payloads are parsed anew each time: kept, they would let one box fill the server's memory."""


def _parsed(payload: str) -> dict[str, Any]:
    return _kept(payload) if len(payload) <= _KEPT_CHARS_MAX else _decoded(payload)


def _decoded(payload: str) -> dict[str, Any]:
    found: dict[str, Any] = _DECODER.decode(payload)
    return found


@functools.lru_cache(maxsize=2 * BATCH_RECORDS_MAX)
def _kept(payload: str) -> dict[str, Any]:
    """Return a payload's content; kept a while, because a batch is looked through several times."""
    return _decoded(payload)


def _parse_records(lines: Sequence[bytes]) -> tuple[BatchRecord, ...]:
    records: list[BatchRecord] = []
    for line in lines:
        found = _RECORD.fullmatch(line)
        if found is None:
            raise _refused(f"line {len(records) + 1} is no record")
        sequence, kind, payload = int(found[1]), found[2].decode("ascii"), found[3]
        if records and sequence <= records[-1].sequence:
            raise _refused("its records are not in order")
        _check_payload(sequence, payload)
        records.append(BatchRecord(sequence, kind, payload.decode()))
    return tuple(records)


def _check_payload(sequence: int, payload: bytes) -> None:
    if len(payload) > RECORD_BYTES_MAX:
        raise PoisonRecord(sequence, f"it is longer than {RECORD_BYTES_MAX} bytes.")
    try:
        text = payload.decode()
        is_canonical = _ENCODER.encode(_parsed(text)) == text
    except (ValueError, RuntimeError, RecursionError):
        is_canonical = False
    if not is_canonical:
        raise PoisonRecord(sequence, "it is no canonical JSON.")


def _parse_head(text: str) -> BatchHead:
    title, *lines = text.removesuffix("\n").split("\n")
    pairs = [line.partition(" ") for line in lines]
    told = {name: value for name, _, value in pairs}
    if title != _HEAD or tuple(name for name, _, _ in pairs) != _NAMES:
        raise _refused("its head says something else than a batch's head does")
    if not all(_NUMBER.fullmatch(told[name]) for name in ("first", "last", "records", "bytes")):
        raise _refused("its head says something else than a batch's head does")
    return BatchHead(
        told["log"],
        int(told["first"]),
        int(told["last"]),
        int(told["records"]),
        int(told["bytes"]),
        told["sha256"],
    )


def _refused(why: str) -> InputError:
    return InputError(f"The batch is refused: {why}.", "Nothing of it was stored.")
