"""Opens what was handed over as a list: a plain file, or a signed package. Trusts nothing about it.

Source: design.md section 4, Hostile text (imports are bounded in size, members, fields and time).
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from alpr_core.audit.signed_note import NOTE_BYTES_MAX, Signer, Verifier
from alpr_core.errors import InputError
from alpr_core.hotlists.package import (
    LIST_MEMBER,
    MANIFEST_MEMBER,
    Manifest,
    check_manifest,
    open_manifest,
    sign_manifest,
)
from alpr_core.hotlists.settings import ListSettings
from alpr_core.terminal_text import clean_text

FILE_BYTES_MAX = 512 * 2**20
"""Longest list, packed or unpacked: three million rows of 170 bytes."""

CHUNK_BYTES = 65_536

_ZIP_BEGIN = b"PK"
_OTHER_KINDS = (
    (_ZIP_BEGIN + b"\x03\x04", "an archive (ZIP)"),
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"BZh", "compressed (bzip2)"),
    (b"\xfd7zXZ", "compressed (xz)"),
    (b"\x28\xb5\x2f\xfd", "compressed (Zstandard)"),
    (b"7z\xbc\xaf", "an archive (7z)"),
    (b"Rar!", "an archive (RAR)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database"),
)
"""First bytes of what people hand over by mistake: it is named rather than called damaged."""
_BEGIN_BYTES = max(len(mark) for mark, _ in _OTHER_KINDS)
_ZIP_END = struct.Struct("<4sHHHHIIH")
"""End of central directory record without comment. Source: PKWARE APPNOTE 4.3.16."""
_ZIP_END_MARK = b"PK\x05\x06"
_ZIP64_LOCATOR_BYTES = 20
_ZIP64_MARK = b"PK\x06\x07"
_DIRECTORY_BYTES_MAX = 1_000
"""Two members with short names need some 150."""


@dataclass(frozen=True, slots=True)
class ListSource:
    """An opened list."""

    name: str
    """Cleaned name of the file."""
    size_bytes: int
    """Of the list itself, unpacked."""
    changed_at: datetime
    """Aware UTC time at which the file was last written."""
    manifest: Manifest | None
    """None for a plain file."""
    chunks: Callable[[], Iterator[bytes]]
    """Gives the list's bytes from the start."""


@contextmanager
def opened_list(
    file: Path, settings: ListSettings, installed: int, now: datetime
) -> Iterator[ListSource]:
    """Open a file that is to become an edition of the list.

    Args:
        installed: Version in the car, 0 if none.
        now: Aware UTC time, compared with a package's expiry.

    Raises:
        InputError: no plain file, too large, unsigned though the list asks for it, or a package that is
            altered, expired, of another list, or older than the installed version.
    """
    with _opened(file) as (opened, facts):
        name = clean_text(file.name, 80)
        changed_at = datetime.fromtimestamp(max(0.0, facts.st_mtime), UTC)
        begins = opened.read(_BEGIN_BYTES)
        if not begins.startswith(_ZIP_BEGIN):
            _refuse_other_kinds(begins, name)
            if settings.signer:
                raise InputError(
                    f"{name} is not signed, but list {settings.name} takes signed packages only.",
                    "Ask the sender for the package. The list was not changed.",
                )
            yield ListSource(name, facts.st_size, changed_at, None, lambda: _read(opened, name))
            return
        try:
            with _package(opened, facts.st_size, name) as archive:
                manifest = _manifest(archive, settings, name)
                check_manifest(manifest, settings.name, installed, now)
                _check_whole(archive, manifest, name)
                yield ListSource(
                    name,
                    manifest.size_bytes,
                    changed_at,
                    manifest,
                    lambda: _unpacked(archive, manifest, name),
                )
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise _damaged(name) from error


@contextmanager
def opened_plain(file: Path) -> Iterator[Iterator[bytes]]:
    """Open a plain file to look at it without a list.

    Raises:
        InputError: it is no plain file, or too large.
    """
    with _opened(file) as (opened, _):
        name = clean_text(file.name, 80)
        _refuse_other_kinds(opened.read(_BEGIN_BYTES), name)
        yield _read(opened, name)


def write_package(
    file: Path | IO[bytes],
    content: bytes,
    manifest: Callable[[int, str], Manifest],
    signers: list[Signer],
) -> Manifest:
    """Write a signed package, as an agency's server does.

    Args:
        file: A file in memory where the list must lie on no disk.
        manifest: Makes the manifest of size and SHA-256.
    """
    made = manifest(len(content), hashlib.sha256(content).hexdigest())
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST_MEMBER, sign_manifest(made, signers))
        archive.writestr(LIST_MEMBER, content)
    return made


@contextmanager
def _opened(file: Path) -> Iterator[tuple[IO[bytes], os.stat_result]]:
    name = clean_text(file.name, 80)
    try:
        # A link may lead to any file that this program may read; a pipe or device never ends.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is no name of a file"
        if file.is_symlink():
            why = "it is a link; name the file itself"
        raise InputError(f"{name} cannot be read ({why}).") from error
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise InputError(f"{name} is no file but a folder, pipe or device.")
    with os.fdopen(descriptor, "rb") as opened:
        if facts.st_size > FILE_BYTES_MAX:
            raise InputError(
                f"{name} has {facts.st_size // 2**20} MB; a list has up to {FILE_BYTES_MAX // 2**20}."
            )
        try:
            yield opened, facts
        except OSError as error:
            raise InputError(f"{name} cannot be read to its end ({error.strerror}).") from error


def _refuse_other_kinds(begins: bytes, name: str) -> None:
    for mark, kind in _OTHER_KINDS:
        if begins.startswith(mark):
            raise InputError(
                f"{name} is {kind}, no list.",
                "Unpack or save it as plain text and import that. The list was not changed.",
            )


def _read(opened: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield the file's bytes; half of one edition and half of the next is no list.

    Raises:
        InputError: somebody has written to the file meanwhile.
    """
    before = os.fstat(opened.fileno())
    opened.seek(0)
    left = FILE_BYTES_MAX
    while chunk := opened.read(min(CHUNK_BYTES, left)):
        left -= len(chunk)
        yield chunk
    after = os.fstat(opened.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputError(
            f"{name} was written to while it was read.",
            "Import it again once it is complete. The list was not changed.",
        )


@contextmanager
def _package(opened: IO[bytes], size_bytes: int, name: str) -> Iterator[zipfile.ZipFile]:
    """Open the archive only if its directory is as small as ours: a long one would fill the memory."""
    tail = _ZIP_END.size + _ZIP64_LOCATOR_BYTES
    if size_bytes < tail:
        raise _damaged(name)
    opened.seek(size_bytes - tail)
    end = opened.read(tail)
    mark, _, _, _, members, directory_bytes, _, comment = _ZIP_END.unpack(
        end[_ZIP64_LOCATOR_BYTES:]
    )
    if mark != _ZIP_END_MARK or comment or end.startswith(_ZIP64_MARK):
        raise _damaged(name)
    if members != 2 or directory_bytes > _DIRECTORY_BYTES_MAX:
        raise _foreign(name)
    opened.seek(0)
    with zipfile.ZipFile(opened) as archive:
        listed = archive.infolist()
        if sorted(member.filename for member in listed) != [LIST_MEMBER, MANIFEST_MEMBER]:
            raise _foreign(name)
        for member in listed:
            is_link = stat.S_ISLNK(member.external_attr >> 16)
            is_plain = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            if is_link or not is_plain or member.flag_bits & 1:
                raise _foreign(name)
        yield archive


def _manifest(archive: zipfile.ZipFile, settings: ListSettings, name: str) -> Manifest:
    if not settings.signer:
        raise InputError(
            f"{name} is a signed package, but nobody has said whose key signs list {settings.name}.",
            "Name the sender's key (`--signed-by`, or its field). The list was not changed.",
        )
    with archive.open(MANIFEST_MEMBER) as member:
        written = member.read(NOTE_BYTES_MAX + 1)
    return open_manifest(written, [Verifier.parse(settings.signer)])


def _check_whole(archive: zipfile.ZipFile, manifest: Manifest, name: str) -> None:
    """Compare all bytes with the signed digest before any of them is understood."""
    if manifest.size_bytes > FILE_BYTES_MAX:
        raise InputError(
            f"{name} unpacks to {manifest.size_bytes // 2**20} MB; a list has up to"
            f" {FILE_BYTES_MAX // 2**20}."
        )
    for place, chunk in enumerate(_unpacked(archive, manifest, name)):
        if place == 0:
            _refuse_other_kinds(chunk, name)


def _unpacked(archive: zipfile.ZipFile, manifest: Manifest, name: str) -> Iterator[bytes]:
    """Yield the list's bytes and compare them with the signed digest, each time they are read.

    Never more than the manifest says, however far the archive would unpack.
    """
    left, digest = manifest.size_bytes, hashlib.sha256()
    with archive.open(LIST_MEMBER) as member:
        while chunk := member.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise InputError(
                    f"{name} unpacks to more than its signature is for.",
                    "Ask the sender for the package again. The list was not changed.",
                )
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != manifest.sha256:
        raise InputError(
            f"{name} holds another list than its signature is for.",
            "Ask the sender for the package again. The list was not changed.",
        )


def _damaged(name: str) -> InputError:
    return InputError(
        f"{name} is a damaged package, or none.",
        "Ask the sender for it again. The list was not changed.",
    )


def _foreign(name: str) -> InputError:
    return InputError(
        f"{name} is an archive, but no package of a list: it must hold exactly {MANIFEST_MEMBER} and"
        f" {LIST_MEMBER}.",
        "Unpack it and import the list itself, or ask for a signed package. The list was not changed.",
    )
