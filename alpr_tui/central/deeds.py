"""What an administrator does to the server: each permitted by the desk and on the server's audit log.

Answers are rows of text, the first one naming the columns, for commands and for the control socket alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from alpr_central.boxes import Box
from alpr_core.desk.desk import Desk
from alpr_core.desk.purges import Purges
from alpr_core.errors import UsageError
from alpr_tui.central.box_desk import BoxDesk
from alpr_tui.central.house import CentralHouse
from alpr_tui.central.list_desk import ListDesk
from alpr_tui.central.list_order import typed_order
from alpr_tui.retention_desk import (
    outlook_rows,
    purge_job_of,
    purges_at,
    read_note,
    run_purge,
    tally_rows,
)

Rows = list[list[str]]
WHERE = "alpr central"


class CentralDeeds:
    """The deeds of one person at one server.

    Args:
        address: `https://host:port` by which boxes reach the server.
    """

    def __init__(self, house: CentralHouse, desk: Desk, address: str) -> None:
        self._house = house
        self._desk = desk
        self._boxes = BoxDesk(house, desk, WHERE, address)
        self._lists = ListDesk(house, desk, WHERE)

    def do(self, deed: str, words: Mapping[str, str]) -> Rows:
        """Do the named deed.

        Raises:
            AccessRefused: he may not.
            InputError: there is no such box or file.
            UsageError: there is no such deed.
        """
        deeds: dict[str, Callable[[Mapping[str, str]], Rows]] = {
            "enrol-code": self._enrol_code,
            "boxes": self._list,
            "revoke": self._revoke,
            "clear": self._clear,
            "publish-list": self._publish_list,
            "purge-preview": self._purge_preview,
            "purge-confirm": self._purge_confirm,
            "purge-run": self._purge_run,
            "retention-set": self._set_rules,
        }
        if deed not in deeds:
            raise UsageError("The server does not know this deed.")
        return deeds[deed](words)

    def _enrol_code(self, words: Mapping[str, str]) -> Rows:
        return [["code", self._boxes.enrolment_line(words["box"], words.get("address", ""))]]

    def _list(self, _words: Mapping[str, str]) -> Rows:
        titles = "box state records witnessed enrolled seen log".split()
        return [titles, *map(_row, self._boxes.all())]

    def _revoke(self, words: Mapping[str, str]) -> Rows:
        box = self._boxes.find(words["box"])
        self._boxes.revoke(box, words["why"])
        return [["revoked", box.name]]

    def _clear(self, words: Mapping[str, str]) -> Rows:
        box = self._boxes.find(words["box"])
        self._boxes.clear_alarm(box, words["why"])
        return [["cleared", box.name]]

    def _purge_preview(self, _words: Mapping[str, str]) -> Rows:
        return outlook_rows(self._purges().outlook())

    def _purge_confirm(self, _words: Mapping[str, str]) -> Rows:
        return tally_rows("confirmed", self._purges().confirm().tally)

    def _purge_run(self, words: Mapping[str, str]) -> Rows:
        store, now = self._house.store, self._house.clock.utc
        job = purge_job_of(self._house.jobs())
        today = date.fromisoformat(words["today"])
        return [["purge", run_purge(self._desk, store, job, today, WHERE, now)]]

    def _set_rules(self, words: Mapping[str, str]) -> Rows:
        note = read_note(Path(words["file"]))
        rules = self._purges().take_rules(note, words.get("signed_by") or None)
        return [["rules", str(rules.version)]]

    def _publish_list(self, words: Mapping[str, str]) -> Rows:
        order = typed_order(
            words["list"], words["template"], words["stale_h"], words.get("agency", "")
        )
        version = self._lists.publish(Path(words["file"]), order)
        return [["published", order.name, str(version)]]

    def _purges(self) -> Purges:
        house = self._house
        return purges_at(self._desk, house.store, house.clock.utc, house.purge)


def _row(box: Box) -> list[str]:
    state = (
        "revoked"
        if box.is_revoked
        else "ok"
        if box.alarm_why is None
        else f"ALARM: {box.alarm_why}"
    )
    seen = "never" if box.seen_at is None else box.seen_at.isoformat(timespec="seconds")
    return [
        box.name,
        state,
        str(box.last_sequence),
        str(box.witnessed.size),
        box.enrolled_at.isoformat(timespec="seconds"),
        seen,
        box.log,
    ]
