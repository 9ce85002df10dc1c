"""`alpr keys`: new keys, the agency's escrow, and the ways back in when a key or a person is lost."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.audit.entry import EntryDraft
from alpr_core.errors import InputError, UsageError
from alpr_core.permissions import Action, Role
from alpr_tui.commands import release_codes
from alpr_tui.key_access import (
    DEMO_WARNING,
    NamedStore,
    add_escrow_options,
    add_store_options,
    authorising,
    dialogue_of,
    escrow_private_of,
    named_store,
    this_user,
)
from alpr_tui.provisioning.dialogue import Dialogue, read_text
from alpr_tui.provisioning.enrolment_card import confirm_code, show_enrolment, show_recovery_codes
from db.instants import utc_now
from db.key_escrow import fingerprint, make_escrow_pair, read_escrow_public
from db.key_rotation import recover_root, rotate_database_key, rotate_root
from db.key_set import KeySet
from db.key_sources import (
    PASSPHRASE_MARK,
    credential_text,
    passphrase_file_text,
    passphrase_refusal,
)
from db.keys import (
    RootKey,
    demo_key_text,
    fresh_root_key,
    read_bounded,
    replace_key_file,
    write_new_key_file,
)
from db.store import DATABASE_FILE, Store
from db.store_keys import find_keys, find_keys_by_escrow


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    pair = deeds.add_parser("make-escrow-pair", help="on a computer of the agency, never on a box")
    pair.add_argument("private", type=Path, metavar="PRIVATE", help="new file; goes into the safe")
    pair.add_argument("public", type=Path, metavar="PUBLIC", help="new file; goes to the boxes")
    pair.add_argument("--passphrase-fd", type=int, metavar="N", help="closes the private file")
    pair.set_defaults(command=make_pair)
    show = deeds.add_parser("show", help="how the key of a store is kept")
    root = deeds.add_parser("rotate-root", help="another root key or passphrase; seconds")
    database = deeds.add_parser("rotate-database", help="write the database under another key")
    database.add_argument(
        "--escrow-copy", type=Path, metavar="FILE", help="new file for the agency"
    )
    words = "another public key of the agency"
    database.add_argument("--escrow-public", type=Path, metavar="FILE", help=words)
    recover = deeds.add_parser("recover", help="give a store a new root key by the agency's key")
    person = deeds.add_parser("recover-administrator", help="new password and codes for one")
    for deed, command in (
        (show, show_keys),
        (root, rotate_root_key),
        (database, rotate_database),
        (recover, recover_store),
        (person, recover_administrator),
    ):
        add_store_options(deed)
        deed.set_defaults(command=command)
    for deed in (root, recover):
        words = "read the new passphrase from this descriptor"
        deed.add_argument("--new-passphrase-fd", type=int, metavar="N", help=words)
        words = "how the new key is kept in a file; as before if not said"
        deed.add_argument("--kept-by", choices=("passphrase", "demo"), help=words)
    release_codes.add_deeds(deeds)
    add_escrow_options(recover, required=True)
    add_escrow_options(person)


def make_pair(options: argparse.Namespace) -> int:
    """Write the agency's key pair and print the fingerprint to compare."""
    dialogue = dialogue_of(options)
    passphrase = (
        dialogue.secret("passphrase", "", str, twice=False)
        if dialogue.is_scripted("passphrase")
        else ""
    )
    print(f"fingerprint\t{make_escrow_pair(options.private, options.public, passphrase)}")
    dialogue.say("The private file goes into the agency's safe; only the public one to the boxes.")
    return 0


def show_keys(options: argparse.Namespace) -> int:
    """Print how the root key is kept and whether the agency has a way in."""
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    source = named.source()
    keys = find_keys(named.folder / DATABASE_FILE, source.read()).keys
    is_set = isinstance(keys, KeySet)
    escrow = keys.escrow if isinstance(keys, KeySet) else None
    print(f"kept by\t{source.label}")
    print(f"key set\t{'yes' if is_set else 'no: keyed with the root directly'}")
    print(f"escrow\t{'none' if escrow is None else fingerprint(escrow)}")
    return 0


def rotate_root_key(options: argparse.Namespace) -> int:
    """Give the store another root key, kept as the old one was."""
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    old, new = named.source().read(), fresh_root_key()
    content = _key_text(options, named, new, dialogue)
    rotate_root(
        named.folder,
        old,
        new,
        lambda: replace_key_file(named.key_file, content),
        authorising(dialogue, Action.ROTATE_KEYS, "alpr keys rotate-root"),
        named.box,
        dialogue.say,
    )
    return 0


def rotate_database(options: argparse.Namespace) -> int:
    """Write the database under another key, and the agency's new escrow copy."""
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    root_key = named.source().read()
    found = find_keys(named.folder / DATABASE_FILE, root_key).keys
    agency = None if options.escrow_public is None else read_escrow_public(options.escrow_public)
    has_escrow = isinstance(found, KeySet) and found.escrow is not None
    if (has_escrow or agency is not None) and options.escrow_copy is None:
        raise UsageError(
            "The agency needs a new escrow copy with the new keys.",
            "Name a new file for it with --escrow-copy.",
        )
    authorise = authorising(dialogue, Action.ROTATE_KEYS, "alpr keys rotate-database")
    copy = rotate_database_key(named.folder, root_key, authorise, named.box, dialogue.say, agency)
    if copy is not None and options.escrow_copy is not None:
        write_new_key_file(options.escrow_copy, copy)
        dialogue.say(f"The agency keeps {options.escrow_copy} instead of its old escrow copy.")
    return 0


def recover_store(options: argparse.Namespace) -> int:
    """Give a store a new root key by the agency's private key, on this computer or another."""
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    private = escrow_private_of(options, dialogue)
    if private is None:
        raise RuntimeError("the command line asks for the agency's key")
    new = fresh_root_key()
    content = _key_text(options, named, new, dialogue)
    recover_root(
        named.folder,
        private,
        new,
        lambda: replace_key_file(named.key_file, content),
        this_user("alpr keys recover"),
        named.box,
        dialogue.say,
    )
    dialogue.say("Log in as an administrator next; if none can, `alpr keys recover-administrator`.")
    return 0


def recover_administrator(options: argparse.Namespace) -> int:
    """Give an administrator who lost everything a new password, code secret and recovery codes.

    Needs no login, but the store's root key or the agency's private key, and is on the audit log.
    """
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    with closing(
        Store.open(named.folder, _any_key(options, named, dialogue), box=named.box)
    ) as store:
        badge = dialogue.answer("badge", "Badge number of the administrator", read_text)
        user = store.people.accounts.find(badge)
        if user is None or Role.ADMINISTRATOR not in user.roles:
            raise InputError("That is no administrator of this box.", "Nothing was changed.")

        def record(action: Action) -> Callable[[], None]:
            facts = (("badge", user.badge), ("why", "recovery without a login"))
            asker = this_user("alpr keys recover-administrator")
            draft = EntryDraft(action.value, asker.actor, where=asker.where, facts=facts)
            return lambda: _append(store, draft)

        def reset(password: str) -> Enrolment:
            also = record(Action.RESET_CREDENTIALS)
            return store.people.accounts.reset_credentials(user.user_id, password, also)

        dialogue.say("A temporary password; it must be changed at the first login.")
        enrolment = dialogue.secret("password", "  Password (not shown)", reset, twice=True)
        store.people.accounts.enable(user.user_id, utc_now(), record(Action.MANAGE_USERS))
        store.people.accounts.release_lock(user.user_id, utc_now(), record(Action.UNLOCK_ACCOUNT))
        store.audit.checkpoint()
        show_enrolment(dialogue, enrolment)
        confirm_code(dialogue, enrolment, utc_now)
        show_recovery_codes(dialogue, enrolment)
    return 0


def _append(store: Store, draft: EntryDraft) -> None:
    store.ledger.append(draft)


def _any_key(
    options: argparse.Namespace, named: NamedStore, dialogue: Dialogue
) -> RootKey | KeySet:
    private = escrow_private_of(options, dialogue)
    if private is None:
        return named.source().read()
    return find_keys_by_escrow(named.folder / DATABASE_FILE, private)[0]


def _key_text(
    options: argparse.Namespace, named: NamedStore, root_key: RootKey, dialogue: Dialogue
) -> bytes:
    """Return the content of the new key file: a credential, or closed by a passphrase, or DEMO."""
    if named.credential is not None:
        if options.kept_by is not None:
            raise UsageError(
                "The box is configured for a systemd credential.", "Leave --kept-by out."
            )
        return credential_text(root_key, named.credential)
    if (options.kept_by or _kind_of(named.key_file)) == "demo":
        dialogue.say(DEMO_WARNING)
        return demo_key_text(root_key)

    def read(typed: str) -> str:
        refusal = passphrase_refusal(typed)
        if refusal is not None:
            raise InputError(refusal, "")
        return typed

    new = dialogue.secret("new-passphrase", "New passphrase (not shown)", read, twice=True)
    return passphrase_file_text(root_key, new)


def _kind_of(key_file: Path) -> str:
    if not key_file.exists():
        return "passphrase"
    is_passphrase = read_bounded(key_file).startswith(PASSPHRASE_MARK.encode("ascii"))
    return "passphrase" if is_passphrase else "demo"
