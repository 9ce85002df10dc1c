"""Hotlists at the desk: how they are, what the agency makes of their classes, how a file becomes a list.

    file ─▶ looked at by a template ─▶ staged beside the list ─▶ list, settings and entry, one transaction
         ─▶ matched live, and against the past

Screen and command come through here; what the server sends takes the same steps (`scheduler.sync.sent_lists`).

Source: policy 462.2, 462.3(e); design.md section 4, Matching.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from alpr_core.audit.entry import NO_SUBJECT
from alpr_core.desk.ports import Gate
from alpr_core.errors import AlprError
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.health import COVERT_LIST, ListHealth, told_to_all
from alpr_core.hotlists.import_order import ImportOrder
from alpr_core.hotlists.list_reading import ListReading, PreviewRow, preview
from alpr_core.hotlists.settings import ListSettings, make_settings
from alpr_core.hotlists.tally import ListTally
from alpr_core.hotlists.template import ListTemplate
from alpr_core.hotlists.template_toml import parse_template
from alpr_core.matching.look_alike_table import LookAlikeTable, make_table
from alpr_core.permissions import Action

WHERE = "lists"


class Staged(Protocol):
    """A list that is complete beside the current one, see `db.hotlist_import.StagedList`."""

    @property
    def written(self) -> int: ...

    @property
    def tally(self) -> ListTally: ...

    @property
    def version(self) -> int: ...

    @property
    def name_on_log(self) -> str: ...


class ListBook(Protocol):
    """What the agency has set about lists, see `db.hotlist_settings.HotlistSettings`."""

    def of_list(self, name: str) -> ListSettings: ...

    def class_rules(self) -> ClassRules: ...

    def keep_class_rules(self, rules: ClassRules) -> None: ...

    def look_alikes(self) -> LookAlikeTable: ...

    def keep_look_alikes(self, table: LookAlikeTable) -> None: ...

    def templates(self) -> tuple[ListTemplate, ...]: ...

    def template(self, name: str) -> ListTemplate: ...

    def keep_template(self, template: ListTemplate) -> None: ...


StagedT = TypeVar("StagedT", bound=Staged)


class ListShelf(Protocol[StagedT]):
    """Where lists lie, see `db.list_shelf.StoreListShelf`."""

    @property
    def settings(self) -> ListBook: ...

    def health(self) -> tuple[ListHealth, ...]: ...

    def opened_plain(self, file: Path) -> AbstractContextManager[Iterator[bytes]]: ...

    def staged(self, order: ImportOrder) -> AbstractContextManager[StagedT]: ...

    def publish(self, staged: StagedT, order: ImportOrder) -> None:
        """Make it the list, with settings and template of the order, inside the ledger's transaction."""
        ...

    def sign(self) -> None:
        """Sign the log; outside of a transaction."""
        ...


@dataclass(frozen=True, slots=True)
class ImportedList:
    """What became of an import."""

    name: str
    entries: int
    tally: ListTally
    past_hits: int
    """Stored reads that the new list has brought up."""


def import_facts(staged: Staged) -> dict[str, str]:
    """Return what the log says of an import."""
    return {
        "hotlist": staged.name_on_log,
        "rows": str(staged.tally.rows),
        "entries": str(staged.written),
        "bad": str(sum(staged.tally.bad.values())),
        "dropped": str(sum(staged.tally.dropped.values())),
        "version": str(staged.version),
    }


class Lists:
    """Lists for whoever is at the desk. Methods may be called from any thread.

    Every method raises AccessRefused, StoreError or AuditError, and has then changed nothing.

    Args:
        look_back: Matches with the lists as they are now, live and against the past; returns the new hits of
            the past. May take seconds.
    """

    def __init__(
        self,
        desk: Gate,
        shelf: ListShelf[Any],  # Any: what it stages is its own affair
        now: Callable[[], datetime],
        look_back: Callable[[], int],
    ) -> None:
        self._desk = desk
        self._shelf = shelf
        self._now = now
        self._look_back = look_back

    def health(self) -> tuple[ListHealth, ...]:
        """Return how every list is; one that may be covert only to those who import lists."""
        user = self._desk.require(Action.VIEW_HOTLIST, WHERE)
        lists = self._shelf.health()
        if not self._desk.may(Action.IMPORT_HOTLIST):
            lists = told_to_all(lists)
        with self._desk.doing(Action.VIEW_HOTLIST, WHERE, by=user, found=str(len(lists))):
            pass
        return lists

    def settings_of(self, name: str) -> ListSettings:
        """Return the settings of a list, those of a new one if there is none."""
        return self._shelf.settings.of_list(name)

    def class_rules(self) -> ClassRules:
        """Return what the agency makes of each class."""
        return self._shelf.settings.class_rules()

    def keep_class_rules(self, rules: ClassRules) -> None:
        """Change what the agency makes of the classes; matching goes on by it."""
        before = self._shelf.settings.class_rules()
        changed = [rule.hotlist_class.value for rule in rules.all() if rule not in before.all()]
        with self._desk.doing(Action.AUTHORISE_CLASSES, WHERE, changed=", ".join(changed)):
            self._shelf.settings.keep_class_rules(rules)
        self._look_back()

    def look_alikes(self) -> LookAlikeTable:
        """Return which signs tolerant entries forgive."""
        return self._shelf.settings.look_alikes()

    def keep_look_alikes(self, classes: Iterable[str]) -> LookAlikeTable:
        """Change which signs tolerant entries forgive; matching goes on by it.

        Raises:
            ConfigError: the signs are no look-alikes.
        """
        table = make_table(classes)
        with self._desk.doing(
            Action.CHANGE_SETTINGS, WHERE, changed="look_alikes", signs=" ".join(table.classes)
        ):
            self._shelf.settings.keep_look_alikes(table)
        self._look_back()
        return table

    def templates(self) -> tuple[ListTemplate, ...]:
        """Return the agency's own templates, then the stock ones."""
        return self._shelf.settings.templates()

    def template(self, name: str) -> ListTemplate:
        """Return the template of this name.

        Raises:
            UsageError: there is none.
        """
        return self._shelf.settings.template(name.strip())

    def keep_template(self, written: str) -> ListTemplate:
        """Keep a template of the agency's own, written as TOML.

        Raises:
            ConfigError: it cannot be used.
        """
        template = parse_template(written)
        with self._desk.doing(
            Action.IMPORT_HOTLIST, WHERE, step="template", template=template.name
        ):
            self._shelf.settings.keep_template(template)
        return template

    def preview(self, file: Path, template: ListTemplate) -> tuple[PreviewRow, ...]:
        """Return the first rows of a plain file as a template reads them; imports nothing.

        Raises:
            InputError: the file cannot be read, or is none of this template.
        """
        user = self._desk.require(Action.IMPORT_HOTLIST, WHERE)
        now = self._now()
        settings = make_settings("preview", template.name)
        with self._shelf.opened_plain(file) as chunks:
            rules = self._shelf.settings.class_rules()
            rows = preview(ListReading(chunks, template, settings, rules, now, now))
        with self._desk.doing(
            Action.IMPORT_HOTLIST, WHERE, by=user, step="preview", rows=str(len(rows))
        ) as record:
            record.plates.extend(row.entry.plate for row in rows if row.entry is not None)
        return rows

    def bring(self, order: ImportOrder) -> ImportedList:
        """Make a file the list, or apply its changes; list, settings and entry together or not at all.

        Raises:
            BadRowsFound: more rows are bad than was accepted; they are named.
            InputError: the file cannot be used, or somebody cancelled; the list is as it was.
        """
        user = self._desk.require(Action.IMPORT_HOTLIST, WHERE)
        settings = order.settings
        with ExitStack() as until_over:
            try:
                staged = until_over.enter_context(self._shelf.staged(order))
            except AlprError as error:
                name = self._name_on_log(settings.name)
                with self._desk.doing(Action.IMPORT_HOTLIST, WHERE, by=user, hotlist=name):
                    raise error
            facts = import_facts(staged)
            with self._desk.doing(Action.IMPORT_HOTLIST, WHERE, None, NO_SUBJECT, user, **facts):
                self._shelf.publish(staged, order)
        self._shelf.sign()
        return ImportedList(settings.name, staged.written, staged.tally, self._look_back())

    def _name_on_log(self, name: str) -> str:
        """Return what the log calls a list whose file could not be read: the file would tell if it is covert."""
        told = {health.name for health in told_to_all(self._shelf.health())}
        return name if name in told else f"{COVERT_LIST}, or a new one"
