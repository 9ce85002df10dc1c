"""Either end of sync killed with SIGKILL at random moments, again and again, and then left to come to its end."""

from __future__ import annotations

import random
import socket
import time

from bench.small_central import open_central
from bench.sync_drill import car, compare, drill_folder, truth_of
from bench.sync_ends import end_process, start_box, start_server

KILL_AFTER_S = (0.0, 0.4)
"""From when an end has begun its work until it is killed."""

READS = 100
"""Of the box: more than it brings until it is killed."""

KILLS = 6
"""Of one run; then the box is left to come to its end."""

_BOUND_S = 600.0
"""No run of a drill takes longer, or it counts as broken."""


def killed(chance: random.Random, most: int = KILLS) -> tuple[int, int, int, int]:
    """Kill one end or the other up to so many times; return kills, lost, doubled, altered."""
    with drill_folder() as folder:
        port = free_port()
        server = start_server(folder, port)
        try:
            central = open_central(folder)
            with car(central, port, folder, READS) as store:
                truth = truth_of(store)
            central.records.close()
            kills = 0
            deadline_s = time.monotonic() + _BOUND_S
            while True:
                box = start_box(folder / "car")
                age_s = chance.uniform(*KILL_AFTER_S) if kills < most else _BOUND_S
                box.join(age_s)
                if box.exitcode == 0:
                    break
                if time.monotonic() > deadline_s:
                    raise AssertionError("the drill never came to its end")
                kills += 1
                if chance.random() < 0.5:
                    end_process(server)
                    server = start_server(folder, port)
                    box.join(chance.uniform(*KILL_AFTER_S))
                    if box.exitcode == 0:
                        break
                end_process(box)
            central = open_central(folder)
            try:
                return (kills, *compare(central, truth))
            finally:
                central.records.close()
        finally:
            end_process(server)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
