"""Who signs the log: one key a day, and never a log that lost or changed what was signed before."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from alpr_core.audit.checkpoint import VKEY_FACT, sign_checkpoint
from alpr_core.audit.entry import THE_BOX, EntryDraft
from alpr_core.audit.key_chain import check_remembered
from alpr_core.audit.merkle import root_hash
from alpr_core.audit.signed_note import Signer, sign_note
from alpr_core.errors import AuditError
from db.audit_keys import AuditKeys
from db.audit_tree import AuditTree, LogHead, claimed_checkpoint
from db.durable_files import put_in_place
from db.keys import KEY_BYTES

_PUT_BACK = "The store was put back from a copy or altered; tell the administrator."


class AuditSigning:
    """Log keys, checkpoints, and the file that remembers the last of them.

    Whoever signs holds the transaction; database and disk errors come out untranslated.
    """

    def __init__(self, tree: AuditTree, keys: AuditKeys, remembered: Path) -> None:
        self._tree = tree
        self._keys = keys
        self._file = remembered

    def make_key(self, origin: str) -> str:
        """Make and keep a log key and return it as a verifier key."""
        seed = secrets.token_bytes(KEY_BYTES)
        vkey = Signer(origin, seed).verifier.vkey
        self._keys.keep(_key_name(vkey), seed)
        return vkey

    def sign(self, head: LogHead, vkeys: Sequence[str]) -> bytes:
        """Sign the log as it is now with these keys, and forget the private half of all but the last."""
        note = sign_checkpoint(self._tree.root(head), [self._signer(head, vkey) for vkey in vkeys])
        self._tree.add_checkpoint(head.size, note)
        for vkey in vkeys[:-1]:
            self._keys.forget(_key_name(vkey))
        return note

    def sign_text(self, head: LogHead, text: str) -> bytes:
        """Return a text as a note signed by the newest key."""
        return sign_note(text, [self._signer(head, head.vkey)])

    def refuse_rollback(self, head: LogHead) -> None:
        """Raise AuditError unless the log begins with what was last signed, in the store and in the file."""
        keys = self._tree.chain(head.origin).keys
        now = self._tree.root(head)
        last = self._tree.last_checkpoint()
        remembered = self.remembered()
        for note in (None if last is None else last[1], remembered):
            if note is not None:
                size = claimed_checkpoint(note).size
                is_within = 0 < size <= head.size
                root = root_hash(size, self._tree.node) if is_within else None
                check_remembered(note, keys, now, root)
        if remembered is None and self._tree.checkpoint_count() > 1:
            # After the very first one the box may have lost power before the file was written.
            raise AuditError(f"{self._file.name} beside the store is missing.", _PUT_BACK)
        if remembered is not None:
            size = claimed_checkpoint(remembered).size
            if last is None or last[0] < size:
                raise AuditError("The newest checkpoint is missing from the store.", _PUT_BACK)

    def refuse_lost_log(self) -> None:
        """Raise AuditError if there was a log before: a second one must not silently begin."""
        if self._file.exists():
            raise AuditError(
                f"The store has no audit log, but {self._file.name} tells of one.", _PUT_BACK
            )

    def remembered(self) -> bytes | None:
        """Return the checkpoint that the file remembers; None means that there is no file."""
        return self._file.read_bytes() if self._file.exists() else None

    def remember(self, note: bytes) -> None:
        """Keep the note in the file, which afterwards holds either the one before or this one."""
        if self.remembered() == note:
            return
        put_in_place(self._file, note)

    def _signer(self, head: LogHead, vkey: str) -> Signer:
        signer = Signer(head.origin, self._keys.get(_key_name(vkey)))
        if signer.verifier.vkey != vkey:
            raise AuditError("The log's key is another one than the store names.")
        return signer


def announcement(action: str, vkey: str) -> EntryDraft:
    """Return the entry that announces a log key."""
    return EntryDraft(action=action, actor=THE_BOX, where="audit log", facts=((VKEY_FACT, vkey),))


def _key_name(vkey: str) -> str:
    return f"log/{vkey}"
