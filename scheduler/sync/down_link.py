"""What the server sends down: people, settings, lists; each verified, newer than what is here, all or nothing.

So a disabled officer is out at next contact: his live session ends at its next action.

Source: docs/sync-protocol.md, section 6; policy 462.3(d)(e), 462.8; CJIS Security Policy AC-2(13).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from alpr_core.agency import parse_agency
from alpr_core.audit.entry import THE_BOX, EntryDraft, Outcome
from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import AlprError, InputError
from alpr_core.sync.package import LIST_PREFIX, PEOPLE, SETTINGS, Package, open_package
from alpr_core.sync.people import parse_people
from alpr_core.terminal_text import clean_text
from db.store import Store
from db.sync_state import PACKAGE_TAKEN
from scheduler.sync.exchange import Exchange
from scheduler.sync.sent_lists import take_list

BADGES_TOLD = 20
"""Of one package, named in its entry; the others are counted."""


class DownLink:
    """Takes over what the server offers and this box has not got yet.

    Args:
        reader_key: Opens what the server has sealed for this box.
        lists_came: Told once after lists have changed.
    """

    def __init__(
        self,
        exchange: Exchange,
        store: Store,
        server_key: Verifier,
        reader_key: X25519PrivateKey,
        now: Callable[[], datetime],
        lists_came: Callable[[], object],
    ) -> None:
        self._exchange = exchange
        self._store = store
        self._server_key = server_key
        self._reader_key = reader_key
        self._now = now
        self._lists_came = lists_came

    def take_all(self) -> tuple[str, ...]:
        """Take every newer package over and return their names; one that is refused is on the log.

        Raises:
            LinkError: the server is not reached; those before it were taken over.
        """
        taken: list[str] = []
        installed = self._store.sync.package_versions()
        offered = self._exchange.packages()
        # People first: whoever is out must not wait for a list.
        for name in sorted(offered, key=lambda one: (one != PEOPLE, one != SETTINGS, one)):
            known = installed.get(name, 0)
            if offered[name] > known and self._take(name, offered[name], known):
                taken.append(clean_text(name))
        if any(name.startswith(LIST_PREFIX) for name in taken):
            self._lists_came()
        return tuple(taken)

    def _take(self, name: str, offered: int, installed: int) -> bool:
        written = self._exchange.package(name, offered)
        try:
            package = open_package(written, self._server_key, name, installed)
            self._install(package)
        except AlprError as refused:
            shown = clean_text(name)
            self._store.record_action(
                EntryDraft(
                    PACKAGE_TAKEN,
                    THE_BOX,
                    Outcome.FAILED,
                    "sync",
                    facts=(("package", shown),),
                    why=refused.what,
                )
            )
            return False
        return True

    def _install(self, package: Package) -> None:
        if package.name.startswith(LIST_PREFIX):
            take_list(self._store, package, self._server_key.vkey, self._now())
        elif package.name == PEOPLE:
            told = parse_people(package.body, self._store.audit.origin(), self._reader_key)
            with self._store.ledger.writing():
                taken = self._store.people.travelling.take(told, self._now())
                self._note(package, added=_some(taken.added), changed=_some(taken.changed))
        elif package.name == SETTINGS:
            agency = parse_agency(package.body.decode("utf-8", "strict"))
            with self._store.ledger.writing():
                self._store.settings.write_agency(agency)
                self._note(package)
        else:
            raise InputError("This box does not know such a package.")

    def _note(self, package: Package, **facts: str) -> None:
        """Remember the package, with its entry, in the caller's transaction."""
        self._store.sync.take_package(package.name, package.version, self._now())
        told = {"package": package.name, "version": str(package.version), **facts}
        draft = EntryDraft(PACKAGE_TAKEN, THE_BOX, where="sync", facts=tuple(told.items()))
        self._store.ledger.append(draft)


def _some(badges: Sequence[str]) -> str:
    """Return the first badges and how many more there are."""
    more = len(badges) - BADGES_TOLD
    return " ".join(badges[:BADGES_TOLD]) + (f" and {more} more" if more > 0 else "")
