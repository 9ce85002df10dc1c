"""The car's devices beside the cameras, joined: receiver and clock."""

from __future__ import annotations

from collections.abc import Callable

from alpr_core.device_status import GpsStatus
from alpr_core.events import BoxEvent
from alpr_core.position import Position
from hw.box_clock import BoxClock
from hw.gps.gps_source import GpsSource
from hw.gps.positioning import Positioning


class CarDevices:
    """What a car has beside its cameras; every part may be missing. `start` once, `stop` once.

    Args:
        clock: The box's clock; the receiver sets it.
        tell: Told when a device is lost or back; must be quick and safe from any thread.
        receiver: None means that the car has none.
        receiver_delay_s: See `PositionTrack`.
        on_stopped: Called when all were let go of; the demo pulls its cables then.
    """

    def __init__(
        self,
        clock: BoxClock,
        tell: Callable[[BoxEvent], None],
        receiver: GpsSource | None = None,
        receiver_delay_s: float = 0.0,
        on_stopped: Callable[[], None] = lambda: None,
    ) -> None:
        self.clock = clock
        self._on_stopped = on_stopped
        self.positioning = (
            None if receiver is None else Positioning(receiver, clock, tell, receiver_delay_s)
        )

    def start(self) -> None:
        """Open them in the background."""
        if self.positioning is not None:
            self.positioning.start()

    def stop(self) -> None:
        """Let go of them."""
        if self.positioning is not None:
            self.positioning.stop()
        self._on_stopped()

    def position_at(self, mono_s: float) -> Position | None:
        """Return where the car was at an instant; None if nobody knows."""
        return None if self.positioning is None else self.positioning.at(mono_s)

    def gps_status(self) -> GpsStatus | None:
        """Return how the receiver is; None if there is none."""
        return None if self.positioning is None else self.positioning.status()
