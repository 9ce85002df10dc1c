"""The only byte form of an entry: what the log hashes.

The bytes are canonical JSON (RFC 8785): two programs that know the same entry write the same bytes, so
a hash of them can be checked by anybody. A changed meaning of any field needs the next version.

Source: docs/audit-log.md, section 2.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any

from alpr_core.audit.entry import (
    ACTION,
    NAME,
    Actor,
    Entry,
    Outcome,
    SealedSubject,
    TimeQuality,
)
from alpr_core.errors import AuditError, InputError
from alpr_core.terminal_text import clean_text

ENTRY_VERSION = 1

ENTRY_BYTES_MAX = 65_535
"""An entry bundle writes the length of an entry in two bytes. Source: C2SP tlog-tiles, Log entries."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{2}Z")
_FIELDS = frozenset(
    "action actor box case facts index log outcome purpose quality sealed source time version where why".split()
)


def entry_bytes(entry: Entry) -> bytes:
    """Return the canonical bytes: the log hashes exactly these.

    Raises:
        InputError: all texts together are longer than ENTRY_BYTES_MAX.
    """
    sealed = entry.sealed
    written = canonical_json(
        {
            "version": ENTRY_VERSION,
            "log": entry.log,
            "index": entry.index,
            "time": write_time(entry.at),
            "quality": entry.quality.value,
            "box": entry.box,
            "action": entry.action,
            "actor": {
                "user": entry.actor.user_id,
                "name": entry.actor.name,
                "organisation": entry.actor.organisation,
            },
            "outcome": entry.outcome.value,
            "where": entry.where,
            "source": entry.source,
            "purpose": entry.purpose,
            "case": entry.case,
            "facts": dict(entry.facts),
            "why": entry.why,
            "sealed": None
            if sealed is None
            else {
                "key": sealed.key_name,
                "nonce": base64.b64encode(sealed.nonce).decode("ascii"),
                "text": base64.b64encode(sealed.ciphertext).decode("ascii"),
            },
        }
    )
    if len(written) > ENTRY_BYTES_MAX:
        raise InputError(
            f"This makes an audit entry of {len(written)} bytes; {ENTRY_BYTES_MAX} is the most.",
            "Name fewer plates at once; nothing was done.",
        )
    return written


def parse_entry(written: bytes) -> Entry:
    """Return the entry that these bytes are.

    Raises:
        AuditError: they are no entry of version 1, or not in canonical form.
    """
    try:
        found = json.loads(written.decode("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise AuditError("It is no JSON text.") from fault
    if not isinstance(found, dict) or found.get("version") != ENTRY_VERSION:
        raise AuditError(f"It is no entry of version {ENTRY_VERSION}.")
    try:
        entry = _entry(found)
        is_canonical = entry_bytes(entry) == written
    except (KeyError, TypeError, ValueError, InputError) as fault:
        named = clean_text(str(fault), 60)
        raise AuditError(f"A field is missing, unknown or of the wrong kind ({named}).") from fault
    if not is_canonical:
        raise AuditError("Its bytes are not in canonical form.")
    return entry


def canonical_json(content: dict[str, Any]) -> bytes:
    """Return texts, whole numbers, null, lists and objects of them as RFC 8785 writes them.

    Names must be ASCII: Python sorts them by code point, RFC 8785 by UTF-16 unit.
    """
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")


def write_time(at: datetime) -> str:
    """Return UTC time to 1/100 s, the rest cut off: `2026-11-23T21:22:05.12Z`."""
    if at.tzinfo is None:
        raise RuntimeError(f"{at!r} has no time zone; the audit log keeps aware times only")
    return (
        at.astimezone(UTC).isoformat(timespec="milliseconds")[: len("2026-11-23T21:22:05.12")] + "Z"
    )


def to_hundredths(at: datetime) -> datetime:
    """Return the time as the log keeps it."""
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 10_000 * 10_000)


def _entry(found: dict[str, Any]) -> Entry:
    if found.keys() != _FIELDS:
        raise KeyError(*sorted(found.keys() ^ _FIELDS)[:1])
    actor, sealed, facts = found["actor"], found["sealed"], found["facts"]
    if not isinstance(facts, dict) or not all(NAME.fullmatch(name) for name in facts):
        raise TypeError("facts")
    if type(found["index"]) is not int or found["index"] < 0:
        raise TypeError("index")
    if ACTION.fullmatch(_text(found, "action")) is None:
        raise ValueError("action")
    return Entry(
        log=_text(found, "log"),
        index=found["index"],
        at=_read_time(_text(found, "time")),
        quality=TimeQuality(found["quality"]),
        box=_text(found, "box"),
        action=_text(found, "action"),
        actor=Actor(_text(actor, "user"), _text(actor, "name"), _text(actor, "organisation")),
        outcome=Outcome(found["outcome"]),
        where=_text(found, "where"),
        source=_text(found, "source"),
        purpose=_text(found, "purpose"),
        case=_text(found, "case"),
        sealed=None if sealed is None else _sealed(sealed),
        facts=tuple((name, _text(facts, name)) for name in sorted(facts)),
        why=_text(found, "why"),
    )


def _sealed(found: dict[str, Any]) -> SealedSubject:
    try:
        return SealedSubject(
            key_name=_text(found, "key"),
            nonce=base64.b64decode(_text(found, "nonce"), validate=True),
            ciphertext=base64.b64decode(_text(found, "text"), validate=True),
        )
    except binascii.Error as fault:
        raise ValueError("sealed") from fault


def _text(found: dict[str, Any], name: str) -> str:
    text = found[name]
    if not isinstance(text, str):
        raise TypeError(name)
    return text


def _read_time(text: str) -> datetime:
    if _TIME.fullmatch(text) is None:
        raise ValueError("time")
    return datetime.fromisoformat(text)
