"""The disk that forgets, against small programs whose right outcome is known."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from bench.disk_trace import DiskEvent, Flushed, Named, Said, Written, disk_events, tracing
from bench.lossy_disk import SECTOR_BYTES, LossyDisk
from tests.bench.tracing import needs_strace

PROGRAM = """
import os, sys
os.chdir("/")
root = sys.argv[1]
one = os.open(root + "/one", os.O_RDWR | os.O_CREAT)
os.pwrite(one, b"kept", 2)
os.fsync(one)
os.pwrite(one, b"lost?", 6)
folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
os.fsync(folder)
os.write(1, b"named\\n")
two = os.open(root + "/two", os.O_WRONLY | os.O_CREAT)
os.write(two, b"a")
os.write(two, b"b")
os.fdatasync(two)
os.mkdir(root + "/sub")
os.rename(root + "/two", root + "/sub/three")
os.unlink(root + "/one")
os.ftruncate(two, 1)
os.write(1, b"done\\n")
"""


def remains(events: list[DiskEvent], root: Path, target: Path, seed: int) -> dict[str, bytes]:
    """Return what a cut after these events leaves, by relative path."""
    disk = LossyDisk(root)
    for event in events:
        disk.do(event)
    disk.write_remains(target, random.Random(seed))
    return {
        str(path.relative_to(target)): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file()
    }


@needs_strace
def test_a_program_is_recorded_and_cut(tmp_path: Path) -> None:
    """What was flushed is always there; what was not is there as some order of keeping and losing allows."""
    root = tmp_path / "root"
    root.mkdir()
    trace = tmp_path / "trace"
    order = tracing([sys.executable, "-c", PROGRAM, str(root)], trace)
    subprocess.run(order, check=True, capture_output=True)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with trace.open() as lines:
        events = list(disk_events(lines, root))
    assert [event.words for event in events if isinstance(event, Said)] == ["named\n", "done\n"]
    named = next(number for number, event in enumerate(events) if isinstance(event, Said))
    (root / "sub" / "three").unlink()
    (root / "sub").rmdir()
    found_early, found_late = set(), set()
    for seed in range(60):
        early = remains(events[:named], root, tmp_path / f"early{seed}", seed)
        assert early["one"][:6] == b"\0\0kept"
        found_early.add(early["one"][6:])
        late = remains(events, root, tmp_path / f"late{seed}", seed)
        found_late.add(tuple(sorted(late)))
        two = late.get("two", late.get("sub/three"))
        assert two in (b"ab", b"a", None)
    assert found_early == {b"", b"lost?"}
    assert found_late == {("one",), ("one", "two"), ("one", "sub/three"), ("sub/three",)}


@pytest.mark.parametrize("seed", range(20))
def test_a_write_under_way_while_flushed_is_not_kept_for_sure(tmp_path: Path, seed: int) -> None:
    """A flush covers the writes that ended before it began, and no other."""
    root = tmp_path / "root"
    root.mkdir()
    file = f"{root}/file"
    events: list[DiskEvent] = [
        Named(1, None, file, False),
        Flushed(3, str(root), 2),
        Written(4, file, 0, b"before"),
        Written(6, file, 0, b"during"),
        Flushed(7, file, 5),
    ]
    found = remains(events, root, tmp_path / "cut", seed)["file"]
    assert found in (b"before", b"during")


def test_a_torn_write_is_torn_in_sectors(tmp_path: Path) -> None:
    """Part of a long write may be there, in whole sectors counted from the file's beginning."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "file").write_bytes(bytes(4 * SECTOR_BYTES))
    events: list[DiskEvent] = [Written(1, f"{root}/file", 100, b"x" * 3 * SECTOR_BYTES)]
    kept = set()
    for seed in range(100):
        found = remains(events, root, tmp_path / f"{seed}", seed)["file"]
        kept.add(tuple(found[start] == ord("x") for start in (100, *range(512, 1537, 512))))
        assert len(found) == 4 * SECTOR_BYTES
        for start in (100, 512, 1024):
            end = start // SECTOR_BYTES * SECTOR_BYTES + SECTOR_BYTES
            assert len(set(found[start:end])) == 1
    assert len(kept) > 5


def test_a_call_that_is_not_modelled_is_an_error(tmp_path: Path) -> None:
    """A program that changes files in another way is told, not believed."""
    path = "".join(f"\\x{sign:02x}" for sign in f"{tmp_path}/file".encode())
    line = f"12 fallocate(3<{path}>, 0, 0, 100) = 0\n"
    with pytest.raises(RuntimeError, match="fallocate is not modelled"):
        list(disk_events([line], tmp_path))
    link = f'12 link("{path}", "{path}") = 0\n'
    with pytest.raises(RuntimeError, match="link is not modelled"):
        list(disk_events([link], tmp_path))
