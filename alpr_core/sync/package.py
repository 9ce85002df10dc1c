"""What the server sends down to the cars: people, settings, lists; signed, numbered, never put back.

    alpr-tui/package/v1
    name people
    version 12
    issued 2026-11-24T06:00:00Z
    bytes 4711
    sha256 <64 hexadecimal digits>

A list's body is a package of its own form (`alpr_core.hotlists.package`), signed again by whoever made it.

Source: docs/sync-protocol.md, section 6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from alpr_core.audit.signed_note import Signer, Verifier
from alpr_core.errors import AuditError, InputError
from alpr_core.sync.batch import digest
from alpr_core.sync.signed_body import open_body, sign_body

PACKAGE_BYTES_MAX = 64 * 1024 * 1024
"""A statewide list of two million plates, packed."""

PEOPLE, SETTINGS = "people", "settings"
LIST_PREFIX = "list/"
"""Before the name of a list."""

_HEAD = "alpr-tui/package/v1"
_NAMES = ("name", "version", "issued", "bytes", "sha256")
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_NAME = re.compile(r"people|settings|list/[^\x00-\x1f/]{1,80}")


@dataclass(frozen=True, slots=True)
class Package:
    """One package, opened."""

    name: str
    version: int
    """From 1; each edition of this name has a higher one."""
    issued_at: datetime
    """Aware UTC time, whole seconds."""
    body: bytes


def is_package_name(name: str) -> bool:
    """Tell whether a package may be called so."""
    return _NAME.fullmatch(name) is not None


def sign_package(package: Package, signer: Signer) -> bytes:
    """Return the package as it travels."""
    values = (
        package.name,
        str(package.version),
        package.issued_at.strftime(_TIME_FORMAT),
        str(len(package.body)),
        digest(package.body),
    )
    lines = [f"{name} {value}" for name, value in zip(_NAMES, values, strict=True)]
    return sign_body("\n".join((_HEAD, *lines)) + "\n", package.body, signer)


def open_package(written: bytes, key: Verifier, name: str, installed: int) -> Package:
    """Return a package that may be taken over.

    Args:
        installed: Version in the car; 0 if there is none.

    Raises:
        InputError: it is not the server's, not what was asked for, or not newer than what the car has.
    """
    try:
        text, body = open_body(written, key)
    except AuditError as fault:
        raise _refused(fault.what) from fault
    title, *lines = text.removesuffix("\n").split("\n")
    pairs = [line.partition(" ") for line in lines]
    told = {name: value for name, _, value in pairs}
    if (
        title != _HEAD
        or tuple(name for name, _, _ in pairs) != _NAMES
        or not all(_NUMBER.fullmatch(told[number]) for number in ("version", "bytes"))
    ):
        raise _refused("It says something else than a package does.")
    if len(body) != int(told["bytes"]) or digest(body) != told["sha256"]:
        raise _refused("Its content is not what was signed.")
    try:
        issued_at = datetime.strptime(told["issued"], _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError as fault:
        raise _refused("It names no time.") from fault
    if told["name"] != name:
        raise _refused("It is another one than was asked for.")
    if int(told["version"]) <= installed:
        raise _refused(f"Its version {told['version']} is not newer than {installed} in the car.")
    return Package(name, int(told["version"]), issued_at, body)


def _refused(why: str) -> InputError:
    return InputError(f"The server's package is refused: {why}", "The car keeps what it has.")
