"""Files of lists on the disk, and their import into a store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.import_order import ImportOrder
from alpr_core.hotlists.settings import ListSettings
from alpr_core.hotlists.stock_templates import GENERIC
from alpr_core.hotlists.template import ListTemplate
from db.hotlist_import import StagedList
from db.store import Store

ISSUED = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def write_list(file: Path, plates: Iterable[str], words: str = "stolen") -> Path:
    """Write a generic file of these plates."""
    rows = "".join(f"{plate},{words}\n" for plate in plates)
    file.write_text("plate,class\n" + rows, "utf-8")
    return file


def order_of(file: Path, settings: ListSettings | None = None, **changes: Any) -> ImportOrder:
    """Return an order to import a generic file as list SVS."""
    template: ListTemplate = changes.pop("template", GENERIC)
    return ImportOrder(
        file,
        settings or ListSettings("SVS", template.name),
        template,
        ClassRules(),
        **({"issued_at": ISSUED} | changes),
    )


def import_list(store: Store, file: Path, *arguments: Any, **changes: Any) -> StagedList:
    """Import a file and sweep."""
    with store.hotlists.staged(order_of(file, *arguments, **changes)) as staged:
        store.hotlists.publish(staged)
    store.hotlists.sweep()
    return staged


def plates_of(store: Store, name: str = "SVS") -> list[str]:
    """Return the plates of a list, in order."""
    return [entry.plate for entry in store.hotlists.entries(name)]
