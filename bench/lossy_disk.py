"""A disk that keeps nothing it was not made to flush: the model that `bench powercut` cuts off.

What was flushed stays. Of everything else, at a cut:

- each write to a file is kept, lost, or torn in sectors of SECTOR_BYTES, each on its own, in any order;
- names (new, moved, gone) are kept up to some moment in the order in which they were made, as a file system
  with a journal keeps them; the flush of a folder keeps the names in it and those made before. The flush of a
  file keeps its content only, not its name, which is harsher than today's file systems are.

A disk that loses what it was made to flush can be had as well: on it any store must fail, which shows that the
drill can.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from bench.disk_trace import Cut, DiskEvent, Flushed, Named, Said, Written

SECTOR_BYTES = 512
_FILE_MODE, _FOLDER_MODE = 0o600, 0o700


@dataclass(slots=True, eq=False)
class _File:
    kept: bytearray
    waiting: list[Written | Cut] = field(default_factory=list)


_Names = dict[str, _File | None]
"""Path to its file; None is a folder."""


class LossyDisk:
    """The folder as the program sees it, and as it would be found after a cut.

    Args:
        root: The folder; what is in it now is on the disk.
        deaf_to: Ending of file names whose flushes are not obeyed, so that nothing of them is kept; empty
            means that all are obeyed.
    """

    def __init__(self, root: Path, deaf_to: str = "") -> None:
        self._root = root.resolve()
        self._deaf_to = deaf_to
        self._seen: _Names = {str(self._root): None}
        for path in sorted(self._root.rglob("*")):
            self._seen[str(path)] = None if path.is_dir() else _File(bytearray(path.read_bytes()))
        self._kept: _Names = dict(self._seen)
        self._waiting: list[tuple[Named, _File | None]] = []
        """Names that are not on the disk yet, with the file that a new one is of."""

    def do(self, event: DiskEvent) -> None:
        """Do what the program asked for."""
        match event:
            case Written() | Cut():
                file = self._seen.get(event.path)
                if file is not None:
                    file.waiting.append(event)
            case Named():
                self._name(event)
            case Flushed():
                self._flush(event)
            case Said():
                pass

    def _name(self, event: Named) -> None:
        file: _File | None = None
        if event.old is None and event.new is not None:
            if event.new in self._seen:
                return  # opened with O_CREAT and there already
            file = None if event.is_folder else _File(bytearray())
        self._waiting.append((event, file))
        _apply(self._seen, event, file)

    def _flush(self, event: Flushed) -> None:
        if self._deaf_to and event.path.endswith(self._deaf_to):
            return
        if event.path not in self._seen:
            return
        file = self._seen[event.path]
        if file is not None:
            done = [each for each in file.waiting if each.at < event.began]
            file.waiting = file.waiting[len(done) :]
            for each in done:
                _change(file.kept, each)
            return
        touching = [
            number
            for number, (named, _) in enumerate(self._waiting, start=1)
            if named.at < event.began
            and any(
                path is not None and _folder_of(path) == event.path
                for path in (named.old, named.new)
            )
        ]
        for named, made in self._waiting[: max(touching, default=0)]:
            _apply(self._kept, named, made)
        del self._waiting[: max(touching, default=0)]

    def write_remains(self, folder: Path, chance: random.Random) -> None:
        """Write into the new `folder` what a cut at this moment may leave."""
        names = dict(self._kept)
        for named, made in self._waiting[: chance.randint(0, len(self._waiting))]:
            _apply(names, named, made)
        folder.mkdir(_FOLDER_MODE)
        for path, file in sorted(names.items(), key=lambda name: name[0]):
            target = folder / Path(path).relative_to(self._root)
            if file is None:
                target.mkdir(_FOLDER_MODE, exist_ok=True)
            else:
                is_deaf = self._deaf_to != "" and path.endswith(self._deaf_to)
                target.write_bytes(bytes(file.kept) if is_deaf else _remains(file, chance))
                target.chmod(_FILE_MODE)


def _apply(names: _Names, event: Named, file: _File | None) -> None:
    if event.old is not None and event.old in names:
        moved = names.pop(event.old)
        if event.new is not None:
            names[event.new] = moved
    elif event.old is None and event.new is not None:
        names[event.new] = file


def _change(content: bytearray, change: Written | Cut) -> None:
    if isinstance(change, Cut):
        content[change.size :] = bytes(max(0, change.size - len(content)))
        return
    end = change.offset + len(change.content)
    if end > len(content):
        content.extend(bytes(end - len(content)))
    content[change.offset : end] = change.content


def _remains(file: _File, chance: random.Random) -> bytes:
    """Return the content with some of what waits; none and all of it are met often."""
    content = bytearray(file.kept)
    share = chance.choice((0.0, 0.0, 0.5, 0.9, 1.0))
    for change in file.waiting:
        for part in _parts(change, is_torn=chance.random() < 0.5):
            if chance.random() < share:
                _change(content, part)
    return bytes(content)


def _parts(change: Written | Cut, *, is_torn: bool) -> list[Written | Cut]:
    """Return the change, or a torn write in parts that a disk takes whole."""
    if isinstance(change, Cut) or not is_torn:
        return [change]
    parts: list[Written | Cut] = []
    start = 0
    while start < len(change.content):
        size = SECTOR_BYTES - (change.offset + start) % SECTOR_BYTES
        content = change.content[start : start + size]
        parts.append(Written(change.at, change.path, change.offset + start, content))
        start += size
    return parts


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]
