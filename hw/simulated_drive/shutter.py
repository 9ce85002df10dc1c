"""The trigger line of the simulated drive's camera: what the board fires, the camera takes."""

from __future__ import annotations

import queue

KEPT = 64


class Shutter:
    """A line with one end in the simulated board and one in the camera."""

    def __init__(self) -> None:
        self._fired: queue.Queue[float] = queue.Queue(KEPT)

    def fire(self, at_mono_s: float) -> None:
        """An edge on the line; a camera that is not there misses it."""
        if not self._fired.full():
            self._fired.put_nowait(at_mono_s)

    def wait(self, limit_s: float) -> float | None:
        """Return the instant of the newest edge; None if none came in time.

        Older ones came while the camera was busy; one thread waits.
        """
        try:
            newest = self._fired.get(timeout=limit_s)
        except queue.Empty:
            return None
        while not self._fired.empty():
            newest = self._fired.get()
        return newest
