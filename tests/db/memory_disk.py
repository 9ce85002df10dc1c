"""A small disk of its own in memory, and what fills one to the last byte."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def memory_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a disk of a size such as `24m` on a new folder; the test is skipped where nobody may."""
    folder.mkdir()
    order = ["mount", "-t", "tmpfs", "-o", f"size={size}", "alpr-test", str(folder)]
    has_mount = shutil.which("mount") is not None
    if not has_mount or subprocess.run(order, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(file: Path) -> None:
    """Write until the disk takes no more byte."""
    with file.open("wb", buffering=0) as filler:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    filler.write(os.urandom(size))
            except OSError:
                continue
