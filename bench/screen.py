"""`alpr bench screen`: how soon the real screen shows an alert and answers a key, and what the live feed costs.

The demo runs as a process on a pseudo-terminal, and this side plays terminal and officer: a key is timed from
being typed until its effect has arrived here, an alert from its frame until its words have. Both clocks are the
system's monotonic one. What the feed costs is processor time, which a busy machine does not change much.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import random
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from alpr_core.errors import InstallError
from alpr_core.terminal_text import clean_text
from bench.report import Json, Table

LOADS = ("feed", "live", "search", "import", "road")
SECONDS = {"feed": 20.0, "live": 75.0, "search": 60.0, "import": 75.0, "road": 240.0}
QUICK_SECONDS = {"feed": 14.0, "live": 14.0, "search": 16.0, "import": 16.0, "road": 30.0}
ROWS_COLUMNS = (45, 160)

KEY_P99_MAX_MS = 50.0
ALERT_P99_MAX_MS = 500.0
FEED_SHARE_MAX = 0.10

FIRST = -20
"""The least nice that a process can be: others get a hundredth of a core beside it."""

_WARM_S = 2.5
"""From the begin of the load to the first key: by then there are rows to go down, and the page is open."""

_AROUND_S = 5.0
"""Of a run without keys: its begin before the load, and its end, when a stopping box answers none."""

_READY_LIMIT_S = 180.0
_ANSWER_LIMIT_S = 5.0
_ALERT = re.compile(rb"bench-\d{4}")
_MARKED = re.compile("▶(?:\x1b[^m]*m)*[0-9:]{8} (?:\x1b[^m]*m)*([A-Z0-9]+)".encode())
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_TYPED_MAX = 7


@dataclass(slots=True)
class ScreenFigures:
    """What one load came to."""

    keys_ms: list[float] = field(default_factory=list)
    """From a key to its effect on the terminal."""
    alerts_ms: list[float] = field(default_factory=list)
    """From the frame that settled a wanted plate to its alert on the terminal."""
    told: dict[str, Any] = field(default_factory=dict)
    """What the process measured of itself."""


class _Terminal:
    """This side of the pseudo-terminal: what arrives, and when."""

    def __init__(self, order: list[str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *ROWS_COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            order,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)
        _put_session_first(self.process.pid, os.getpriority(os.PRIO_PROCESS, 0))
        self._tail = b""
        self._marked = b""
        """The plate at which the mark of selection stands."""
        self.alerts: dict[str, float] = {}

    def read(self, limit_s: float) -> bytes | None:
        """Return what arrives within `limit_s`, empty if nothing does; None at the end."""
        if not select.select([self._master], [], [], limit_s)[0]:
            return b""
        try:
            piece = os.read(self._master, 1 << 16)
        except OSError:
            return None
        at_s = monotonic()
        self._tail = (self._tail + piece)[-1 << 15 :]
        for found in _ALERT.findall(self._tail):
            self.alerts.setdefault(found.decode(), at_s)
        for found in _MARKED.findall(self._tail):
            self._marked = found
        return piece or None

    def press(self, keys: bytes, shows: bytes) -> float | None:
        """Type keys; return the milliseconds until the terminal shows something, None if it never does."""
        self._tail = b""
        began_s = monotonic()
        os.write(self._master, keys)
        while (left_s := began_s + _ANSWER_LIMIT_S - monotonic()) > 0:
            if self.read(left_s) is None:
                return None
            if shows in self._tail:
                return (monotonic() - began_s) * 1e3
        return None

    def press_arrow(self) -> float | None:
        """Select another read; return the milliseconds until the mark stands at it, None if it never does."""
        before = self._marked
        began_s = monotonic()
        os.write(self._master, b"\x1b[B")
        while (left_s := began_s + _ANSWER_LIMIT_S - monotonic()) > 0:
            if self.read(left_s) is None:
                return None
            if self._marked != before:
                return (monotonic() - began_s) * 1e3
        return None

    def watch(self, seconds: float) -> bool:
        """Let what arrives arrive for a while; False at the end."""
        until_s = monotonic() + seconds
        while (left_s := until_s - monotonic()) > 0:
            if self.read(left_s) is None:
                return False
        return True

    def close(self) -> int:
        """Take the rest and return the exit code."""
        with suppress(OSError):
            while self.read(1.0) is not None:
                pass
        code = self.process.wait()
        os.close(self._master)
        return code

    @property
    def last_words(self) -> str:
        return clean_text(self._tail[-300:].decode("utf-8", "replace"))


def run_load(
    load: str, seconds: float, program: str = "alpr_tui.screen_trial", *words: str
) -> ScreenFigures:
    """Run the demo under one load.

    Args:
        program: What runs it; `words` are the last of its arguments.

    Raises:
        InstallError: it ended with an error, or never came up.
    """
    figures = ScreenFigures()
    with tempfile.TemporaryDirectory(prefix="alpr-screen-") as folder:
        file = Path(folder) / "told.json"
        order = [sys.executable, "-P", "-m", program, load, str(seconds), str(file), *words]
        terminal = _Terminal(order)
        began_s = monotonic()
        while not file.with_suffix(".ready").exists():
            if not terminal.watch(0.05) or monotonic() - began_s > _READY_LIMIT_S:
                terminal.process.kill()
                raise InstallError("The demo did not come up.", terminal.last_words)
        if load in ("live", "search", "import"):
            _type_along(terminal, load, figures, seconds - _AROUND_S)
        code = terminal.close()
        if code != 0 or not file.exists():
            raise InstallError(f"The demo ended with {code}.", terminal.last_words)
        figures.told = json.loads(file.read_text(encoding="utf-8"))
    for mark, frame_s in figures.told["alerts"].items():
        if mark in terminal.alerts:
            figures.alerts_ms.append((terminal.alerts[mark] - frame_s) * 1e3)
    return figures


def _type_along(terminal: _Terminal, load: str, figures: ScreenFigures, seconds: float) -> None:
    """Press keys at random moments until shortly before the demo ends."""
    until_s = monotonic() + seconds
    chance = random.Random(462)
    typed = ""
    terminal.watch(_WARM_S)
    while terminal.watch(chance.uniform(0.1, 0.4)) and monotonic() < until_s:
        if load == "live":
            # Back to the newest, then off it: while it is followed the mark moves without a key.
            if len(figures.keys_ms) % 3 == 0:
                terminal.press(b"f\x1b[B", b"m")
                terminal.watch(0.5)
            answer_ms = terminal.press_arrow()
        else:
            if len(typed) == _TYPED_MAX:
                terminal.press(b"\x15", b"m")
                typed = ""
                continue
            typed += chance.choice(_LETTERS)
            answer_ms = terminal.press(typed[-1].encode(), typed.encode())
        if answer_ms is not None:
            figures.keys_ms.append(answer_ms)
        elif terminal.process.poll() is None:
            figures.keys_ms.append(_ANSWER_LIMIT_S * 1e3)


def bench_screen(*, quick: bool = False, alone: bool = False) -> Json:
    """Print what the screen does under each load.

    Args:
        alone: Come before other programs of a busy machine, so that they hardly count; the demo's own threads
            still do.

    Raises:
        InstallError: the demo ended with an error, or the system does not let it come first.
    """
    seconds = QUICK_SECONDS if quick else SECONDS
    with before_others() if alone else nullcontext():
        found = {load: run_load(load, seconds[load]) for load in LOADS}
    print(screen_table(found, alone=alone))
    return {
        load: {
            "keys": len(one.keys_ms),
            "key_p50_ms": _share(one.keys_ms, 0.5),
            "key_p99_ms": _share(one.keys_ms, 0.99),
            "alerts": len(one.alerts_ms),
            "alert_p99_ms": _share(one.alerts_ms, 0.99),
            "screen_share": one.told.get("screen_share"),
            "showing_share": one.told.get("showing_share"),
            "all_share": one.told.get("all_share"),
        }
        for load, one in found.items()
    }


@contextmanager
def before_others() -> Iterator[None]:
    """Let other programs wait; what is started meanwhile inherits it.

    Not real-time priority: its threads would no longer overtake each other, and are stopped 50 ms of a second.
    """
    before = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    except OSError as error:
        raise InstallError("To come before others needs root.", "Leave --alone out.") from error
    _put_session_first(os.getpid(), FIRST)
    try:
        yield
    finally:
        _put_session_first(os.getpid(), 0)
        os.setpriority(os.PRIO_PROCESS, 0, before)


def _put_session_first(process_id: int, nice: int) -> None:
    """Give a process's whole session its share. Source: sched(7), autogroup."""
    with suppress(OSError):  # a system without sessions of their own share
        Path(f"/proc/{process_id}/autogroup").write_text(str(nice), "ascii")


def screen_table(found: dict[str, ScreenFigures], *, alone: bool = False) -> Table:
    """Return what is printed."""
    table = Table("The demo's screen, 160 x 45", ("what", "p50", "p99", "most", "bar", "of"))
    words = {
        "live": "key to paint, 20 reads/s, ms",
        "search": "... while searches run, ms",
        "import": "... while 1,000,000 rows are imported, ms",
    }
    for load, name in words.items():
        if load in found:
            _add(table, name, found[load].keys_ms, KEY_P99_MAX_MS)
    if "road" in found:
        _add(table, "frame to alert at 20 fps, ms", found["road"].alerts_ms, ALERT_P99_MAX_MS)
    if "feed" in found:
        told = found["feed"].told
        feed = told["screen_share"] + told["showing_share"]
        table.add(
            "live feed, share of one core", f"{feed:.1%}", "", "", f"{FEED_SHARE_MAX:.0%}", ""
        )
        table.add("  the screen's thread alone", f"{told['screen_share']:.1%}", "", "", "", "")
    table.note(
        "Keys are arrows on the live page, and letters typed into the search page; each is timed from the"
        " keyboard's end of a pseudo-terminal until its effect has arrived there.",
        f"Load of the machine now: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors."
        + (
            " It came before all other programs, which still shared the processors' caches."
            if alone
            else " Above half of them the times cannot be judged; --alone keeps other programs out."
        ),
    )
    return table


def _add(table: Table, name: str, taken_ms: list[float], bar_ms: float) -> None:
    if not taken_ms:
        table.add(name, "-", "-", "-", f"{bar_ms:.0f}", "0")
        return
    numbers = [f"{_share(taken_ms, share):.0f}" for share in (0.5, 0.99, 1.0)]
    table.add(name, *numbers, f"{bar_ms:.0f}", str(len(taken_ms)))


def _share(taken_ms: list[float], share: float) -> float | None:
    if not taken_ms:
        return None
    ordered = sorted(taken_ms)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
