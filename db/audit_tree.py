"""The log's rows: entries, nodes of the tree, checkpoints, and how far the log has come.

Through the driver itself: every access to a plate waits for these statements, and Peewee's own layer
costs more than they do.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alpr_core.audit.checkpoint import KEY_CHANGED, LOG_STARTED, Checkpoint
from alpr_core.audit.key_chain import KeyChain
from alpr_core.audit.log_walk import entry_at
from alpr_core.audit.merkle import HASH_BYTES, leaf_hash, new_nodes, root_hash
from alpr_core.audit.signed_note import parse_note
from alpr_core.errors import AuditError
from db.audit_keys import AuditKeys
from db.connection import StoreDatabase

_HEAD = "SELECT origin, size, seal, key_day, vkey FROM audit_log WHERE id = 1"
_SET_HEAD = "UPDATE audit_log SET size = ?, seal = ? WHERE id = 1"
_ADD_ENTRY = "INSERT INTO audit_entry (position, leaf, seal) VALUES (?, ?, ?)"
_ADD_NODE = "INSERT INTO audit_node (level, number, hash) VALUES (?, ?, ?)"
_NODE = "SELECT hash FROM audit_node WHERE level = ? AND number = ?"
# As bytes: text that is no UTF-8 must be refused by us, not by the driver.
_LEAVES = "SELECT position, CAST(leaf AS BLOB), seal FROM audit_entry WHERE position >= ? ORDER BY position"
_KEY_LEAVES = (
    "SELECT position, CAST(leaf AS BLOB) FROM audit_entry WHERE action IN (?, ?) ORDER BY position"
)
_ADD_CHECKPOINT = "INSERT INTO audit_checkpoint (size, note) VALUES (?, ?)"
_CHECKPOINTS = "SELECT size, CAST(note AS BLOB) FROM audit_checkpoint ORDER BY size"
_COUNT_CHECKPOINTS = "SELECT count(*) FROM audit_checkpoint"
_LAST_CHECKPOINT = (
    "SELECT size, CAST(note AS BLOB) FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class LogHead:
    """How far the log has come."""

    origin: str
    size: int
    key_day: str
    vkey: str


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """One entry as it lies in the store."""

    position: int
    leaf: bytes
    seal: bytes


class AuditTree:
    """Rows of the log. Whoever writes holds the transaction; database errors come out untranslated."""

    def __init__(self, database: StoreDatabase, keys: AuditKeys) -> None:
        self._database = database
        self._keys = keys

    def find_head(self) -> LogHead | None:
        """Return how far the log has come; None means that there is no log yet.

        Raises:
            AuditError: somebody without the key has changed it.
        """
        row = self._database.execute_sql(_HEAD).fetchone()
        if row is None:
            return None
        origin, size, seal, key_day, vkey = row
        if not hmac.compare_digest(self._keys.log_seal(origin, size), bytes(seal)):
            raise AuditError(f"The number of entries in the store ({size}) was altered.")
        return LogHead(origin, size, key_day, vkey)

    def head(self) -> LogHead:
        """Return how far the log has come.

        Raises:
            AuditError: there is no log, or somebody without the key has changed its head.
        """
        head = self.find_head()
        if head is None:
            raise AuditError("The store has no audit log.", "Start the box once to begin one.")
        return head

    def add(self, head: LogHead, leaves: Sequence[bytes]) -> None:
        """Append the bytes of the entries from `head.size` on."""
        made: dict[tuple[int, int], bytes] = {}

        def node(level: int, number: int) -> bytes:
            return made.get((level, number)) or self.node(level, number)

        hashes = [leaf_hash(leaf) for leaf in leaves]
        for index, hashed in enumerate(hashes, start=head.size):
            for level, number, found in new_nodes(index, hashed, node):
                made[level, number] = found
        seals = self._keys.entry_seals(head.size, hashes)
        texts = [leaf.decode() for leaf in leaves]
        size = head.size + len(leaves)
        places = range(head.size, size)
        self._database.execute_each(_ADD_ENTRY, zip(places, texts, seals, strict=True))
        nodes = ((*place, found) for place, found in made.items())
        self._database.execute_each(_ADD_NODE, nodes)
        self._database.execute_sql(_SET_HEAD, (size, self._keys.log_seal(head.origin, size)))

    def node(self, level: int, number: int) -> bytes:
        """Return a node of the tree (`alpr_core.audit.merkle.NodeSource`).

        Raises:
            AuditError: it is missing or no hash.
        """
        row = self._database.execute_sql(_NODE, (level, number)).fetchone()
        found = b"" if row is None else bytes(row[0])
        if len(found) != HASH_BYTES:
            first, last = number << level, ((number + 1) << level) - 1
            raise AuditError(f"The hash over the entries {first} to {last} is missing.")
        return found

    def leaves(self, first: int = 0) -> Iterator[StoredLeaf]:
        """Yield the entries from `first` on; a gap shows in their positions."""
        for position, leaf, seal in self._database.execute_sql(_LEAVES, (first,)):
            yield StoredLeaf(position, bytes(leaf), bytes(seal))

    def root(self, head: LogHead) -> Checkpoint:
        """Return origin, size and root as they are now."""
        return Checkpoint(head.origin, head.size, root_hash(head.size, self.node))

    def chain(self, origin: str) -> KeyChain:
        """Return the log keys, from the entries that announce them."""
        chain = KeyChain()
        for position, leaf in self._database.execute_sql(_KEY_LEAVES, (LOG_STARTED, KEY_CHANGED)):
            chain.take(entry_at(bytes(leaf), origin, position))
        return chain

    def add_checkpoint(self, size: int, note: bytes) -> None:
        self._database.execute_sql(_ADD_CHECKPOINT, (size, note.decode()))

    def checkpoints(self) -> list[tuple[int, bytes]]:
        """Return size and note of every checkpoint, smallest first."""
        rows = self._database.execute_sql(_CHECKPOINTS)
        return [(size, bytes(note)) for size, note in rows]

    def last_checkpoint(self) -> tuple[int, bytes] | None:
        row = self._database.execute_sql(_LAST_CHECKPOINT).fetchone()
        return None if row is None else (row[0], bytes(row[1]))

    def checkpoint_count(self) -> int:
        """Return how many checkpoints the store holds."""
        return int(self._database.execute_sql(_COUNT_CHECKPOINTS).fetchone()[0])


def claimed_checkpoint(note: bytes) -> Checkpoint:
    """Return what a note says; who signed it is checked elsewhere."""
    return Checkpoint.parse(parse_note(note).text)
