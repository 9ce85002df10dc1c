"""How a command or the box gets at a store: which one, with which key, and who asks.

Source: design.md section 4, Keys and Accounts; CJIS Security Policy AC-3, IA-11.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from alpr_core.accounts.login_rules import LoginRefused
from alpr_core.audit.entry import Actor
from alpr_core.desk.desk import Desk
from alpr_core.errors import AccessRefused, UsageError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.configuration import DEFAULT_FILE, BoxConfiguration, read_configuration
from alpr_tui.provisioning.dialogue import Dialogue, read_text
from db.instants import utc_now
from db.key_escrow import read_escrow_private
from db.key_rotation import Asker, Authorise
from db.key_sources import DemoKeyFile, RootKeySource, root_key_source
from db.keys import RootKey, read_bounded
from db.ledger import StoreLedger
from db.people import People

DEMO_WARNING = "*** DEMO KEY: this box protects NOTHING. Never put it into a car. ***"

PASSPHRASE_CREDENTIAL = "alpr-passphrase"
"""Name of a systemd credential that may hold the passphrase of a service."""


@dataclass(frozen=True, slots=True)
class NamedStore:
    """A store that the command line names, not opened."""

    folder: Path
    box: str
    key_file: Path
    credential: str | None
    source: Callable[[], RootKeySource]
    """Raises KeyFileError if the key file is missing: a command that brings another key does not ask."""


def root_key_of(configuration: BoxConfiguration, dialogue: Dialogue | None = None) -> RootKey:
    """Return the root key of a configured box; asks for the passphrase, and says so if it is a DEMO key.

    Raises:
        KeyFileError: missing, damaged, or the passphrase is wrong.
        UsageError: a passphrase is needed and nobody is there to type it.
    """
    talk = dialogue or Dialogue()
    source = _source(configuration.key_file, configuration.key_credential, talk)
    if isinstance(source, DemoKeyFile):
        talk.say(DEMO_WARNING)
    return source.read()


def add_store_options(parser: argparse.ArgumentParser) -> None:
    """Add the words that name a store, and the descriptors of what its opening asks for."""
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="instead of the configured")
    parser.add_argument("--key", type=Path, metavar="FILE", help="key file of --store")
    parser.add_argument("--config", type=Path, default=DEFAULT_FILE, metavar="FILE")
    parser.add_argument("--badge", metavar="B", help="badge number of who asks")
    for secret in ("passphrase", "password", "code"):
        words = f"read the {secret} from this descriptor"
        parser.add_argument(f"--{secret}-fd", type=int, metavar="N", help=words)


def add_escrow_options(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add the words that name the agency's private key."""
    words = "open it with the agency's private key"
    parser.add_argument(
        "--escrow-private", type=Path, metavar="FILE", required=required, help=words
    )
    words = "read the private key's passphrase from this descriptor"
    parser.add_argument("--escrow-passphrase-fd", type=int, metavar="N", help=words)


def escrow_private_of(options: argparse.Namespace, dialogue: Dialogue) -> X25519PrivateKey | None:
    """Return the agency's private key that the options name; None if they name none.

    Raises:
        KeyFileError: it is no such key, damaged, or its passphrase is wrong or missing.
    """
    if options.escrow_private is None:
        return None
    is_closed = dialogue.is_scripted("escrow-passphrase")
    passphrase = dialogue.secret("escrow-passphrase", "", str, twice=False) if is_closed else ""
    return read_escrow_private(options.escrow_private, passphrase)


def dialogue_of(options: argparse.Namespace) -> Dialogue:
    """Return the dialogue that answers from the command line's descriptors."""
    names = ("passphrase", "password", "code", "new-passphrase", "escrow-passphrase")
    given = {name: getattr(options, f"{name.replace('-', '_')}_fd", None) for name in names}
    badge = getattr(options, "badge", None)
    return Dialogue(
        {} if badge is None else {"badge": badge},
        {name: number for name, number in given.items() if number is not None},
    )


def named_store(options: argparse.Namespace, dialogue: Dialogue) -> NamedStore:
    """Return the store that the options name.

    Raises:
        UsageError, ConfigError: they name none.
    """
    if (options.store is None) != (options.key is None):
        raise UsageError("--store and --key go together.", "Name both, or neither.")
    if options.store is not None:
        box, folder, key_file, credential = platform.node(), options.store, options.key, None
    else:
        configuration = read_configuration(options.config)
        box, folder = configuration.name, configuration.store
        key_file, credential = configuration.key_file, configuration.key_credential
    return NamedStore(
        folder,
        clean_text(box),
        key_file,
        credential,
        lambda: _source(key_file, credential, dialogue),
    )


def authorising(dialogue: Dialogue, action: Action, where: str) -> Authorise:
    """Return what has an administrator log in and lets him do this one action, or raises AccessRefused.

    A store that has no people at all was not provisioned; whoever has its key may do it.
    """

    def authorise(people: Callable[[], People], ledger: StoreLedger) -> Asker:
        if people().accounts.is_empty():
            return this_user(where)
        dialogue.say("An administrator logs in for this.")
        badge = dialogue.answer("badge", "  Badge number", read_text)
        password = dialogue.secret("password", "  Password (not shown)", str, twice=False)
        code = dialogue.answer("code", "  Code of the authenticator app", read_text)
        desk = Desk(people().authenticator, ledger, utc_now, source="command line")
        outcome = desk.log_in(badge, password, code)
        if isinstance(outcome, LoginRefused):
            raise AccessRefused(outcome.why, outcome.hint)
        try:
            user = desk.require(action, where)
        finally:
            desk.log_out("the command has asked")
        return Asker(user.actor, where)

    return authorise


def this_user(where: str) -> Asker:
    """Return who asks where no person of the store can: the user of the computer."""
    return Asker(Actor(f"uid {os.getuid()}", "", ""), where)


def _source(key_file: Path, credential: str | None, dialogue: Dialogue) -> RootKeySource:
    return root_key_source(key_file, credential, _passphrase_of(dialogue), os.environ)


def _passphrase_of(dialogue: Dialogue) -> Callable[[], str]:
    def ask() -> str:
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        given = Path(folder) / PASSPHRASE_CREDENTIAL if folder else None
        if given is not None and given.exists():
            return read_bounded(given).decode("utf-8", errors="replace").removesuffix("\n")
        return dialogue.secret("passphrase", "Passphrase of this box (not shown)", str, twice=False)

    return ask
