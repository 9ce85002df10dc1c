"""The only writer of the audit log: no entry, no action.

`append` runs inside the transaction of the action it records. If it fails, that transaction must fail:
it raises, and whoever swallows the error breaks the law that this log exists for.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alpr_core.audit.checkpoint import KEY_CHANGED, LOG_STARTED, Checkpoint
from alpr_core.audit.entry import Entry, EntryDraft, SealedSubject, Stamp, check_draft
from alpr_core.audit.entry_form import entry_bytes, to_hundredths
from alpr_core.audit.merkle import consistency_proof, inclusion_proof
from alpr_core.audit.sealed_subject import NONCE_BYTES, seal_subject
from db.audit_check import CheckedStore, check_store
from db.audit_folder import write_folder
from db.audit_keys import PLATE_KEY, SEALING_KEY, AuditKeys
from db.audit_models import AuditLogRow
from db.audit_records import AuditRecords
from db.audit_signing import AuditSigning, announcement
from db.audit_tree import AuditTree, LogHead
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import utc_day
from db.keys import StoreKeys

REMEMBERED_FILE = "audit.checkpoint"
"""The last signed checkpoint, beside the database: a database put back from a copy is noticed."""

_ADD_MARK = "INSERT OR IGNORE INTO audit_plate (mark, position) VALUES (?, ?)"


class AuditTrail:
    """The audit log of one store. Every method may be called from any thread.

    Args:
        stamp: Gives the time of an entry and how well it is known.
        box: Name of this box, written into every entry.
        remembered: File that keeps the last checkpoint, see REMEMBERED_FILE.
    """

    def __init__(
        self,
        database: StoreDatabase,
        keys: StoreKeys,
        stamp: Callable[[], Stamp],
        box: str,
        remembered: Path,
    ) -> None:
        self._database = database
        self._stamp = stamp
        self._box = box
        self._keys = AuditKeys(database, keys)
        self._tree = AuditTree(database, self._keys)
        self._signing = AuditSigning(self._tree, self._keys, remembered)
        self.records = AuditRecords(database, self._keys, self._tree)

    def start(self, origin: str | None = None) -> None:
        """Begin the log, or go on with it after checking it against the last checkpoint.

        Args:
            origin: Identity of a log that is begun; made up if None. Without blank and plus sign.

        Raises:
            AuditError: the log was cut short, rewritten or put back from a copy. Nothing was
                changed; until it is cleared up, nothing may be done that needs an entry.
            StoreError: the store cannot be read or written.
        """
        with told_as_store_errors(self._database.file), self._database.writing():
            head = self._tree.find_head()
            if head is not None:
                self._signing.refuse_rollback(head)
            else:
                self._signing.refuse_lost_log()
                self._begin(origin or f"alpr-tui/box/{secrets.token_hex(8)}")
        self.checkpoint()

    def append(self, draft: EntryDraft) -> Entry:
        """Append an entry; it counts when the caller's transaction has committed, and only then.

        Raises:
            RuntimeError: there is no transaction, or our own code named something badly.
            InputError: a text is too long or no text.
            StoreError: the store refuses.
            AuditError: the log was altered.
        """
        return self.append_all((draft,))[0]

    def append_all(self, drafts: Sequence[EntryDraft]) -> tuple[Entry, ...]:
        """Append entries of one moment, in order, all or none; else as `append`."""
        if not self._database.in_transaction():
            raise RuntimeError("an audit entry is appended inside the transaction of its action")
        for draft in drafts:
            check_draft(draft)
        with told_as_store_errors(self._database.file), self._whole_or_not():
            return self._append(self._tree.head(), drafts, self._stamp())

    def stamp(self) -> Stamp:
        """Return the time that an entry would carry now."""
        return self._stamp()

    def checkpoint(self) -> bytes:
        """Sign the log as it is now and return the signed note; without news, the last one.

        Changes the log key first if the newest one is of another UTC day. Due every minute with
        news, and after login, logout, export, purge and before shutdown.

        Raises:
            RuntimeError: called inside a transaction.
            StoreError, AuditError: as `append`; nothing was signed.
        """
        if self._database.in_transaction():
            raise RuntimeError("a checkpoint is signed after the transaction of the action")
        with told_as_store_errors(self._database.file):
            with self._database.writing():
                note = self._sign_news(self._tree.head(), self._stamp())
            self._signing.remember(note)
        return note

    def sign_text(self, text: str) -> bytes:
        """Return a text that is no checkpoint as a note signed by the log's newest key.

        Raises:
            RuntimeError: its first line is the log's own origin: it could be taken for a checkpoint.
        """
        with told_as_store_errors(self._database.file):
            head = self._tree.head()
            if text.startswith(f"{head.origin}\n"):
                raise RuntimeError("only `checkpoint` signs the state of the log")
            return self._signing.sign_text(head, text)

    def last_checkpoint(self) -> bytes:
        """Return the newest signed note.

        Raises:
            StoreError: there is none yet.
        """
        return self.records.last_checkpoint()

    def head(self) -> Checkpoint:
        """Return origin, size and root of the log as it is now, signed or not."""
        with told_as_store_errors(self._database.file):
            return self._tree.root(self._tree.head())

    def vkey(self) -> str:
        """Return the newest log key as a verifier key."""
        with told_as_store_errors(self._database.file):
            return self._tree.head().vkey

    def consistency_proof(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """Return the proof that the log only grew between two sizes, for a witness.

        Raises:
            RuntimeError: the old size is 0, or the new one smaller or beyond the log.
        """
        with told_as_store_errors(self._database.file):
            if new_size > self._tree.head().size:
                raise RuntimeError(f"the log has no {new_size} entries yet")
            return consistency_proof(old_size, new_size, self._tree.node)

    def origin(self) -> str:
        """Return the identity of this log."""
        with told_as_store_errors(self._database.file):
            return self._tree.head().origin

    def handover_checkpoints(self, after: int) -> tuple[bytes, ...]:
        """Return the checkpoints of more than `after` entries at which the log's key changed, oldest first."""
        with told_as_store_errors(self._database.file):
            sizes = set(self._tree.chain(self._tree.head().origin).handover_sizes())
            notes = self._tree.checkpoints()
        return tuple(note for size, note in notes if size in sizes and size > after)

    def last_entry_of(self, size: int) -> tuple[bytes, tuple[bytes, ...]]:
        """Return the last of the first `size` entries, and the proof that it is."""
        with told_as_store_errors(self._database.file):
            leaf = next(self._tree.leaves(size - 1)).leaf
            return leaf, inclusion_proof(size - 1, size, self._tree.node)

    def verify(
        self,
        remembered: Sequence[bytes] = (),
        on_progress: Callable[[int, int], None] = lambda _hashed, _size: None,
    ) -> CheckedStore:
        """Hash the whole store again and return what it holds.

        Args:
            remembered: Checkpoints of this log that were kept elsewhere.
            on_progress: Told how many entries of how many were hashed.

        Raises:
            AuditError: the first entry that does not fit, by its number.
            StoreError: the store cannot be read.
        """
        with told_as_store_errors(self._database.file):
            own = self._signing.remembered()
            notes = [*remembered, *([] if own is None else [own])]
            return check_store(self._database, self._tree, self._keys, notes, on_progress)

    def export(self, folder: Path, *, with_every_checkpoint: bool = False) -> Checkpoint:
        """Write the log as a tlog-tiles folder as far as it is signed; return what covers it.

        Args:
            with_every_checkpoint: Also those at which no key changed; a day has up to 1,440.

        Raises:
            UsageError: the folder holds something already.
            StoreError, AuditError: the store cannot be read, or the folder not be written.
        """
        return write_folder(
            self._database, self._tree, folder, with_every_checkpoint=with_every_checkpoint
        )

    def destroy_subjects(self, day: str) -> bool:
        """Make the plates, query elements and notes of one UTC day unreadable for ever.

        In the caller's transaction, together with the entry that records it. No byte of the log
        changes. Returns False if that day has no key.
        """
        if not self._database.in_transaction():
            raise RuntimeError("a key is destroyed inside the transaction that records it")
        with told_as_store_errors(self._database.file):
            names = self._keys.destroy_subject_keys(day)
            for name in names:
                self.records.forget_plates(name)
        return bool(names)

    @contextmanager
    def _whole_or_not(self) -> Iterator[None]:
        """Undo half an entry, which would block the log if the caller swallowed the error."""
        self._database.execute_sql("SAVEPOINT audit_entry")
        try:
            yield
        except BaseException:
            # On a full disk SQLite has undone the whole transaction, and the savepoint with it.
            if self._database.connection().in_transaction:
                self._database.execute_sql("ROLLBACK TO audit_entry")
                self._database.execute_sql("RELEASE audit_entry")
            raise
        self._database.execute_sql("RELEASE audit_entry")

    def _append(
        self, head: LogHead, drafts: Sequence[EntryDraft], stamp: Stamp
    ) -> tuple[Entry, ...]:
        places = range(head.size, head.size + len(drafts))
        sealed = self._sealed(head, drafts, stamp)
        at = to_hundredths(stamp.at)
        entries = tuple(
            Entry(
                log=head.origin,
                index=index,
                at=at,
                quality=stamp.quality,
                box=self._box,
                action=draft.action,
                actor=draft.actor,
                outcome=draft.outcome,
                where=draft.where,
                source=draft.source,
                purpose=draft.purpose,
                case=draft.case,
                sealed=sealed.get(index),
                facts=tuple(sorted(draft.facts)),
                why=draft.why,
            )
            for index, draft in zip(places, drafts, strict=True)
        )
        self._tree.add(head, [entry_bytes(entry) for entry in entries])
        plates = [
            (plate, index)
            for index, draft in zip(places, drafts, strict=True)
            for plate in draft.subject.plates
        ]
        if plates:
            marks = self._keys.plate_marks([plate for plate, _ in plates])
            rows = zip(marks, (index for _, index in plates), strict=True)
            self._database.execute_each(_ADD_MARK, rows)
        return entries

    def _sealed(
        self, head: LogHead, drafts: Sequence[EntryDraft], stamp: Stamp
    ) -> dict[int, SealedSubject]:
        """Return the sealed subjects by the places of their entries."""
        subjects = {index: draft.subject for index, draft in enumerate(drafts, start=head.size)}
        subjects = {index: subject for index, subject in subjects.items() if subject}
        if not subjects:
            return {}
        name, key = self._keys.subject_key(utc_day(stamp.at))
        return {
            index: seal_subject(subject, name, key, os.urandom(NONCE_BYTES), head.origin, index)
            for index, subject in subjects.items()
        }

    def _begin(self, origin: str) -> None:
        stamp = self._stamp()
        self._keys.make(SEALING_KEY)
        self._keys.make(PLATE_KEY)
        vkey = self._signing.make_key(origin)
        AuditLogRow.insert(
            id=1,
            origin=origin,
            size=0,
            seal=self._keys.log_seal(origin, 0),
            key_day=utc_day(stamp.at),
            vkey=vkey,
        ).execute(self._database)
        self._append(self._tree.head(), [announcement(LOG_STARTED, vkey)], stamp)

    def _sign_news(self, head: LogHead, stamp: Stamp) -> bytes:
        today = utc_day(stamp.at)
        last = self._tree.last_checkpoint()
        if last is not None:
            self._signing.refuse_rollback(head)
            if last[0] == head.size and head.key_day == today:
                return last[1]
        vkeys = [head.vkey]
        if last is not None and head.key_day != today:
            vkeys.append(self._signing.make_key(head.origin))
            self._append(head, [announcement(KEY_CHANGED, vkeys[-1])], stamp)
            change = AuditLogRow.update(key_day=today, vkey=vkeys[-1])
            change.where(AuditLogRow.id == 1).execute(self._database)
        return self._signing.sign(self._tree.head(), vkeys)
