"""New keys for a store that was made: another root, or other keys below the same root.

Both leave two editions in the key set file while they are under way, and each has one rename that decides:
the new root key's file, or the database under its new key. Killed before it, all is old; after it, all is new.

The box must not be running. What anybody wraps under a key of `db.key_set.ROTATED` is wrapped again in
`_wrap_again`; a row that was forgotten there would be lost.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from alpr_core.audit.entry import Actor, EntryDraft, Outcome, Stamp, TimeQuality
from alpr_core.errors import AlprError, StoreError
from alpr_core.permissions import Action
from db.audit_keys import rewrap_audit_keys
from db.audit_trail import REMEMBERED_FILE, AuditTrail
from db.connection import StoreDatabase
from db.credentials import CodeSecrets
from db.database_copy import check_database, copy_database
from db.day_keys import DayKeys
from db.disk_faults import told_as_store_errors
from db.durable_files import flush_folder
from db.instants import utc_now
from db.key_set import KeySet, SealedKeySet, key_set_of_root, seal, write_key_sets
from db.keys import KeyUse, RootKey
from db.ledger import StoreLedger
from db.models import CredentialRow
from db.people import People
from db.store import DATABASE_FILE, Store
from db.store_keys import (
    UNFINISHED_SUFFIX,
    find_keys,
    find_keys_by_escrow,
    read_editions,
    settle_keys,
    write_editions,
)

Told = Callable[[str], None]
"""Told each step in words when it is done; a step that was told is on the disk."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked for the rotation, for its audit entries."""

    actor: Actor
    where: str


Authorise = Callable[[Callable[[], People], StoreLedger], Asker]
"""Finds out by the store's own people who asks, or raises AccessRefused; getting the people takes a moment."""


def rotate_root(
    folder: Path,
    old: RootKey,
    new: RootKey,
    install: Callable[[], None],
    authorise: Authorise,
    box: str,
    told: Told,
) -> None:
    """Seal the store's keys for another root key. Takes seconds, however large the store is.

    Args:
        install: Puts the new root key where the box finds it, in one rename. Before it the old key opens the
            store, after it the new one; both do while this runs.

    Raises:
        AlprError: the old key still opens the store; the new one does too if `install` broke off.
    """
    if not read_editions(folder):
        # Its keys come straight from the old root: without others the old root would open it for ever.
        rotate_database_key(folder, old, authorise, box, told)
    with closing(Store.open(folder, old, box=box)) as store:
        asker = authorise(lambda: store.people, store.ledger)
        keys, current = _key_set(folder, old)
        store.record_action(_draft(asker, "root", "begun"))
        told("the intention is on the audit log")
        fresh = seal(keys, new)
        write_editions(folder, current, fresh)
        told("the keys are sealed for both root keys")
        try:
            install()
        except AlprError as fault:
            # Both editions stay: nobody can tell here whether the new key came into its place after all.
            store.record_action(_draft(asker, "root", "failed", fault.what))
            raise
        told("the new root key is in its place")
        store.record_action(_draft(asker, "root", "done"))
        told("the change is on the audit log")
        write_editions(folder, fresh)
        told("the old root key opens nothing any more")
        store.audit.checkpoint()
        told("the audit log is signed")


def recover_root(
    folder: Path,
    private: X25519PrivateKey,
    new: RootKey,
    install: Callable[[], None],
    asker: Asker,
    box: str,
    told: Told,
) -> None:
    """Seal the store's keys for a new root key by the agency's private key; the old root opens nothing then.

    Raises:
        KeyFileError: the key set is missing or damaged, or sealed for another agency key.
        AlprError: the disk refuses; the agency's key still opens the store.
    """
    keys, current = find_keys_by_escrow(folder / DATABASE_FILE, private)
    with closing(Store.open(folder, keys, box=box)) as store:
        store.record_action(_draft(asker, "root", "recovered by the agency's key"))
        store.audit.checkpoint()
        told("the recovery is on the audit log")
        fresh = seal(keys, new)
        write_editions(folder, current, fresh)
        install()
        told("the new root key is in its place")
        write_editions(folder, fresh)


def rotate_database_key(
    folder: Path,
    root_key: RootKey,
    authorise: Authorise,
    box: str,
    told: Told,
    agency: bytes | None = None,
) -> bytes | None:
    """Write the database anew under a new key, with new keys for pictures, log and codes; the root stays.

    Takes as long as copying the database, and needs room for it.

    Args:
        agency: Another escrow key of the agency, 32 bytes; None keeps the one there is.

    Returns:
        The agency's new escrow copy, which replaces the one it keeps; None if the store has no escrow key.

    Raises:
        AlprError: nothing was changed.
    """
    with closing(Store.open(folder, root_key, box=box)) as store:
        asker = authorise(lambda: store.people, store.ledger)
        store.record_action(_draft(asker, "database", "begun"))
        store.audit.checkpoint()
        told("the intention is on the audit log")
        store.shut_database()
        keys, current = _key_set(folder, root_key)
        fresh_keys = keys.rotated().for_agency(agency or keys.escrow)
        fresh = seal(fresh_keys, root_key)
        try:
            _replace_database(folder, (keys, current), (fresh_keys, fresh), asker, box, told)
        except AlprError:
            with suppress(AlprError):
                settle_keys(folder / DATABASE_FILE, root_key)
            raise
        write_editions(folder, fresh)
        told("the old keys are gone")
    # Opening settles and signs; it is also the proof that the store opens.
    Store.open(folder, root_key, box=box).close()
    told("the audit log is signed")
    return escrow_copy(fresh_keys)


def escrow_copy(keys: KeySet) -> bytes | None:
    """Return the file that the agency keeps: the key set sealed for its key alone; None without such a key."""
    return None if keys.escrow is None else write_key_sets((seal(keys, None),))


def _key_set(folder: Path, root_key: RootKey) -> tuple[KeySet, SealedKeySet]:
    """Return the store's key set, made from the root key if it has none."""
    found = find_keys(folder / DATABASE_FILE, root_key)
    if isinstance(found.keys, KeySet) and found.sealed is not None:
        return found.keys, found.sealed
    keys = key_set_of_root(root_key)
    return keys, seal(keys, root_key)


def _replace_database(
    folder: Path,
    old: tuple[KeySet, SealedKeySet],
    new: tuple[KeySet, SealedKeySet],
    asker: Asker,
    box: str,
    told: Told,
) -> None:
    file = folder / DATABASE_FILE
    _refuse_other_users(file)
    write_editions(folder, old[1], new[1])
    told("both sets of keys are written")
    copy = file.with_name(file.name + UNFINISHED_SUFFIX)
    copy_database(file, old[0].derive(KeyUse.DATABASE), copy, new[0].derive(KeyUse.DATABASE))
    told("the database is copied under its new key")
    _wrap_again(copy, old[0], new[0], asker, box)
    told("the keys inside it are wrapped again")
    check_database(copy, new[0].derive(KeyUse.DATABASE))
    _refuse_other_users(copy)
    _refuse_other_users(file)
    with told_as_store_errors(file):
        copy.rename(file)
        flush_folder(folder)
    told("the copy has taken the old one's place")


def _wrap_again(copy: Path, old: KeySet, new: KeySet, asker: Asker, box: str) -> None:
    """Wrap all keys inside the database under the new set and record that, in one transaction."""
    database = StoreDatabase(copy, new.derive(KeyUse.DATABASE))
    try:
        with told_as_store_errors(copy), database.writing():
            rewrap_audit_keys(database, old, new)
            DayKeys(database, old).rewrap_for(new)
            _rewrap_code_secrets(database, CodeSecrets(old), CodeSecrets(new))
            trail = AuditTrail(database, new, system_stamp, box, copy.parent / REMEMBERED_FILE)
            trail.append(_draft(asker, "database", "done"))
    finally:
        database.shut()


def _rewrap_code_secrets(database: StoreDatabase, old: CodeSecrets, new: CodeSecrets) -> None:
    for row in list(CredentialRow.select().execute(database)):
        secret = old.open(row.account_id, bytes(row.sealed_secret))
        CredentialRow.update(sealed_secret=new.seal(row.account_id, secret)).where(
            CredentialRow.account_id == row.account_id
        ).execute(database)


def _refuse_other_users(file: Path) -> None:
    """Raise StoreError if a write-ahead log is left: somebody else has the database open."""
    if file.with_name(f"{file.name}-wal").exists():
        raise StoreError(
            f"{file} is open in another program.", "Close it first; nothing was changed."
        )


def _draft(asker: Asker, what: str, stage: str, why: str = "") -> EntryDraft:
    return EntryDraft(
        action=Action.ROTATE_KEYS.value,
        actor=asker.actor,
        outcome=Outcome.FAILED if why else Outcome.DONE,
        where=asker.where,
        facts=(("keys", what), ("stage", stage)),
        why=why,
    )


def system_stamp() -> Stamp:
    """Return the system clock's time, which nothing has confirmed."""
    return Stamp(utc_now(), TimeQuality.UNTRUSTED)
