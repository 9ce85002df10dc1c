"""What a stranger does with a whole exported log: hash everything again and name the first bad entry.

Needs no store and no secret, only the files. Alone it proves that the folder is whole and signed by one
chain of keys. With a key or a checkpoint that came from another hand it proves that the folder is *that*
log, neither rewritten nor cut short.

Source: docs/audit-log.md, section 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alpr_core.audit.checkpoint import Checkpoint, open_checkpoint
from alpr_core.audit.key_chain import KeyChain, check_remembered
from alpr_core.audit.log_walk import LogFiles, LogWalk
from alpr_core.audit.signed_note import Verifier, parse_note
from alpr_core.audit.tiles import tiles_of
from alpr_core.errors import AuditError
from alpr_core.terminal_text import clean_text

CHECKPOINT_PATH = "checkpoint"
VKEY_PATH = "vkey"
"""The newest key of the log."""
KEPT_FOLDER = "checkpoints/"
"""Earlier checkpoints, each named by its size; at least those at which the key changed."""
TILE_FOLDER = "tile/"


@dataclass(frozen=True, slots=True)
class CheckedLog:
    """A log in which everything fits."""

    checkpoint: Checkpoint
    keys: tuple[Verifier, ...]
    """Every key of the log, the first one first."""
    first_at: datetime
    last_at: datetime
    """Time that the last entry states."""


def check_log(
    files: LogFiles, trusted: Verifier | None = None, remembered: Sequence[bytes] = ()
) -> CheckedLog:
    """Return what the log is, after hashing every entry and comparing every file.

    Args:
        trusted: A key of this log that came by another way, any of its keys.
        remembered: Checkpoints of this log that were kept elsewhere.

    Raises:
        AuditError: the first thing that does not fit, with the number of its entry.
    """
    last_key = _read_vkey(files)
    note = files.read(CHECKPOINT_PATH)
    checkpoint = _claimed(note, CHECKPOINT_PATH)
    try:
        open_checkpoint(note, [last_key])
    except AuditError as fault:
        raise AuditError(f"{CHECKPOINT_PATH}: {fault.what}") from fault
    kept = _read_kept(files)
    kept_sizes = {size for size, _ in kept}
    then_sizes = [_claimed(note, "remembered checkpoint").size for note in remembered]

    walk = LogWalk(files, checkpoint, kept_sizes.union(then_sizes))
    walk.compare_roots([*(_claimed(text, _kept_path(size)) for size, text in kept), checkpoint])
    for size, text in [*kept, (checkpoint.size, note)]:
        _check_note(
            walk.chain, text, size, _kept_path(size) if size in kept_sizes else "checkpoint"
        )
    for size in walk.chain.handover_sizes():
        if size not in kept_sizes:
            raise AuditError(f"{_kept_path(size)} is missing: entry {size - 1} changed the key.")
    if walk.chain.keys[-1].vkey != last_key.vkey:
        raise AuditError(f"{VKEY_PATH} is not the last key that the log announces.")
    _refuse_strange_paths(files, checkpoint.size, kept_sizes)
    if trusted is not None and trusted.vkey not in {key.vkey for key in walk.chain.keys}:
        raise AuditError(f"The trusted key {clean_text(trusted.vkey)} is none of this log's keys.")
    for then_size, then_note in zip(then_sizes, remembered, strict=True):
        check_remembered(then_note, walk.chain.keys, checkpoint, walk.roots.get(then_size))
    return CheckedLog(checkpoint, walk.chain.keys, walk.first_at, walk.last_at)


def _read_vkey(files: LogFiles) -> Verifier:
    try:
        written = files.read(VKEY_PATH).decode("ascii")
        if written.endswith("\n"):
            return Verifier.parse(written[:-1])
        raise AuditError("It does not end in a newline.")
    except UnicodeDecodeError as fault:
        raise AuditError(f"{VKEY_PATH}: It is no verifier key.") from fault
    except AuditError as fault:
        raise AuditError(f"{VKEY_PATH}: {fault.what}") from fault


def _claimed(note: bytes, name: str) -> Checkpoint:
    """Return what the note says; who signed it is checked elsewhere."""
    try:
        return Checkpoint.parse(parse_note(note).text)
    except AuditError as fault:
        raise AuditError(f"{name}: {fault.what}") from fault


def _read_kept(files: LogFiles) -> list[tuple[int, bytes]]:
    """Return the kept checkpoints by rising size."""
    kept: list[tuple[int, bytes]] = []
    for path in files.paths():
        if path.startswith(KEPT_FOLDER):
            name = path.removeprefix(KEPT_FOLDER)
            note = files.read(path)
            size = _claimed(note, clean_text(path)).size
            if name != str(size):
                raise AuditError(f"{clean_text(path)} covers {size} entries: it is misnamed.")
            kept.append((size, note))
    return sorted(kept)


def _check_note(chain: KeyChain, note: bytes, size: int, name: str) -> None:
    try:
        chain.open(note, size)
    except AuditError as fault:
        raise AuditError(f"{name}: {fault.what}") from fault


def _refuse_strange_paths(files: LogFiles, size: int, kept_sizes: set[int]) -> None:
    """Raise AuditError for a tile or bundle that no checkpoint covers; other files are not the log's."""
    known = {_kept_path(kept) for kept in kept_sizes}
    for tile in tiles_of(size):
        known.add(tile.path)
        if tile.level == 0:
            known.add(tile.bundle_path)
    strange = [
        path
        for path in files.paths()
        if path.startswith((TILE_FOLDER, KEPT_FOLDER)) and path not in known
    ]
    if strange:
        raise AuditError(f"{clean_text(min(strange))} does not belong to a log of {size} entries.")


def _kept_path(size: int) -> str:
    return f"{KEPT_FOLDER}{size}"
