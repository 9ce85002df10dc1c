"""The lists of one store as the desk asks for them (`alpr_core.desk.lists.ListShelf`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from alpr_core.hotlists.health import ListHealth
from alpr_core.hotlists.import_order import ImportOrder
from alpr_core.hotlists.stock_templates import STOCK_TEMPLATES
from db.hotlist_files import opened_plain
from db.hotlist_import import StagedList
from db.hotlist_settings import HotlistSettings
from db.hotlists import Hotlists
from db.ledger import StoreLedger


class StoreListShelf:
    """Lists of one store. Every method may be called from any thread."""

    def __init__(self, hotlists: Hotlists, ledger: StoreLedger) -> None:
        self._hotlists = hotlists
        self._ledger = ledger

    @property
    def settings(self) -> HotlistSettings:
        return self._hotlists.settings

    def health(self) -> tuple[ListHealth, ...]:
        return self._hotlists.health()

    def opened_plain(self, file: Path) -> AbstractContextManager[Iterator[bytes]]:
        return opened_plain(file)

    def staged(self, order: ImportOrder) -> AbstractContextManager[StagedList]:
        return self._hotlists.staged(order)

    def publish(self, staged: StagedList, order: ImportOrder) -> None:
        """Make it the list, with settings and template of the order. Joins the caller's transaction.

        Raises:
            As `Hotlists.publish`.
        """
        self._hotlists.publish(staged)
        self.settings.keep_list(order.settings)
        if order.template not in STOCK_TEMPLATES:
            self.settings.keep_template(order.template)

    def sign(self) -> None:
        self._ledger.sign()
