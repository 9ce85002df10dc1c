"""Looks through a database file page by page, as somebody would who has the key and does not ask SQLite.

It decrypts every page of the file and of the write-ahead log by itself, whether SQLite still uses it or not, and
says which of some texts it found, as UTF-8 or UTF-16. So it sees what was deleted and not overwritten.

Source: SQLCipher 4 design (https://www.zetetic.net/sqlcipher/design/): AES-256-CBC, IV and HMAC-SHA512 at the
end of each page; https://www.sqlite.org/fileformat2.html for the write-ahead log.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from alpr_core.errors import StoreError
from db.disk_faults import told_as_store_errors

PAGE_BYTES = 4096
"""SQLCipher 4's own size, which the store uses."""

SIGNS_MIN = 5
"""Shorter texts stand in numbers and words by chance, and say nothing."""

_SALT_BYTES = 16
_IV_BYTES = 16
_MAC_BYTES = 64
_RESERVED_BYTES = _IV_BYTES + _MAC_BYTES
_WAL_HEAD_BYTES = 32
_FRAME_HEAD_BYTES = 24
_RETRIES = 20
"""A page that is being written at this moment does not verify; a moment later it does."""

_RETRY_S = 0.05
_SIGNS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_ONLY_SIGNS = bytes(byte if byte in _SIGNS else 32 for byte in range(256))
_KINDS = bytes(65 if byte in _SIGNS else 48 if byte == 0 else 32 for byte in range(256))
_WIDE = b"A0" * (SIGNS_MIN - 1) + b"A"
"""A page in which no such row of signs and zeros stands holds no text in UTF-16, of either kind."""

_WIDE_RUNS = (
    (re.compile(rb"(?:[A-Z0-9]\x00){%d,}" % SIGNS_MIN), 0),
    (re.compile(rb"(?:\x00[A-Z0-9]){%d,}" % SIGNS_MIN), 1),
)
"""How a plate can stand in a page besides UTF-8: UTF-16 little and big endian; first place of its signs."""


@dataclass(frozen=True, slots=True)
class PageScan:
    """What a look through the pages found."""

    pages: int
    """Pages of the file and frames of the write-ahead log; every one was decrypted and its HMAC verified."""
    found: frozenset[str]
    """Of the texts looked for."""


class PageReader:
    """Decrypts pages with the raw key, without SQLCipher."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        self._key = key
        mac_salt = bytes(byte ^ 0x3A for byte in salt)
        self._mac_key = hashlib.pbkdf2_hmac("sha512", key, mac_salt, 2, len(key))

    def open(self, number: int, page: bytes) -> bytes | None:
        """Return the content of a page; None if it was not written whole with this key as this page.

        Args:
            number: From 1.
        """
        start = _SALT_BYTES if number == 1 else 0
        end = PAGE_BYTES - _RESERVED_BYTES
        signed, mac = page[start : end + _IV_BYTES], page[end + _IV_BYTES :]
        wanted = hmac.digest(self._mac_key, signed + number.to_bytes(4, "little"), "sha512")
        if not hmac.compare_digest(wanted, mac):
            return None
        iv = page[end : end + _IV_BYTES]
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(iv)).decryptor()
        return decryptor.update(page[start:end]) + decryptor.finalize()


def scan_pages(
    file: Path,
    key: bytes,
    texts: frozenset[str],
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> PageScan:
    """Decrypt every page of a database and its write-ahead log and look for texts; the box may be running.

    Args:
        texts: Letters and digits, upper case; those of fewer than SIGNS_MIN signs are passed over.
        told: Told how many pages of how many were looked through.

    Raises:
        StoreError: a page does not decrypt with this key.
    """
    wanted = frozenset(text for text in texts if len(text) >= SIGNS_MIN)
    lengths = sorted({len(text) for text in wanted})
    found: set[str] = set()
    count = 0
    with told_as_store_errors(file):
        total = file.stat().st_size // PAGE_BYTES
        for content in _contents(file, key):
            count += 1
            found |= _texts_in(content, wanted, lengths)
            if count % 256 == 0:
                told(min(count, total), total)
    return PageScan(count, frozenset(found))


def _contents(file: Path, key: bytes) -> Iterator[bytes]:
    with file.open("rb") as opened:
        reader = PageReader(key, opened.read(_SALT_BYTES))
        number = 0
        while page := _page(opened.fileno(), number * PAGE_BYTES):
            number += 1
            yield _opened(reader, opened.fileno(), number, page)
    with suppress(FileNotFoundError), file.with_name(f"{file.name}-wal").open("rb") as log:
        log.seek(_WAL_HEAD_BYTES)
        frame_bytes = _FRAME_HEAD_BYTES + PAGE_BYTES
        while len(frame := log.read(frame_bytes)) == frame_bytes:
            content = reader.open(int.from_bytes(frame[:4], "big"), frame[_FRAME_HEAD_BYTES:])
            # Behind the log's end lie frames of an earlier round; they are pages like any other.
            if content is not None:
                yield content


def _page(descriptor: int, offset: int) -> bytes:
    page = os.pread(descriptor, PAGE_BYTES, offset)
    return page if len(page) == PAGE_BYTES else b""


def _opened(reader: PageReader, descriptor: int, number: int, page: bytes) -> bytes:
    for _ in range(_RETRIES):
        content = reader.open(number, page)
        if content is not None:
            return content
        time.sleep(_RETRY_S)
        page = _page(descriptor, (number - 1) * PAGE_BYTES)
    raise StoreError(
        f"Page {number} of the database does not decrypt with the store's key.",
        "Nothing can be said about what it holds; check the disk.",
    )


def _texts_in(content: bytes, wanted: frozenset[str], lengths: list[int]) -> set[str]:
    found: set[str] = set()
    for run in _runs(content):
        signs = run.decode("ascii")
        for length in lengths:
            for start in range(len(signs) - length + 1):
                window = signs[start : start + length]
                if window in wanted:
                    found.add(window)
    return found


def _runs(content: bytes) -> Iterator[bytes]:
    """Yield every row of at least SIGNS_MIN signs, however it is written."""
    yield from (run for run in content.translate(_ONLY_SIGNS).split() if len(run) >= SIGNS_MIN)
    if _WIDE in content.translate(_KINDS):
        for pattern, first in _WIDE_RUNS:
            yield from (run[first::2] for run in pattern.findall(content))
