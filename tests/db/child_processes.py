"""What the system says of processes that a process has started. Source: proc(5)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def children_of(process_id: int | None = None) -> list[int]:
    """Return the processes that this one, or another, has started and that are not over."""
    tasks = Path(f"/proc/{process_id or os.getpid()}/task")
    with suppress(OSError):
        return [
            int(each)
            for task in tasks.iterdir()
            for each in (task / "children").read_text("ascii").split()
        ]
    return []


def is_alive(process_id: int) -> bool:
    """Tell whether a process runs; one that waits to be buried does not."""
    with suppress(OSError):
        return ") Z " not in Path(f"/proc/{process_id}/stat").read_text("ascii")
    return False


def peak_mb(process_id: int) -> float:
    """Return the most resident memory that a process has held, megabytes of 2^20 bytes; 0 if it is over."""
    with suppress(OSError):
        for line in Path(f"/proc/{process_id}/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def list_readers() -> list[int]:
    """Return the processes that read a list for this one; it has others, as multiprocessing's."""
    return [child for child in children_of() if b"db.hotlist_process" in command_line(child)]


def command_line(process_id: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process_id}/cmdline").read_bytes()
    return b""
