"""A list that the server sent: imported as an administrator would, from memory, all or nothing.

The body of the package is a line of JSON with the list's settings, then the signed package of
`alpr_core.hotlists.package`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from alpr_core.audit.entry import THE_BOX, EntryDraft
from alpr_core.desk.lists import import_facts
from alpr_core.errors import InputError, StoreError
from alpr_core.hotlists.import_order import ImportOrder
from alpr_core.hotlists.settings import ListSettings, make_settings
from alpr_core.permissions import Action
from alpr_core.sync.package import LIST_PREFIX, Package
from db.store import Store

_MEMORY = Path("/dev/shm")
"""The memory file system of every Linux."""


def take_list(store: Store, package: Package, server_vkey: str, now: datetime) -> None:
    """Import the list of a package, with its settings, its entry and the package's number in one transaction.

    Raises:
        InputError: settings or list cannot be used; the list in the car stays.
        StoreError: the store refuses.
    """
    name = package.name.removeprefix(LIST_PREFIX)
    head, _, content = package.body.partition(b"\n")
    settings = _settings(store, name, head, server_vkey)
    template = store.hotlists.settings.template(settings.template)
    with _file_in_memory(content) as file:
        order = ImportOrder(file, settings, template, store.hotlists.settings.class_rules())
        with store.hotlists.staged(order) as staged, store.ledger.writing():
            store.list_shelf.publish(staged, order)
            store.sync.take_package(package.name, package.version, now)
            facts = (*import_facts(staged).items(), ("package", str(package.version)))
            draft = EntryDraft(Action.IMPORT_HOTLIST.value, THE_BOX, where="sync", facts=facts)
            store.ledger.append(draft)


def _settings(store: Store, name: str, head: bytes, server_vkey: str) -> ListSettings:
    """Return the list's settings: those of the car if it has any, else what the server proposes."""
    known = store.hotlists.settings.of_list(name)
    if known is not None and known.template:
        return known
    try:
        told = json.loads(head)
        stale_h = told["stale_h"]
        return make_settings(
            name,
            str(told["template"]),
            int(told["tolerance"]),
            None if stale_h is None else timedelta(hours=int(stale_h)),
            server_vkey,
            str(told["source_agency"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as fault:
        raise InputError("The list's settings cannot be used.") from fault


@contextmanager
def _file_in_memory(content: bytes) -> Iterator[Path]:
    """Give content a name without writing it to a disk."""
    if not _MEMORY.is_dir():
        raise StoreError(
            f"There is no {_MEMORY}, and a list must lie on no disk in clear.",
            "Mount a memory file system there; the list in the car stays.",
        )
    with NamedTemporaryFile(dir=_MEMORY) as file:
        file.write(content)
        file.flush()
        yield Path(file.name)
