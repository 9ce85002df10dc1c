"""The process that paints a drive: `python -m hw.simulated_drive.painting_process SEED VEHICLES DESCRIPTOR`.

A camera takes no processor time of the box; painting a frame takes half of a core, mostly with Python's lock.
It ends when nobody listens any more.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

import numpy as np

from alpr_core.frame import Pixels
from hw.simulated_drive.drive import SimulatedDrive

AHEAD = 6
"""Frames painted before they are wanted: the first of a street takes as long as five others."""

Pair = tuple[Pixels, Pixels]


def paint(drive: SimulatedDrive, line: Connection) -> None:
    """Answer each number with the two pictures of that frame, and paint those that follow meanwhile.

    Raises:
        EOFError, OSError: nobody listens.
    """
    ready: dict[int, Pair] = {}
    wanted = 0
    while True:
        following = next((n for n in range(wanted + 1, wanted + AHEAD + 1) if n not in ready), None)
        if wanted and following is not None and not line.poll(0.0):
            ready[following] = drive.render(following)
            continue
        wanted = int.from_bytes(line.recv_bytes(8), "little")
        ready = {number: pair for number, pair in ready.items() if number >= wanted}
        pair = ready.pop(wanted, None) or drive.render(wanted)
        for picture in pair:
            height_px, width_px = picture.shape
            line.send_bytes(height_px.to_bytes(4, "little") + width_px.to_bytes(4, "little"))
            line.send_bytes(np.ascontiguousarray(picture).reshape(-1).data)


def main(seed: int, vehicles: int, descriptor: int) -> None:
    """Paint for whoever holds the other end."""
    with Connection(descriptor) as line:
        drive = SimulatedDrive(seed, vehicles, is_live=False)
        try:
            paint(drive, line)
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
