"""What goes down to the cars: the newest package of each name, signed by the server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alpr_central.database_faults import told_as_store_errors
from alpr_central.databases import Records
from alpr_central.models import PackageRow
from alpr_core.audit.signed_note import Signer, Verifier
from alpr_core.errors import InputError
from alpr_core.sync.package import (
    PACKAGE_BYTES_MAX,
    Package,
    is_package_name,
    open_package,
    sign_package,
)


class PackageShelf:
    """Packages of one server. Every method may be called from any thread."""

    def __init__(self, records: Records, signer: Signer, now: Callable[[], datetime]) -> None:
        self._records = records
        self._signer = signer
        self._now = now

    def publish(self, name: str, body: bytes) -> int:
        """Offer this content under the name and return its version; the same content keeps its version.

        Raises:
            InputError: no such name, or too large.
        """
        if not is_package_name(name) or len(body) > PACKAGE_BYTES_MAX:
            raise InputError(f"{name[:60]!r} cannot be offered to the cars.")
        db = self._records.db
        with told_as_store_errors(), db.atomic():
            row = PackageRow.select().where(PackageRow.name == name).get_or_none(db)
            if row is not None:
                known = open_package(bytes(row.content), self._key, name, 0)
                if known.body == body:
                    return known.version
            version = 1 if row is None else int(row.version) + 1
            package = Package(name, version, self._now(), body)
            content = sign_package(package, self._signer)
            PackageRow.delete().where(PackageRow.name == name).execute(db)
            PackageRow.insert(name=name, version=version, content=content).execute(db)
        return version

    def body(self, name: str) -> bytes | None:
        """Return what the newest package of this name says; None if there is none."""
        with told_as_store_errors():
            row = PackageRow.select().where(PackageRow.name == name).get_or_none(self._records.db)
        if row is None:
            return None
        return open_package(bytes(row.content), self._key, name, 0).body

    def versions(self) -> dict[str, int]:
        """Return the newest version of each name."""
        with told_as_store_errors():
            rows = PackageRow.select(PackageRow.name, PackageRow.version).tuples()
            return {str(name): int(version) for name, version in rows.execute(self._records.db)}

    def content(self, name: str) -> bytes:
        """Return the newest package of this name as it travels.

        Raises:
            InputError: there is none.
        """
        with told_as_store_errors():
            row = PackageRow.select().where(PackageRow.name == name).get_or_none(self._records.db)
        if row is None:
            raise InputError("There is no such package.")
        return bytes(row.content)

    @property
    def _key(self) -> Verifier:
        return self._signer.verifier
