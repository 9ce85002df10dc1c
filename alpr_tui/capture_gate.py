"""Whether the cameras' frames are looked at: in a shift, and not while it is paused.

The cameras themselves go on in any case, so that they can be checked before a shift and are ready at once.
"""

from __future__ import annotations

import threading
from enum import Enum

from alpr_core.desk.pauses import Pause


class CaptureState(Enum):
    """Whether plates are read now. The value is shown."""

    NO_SHIFT = "NO SHIFT"
    PAUSED = "PAUSED"
    RUNNING = "reading"
    NO_CAR = "fleet"
    """A desk without cameras, as the server's."""

    @property
    def is_in_shift(self) -> bool:
        """Tell whether a shift runs, paused or not."""
        return self in (CaptureState.RUNNING, CaptureState.PAUSED)


class CaptureGate:
    """One gate for all lanes. Any thread may use it; it is closed until `begin`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_in_shift = False
        self._pause: Pause | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether frames are looked at now."""
        return self._is_in_shift and self._pause is None

    @property
    def state(self) -> CaptureState:
        """Return what to show."""
        if not self._is_in_shift:
            return CaptureState.NO_SHIFT
        return CaptureState.RUNNING if self._pause is None else CaptureState.PAUSED

    @property
    def is_in_shift(self) -> bool:
        """Tell whether a shift runs, paused or not."""
        return self._is_in_shift

    @property
    def current_pause(self) -> Pause | None:
        """Return why nothing is looked at in this shift; None if it is not paused."""
        return self._pause

    def begin(self) -> None:
        """Look at frames from now on: a shift has begun."""
        self._set(is_in_shift=True, pause=None)

    def end(self) -> None:
        """Look at none any more: the shift has ended, and a pause with it."""
        self._set(is_in_shift=False, pause=None)

    def pause(self, pause: Pause) -> None:
        """Look at none until `resume`; the shift goes on."""
        self._set(is_in_shift=self._is_in_shift, pause=pause)

    def resume(self) -> None:
        """Look at frames again."""
        self._set(is_in_shift=self._is_in_shift, pause=None)

    def wait_until_open(self, limit_s: float) -> bool:
        """Wait up to `limit_s` seconds; return whether it is open."""
        with self._changed:
            return self._changed.wait_for(lambda: self.is_open, limit_s)

    def _set(self, *, is_in_shift: bool, pause: Pause | None) -> None:
        with self._changed:
            self._is_in_shift, self._pause = is_in_shift, pause
            self._changed.notify_all()
