"""The fleet's boxes at the server's desk: seen, enrolled, revoked, their alarms cleared; each with its entry.

Commands, the control socket and the page of boxes all come here.
"""

from __future__ import annotations

from alpr_central.boxes import Box
from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.central.house import CentralHouse
from alpr_tui.central.list_desk import ListDesk

REASON_CHARS_MAX = 200


class BoxDesk:
    """Boxes for whoever is at the desk. Every method raises AccessRefused, StoreError or AuditError.

    Args:
        where: What stands in the entries: the command or the page.
        address: `https://host:port` by which boxes reach the server.
    """

    def __init__(self, house: CentralHouse, desk: Desk, where: str, address: str) -> None:
        self._house = house
        self._desk = desk
        self._where = where
        self._boxes = house.central.boxes
        self.address = address
        self.lists = ListDesk(house, desk, where)

    def all(self) -> tuple[Box, ...]:
        """Return every box, by name; that somebody looked is on the log."""
        with self._desk.doing(Action.SEE_BOXES, self._where):
            return self._boxes.all()

    def watched(self) -> tuple[Box, ...]:
        """Return every box as it is now, for a page that was opened by `all` and goes on showing them."""
        self._desk.require(Action.SEE_BOXES, self._where)
        return self._boxes.all()

    def enrolment_line(self, name: str, address: str = "") -> str:
        """Return the line that enrols one box under this name, once, within a day.

        Args:
            address: Instead of the usual one.

        Raises:
            InputError: that is no name for a box, or no address.
        """
        address = address.strip() or self.address
        if not address.startswith("https://") or "#" in address or clean_text(address) != address:
            raise InputError("That is no address of a server.", "Write it like https://host:8462.")
        doing = self._desk.doing(Action.MANAGE_BOXES, self._where, deed="enrol code", box=name)
        with doing:
            code = self._boxes.make_code(name, self._house.clock.utc())
        return self._house.enrolment_line(address, code)

    def find(self, name: str) -> Box:
        """Return the newest box of this name.

        Raises:
            InputError: there is none.
        """
        self._desk.require(Action.SEE_BOXES, self._where)
        return self._boxes.find(name)

    def revoke(self, box: Box, why: str) -> None:
        """Refuse a box from now on.

        Raises:
            InputError: no reason is given.
        """
        why = _reason(why)
        doing = self._desk.doing(
            Action.MANAGE_BOXES, self._where, deed="revoke", box=box.name, reason=why
        )
        with doing:
            self._boxes.revoke(box, why, self._house.clock.utc())

    def clear_alarm(self, box: Box, why: str) -> None:
        """Take records of a box again after somebody has found out what happened.

        Raises:
            InputError: no reason is given, or the box is under no alarm.
        """
        why = _reason(why)
        if self._boxes.refreshed(box).alarm_why is None:
            raise InputError(f"Box {clean_text(box.name, 40)} is under no alarm.")
        doing = self._desk.doing(
            Action.MANAGE_BOXES, self._where, deed="clear alarm", box=box.name, reason=why
        )
        with doing:
            self._boxes.clear_alarm(box)


def _reason(why: str) -> str:
    reason = clean_text(why.strip(), REASON_CHARS_MAX)
    if not reason:
        raise InputError("No reason is given.", "Say what was found; it stands on the audit log.")
    return reason
