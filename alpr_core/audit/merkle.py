"""The Merkle tree over the entries: one hash that stands for all of them, and short proofs about it.

A *node* `(level, number)` is the hash of the complete subtree over the entries from
`number * 2**level` to `(number + 1) * 2**level`. Nodes never change once they exist, so a store that
keeps them answers every question below with a logarithmic number of look-ups.

Source: RFC 6962 section 2.1 (tree, proofs); RFC 9162 sections 2.1.3.2 and 2.1.4.2 (verification).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from alpr_core.errors import AuditError

HASH_BYTES = 32

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without entries."""

NodeSource = Callable[[int, int], bytes]
"""Gives the node `(level, number)`."""

Node = tuple[int, int, bytes]
"""Level, number, hash."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def new_nodes(size: int, leaf: bytes, node: NodeSource) -> list[Node]:
    """Return the nodes that come into being when `leaf` is appended to a tree of `size` entries."""
    level, number, found = 0, size, leaf
    made = [(level, number, found)]
    while number & 1:
        found = node_hash(node(level, number - 1), found)
        level, number = level + 1, number >> 1
        made.append((level, number, found))
    return made


def root_hash(size: int, node: NodeSource) -> bytes:
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: NodeSource) -> tuple[bytes, ...]:
    """Return the hashes that lead from entry `index` to the root of the first `size` entries.

    Source: RFC 6962 section 2.1.1.
    """
    if not 0 <= index < size:
        raise RuntimeError(f"entry {index} is not among the first {size}")
    start, end = 0, size
    proof: list[bytes] = []
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            proof.append(_range_hash(middle, end, node))
            end = middle
        else:
            proof.append(_range_hash(start, middle, node))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(old_size: int, new_size: int, node: NodeSource) -> tuple[bytes, ...]:
    """Return the hashes that show that the first `old_size` entries are the same in both trees.

    Source: RFC 6962 section 2.1.2.
    """
    _refuse_sizes(old_size, new_size)
    start, end = 0, new_size
    proof: list[bytes] = []
    is_old_root = True
    while end != old_size:
        middle = start + _left_width(end - start)
        if old_size <= middle:
            proof.append(_range_hash(middle, end, node))
            end = middle
        else:
            proof.append(_range_hash(start, middle, node))
            start, is_old_root = middle, False
    if not is_old_root:
        proof.append(_range_hash(start, end, node))
    return tuple(reversed(proof))


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise AuditError unless the proof leads from the leaf at `index` to `root`."""
    if not 0 <= index < size:
        raise AuditError(f"Entry {index} cannot be in a log of {size} entries.")
    number, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise AuditError(f"The proof of entry {index} is too long.")
        if number & 1 or number == last:
            found = node_hash(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, step)
        number, last = number >> 1, last >> 1
    if last != 0 or found != root:
        raise AuditError(f"The proof of entry {index} does not lead to the root of {size} entries.")


def check_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise AuditError unless the proof shows that the new tree begins with the old one.

    A proof from size 0 would say nothing and is refused as a wrong call.
    """
    _refuse_sizes(old_size, new_size)
    broken = AuditError(f"The log of {new_size} entries does not begin with the one of {old_size}.")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise broken
        return
    steps = list(proof)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        raise broken
    number, last = old_size - 1, new_size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old_found = new_found = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise broken
        if number & 1 or number == last:
            old_found, new_found = node_hash(step, old_found), node_hash(step, new_found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new_found = node_hash(new_found, step)
        number, last = number >> 1, last >> 1
    if last != 0 or old_found != old_root or new_found != new_root:
        raise broken


class GrowingTree:
    """The tree while it grows entry by entry, in logarithmic memory: how a whole log is re-hashed."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> list[Node]:
        """Append one leaf hash and return the nodes that it completes, lowest first."""
        level, number, found = 0, self.size, leaf
        made = [(level, number, found)]
        while self._peaks and self._peaks[-1][0] == level:
            found = node_hash(self._peaks.pop()[1], found)
            level, number = level + 1, number >> 1
            made.append((level, number, found))
        self._peaks.append((level, found))
        self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root of what was added so far."""
        return _fold([found for _, found in self._peaks]) if self._peaks else EMPTY_ROOT


def _left_width(width: int) -> int:
    """Return the largest power of two below `width`, which is at least 2."""
    return 1 << (width - 1).bit_length() - 1


def _range_hash(start: int, end: int, node: NodeSource) -> bytes:
    """Return the hash of the subtree over [start, end); `start` is where RFC 6962 would split."""
    peaks: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    return _fold(peaks)


def _fold(peaks: Sequence[bytes]) -> bytes:
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def _refuse_sizes(old_size: int, new_size: int) -> None:
    if not 1 <= old_size <= new_size:
        raise RuntimeError(
            f"a consistency proof leads from at least 1 entry to as many or more,"
            f" not from {old_size} to {new_size}"
        )
