"""A command's desk: the store opened, somebody logged in at the terminal or through descriptors, logged out after.

The command line asks the same door and the same table as the screens; it has no way around them.

Source: CJIS Security Policy AC-3, IA-2; design.md section 7.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, replace

from alpr_core.accounts.login_rules import LoginRefused
from alpr_core.accounts.user import DataAuthorisation, User
from alpr_core.audit.entry import NO_SUBJECT, Outcome, Subject
from alpr_core.desk.access_entry import Asked, Record, access_entry
from alpr_core.desk.desk import Desk, DeskRules
from alpr_core.desk.ports import Gate
from alpr_core.errors import AccessRefused, AlprError, StoreError
from alpr_core.permissions import Action, Role
from alpr_core.purposes import AccessPurpose
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import NamedStore, dialogue_of, named_store
from alpr_tui.provisioning.dialogue import Dialogue, read_text
from db.instants import utc_now
from db.store import DATABASE_FILE, Store


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open store and the desk of whoever logged in."""

    store: Store
    desk: Desk
    dialogue: Dialogue


@contextmanager
def signed_in(options: argparse.Namespace) -> Iterator[SignedIn]:
    """Open the store that the options name and log somebody in; see `key_access.add_store_options`.

    Raises:
        AccessRefused: the login is refused, or the box has no users yet.
        KeyFileError, StoreError, ConfigError, UsageError: there is no such store, or nobody to ask.
    """
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    with closing(_existing_store(named)) as store:
        if store.people.accounts.is_empty():
            raise AccessRefused("This box has no users yet.", "Run `alpr provision` first.")
        desk = desk_of(store)
        _log_in(desk, dialogue)
        try:
            yield SignedIn(store, desk, dialogue)
        finally:
            desk.log_out("the command is done")


class KeyHolder:
    """Whoever has the key of a store that has no users yet (`alpr_core.desk.ports.Gate`).

    There is nobody who could log in; entries say which user of the computer it was.
    """

    def __init__(self, store: Store) -> None:
        self._ledger = store.ledger
        name = f"uid {os.getuid()}"
        everything = frozenset(DataAuthorisation)
        self._user = User("0" * 32, name, "", "", "", frozenset(Role), authorisations=everything)

    def may(self, _action: Action) -> bool:
        return True

    def require(self, _action: Action, _where: str) -> User:
        return self._user

    @contextmanager
    def doing(
        self,
        action: Action,
        where: str,
        purpose: AccessPurpose | None = None,
        subject: Subject = NO_SUBJECT,
        by: User | None = None,
        **facts: str,
    ) -> Iterator[Record]:
        """Do an action in one transaction with its entry, see `Desk.doing`."""
        record = Record(dict(facts))
        asked = Asked(action, where, "command line", purpose, subject)
        try:
            with self._ledger.writing():
                yield record
                self._ledger.append(access_entry(asked, by or self._user, record))
        except AlprError as error:
            failed = access_entry(asked, by or self._user, record)
            with suppress(AlprError), self._ledger.writing():
                self._ledger.append(replace(failed, outcome=Outcome.FAILED, why=error.what))
            raise


class CommandWork:
    """A store at which a command works, and what its actions pass: somebody's desk, or the key holder."""

    def __init__(self, store: Store, gate: Gate, where: str) -> None:
        self.store = store
        self.gate = gate
        self._where = where

    def require(self, action: Action) -> None:
        """Raise AccessRefused unless whoever is there may do this now."""
        self.gate.require(action, self._where)

    def doing(self, action: Action, **facts: str) -> AbstractContextManager[Record]:
        """Do an action in one transaction with its entry, see `Desk.doing`."""
        return self.gate.doing(action, self._where, None, NO_SUBJECT, None, **facts)


@contextmanager
def command_work(options: argparse.Namespace, where: str) -> Iterator[CommandWork]:
    """Open the store that the options name and log somebody in, if it has users.

    Raises:
        As `signed_in`.
    """
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    with closing(_existing_store(named)) as store:
        if store.people.accounts.is_empty():
            yield CommandWork(store, KeyHolder(store), where)
            return
        desk = desk_of(store)
        _log_in(desk, dialogue)
        try:
            yield CommandWork(store, desk, where)
        finally:
            desk.log_out("the command is done")


def _existing_store(named: NamedStore) -> Store:
    """Open the store; a mistyped name must not make one."""
    if not (named.folder / DATABASE_FILE).is_file():
        raise StoreError(
            f"There is no store in {clean_text(str(named.folder))}.", "`alpr provision` makes one."
        )
    return Store.open(named.folder, named.source().read(), box=named.box)


def desk_of(store: Store) -> Desk:
    """Return a desk for commands, where nobody is logged in yet."""

    def rules() -> DeskRules:
        agency = store.settings.agency()
        return DeskRules(agency.purpose_rules, agency.session_rules)

    return Desk(store.people.authenticator, store.ledger, utc_now, rules, "command line")


def _log_in(desk: Desk, dialogue: Dialogue) -> None:
    badge = dialogue.answer("badge", "Badge number", read_text)
    password = dialogue.secret("password", "Password (not shown)", str, twice=False)
    code = dialogue.answer("code", "Code of the authenticator app", read_text)
    outcome = desk.log_in(badge, password, code)
    if isinstance(outcome, LoginRefused):
        raise AccessRefused(outcome.why, outcome.hint)
    if desk.must_change_password:
        desk.log_out("the password must be changed first")
        raise AccessRefused("Choose a password of your own first.", "Log in at the box's screen.")
