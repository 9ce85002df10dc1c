"""Memory of an import does not depend on what the file holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from db.hotlist_files import write_package
from tests.db.list_files import write_list
from tests.db.test_hotlist_packages import SIGNER, manifest_of
from tests.db.test_kill import FROM_ROOT

LIMIT_MB = 100
"""Source: issue 5, "Done when"."""


def test_hostile_and_large_files_are_read_in_bounded_memory(folder: Path, tmp_path: Path) -> None:
    """A huge field, 100,000 columns, a row without end, a zip bomb and a long list take less than 100 MB each."""
    wanted: dict[Path, str] = {}

    def hold(name: str, content: bytes) -> None:
        file = tmp_path / name
        file.write_bytes(content)
        wanted[file] = "refused"

    hold("field.csv", b"plate,class\n1A," + b"x" * 10_000_000 + b"\n")
    hold("columns.csv", b"plate,class\n" + b"1," * 100_000 + b"\n")
    hold("quote.csv", b'plate,class\n"1A,stolen\n' + b"2B,stolen\n" * 1_000_000)
    bomb = b"plate,class\n" + b"1AAA111,stolen\n" * 10_000_000
    zipped = tmp_path / "bomb.zip"
    write_package(zipped, bomb, lambda _size, digest: manifest_of(1_000, digest), [SIGNER])
    wanted[zipped] = "refused"
    wanted[write_list(tmp_path / "long.csv", (f"8A{n:06d}" for n in range(50_000)))] = "taken"
    order = [sys.executable, "-m", "tests.db.bounded_importer", str(folder), *map(str, wanted)]
    told = subprocess.run(order, env=FROM_ROOT, capture_output=True, text=True, check=True)
    outcomes = [line.split() for line in told.stdout.splitlines()]
    assert [outcome for outcome, _ in outcomes] == list(wanted.values())
    assert all(int(risen_mb) < LIMIT_MB for _, risen_mb in outcomes), outcomes
