"""The box's end of a process that paints a drive (`painting_process`): started, asked, ended."""

from __future__ import annotations

import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import numpy as np

from alpr_core.errors import DeviceError
from alpr_core.frame import Pixels

ANSWER_LIMIT_S = 10.0
"""For one frame; the first waits until the process has been started and has laid out the drive."""


class Painter:
    """Gives the pictures of a drive's frames. Used by one thread; starts with the first frame."""

    def __init__(self, seed: int, vehicles: int) -> None:
        self._order = [str(seed), str(vehicles)]
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None

    def paint(self, number: int) -> tuple[Pixels, Pixels]:
        """Return the plate camera's and the overview camera's picture of a frame; soonest in ascending order.

        Raises:
            DeviceError: the process does not answer; it is started anew with the next frame.
        """
        try:
            if self._running is None:
                self._running = self._start()
            line = self._running[1]
            line.send_bytes(number.to_bytes(8, "little"))
            return _picture(line), _picture(line)
        except (EOFError, OSError) as error:
            self.end()
            raise DeviceError("The process that paints the simulated drive stopped.") from error

    def end(self) -> None:
        """End the process."""
        if self._running is not None:
            process, line = self._running
            self._running = None
            line.close()
            process.kill()
            process.wait()

    def _start(self) -> tuple[subprocess.Popen[bytes], Connection]:
        ours, theirs = Pipe()
        with theirs:
            descriptor = theirs.fileno()
            process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "hw.simulated_drive.painting_process"),
                    *self._order,
                    str(descriptor),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[descriptor],
                process_group=0,  # the terminal's Ctrl-C is for the box, which ends this process itself
            )
        return process, ours


def _picture(line: Connection) -> Pixels:
    if not line.poll(ANSWER_LIMIT_S):
        raise TimeoutError
    size = line.recv_bytes(8)
    height_px, width_px = (int.from_bytes(size[at : at + 4], "little") for at in (0, 4))
    pixels: Pixels = np.frombuffer(line.recv_bytes(height_px * width_px), np.uint8)
    return pixels.reshape(height_px, width_px)
