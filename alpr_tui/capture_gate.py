"""Whether the cameras' frames are looked at: in a shift, and not while it is paused.

The cameras themselves go on in any case, so that they can be checked before a shift and are ready at once.
"""

from __future__ import annotations

import threading
from enum import Enum


class CaptureState(Enum):
    """Whether plates are read now. The value is shown."""

    NO_SHIFT = "NO SHIFT"
    PAUSED = "PAUSED"
    RUNNING = "reading"


class CaptureGate:
    """One gate for all lanes. Any thread may use it; it is closed until `begin`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_in_shift = False
        self._is_paused = False

    @property
    def is_open(self) -> bool:
        """Tell whether frames are looked at now."""
        return self._is_in_shift and not self._is_paused

    @property
    def state(self) -> CaptureState:
        """Return what to show."""
        if not self._is_in_shift:
            return CaptureState.NO_SHIFT
        return CaptureState.PAUSED if self._is_paused else CaptureState.RUNNING

    @property
    def is_in_shift(self) -> bool:
        """Tell whether a shift runs, paused or not."""
        return self._is_in_shift

    def begin(self) -> None:
        """Look at frames from now on: a shift has begun."""
        self._set(is_in_shift=True, is_paused=False)

    def end(self) -> None:
        """Look at none any more: the shift has ended."""
        self._set(is_in_shift=False, is_paused=False)

    def pause(self) -> None:
        """Look at none until `resume`; the shift goes on."""
        self._set(is_in_shift=self._is_in_shift, is_paused=True)

    def resume(self) -> None:
        """Look at frames again."""
        self._set(is_in_shift=self._is_in_shift, is_paused=False)

    def wait_until_open(self, limit_s: float) -> bool:
        """Wait up to `limit_s` seconds; return whether it is open."""
        with self._changed:
            return self._changed.wait_for(lambda: self.is_open, limit_s)

    def _set(self, *, is_in_shift: bool, is_paused: bool) -> None:
        with self._changed:
            self._is_in_shift, self._is_paused = is_in_shift, is_paused
            self._changed.notify_all()
