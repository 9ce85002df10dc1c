"""Either end of sync killed with SIGKILL at random moments, again and again, and then left to come to its end."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bench.small_central import open_central
from bench.sync_drill import car, compare, truth_of

KILL_AFTER_S = (0.0, 1.0)
"""From when an end has begun its work until it is killed; a run takes about a second."""

KILLS = 6
"""Of one run; then the box is left to come to its end."""

_BOUND_S = 600.0
"""No run of a drill takes longer, or it counts as broken."""


def killed(chance: random.Random, most: int = KILLS) -> tuple[int, int, int, int]:
    """Kill one end or the other up to so many times; return kills, lost, doubled, altered."""
    with tempfile.TemporaryDirectory(prefix="alpr-sync-") as place:
        folder = Path(place)
        port = free_port()
        server = start_end("server", folder, str(port))
        try:
            central = open_central(folder)
            with car(central, port, folder) as store:
                truth = truth_of(store)
            central.records.close()
            kills = 0
            deadline_s = time.monotonic() + _BOUND_S
            while True:
                box = start_end("box", folder / "car")
                age_s = chance.uniform(*KILL_AFTER_S) if kills < most else _BOUND_S
                with suppress(subprocess.TimeoutExpired):
                    if box.wait(age_s) == 0:
                        end_process(box)
                        break
                if time.monotonic() > deadline_s:
                    raise AssertionError("the drill never came to its end")
                kills += 1
                if chance.random() < 0.5:
                    end_process(server)
                    server = start_end("server", folder, str(port))
                    with suppress(subprocess.TimeoutExpired):
                        if box.wait(chance.uniform(0.0, 1.0)) == 0:
                            end_process(box)
                            break
                end_process(box)
            central = open_central(folder)
            try:
                return (kills, *compare(central, truth))
            finally:
                central.records.close()
        finally:
            end_process(server)


def start_end(role: str, folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start one end as a process; it has begun when this returns."""
    command = [sys.executable, "-P", "-m", "bench.sync_ends", role, str(folder), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if process.stdout is not None:
        process.stdout.readline()
    return process


def end_process(process: subprocess.Popen[str]) -> None:
    """End a process at once, if it has not ended by itself."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
