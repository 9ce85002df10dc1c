"""What the agency has set about lists: each list's settings, class rules, look-alikes, own templates."""

from __future__ import annotations

import json
from datetime import timedelta

from alpr_core.errors import UsageError
from alpr_core.hotlists.class_rules import ClassRules, parse_rules, rules_toml
from alpr_core.hotlists.settings import STALE_AFTER, ListSettings
from alpr_core.hotlists.stock_templates import STOCK_TEMPLATES
from alpr_core.hotlists.template import ListTemplate, check_template
from alpr_core.hotlists.template_toml import parse_template, template_toml
from alpr_core.matching.look_alike_table import LookAlikeTable, make_table
from alpr_core.terminal_text import clean_text
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.hotlist_models import HotlistRow

_CLASS_RULES = "class rules"
_LOOK_ALIKES = "look-alikes"
_TEMPLATE = "template "
_NEVER_STALE = 0


class HotlistSettings:
    """Settings of this store. Every method may be called from any thread.

    A change joins the caller's transaction, if there is one, with its entry on the audit log.
    """

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def of_list(self, name: str) -> ListSettings:
        """Return the settings of a list; those of a new one if there is none of the name."""
        with told_as_store_errors(self._database.file):
            row = self._database.execute_sql(
                "SELECT settings FROM hotlist WHERE name = ?", (name,)
            ).fetchone()
        kept = json.loads(row[0]) if row else {}
        stale_s = kept.get("stale_after_s")
        return ListSettings(
            name=name,
            template=kept.get("template", ""),
            tolerance=kept.get("tolerance", 0),
            stale_after=_stale_after(stale_s),
            signer=kept.get("signer", ""),
            source_agency=kept.get("source_agency", ""),
        )

    def keep_list(self, settings: ListSettings) -> None:
        """Keep the settings of a list, which is made if there is none of the name."""
        stale = settings.stale_after
        kept = json.dumps(
            {
                "template": settings.template,
                "tolerance": settings.tolerance,
                "stale_after_s": _NEVER_STALE if stale is None else stale.total_seconds(),
                "signer": settings.signer,
                "source_agency": settings.source_agency,
            },
            ensure_ascii=False,
        )
        with told_as_store_errors(self._database.file), self._database.writing():
            HotlistRow.insert(name=settings.name, settings=kept, failure="").on_conflict(
                conflict_target=[HotlistRow.name], update={HotlistRow.settings: kept}
            ).execute(self._database)

    def class_rules(self) -> ClassRules:
        """Return what the agency makes of each class."""
        kept = self._value(_CLASS_RULES)
        return ClassRules() if kept is None else parse_rules(kept)

    def keep_class_rules(self, rules: ClassRules) -> None:
        """Keep the rules; they hold from the next import and the next matcher on."""
        self._keep(_CLASS_RULES, rules_toml(rules))

    def look_alikes(self) -> LookAlikeTable:
        """Return which signs tolerant entries forgive."""
        kept = self._value(_LOOK_ALIKES)
        return LookAlikeTable() if kept is None else make_table(kept.split())

    def keep_look_alikes(self, table: LookAlikeTable) -> None:
        """Keep the table; it holds from the next matcher on."""
        self._keep(_LOOK_ALIKES, " ".join(table.classes))

    def templates(self) -> tuple[ListTemplate, ...]:
        """Return the agency's own templates, then the stock ones that have no namesake."""
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(
                "SELECT value FROM hotlist_setting WHERE substr(name, 1, ?) = ? ORDER BY name",
                (len(_TEMPLATE), _TEMPLATE),
            ).fetchall()
        own = tuple(parse_template(value) for (value,) in rows)
        names = {template.name for template in own}
        return (*own, *(stock for stock in STOCK_TEMPLATES if stock.name not in names))

    def template(self, name: str) -> ListTemplate:
        """Return the template of this name.

        Raises:
            UsageError: there is none.
        """
        known = {template.name: template for template in self.templates()}
        if name not in known:
            raise UsageError(
                f"There is no template {clean_text(name) or '(none named)'}.",
                f"Name one of {', '.join(sorted(known))}, or a TOML file.",
            )
        return known[name]

    def keep_template(self, template: ListTemplate) -> None:
        """Keep a template of the agency's own.

        Raises:
            ConfigError: the template cannot be used.
        """
        check_template(template)
        self._keep(_TEMPLATE + template.name, template_toml(template))

    def _value(self, name: str) -> str | None:
        with told_as_store_errors(self._database.file):
            row = self._database.execute_sql(
                "SELECT value FROM hotlist_setting WHERE name = ?", (name,)
            ).fetchone()
        return None if row is None else str(row[0])

    def _keep(self, name: str, value: str) -> None:
        with told_as_store_errors(self._database.file), self._database.writing():
            self._database.execute_sql(
                "INSERT OR REPLACE INTO hotlist_setting (name, value) VALUES (?, ?)", (name, value)
            )


def _stale_after(kept_s: float | None) -> timedelta | None:
    if kept_s is None:
        return STALE_AFTER
    return None if kept_s == _NEVER_STALE else timedelta(seconds=kept_s)
