"""The server's clock: the operating system's, believed while the kernel says that something keeps it in step.

A server has no satellites and nobody above it to ask. Its time comes over the network into the operating system
(NTP), whose kernel knows whether that still works; if it does not, the time counts as untrusted.

Source: adjtimex(2), TIME_ERROR; CJIS Security Policy 5.9, AU-8 (time stamps).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from alpr_core.audit.entry import Stamp, TimeQuality
from hw.box_clock import BoxClock
from hw.clock import Clock, SystemClock

_TIME_ERROR = 5
_TIMEX_BYTES = 512
"""More than `struct timex` has anywhere; all zero, it asks and changes nothing."""


def is_kept_in_step() -> bool:
    """Tell whether the kernel says that its clock is synchronised."""
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)
    state: int = ctypes.CDLL(None).adjtimex(asked)
    return 0 <= state < _TIME_ERROR


class ServerClock(BoxClock):
    """A box's clock for a server. Every method may be called from any thread."""

    def __init__(
        self, system: Clock | None = None, is_in_step: Callable[[], bool] = is_kept_in_step
    ) -> None:
        super().__init__(system)
        self._servers = system or SystemClock()
        self._is_in_step = is_in_step

    def stamp(self) -> Stamp:
        """Return the operating system's time; it is the server's own, or untrusted."""
        quality = TimeQuality.SERVER if self._is_in_step() else TimeQuality.UNTRUSTED
        return Stamp(self._servers.utc(), quality)
