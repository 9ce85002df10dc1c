"""What a program asked of its disk, as `strace` saw it: writes, names and flushes, in order, with every byte.

Only what changes files below one folder is kept, and what the program said on its standard output, because
that is what it promised. A call that changes files in a way that is not known here is an error, not ignored.

Source: strace(1), options -y (paths of descriptors), -xx (every string in hexadecimal).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_MODELLED = (
    "open,openat,creat,close,write,pwrite64,lseek,ftruncate,fsync,fdatasync,rename,renameat,renameat2,"
    "unlink,unlinkat,mkdir,mkdirat,rmdir"
)
_NOT_MODELLED = (
    "writev,pwritev,pwritev2,truncate,fallocate,link,linkat,symlink,symlinkat,copy_file_range,sendfile,"
    "splice,io_uring_enter,sync_file_range,dup,dup2,dup3"
)
_OPTIONS = ("-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "100000000")
_FLUSHES = ("fsync", "fdatasync")

_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)(?:<([^>]*)>)?")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")
_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>")


@dataclass(frozen=True, slots=True)
class Said:
    """The program wrote this on its standard output; `at` is the call's beginning."""

    at: int
    words: str


@dataclass(frozen=True, slots=True)
class Written:
    at: int
    path: str
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """The file was made so long."""

    at: int
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name came, went or moved. `old` None: it is new; `new` None: it is gone."""

    at: int
    old: str | None
    new: str | None
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Flushed:
    """File or folder is on the disk as far as it went when the call began; `at` is the call's end."""

    at: int
    path: str
    began: int


DiskEvent = Said | Written | Cut | Named | Flushed


def strace_refusal() -> str | None:
    """Return why no program can be traced here; None means that it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (Debian: apt-get install strace)"
    tried = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    return None if tried.returncode == 0 else f"strace may not trace here: {tried.stderr[:100]}"


def tracing(order: Sequence[str], trace: Path) -> list[str]:
    """Return the command line that runs `order` and writes what it does into `trace`."""
    calls = f"trace={_MODELLED},{_NOT_MODELLED}"
    return ["strace", *_OPTIONS, "-e", calls, "-e", "signal=none", "-o", str(trace), *order]


def disk_events(trace: Iterable[str], folder: Path) -> Iterator[DiskEvent]:
    """Yield what was done below the folder, in the order of the trace.

    Raises:
        RuntimeError: a call that is not modelled touched the folder.
    """
    reader = _TraceReader(f"{folder.resolve()}/")
    begun: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(trace):
        process, _, rest = line.rstrip("\n").partition(" ")
        rest = rest.lstrip()
        began, call = number, rest
        if rest.endswith(_UNFINISHED):
            begun[process] = (number, rest.removesuffix(_UNFINISHED))
            if not rest.startswith("write(1<"):
                continue
            # What was said counts from the beginning of the call.
            call = f"{rest.removesuffix(_UNFINISHED)}) = 0"
        elif rest.startswith("<..."):
            began, head = begun.pop(process)
            call = head + _RESUMED.sub("", rest, count=1)
            if head.startswith("write(1<"):
                continue
        found = _CALL.fullmatch(call)
        if found is not None:
            yield from reader.read(number, began, *found.groups())


class _TraceReader:
    """Turns one call after the other into events; knows the places of descriptors."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._places: dict[int, int] = {}
        """Where the next plain write of a descriptor goes."""
        self._known: set[str] = set()

    def read(
        self, at: int, began: int, name: str, arguments: str, answer: str, opened: str | None
    ) -> Iterator[DiskEvent]:
        result = int(answer)
        if name == "write" and arguments.startswith("1<"):
            yield Said(began, _texts(arguments)[0].decode())
        elif result < 0:
            return
        elif name in ("open", "openat", "creat"):
            yield from self._opened(at, arguments, result, _unhexed(opened or ""))
        elif name in ("rename", "renameat", "renameat2"):
            old, new = (text.decode() for text in _texts(arguments))
            if self._is_ours(old) or self._is_ours(new):
                yield Named(at, old, new, False)
        elif name in ("unlink", "unlinkat", "mkdir", "mkdirat", "rmdir"):
            yield from self._named(at, name, arguments)
        else:
            yield from self._on_descriptor(at, began, name, arguments, result)

    def _opened(self, at: int, arguments: str, number: int, path: str) -> Iterator[DiskEvent]:
        self._places[number] = 0
        if not self._is_ours(path):
            return
        if "O_APPEND" in arguments:
            raise RuntimeError(f"{path} was opened for appending, which is not modelled")
        if "O_CREAT" in arguments:
            yield Named(at, None, path, False)
        if "O_TRUNC" in arguments:
            yield Cut(at, path, 0)

    def _named(self, at: int, name: str, arguments: str) -> Iterator[DiskEvent]:
        path = _texts(arguments)[0].decode()
        if self._is_ours(path):
            is_new = name.startswith("mkdir")
            is_folder = is_new or name == "rmdir" or "AT_REMOVEDIR" in arguments
            yield Named(at, None if is_new else path, path if is_new else None, is_folder)

    def _on_descriptor(
        self, at: int, began: int, name: str, arguments: str, result: int
    ) -> Iterator[DiskEvent]:
        found = _DESCRIPTOR.match(arguments)
        if found is None:
            if name in _NOT_MODELLED.split(",") and self._root in _unhexed(arguments):
                raise RuntimeError(f"{name} is not modelled: {_unhexed(arguments)[:200]}")
            return
        number, path = int(found[1]), _unhexed(found[2])
        if name == "lseek":
            self._places[number] = result
        if not self._is_ours(path) or found[3] is not None or name in ("lseek", "close"):
            return
        if name in _FLUSHES:
            yield Flushed(at, path, began)
        elif name == "ftruncate":
            yield Cut(at, path, int(arguments.rpartition(",")[2]))
        elif name == "write":
            place = self._places.get(number, 0)
            self._places[number] = place + result
            yield Written(at, path, place, _texts(arguments)[0][:result])
        elif name == "pwrite64":
            place = int(arguments.rpartition(",")[2])
            yield Written(at, path, place, _texts(arguments)[0][:result])
        else:
            raise RuntimeError(f"{name} is not modelled, but changed {path}")

    def _is_ours(self, path: str) -> bool:
        return path.startswith(self._root) or f"{path}/" == self._root


def _texts(arguments: str) -> list[bytes]:
    return [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(arguments)]


def _unhexed(text: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})", lambda sign: chr(int(sign[1], 16)), text)
