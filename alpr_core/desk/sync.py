"""Sync at the desk: how far it has come, tried again after a refusal, parked records sent again.

Source: design.md section 4, Sync; policy 462.4.
"""

from __future__ import annotations

from typing import Protocol

from alpr_core.desk.desk import Desk
from alpr_core.permissions import Action
from alpr_core.sync.state import ServerLink, SyncState
from alpr_core.sync.tls import fingerprint

WHERE = "sync"


class SyncShelf(Protocol):
    """What the store knows of sync, see `db.sync_state.SyncStore`."""

    def state(self) -> SyncState: ...

    def link(self) -> ServerLink | None: ...

    def enrol(self, link: ServerLink) -> None:
        """Take a server, inside the ledger's transaction."""
        ...

    def resume(self) -> None: ...

    def send_parked_again(self) -> int:
        """Put parked records into the outbox again, inside the ledger's transaction."""
        ...


class SyncDesk:
    """Sync for whoever is at the desk. Every method raises AccessRefused, StoreError or AuditError."""

    def __init__(self, desk: Desk, shelf: SyncShelf) -> None:
        self._desk = desk
        self._shelf = shelf

    def state(self) -> SyncState:
        """Return how far sync has come: counts and kinds, no plate."""
        self._desk.require(Action.SYNCHRONISE, WHERE)
        return self._shelf.state()

    def may_enrol_at(self, authority: str) -> None:
        """Ask, before a code is used up, whether it may lead this box to the server of this authority.

        Every record goes where a code says: which server that is, is an administrator's decision, the first time
        too. Whoever else enrols brings the box back to the server that it knows.

        Args:
            authority: Fingerprint in the code.
        """
        known = self._shelf.link()
        self._desk.require(Action.ENROL_BOX, WHERE)
        if known is None or fingerprint(known.authority_pem) != authority:
            self._desk.require(Action.CHOOSE_SERVER, WHERE)

    def enrol(self, link: ServerLink) -> None:
        """Take the server that answered this box's enrolment code, see `may_enrol_at`."""
        self.may_enrol_at(fingerprint(link.authority_pem))
        known = self._shelf.link()
        if known is not None and known.server_vkey != link.server_vkey:
            self._desk.require(Action.CHOOSE_SERVER, WHERE)
        with self._desk.doing(Action.ENROL_BOX, WHERE, server=link.server, name=link.box):
            self._shelf.enrol(link)

    def resume(self) -> None:
        """Let sync try again after a refusal or an alarm that somebody has looked into."""
        with self._desk.doing(Action.RESUME_SYNC, WHERE, deed="resume"):
            self._shelf.resume()

    def send_parked_again(self) -> int:
        """Have parked records sent once more; return how many."""
        with self._desk.doing(Action.RESUME_SYNC, WHERE, deed="send parked again") as record:
            count = self._shelf.send_parked_again()
            record.facts["records"] = str(count)
        return count
