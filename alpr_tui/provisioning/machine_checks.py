"""Whether this computer can be a box: disk, file system, folder, clock, key protection, terminal."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from db.durable_files import put_in_place
from db.key_sources import has_systemd_creds, has_tpm2

FREE_MIN_BYTES = 1 << 30
"""Below this a day's pictures do not fit."""

FREE_WISHED_BYTES = 64 << 30
"""A month of a busy car: 10,000 reads a day at 200 KB."""

NOT_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
"""An earlier clock was never set; one-time codes, training and the log would all be wrong."""

_WITHOUT_RIGHTS = frozenset({"vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk"})
_FORGETFUL = frozenset({"tmpfs", "ramfs", "overlay"})
_ELSEWHERE = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p"})
QR_COLUMNS = 60
"""Width of the widest code that an enrolment of ours gives."""


class Level(Enum):
    """How a check came out; the value is shown before it."""

    GOOD = "ok  "
    DOUBT = "note"
    BAD = "STOP"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    level: Level
    words: str


def check_machine(folder: Path) -> tuple[Finding, ...]:
    """Return what was found; nothing is left behind.

    Args:
        folder: Where the box's files will be; need not be there yet.
    """
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    checks: tuple[Callable[[], Finding], ...] = (
        lambda: _check_rights(existing),
        lambda: _check_space(existing),
        lambda: _check_file_system(existing),
        _check_clock,
        _check_key_protection,
        _check_terminal,
    )
    return tuple(check() for check in checks)


def _check_rights(folder: Path) -> Finding:
    probe = folder / f".alpr-probe-{os.getpid()}"
    try:
        probe.mkdir(mode=0o700)
        try:
            put_in_place(probe / "file", b"probe")
            mode = probe.stat().st_mode & 0o777
        finally:
            shutil.rmtree(probe, ignore_errors=True)
    except OSError as fault:
        return Finding(Level.BAD, f"{folder} cannot be written to: {fault.strerror}.")
    if mode != 0o700:
        return Finding(Level.BAD, f"{folder} does not keep files from other users.")
    status = folder.stat()
    if status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
        return Finding(Level.BAD, f"{folder} can be changed by every user of this computer.")
    return Finding(Level.GOOD, f"{folder} can be written to, flushed, and closed to other users.")


def _check_space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    words = f"{free / (1 << 30):.1f} GB free"
    if free < FREE_MIN_BYTES:
        return Finding(Level.BAD, f"{words}: at least 1 GB is needed.")
    if free < FREE_WISHED_BYTES:
        return Finding(Level.DOUBT, f"{words}; 64 GB hold about a month of a busy car.")
    return Finding(Level.GOOD, f"{words}.")


def _check_file_system(folder: Path) -> Finding:
    kind = _file_system_of(folder)
    if kind in _WITHOUT_RIGHTS:
        return Finding(
            Level.BAD, f"The file system {kind} knows no owners; use ext4, xfs or btrfs."
        )
    if kind in _FORGETFUL:
        return Finding(Level.DOUBT, f"The file system {kind} may forget all at the next start.")
    if kind in _ELSEWHERE:
        return Finding(Level.DOUBT, f"The file system {kind} is on another computer.")
    return Finding(Level.GOOD, f"File system {kind or 'unknown'}.")


def _file_system_of(folder: Path) -> str:
    """Return the kind of the file system that the folder is on, empty if it cannot be told."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    resolved = folder.resolve()
    found = [
        (len(place), words[2])
        for words in (line.split(" ") for line in lines)
        if len(words) > 2 and resolved.is_relative_to(place := words[1].replace("\\040", " "))
    ]
    return max(found)[1] if found else ""


def _check_clock() -> Finding:
    now = datetime.now(UTC)
    shown = now.strftime("%Y-%m-%d %H:%M UTC")
    if now < NOT_BEFORE:
        return Finding(Level.BAD, f"The clock says {shown}: set it first, codes depend on it.")
    return Finding(Level.GOOD, f"The clock says {shown}. Compare it with yours.")


def _check_key_protection() -> Finding:
    if not has_systemd_creds():
        return Finding(Level.DOUBT, "systemd-creds is not installed: the key needs a passphrase.")
    if not has_tpm2():
        return Finding(Level.DOUBT, "No TPM2 chip: a credential is bound to this disk's host key.")
    return Finding(Level.GOOD, "TPM2 chip: the key can be bound to this computer.")


def _check_terminal() -> Finding:
    if sys.stderr is None or not sys.stderr.isatty():
        return Finding(Level.DOUBT, "No terminal: the administrator's code is given as an address.")
    columns = shutil.get_terminal_size().columns
    is_unicode = (sys.stderr.encoding or "").casefold().replace("-", "") == "utf8"
    if columns < QR_COLUMNS or not is_unicode:
        return Finding(Level.DOUBT, "This terminal shows no QR code: the code is typed instead.")
    return Finding(Level.GOOD, "The terminal can show a QR code.")
