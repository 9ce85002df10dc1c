"""A command's desk: the store opened, somebody logged in at the terminal or through descriptors, logged out after.

The command line asks the same door and the same table as the screens; it has no way around them.

Source: CJIS Security Policy AC-3, IA-2; design.md section 7.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from alpr_core.accounts.login_rules import LoginRefused
from alpr_core.audit.entry import NO_SUBJECT, Actor, EntryDraft, Outcome
from alpr_core.desk.desk import Desk, DeskRules
from alpr_core.errors import AccessRefused, AlprError, StoreError
from alpr_core.permissions import Action
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


class CommandWork:
    """A store at which a command works: somebody's desk, or nobody's while the box has no users yet.

    A store that was not provisioned has nobody who could log in; whoever has its key may work on it, and the
    entries say which user of the computer that was.
    """

    def __init__(self, store: Store, desk: Desk | None, where: str) -> None:
        self.store = store
        self._desk = desk
        self._where = where

    def require(self, action: Action) -> None:
        """Raise AccessRefused unless whoever logged in may do this now."""
        if self._desk is not None:
            self._desk.require(action, self._where)

    @contextmanager
    def doing(self, action: Action, **facts: str) -> Iterator[None]:
        """Do an action in one transaction with its entry, see `Desk.doing`."""
        if self._desk is not None:
            with self._desk.doing(action, self._where, None, NO_SUBJECT, None, **facts):
                yield
            return
        with self.store.ledger.writing():
            yield
            self.store.ledger.append(self._draft(action, facts))

    def failed(self, action: Action, error: AlprError, **facts: str) -> None:
        """Put on the log what was allowed and broke before it was done."""
        actor = None if self._desk is None or self._desk.user is None else self._desk.user.actor
        draft = replace(self._draft(action, facts), outcome=Outcome.FAILED, why=error.what)
        self.store.record_action(draft if actor is None else replace(draft, actor=actor))

    def _draft(self, action: Action, facts: dict[str, str]) -> EntryDraft:
        actor = Actor(f"uid {os.getuid()}", "", "")
        return EntryDraft(action.value, actor, where=self._where, facts=tuple(facts.items()))


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
            yield CommandWork(store, None, where)
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
