"""The pictures: one sealed file each, useless without its day key, refused when altered or moved.

`images/<UTC day>/<sighting id>.<kind>.img` holds `MAGIC`, a random nonce and the AES-256-GCM text
of a JPEG. Format version, kind, sighting id and time are bound in, so that no file can stand in for
another.

New files wait in `images/incoming/`, flushed to the disk, until their sighting is committed; then
they move to their day. Whatever is found there after a crash is moved or removed by whether its
sighting is stored.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alpr_core.errors import StoreError
from db.day_keys import NONCE_BYTES, DayKeys
from db.disk_faults import told_as_store_errors
from db.durable_files import flush_folder, write_new
from db.instants import to_micros, utc_day
from db.pictures import EncodedPicture, PictureKind

MAGIC = b"ALPRIMG1"
"""First bytes of every picture file: format version 1."""

IMAGE_BYTES_MAX = 32 * 1024 * 1024
"""A JPEG of 960 px stays below 1 MB, a plate that fills a huge frame below this."""

FLUSHES_AT_ONCE = 8
"""More do not help: the disk takes them one after the other anyway."""

FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_SUFFIX = ".img"
_INCOMING = "incoming"
_RESEALED = ".next"
"""Added to the name of a picture that was sealed again and has not taken its place yet."""

SeenAt = Callable[[str], datetime | None]
"""Gives the time of a stored sighting by id; None means that it is not stored."""


class ImageVault:
    """Picture files of one store. Any thread may read; the rest belongs to the writer's."""

    def __init__(self, folder: Path, day_keys: DayKeys) -> None:
        self._folder = folder
        self._incoming = folder / _INCOMING
        self._day_keys = day_keys

    def make_folders(self) -> None:
        """Create the folders of the vault if they are not there.

        Raises:
            StoreFullError: the disk is full or read-only.
        """
        with told_as_store_errors(self._folder):
            self._folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            self._incoming.mkdir(mode=FOLDER_MODE, exist_ok=True)
            flush_folder(self._folder)

    def incoming(self) -> IncomingPictures:
        """Return an empty set of pictures for one commit group."""
        return IncomingPictures(self._folder, self._day_keys)

    def settle(self, seen_at_of: SeenAt) -> None:
        """Move left-over pictures of stored sightings to their day and remove the rest.

        Raises:
            StoreError: the disk or the database refuses; nothing stored is lost, call again later.
        """
        with told_as_store_errors(self._incoming):
            left_overs = [path for path in self._incoming.iterdir() if path.suffix == _SUFFIX]
            for left_over in sorted(left_overs):
                seen_at = seen_at_of(left_over.name.partition(".")[0])
                if seen_at is None:
                    left_over.unlink()
                else:
                    _move_to_day(self._folder, left_over, utc_day(seen_at))

    def read(self, sighting_id: str, seen_at: datetime, kind: PictureKind) -> bytes:
        """Return the JPEG of a stored picture.

        Raises:
            StoreError: the file is missing, was altered, or belongs to another sighting.
        """
        day = utc_day(seen_at)
        name = _file_name(sighting_id, kind)
        bound = _bound(sighting_id, seen_at, kind)
        jpeg = _opened(self._sealed_bytes(day, name), self._day_keys.for_reading(day, kind), bound)
        if jpeg is None:
            jpeg = self._read_resealed(day, name, kind, bound)
        if jpeg is None:
            raise StoreError(
                f"The picture file {day}/{name} was altered or put in another's place.",
                "It is not shown; report this to the administrator.",
            )
        return jpeg

    def reseal(
        self, sighting_id: str, seen_at: datetime, kind: PictureKind, day_key: bytes
    ) -> None:
        """Write the picture sealed with another key beside itself; `put_resealed` lets it take its place.

        Raises:
            StoreError: the picture is missing or was altered, or the disk refuses.
        """
        jpeg = self.read(sighting_id, seen_at, kind)
        path = self._folder / utc_day(seen_at) / f"{_file_name(sighting_id, kind)}{_RESEALED}"
        with told_as_store_errors(path):
            path.unlink(missing_ok=True)
            write_new(path, _sealed(jpeg, day_key, _bound(sighting_id, seen_at, kind)))

    def put_resealed(self, day: str) -> None:
        """Let every picture of a day that was sealed again take its place, after its key did."""
        with told_as_store_errors(self._folder / day):
            for path in (self._folder / day).glob(f"*{_RESEALED}"):
                path.rename(path.with_suffix(""))
            self._flush_day(day)

    def drop_resealed(self, day: str) -> None:
        """Remove what was sealed again and whose key never took its place."""
        with told_as_store_errors(self._folder / day):
            for path in (self._folder / day).glob(f"*{_RESEALED}"):
                path.unlink()

    def is_resealed(self, sighting_id: str, seen_at: datetime, kind: PictureKind) -> bool:
        """Tell whether the picture was sealed again and its key has taken its place."""
        day, name = utc_day(seen_at), _file_name(sighting_id, kind)
        return self._read_resealed(day, name, kind, _bound(sighting_id, seen_at, kind)) is not None

    def keep_only(self, day: str, kept: frozenset[tuple[str, PictureKind]]) -> int:
        """Remove every other picture file of a day, and the folder if none stays; return how many went."""
        folder = self._folder / day
        names = {_file_name(sighting_id, kind) for sighting_id, kind in kept}
        with told_as_store_errors(folder):
            if not folder.exists():
                return 0
            gone = [path for path in folder.iterdir() if path.name not in names]
            for path in gone:
                path.unlink()
            self._flush_day(day)
            if not names:
                folder.rmdir()
                flush_folder(self._folder)
        return len(gone)

    def _flush_day(self, day: str) -> None:
        if (self._folder / day).exists():
            flush_folder(self._folder / day)

    def _read_resealed(self, day: str, name: str, kind: PictureKind, bound: bytes) -> bytes | None:
        """Return a picture whose day key was replaced and whose file is on its way to its place."""
        path = self._folder / day / f"{name}{_RESEALED}"
        with told_as_store_errors(path), suppress(FileNotFoundError):
            return _opened(path.read_bytes(), self._day_keys.for_reading(day, kind), bound)
        return None

    def sealed(self, sighting_id: str, seen_at: datetime, kind: PictureKind) -> tuple[Path, bytes]:
        """Return a stored picture as it lies on the disk, with its path below the folder; for a backup.

        Raises:
            StoreError: the file is missing.
        """
        day, name = utc_day(seen_at), _file_name(sighting_id, kind)
        return Path(day) / name, self._sealed_bytes(day, name)

    def _sealed_bytes(self, day: str, name: str) -> bytes:
        final = self._folder / day / name
        # The file may be on its way from incoming to its day, hence the second look.
        for place in (final, self._incoming / name, final):
            with told_as_store_errors(place), suppress(FileNotFoundError), place.open("rb") as file:
                return file.read(IMAGE_BYTES_MAX + 1)
        raise StoreError(
            f"The picture file {day}/{name} is missing.",
            "It was removed outside this program; report this to the administrator.",
        )


class IncomingPictures:
    """The pictures of one commit group: all of them are published, or none stays."""

    def __init__(self, folder: Path, day_keys: DayKeys) -> None:
        self._folder = folder
        self._day_keys = day_keys
        self._files: list[tuple[Path, str, int]] = []
        """Path in incoming, UTC day, open descriptor."""

    def add(self, sighting_id: str, seen_at: datetime, picture: EncodedPicture) -> None:
        """Seal one picture and write it to incoming; call in the sighting's transaction."""
        day = utc_day(seen_at)
        day_key = self._day_keys.for_writing(day, picture.kind)
        sealed = _sealed(picture.jpeg, day_key, _bound(sighting_id, seen_at, picture.kind))
        path = self._folder / _INCOMING / _file_name(sighting_id, picture.kind)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        self._files.append((path, day, descriptor))
        _write_all(descriptor, sealed)

    def flush(self) -> None:
        """Return when every picture and its name survive a power cut. Call before the commit."""
        if not self._files:
            return
        # All at once: a file system with a journal then writes it once for all of them. One by one,
        # a full group took three to ten times as long.
        with ThreadPoolExecutor(min(FLUSHES_AT_ONCE, len(self._files))) as flushes:
            list(flushes.map(os.fsync, [descriptor for _, _, descriptor in self._files]))
        flush_folder(self._folder / _INCOMING)

    def publish(self) -> None:
        """Move the pictures to their days, after the commit; one left behind is still found."""
        self.close()
        for path, day, _ in self._files:
            _move_to_day(self._folder, path, day)

    def close(self) -> None:
        """Close the files; `ImageVault.settle` sees to the unpublished. Safe to call twice."""
        open_files, self._files = self._files, [(path, day, -1) for path, day, _ in self._files]
        for _, _, descriptor in open_files:
            if descriptor >= 0:
                with suppress(OSError):  # a fault of the disk was told by fsync already
                    os.close(descriptor)


def _move_to_day(folder: Path, path: Path, day: str) -> None:
    day_folder = folder / day
    day_folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    path.rename(day_folder / path.name)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sealed(jpeg: bytes, day_key: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return MAGIC + nonce + AESGCM(day_key).encrypt(nonce, jpeg, bound)


def _opened(sealed: bytes, day_key: bytes, bound: bytes) -> bytes | None:
    """Return the JPEG; None if it was not sealed with this key as this picture."""
    start = len(MAGIC) + NONCE_BYTES
    try:
        if not sealed.startswith(MAGIC):
            return None
        return AESGCM(day_key).decrypt(sealed[len(MAGIC) : start], sealed[start:], bound)
    except (InvalidTag, ValueError):
        return None


def _file_name(sighting_id: str, kind: PictureKind) -> str:
    return f"{sighting_id}.{kind.value}{_SUFFIX}"


def _bound(sighting_id: str, seen_at: datetime, kind: PictureKind) -> bytes:
    return f"alpr-tui image 1|{kind.value}|{sighting_id}|{to_micros(seen_at)}".encode()
