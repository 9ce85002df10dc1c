"""Lists that go from the server down to the cars, signed by the server; cars import them at next contact.

Source: design.md section 4, Central; docs/hotlists.md.
"""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError
from alpr_core.hotlists.package import ListForm, Manifest
from alpr_core.permissions import Action
from alpr_core.sync.package import LIST_PREFIX
from alpr_tui.central.house import CentralHouse
from alpr_tui.central.list_order import ListOrder
from db.hotlist_files import write_package
from db.instants import utc_now

LIST_LIFE_FACTOR = 2
"""A list expires in the cars after so many times the age at which it is stale."""


class ListDesk:
    """Lists for whoever is at the server's desk.

    Args:
        where: What stands in the entries: the command or the page.
    """

    def __init__(self, house: CentralHouse, desk: Desk, where: str) -> None:
        self._house = house
        self._desk = desk
        self._where = where

    def publish(self, file: Path, order: ListOrder) -> int:
        """Offer a file to the cars as a list; return its version.

        Raises:
            AccessRefused: he may not.
            InputError: the file cannot be read, or that is no name for a list.
            StoreError, AuditError: there is no entry, and nothing is offered.
        """
        self._desk.require(Action.IMPORT_HOTLIST, self._where)
        try:
            content = file.read_bytes()
        except OSError as fault:
            raise InputError(f"The list cannot be read ({fault.strerror}).") from fault
        central, package = self._house.central, LIST_PREFIX + order.name
        version = central.packages.versions().get(package, 0) + 1
        now = utc_now().replace(microsecond=0)

        def manifest(size: int, sha256: str) -> Manifest:
            life = timedelta(hours=LIST_LIFE_FACTOR * order.stale_h)
            return Manifest(order.name, version, now, now + life, ListForm.FULL, 0, size, sha256)

        signed = io.BytesIO()  # whoever is on a list lies on no disk of the server in clear
        write_package(signed, content, manifest, [central.identity.signer])
        head = {
            "template": order.template,
            "tolerance": 0,
            "stale_h": order.stale_h,
            "source_agency": order.source_agency,
        }
        doing = self._desk.doing(
            Action.IMPORT_HOTLIST, self._where, deed="publish", hotlist=order.name
        )
        with doing:
            body = json.dumps(head).encode() + b"\n" + signed.getvalue()
            return central.packages.publish(package, body)
