"""The signed form of a list: a ZIP with two members, `manifest` and `list`.

The manifest is a C2SP signed note (Ed25519) whose text names the list, its version, when it was issued and
when it expires, and the SHA-256 of the list's bytes. So a list cannot be altered, moved to another name,
kept back beyond its expiry, or put back to an earlier version without being noticed.

    alpr-tui/hotlist/v1
    list SVS
    version 12
    issued 2026-11-24T06:00:00Z
    expires 2026-11-26T06:00:00Z
    form full
    base 0
    bytes 4711
    sha256 <64 hexadecimal digits>

Source: https://c2sp.org/signed-note; design.md section 4, Matching.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from alpr_core.audit.signed_note import Signer, Verifier, open_note, sign_note
from alpr_core.errors import AuditError, InputError

MANIFEST_MEMBER = "manifest"
LIST_MEMBER = "list"

CLOCK_LEEWAY = timedelta(minutes=10)
"""A manifest issued this far in the future is believed: the car's clock may lag."""

_HEAD = "alpr-tui/hotlist/v1"
_NAMES = ("list", "version", "issued", "expires", "form", "base", "bytes", "sha256")
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_VERSION_MAX = 2**53
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,16}")


class ListForm(Enum):
    """Whether a file is the whole list or what changed in it."""

    FULL = "full"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a signed package says of itself."""

    hotlist: str
    version: int
    """From 1; each edition has a higher one."""
    issued_at: datetime
    """Aware UTC time, whole seconds."""
    expires_at: datetime
    """Aware UTC time from which the package is not installed any more."""
    form: ListForm
    base: int
    """Version that the changes apply to; 0 for a whole list."""
    size_bytes: int
    """Of the member `list`, unpacked."""
    sha256: str
    """Of the same bytes, hexadecimal."""


def sign_manifest(manifest: Manifest, signers: Sequence[Signer]) -> bytes:
    """Return the bytes of the member `manifest`."""
    values = (
        manifest.hotlist,
        str(manifest.version),
        manifest.issued_at.strftime(_TIME_FORMAT),
        manifest.expires_at.strftime(_TIME_FORMAT),
        manifest.form.value,
        str(manifest.base),
        str(manifest.size_bytes),
        manifest.sha256,
    )
    lines = [f"{name} {value}" for name, value in zip(_NAMES, values, strict=True)]
    return sign_note("\n".join([_HEAD, *lines]) + "\n", signers)


def open_manifest(written: bytes, known: Iterable[Verifier]) -> Manifest:
    """Return what a known key has signed.

    Raises:
        InputError: no signed note, not signed by a known key, or not a manifest.
    """
    try:
        text, _ = open_note(written, known)
    except AuditError as error:
        raise InputError(
            f"The package's signature does not hold: {error.what}",
            "Ask the sender for the package again and compare the key. The list was not changed.",
        ) from error
    return _parse(text)


def check_manifest(manifest: Manifest, hotlist: str, installed: int, now: datetime) -> None:
    """Raise InputError unless this package may be installed over version `installed` now.

    Args:
        installed: Version in the car; 0 if there is none.
        now: Aware UTC time.
    """
    why: str | None = None
    if manifest.hotlist != hotlist:
        why = f"it is of list {manifest.hotlist}, not of {hotlist}"
    elif manifest.expires_at <= now:
        why = f"it expired at {manifest.expires_at:%Y-%m-%d %H:%M} UTC"
    elif manifest.issued_at > now + CLOCK_LEEWAY:
        why = f"it was issued in the future, at {manifest.issued_at:%Y-%m-%d %H:%M} UTC"
    elif manifest.version <= installed:
        why = f"its version {manifest.version} is not newer than version {installed} in the car"
    elif manifest.form is ListForm.CHANGES and manifest.base != installed:
        why = f"its changes apply to version {manifest.base}, the car has version {installed}"
    if why is not None:
        raise InputError(f"The package is refused: {why}.", "The list was not changed.")


def _parse(text: str) -> Manifest:
    head, *lines = text.removesuffix("\n").split("\n")
    pairs = [line.partition(" ") for line in lines]
    if head != _HEAD or tuple(name for name, _, _ in pairs) != _NAMES:
        raise _no_manifest()
    told = {name: value for name, _, value in pairs}
    if not all(_NUMBER.fullmatch(told[name]) for name in ("version", "base", "bytes")):
        raise _no_manifest()
    try:
        manifest = Manifest(
            hotlist=told["list"],
            version=int(told["version"]),
            issued_at=_time(told["issued"]),
            expires_at=_time(told["expires"]),
            form=ListForm(told["form"]),
            base=int(told["base"]),
            size_bytes=int(told["bytes"]),
            sha256=told["sha256"],
        )
    except ValueError as error:
        raise _no_manifest() from error
    if not 1 <= manifest.version <= _VERSION_MAX or _DIGEST.fullmatch(manifest.sha256) is None:
        raise _no_manifest()
    return manifest


def _time(written: str) -> datetime:
    return datetime.strptime(written, _TIME_FORMAT).replace(tzinfo=UTC)


def _no_manifest() -> InputError:
    return InputError(
        "The package's manifest is signed, but says something else than a list's manifest does.",
        "Ask the sender which program made it. The list was not changed.",
    )
