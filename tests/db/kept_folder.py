"""A folder of small files kept in memory and laid down again: a store is made once and copied for each test."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from db.store import Store
from tests.db.sample_sightings import ROOT_KEY


@dataclass(frozen=True, slots=True)
class KeptFolder:
    """What lies in a folder that nobody has open."""

    folders: tuple[tuple[str, int], ...]
    """Names below the folder with their modes, outer ones first; the first is the folder itself."""
    files: tuple[tuple[str, int, bytes], ...]

    @classmethod
    def of(cls, folder: Path) -> KeptFolder:
        """Return what lies there now."""
        below = sorted(folder.rglob("*"))
        named = [
            (str(path.relative_to(folder)), path.stat().st_mode & 0o777, path) for path in below
        ]
        return cls(
            ((".", folder.stat().st_mode & 0o777), *((n, m) for n, m, p in named if p.is_dir())),
            tuple((n, m, p.read_bytes()) for n, m, p in named if p.is_file()),
        )

    def lay_down(self, folder: Path) -> None:
        """Make the folder anew with all of it; the folder must not be there, or be empty."""
        for name, mode in self.folders:
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name).chmod(mode)
        for name, mode, content in self.files:
            file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(file, "wb") as copy:
                copy.write(content)


@cache
def empty_store() -> KeptFolder:
    """Return a store as `Store.open` makes it under ROOT_KEY; all copies have the same identity and keys."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "store"
        Store.open(folder, ROOT_KEY).close()
        return KeptFolder.of(folder)
