"""What is to be imported and how, and how far an import has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from alpr_core.errors import InputError
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.package import ListForm
from alpr_core.hotlists.settings import ListSettings
from alpr_core.hotlists.template import ListTemplate


class ImportCancelled(InputError):  # noqa: N818  it happened; nobody erred
    """Somebody cancelled an import."""

    title = "Import cancelled"
    hint = "The list was not changed."


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import has come."""

    bytes_read: int
    bytes_total: int
    entries: int
    """Entries written so far."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What is to be imported, and how."""

    file: Path
    settings: ListSettings
    template: ListTemplate
    rules: ClassRules
    form: ListForm = ListForm.FULL
    """Of a plain file; a package says its own."""
    issued_at: datetime | None = None
    """Aware UTC time at which a plain file was issued; None takes the time at which it was last written."""
    accepted_bad_share: float = 0.0
    """Share of bad rows that is accepted, 0 to 1."""
    progress: Callable[[ImportProgress], None] = field(default=lambda _progress: None)
    """Called several times a second from the importing thread."""
    is_cancelled: Callable[[], bool] = field(default=lambda: False)
