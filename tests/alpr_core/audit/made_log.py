"""A small exported log in memory, made without a store: what a stranger's program could have written."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from alpr_core.audit.checkpoint import (
    KEY_CHANGED,
    LOG_STARTED,
    VKEY_FACT,
    Checkpoint,
    sign_checkpoint,
)
from alpr_core.audit.entry import THE_BOX, Actor, Entry, Outcome, Subject, TimeQuality
from alpr_core.audit.entry_form import entry_bytes, to_hundredths
from alpr_core.audit.merkle import GrowingTree, leaf_hash
from alpr_core.audit.sealed_subject import seal_subject
from alpr_core.audit.signed_note import Signer
from alpr_core.audit.tiles import bundle_bytes, tile_bytes, tiles_of
from alpr_core.errors import AuditError

ORIGIN = "alpr.example.gov/box/unit-12"
FIRST_AT = datetime(2026, 11, 23, 20, 15, 0, 123456, tzinfo=UTC)
SUBJECT_KEY = bytes(range(100, 132))


class MadeLog:
    """Entries and their tree, with keys that anybody can make again."""

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.kept: dict[int, bytes] = {}
        self._tree = GrowingTree()
        self._key_number = 0
        self.signer = self._make_signer()
        self._announce(LOG_STARTED)

    def make_entry(self, action: str, facts: tuple[tuple[str, str], ...] = ()) -> Entry:
        """Return the next entry; every second access has a sealed subject."""
        index = len(self.leaves)
        sealed = None
        if action == "search":
            subject = Subject(
                plates=("7ABC123",), query=(("color", "white"),), note="seen at 3rd St"
            )
            nonce = index.to_bytes(12, "big")
            sealed = seal_subject(subject, "subject/2026-11-23", SUBJECT_KEY, nonce, ORIGIN, index)
        is_person = action not in (LOG_STARTED, KEY_CHANGED)
        return Entry(
            log=ORIGIN,
            index=index,
            at=to_hundredths(FIRST_AT + timedelta(seconds=index)),
            quality=TimeQuality.GPS,
            box="unit 12",
            action=action,
            actor=Actor("4711", "Jo Ofícer", "Westminster PD") if is_person else THE_BOX,
            outcome=Outcome.DONE,
            where="screen search" if is_person else "audit log",
            source="console" if is_person else "",
            purpose="stolen vehicle" if is_person else "",
            case="26-0042" if is_person else "",
            sealed=sealed,
            facts=facts,
            why="",
        )

    def add(self, leaf: bytes) -> None:
        for level, number, found in self._tree.add(leaf_hash(leaf)):
            self.nodes[level, number] = found
        self.leaves.append(leaf)

    def fill(self, count: int) -> None:
        """Append accesses, searches and views by turns."""
        for _ in range(count):
            action = "search" if len(self.leaves) % 2 else "sighting.view"
            self.add(entry_bytes(self.make_entry(action)))

    def change_key(self) -> None:
        """Announce the next key and hand over to it."""
        before = self.signer
        self.signer = self._make_signer()
        self._announce(KEY_CHANGED)
        self.kept[len(self.leaves)] = self.sign(before, self.signer)

    def sign(self, *signers: Signer) -> bytes:
        return sign_checkpoint(self.checkpoint(), signers or (self.signer,))

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(ORIGIN, len(self.leaves), self._tree.root())

    def node(self, level: int, number: int) -> bytes:
        return self.nodes[level, number]

    def files(self) -> dict[str, bytes]:
        """Return the exported folder."""
        size = len(self.leaves)
        files = {"vkey": f"{self.signer.verifier.vkey}\n".encode()}
        files["checkpoint"] = self.kept.get(size) or self.sign()
        for tile in tiles_of(size):
            files[tile.path] = tile_bytes(tile, self.node)
            if tile.level == 0:
                first = tile.number * 256
                files[tile.bundle_path] = bundle_bytes(self.leaves[first : first + tile.width])
        files.update({f"checkpoints/{kept}": note for kept, note in self.kept.items()})
        return files

    def _make_signer(self) -> Signer:
        self._key_number += 1
        return Signer(ORIGIN, bytes([self._key_number]) * 32)

    def _announce(self, action: str) -> None:
        facts = ((VKEY_FACT, self.signer.verifier.vkey),)
        self.add(entry_bytes(self.make_entry(action, facts)))


class HeldFiles:
    """An exported log in memory (`alpr_core.audit.log_walk.LogFiles`)."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def paths(self) -> Collection[str]:
        return self._files.keys()

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise AuditError(f"{path} is missing.")
        return self._files[path]


def make_log(entries: int, changes_at: Collection[int] = ()) -> MadeLog:
    """Return a log of so many entries; the key changes at the entries with these numbers."""
    log = MadeLog()
    while len(log.leaves) < entries:
        if len(log.leaves) in changes_at:
            log.change_key()
        else:
            log.fill(1)
    return log
