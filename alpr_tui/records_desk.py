"""The services of packages and requests, joined with a store: for screens and commands alike."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from alpr_core.desk.desk import Desk
from alpr_core.desk.package_ports import MakeMedium
from alpr_core.desk.packages import Packages, PackageTools
from alpr_core.desk.releases import Releases
from alpr_core.packages.order import Medium, Recipient, typed_medium
from alpr_core.terminal_text import clean_text
from alpr_reports.custody_form import custody_form
from db.key_escrow import fingerprint, read_escrow_public
from db.package_folder import PackageFolder
from db.store import Store
from hw.portable_medium import medium_of

_TAIL_BYTES = 3


def packages_of(store: Store, desk: Desk, now: Callable[[], datetime]) -> Packages:
    """Return the packages of a store for whoever is at the desk."""

    def organisation() -> str:
        return store.settings.agency().organisation

    tools = PackageTools(
        shelf=store.package_shelf,
        log=store.audit.records,
        book=store.packages,
        sign=store.ledger.sign,
        custody_form=lambda record, custody, request: custody_form(
            record, custody, request, organisation()
        ),
        keep=lambda _record, _reason: None,
        number_tail=_number_tail,
        now=now,
        box=store.box,
        organisation=organisation,
    )
    return Packages(desk, tools)


def releases_of(
    store: Store, desk: Desk, packages: Packages, now: Callable[[], datetime]
) -> Releases:
    """Return the requests of a store for whoever is at the desk."""
    return Releases(desk, store.releases, packages, now, _number_tail)


def on_medium(folder: Path) -> MakeMedium:
    """Return what gives each package a folder of its own in this one."""
    return lambda number: PackageFolder(folder, number)


def named_medium(folder: Path, model: str, serial: str) -> Medium:
    """Return the medium that a folder lies on, as it tells itself; otherwise as it was typed.

    Raises:
        InputError: it does not tell a serial number, and none was typed.
    """
    return medium_of(folder) or typed_medium(model, serial)


def read_recipient(file: Path, name: str = "") -> Recipient:
    """Return who has the private half of a public key file.

    Raises:
        KeyFileError: the file holds no X25519 public key.
    """
    public = read_escrow_public(file)
    return Recipient(clean_text(name) or clean_text(file.stem), public, fingerprint(public))


def _number_tail() -> str:
    return secrets.token_hex(_TAIL_BYTES)
