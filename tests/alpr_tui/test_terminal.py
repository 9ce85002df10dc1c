"""The demo in real terminals: pseudo-terminals of odd sizes, and terminals that are closed."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from db.keys import read_key_file
from db.store import Store

LIMIT_S = 60.0


def start_demo(folder: Path, rows: int, columns: int) -> tuple[subprocess.Popen[bytes], int]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    # The new session takes the pseudo-terminal as its own, so that closing it sends SIGHUP.
    take_terminal = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
    start = f"{take_terminal}; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    running = subprocess.Popen(
        [sys.executable, "-c", start, "-P", "-m", "alpr_tui", "demo", "--folder", str(folder)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(slave)
    return running, master


def read_until(master: int, wanted: bytes, seen: bytes = b"") -> bytes:
    """Read the terminal on until something appears in all that was `seen`; fails after LIMIT_S."""
    deadline_s = time.monotonic() + LIMIT_S
    os.set_blocking(master, False)
    while wanted not in seen:
        assert time.monotonic() < deadline_s, seen[-2000:]
        try:
            seen += os.read(master, 65536)
        except BlockingIOError:
            time.sleep(0.02)
    return seen


def last_action(folder: Path) -> str:
    """The newest action on the audit log of the demo's store."""
    store = Store.open(folder / "store", read_key_file(folder / "demo.key"))
    newest = store.audit.records.latest()[0].entry.action
    store.close()
    return newest


def traceback_in(seen: bytes) -> bytes:
    """What the terminal showed from the first traceback on, empty if there was none."""
    return seen[seen.find(b"Traceback") :] if b"Traceback" in seen else b""


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (0, 0), (10, 40)])
def test_the_screen_comes_up_and_q_ends_it(tmp_path: Path, rows: int, columns: int) -> None:
    """In a terminal of any size, also one that tells none, the live screen shows reads and q, twice, ends it."""
    running, master = start_demo(tmp_path, rows, columns)
    seen = read_until(master, "▶".encode())
    os.write(master, b"qq")
    seen = read_until(master, b"Stopped.", seen)
    assert running.wait(LIMIT_S) == 0
    os.close(master)
    assert traceback_in(seen) == b""


def test_a_closed_terminal_stops_the_box_in_order(tmp_path: Path) -> None:
    """When the terminal goes away the box stores what it saw and ends; no hidden process keeps the store."""
    running, master = start_demo(tmp_path, 24, 80)
    read_until(master, b"%")
    os.close(master)
    running.wait(LIMIT_S)
    assert last_action(tmp_path) == "box.stop"


def test_impatient_signals_do_not_cut_off_the_storing(tmp_path: Path) -> None:
    """Ctrl-C again and again while the last reads are stored changes nothing."""
    running, master = start_demo(tmp_path, 24, 80)
    read_until(master, b"%")
    os.write(master, b"qq")
    seen = read_until(master, b"Storing")
    for _ in range(3):
        running.send_signal(signal.SIGINT)
    seen = read_until(master, b"Stopped.", seen)
    running.wait(LIMIT_S)  # the code tells only whether the last signal came after the storing
    os.close(master)
    assert traceback_in(seen) == b""
    assert last_action(tmp_path) == "box.stop"
