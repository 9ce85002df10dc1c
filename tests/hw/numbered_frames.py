"""Small frames, and sources made of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np

from alpr_core.errors import DeviceError, InputError
from alpr_core.frame import Frame
from tests.hw.hand_clock import BEGAN_AT


def numbered(number: int) -> Frame:
    """A tiny frame with a number."""
    return Frame("front", number, BEGAN_AT, float(number), np.zeros((2, 3), np.uint8), "made")


class ScriptedSource:
    """A source whose openings are scripted: each is a count of frames, then an error or the end.

    After the last opening a live one stays open without frames, as a camera in the dark does.
    """

    camera = "front"

    def __init__(self, *openings: tuple[int, Exception | None], is_live: bool = True) -> None:
        self.is_live = is_live
        self.opened = 0
        self._openings = openings
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        if self.opened >= len(self._openings):
            self._closed.wait()
            return
        count, error = self._openings[self.opened]
        self.opened += 1
        for number in range(1, count + 1):
            yield numbered(number)
        if error is not None:
            raise error

    def close(self) -> None:
        self._closed.set()


GONE = DeviceError("The camera /dev/video0 sends no more pictures.")
DAMAGED = InputError("a.avi is cut short: 5 of 9 pictures were there.")
