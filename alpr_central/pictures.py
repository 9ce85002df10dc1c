"""The pictures: content-addressed objects in a folder or an S3 store, sealed with the key of their partition.

`<partition>/<first two digits>/<sha256 of the JPEG>` holds a nonce and the AES-256-GCM text. Destroying a
partition's key destroys its pictures, wherever copies of the objects may lie.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, from_url

from alpr_central.database_faults import told_as_store_errors
from alpr_central.databases import Records
from alpr_central.models import MonthKeyRow
from alpr_core.errors import ConfigError, StoreError, StoreFullError
from alpr_core.sync.batch import digest

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_NONCE_BYTES = 12
_KEY_BYTES = 32
_FULL_MARKS = ("os error 28", "os error 122", "507", "InsufficientStorage")


class Pictures:
    """Sealed pictures. Every method may be called from any thread.

    Args:
        kek: 32 bytes that wrap the months' keys.
    """

    def __init__(self, store: ObjectStore, records: Records, kek: bytes) -> None:
        self._store = store
        self._records = records
        self._kek = AESGCM(kek)
        self._keys: dict[int, AESGCM] = {}

    def put(self, month: int, jpeg: bytes) -> None:
        """Store a picture; twice is as good as once.

        Raises:
            StoreFullError, StoreError: it is not stored.
        """
        name = digest(jpeg)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._key(month).encrypt(nonce, jpeg, name.encode())
        path = _path(month, name)
        try:
            obstore.put(self._store, path, sealed)
            if isinstance(self._store, LocalStore) and self._store.prefix is not None:
                _flush(Path(self._store.prefix) / path)
        except (BaseError, OSError) as fault:
            if _is_full(fault):
                raise StoreFullError("The picture store is full.") from fault
            raise StoreError(f"The picture store refuses: {_first_line(fault)}.") from fault

    def get(self, month: int, name: str) -> bytes:
        """Return a picture as JPEG.

        Raises:
            StoreError: it is missing or was altered.
        """
        try:
            sealed = bytes(obstore.get(self._store, _path(month, name)).bytes())
        except (NotFoundError, FileNotFoundError) as fault:
            raise StoreError("The picture is missing from the picture store.") from fault
        except BaseError as fault:
            raise StoreError(f"The picture store: {_first_line(fault)}.") from fault
        try:
            jpeg = self._key(month).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode()
            )
        except (InvalidTag, ValueError) as fault:
            raise StoreError("The picture was altered; it is not shown.") from fault
        if digest(jpeg) != name:
            raise StoreError("The picture is another one than its record names.")
        return jpeg

    def reseal(self, month: int, rest: int, name: str) -> bool:
        """Put a picture under the key of another partition too; False if it is lost or was altered."""
        try:
            jpeg = self.get(month, name)
        except StoreFullError:
            raise
        except StoreError:
            return False
        self.put(rest, jpeg)
        return True

    def key_id(self, month: int) -> str:
        """Return what names a partition's key and tells nothing about it; empty if it has none."""
        with told_as_store_errors():
            row = (
                MonthKeyRow.select().where(MonthKeyRow.month == month).get_or_none(self._records.db)
            )
        return "" if row is None else hashlib.sha256(bytes(row.wrapped)).hexdigest()[:16]

    def destroy_key(self, month: int) -> None:
        """Destroy the key of a partition's pictures, in the caller's transaction."""
        MonthKeyRow.delete().where(MonthKeyRow.month == month).execute(self._records.db)
        self._keys.pop(month, None)

    def count(self, month: int) -> int:
        """Return how many objects a partition has."""
        return sum(map(len, obstore.list(self._store, prefix=f"{month}/")))

    def keep_only(self, month: int, names: Collection[str]) -> int:
        """Remove every object of a partition but these pictures; return how many.

        Raises:
            StoreError: the picture store refuses; what is left is removed by the next call.
        """
        gone = 0
        try:
            for listed in obstore.list(self._store, prefix=f"{month}/"):
                paths = [one["path"] for one in listed]
                going = [path for path in paths if path.rpartition("/")[2] not in names]
                if going:
                    obstore.delete(self._store, going)
                gone += len(going)
        except (BaseError, OSError) as fault:
            raise StoreError(f"The picture store: {_first_line(fault)}.") from fault
        return gone

    def _key(self, month: int) -> AESGCM:
        found = self._keys.get(month)
        if found is None:
            found = self._keys[month] = AESGCM(self._kept_key(month))
        return found

    def _kept_key(self, month: int) -> bytes:
        bound = f"alpr-tui month key 1|{month}".encode()
        nonce, fresh = secrets.token_bytes(_NONCE_BYTES), secrets.token_bytes(_KEY_BYTES)
        wrapped = nonce + self._kek.encrypt(nonce, fresh, bound)
        with told_as_store_errors():
            # Whoever comes first makes the key; everybody then takes the one that is kept.
            MonthKeyRow.insert(month=month, wrapped=wrapped).on_conflict_ignore().execute(
                self._records.db
            )
            row = MonthKeyRow.select().where(MonthKeyRow.month == month).get(self._records.db)
        kept = bytes(row.wrapped)
        try:
            return self._kek.decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], bound)
        except InvalidTag as fault:
            raise StoreError("The key of a month's pictures is not this server's.") from fault


def open_picture_store(url: str | None, folder: Path) -> ObjectStore:
    """Return the store at `s3://bucket` or in a folder; without a word in `folder`.

    S3 takes address and keys from the environment, as every S3 program does (AWS_ENDPOINT_URL,
    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).

    Raises:
        ConfigError: it is no such place.
    """
    if url is None or "://" not in url:
        place = folder / "pictures" if url is None else Path(url)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(place)
    options: dict[str, Any] = {}
    if os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"):
        options["client_options"] = {"allow_http": True}
    try:
        return from_url(url, **options)
    except (BaseError, ValueError) as fault:
        raise ConfigError(f"--images: {_first_line(fault)}.") from fault


def _path(month: int, name: str) -> str:
    return f"{month}/{name[:2]}/{name}"


def _flush(file: Path) -> None:
    """Return when the file and its name survive a power cut."""
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_full(fault: Exception) -> bool:
    return any(mark in str(fault) for mark in _FULL_MARKS)


def _first_line(fault: Exception) -> str:
    lines = str(fault).strip().splitlines()
    return lines[0][:200] if lines else type(fault).__name__
