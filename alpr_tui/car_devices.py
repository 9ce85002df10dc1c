"""The car's devices beside the pictures, joined: receiver, board, the plate camera's control line, and clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from alpr_core.device_status import BoardStatus, GpsStatus
from alpr_core.events import BoxEvent
from alpr_core.ports import FrameSource
from alpr_core.position import Position
from alpr_tui.device_bench import CarBench
from alpr_tui.trigger_board import TriggerBoard
from alpr_tui.triggered_source import TriggeredSource
from hw.box_clock import BoxClock
from hw.gps.gps_source import GpsSource
from hw.gps.positioning import Positioning
from hw.visca.camera_settings import CameraSettings


class CarDevices:
    """What a car has beside its cameras; every part may be missing. `start` once, `stop` once.

    Args:
        clock: The box's clock; the receiver sets it.
        tell: Told when a device is lost or back; must be quick and safe from any thread.
        receiver: None means that the car has none.
        receiver_delay_s: See `PositionTrack`.
        board: None means that the car has none.
        camera: Control line of the plate camera; None means that it has none.
        on_stopped: Called when all were let go of; the demo pulls its cables then.
        cables: Demo: by name, what pulls a simulated cable or puts it back.
    """

    def __init__(
        self,
        clock: BoxClock,
        tell: Callable[[BoxEvent], None],
        receiver: GpsSource | None = None,
        receiver_delay_s: float = 0.0,
        board: TriggerBoard | None = None,
        camera: CameraSettings | None = None,
        on_stopped: Callable[[], None] = lambda: None,
        cables: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        self.cables: Mapping[str, Callable[[], None]] = cables or {}
        self.clock = clock
        self.board = board
        self.camera = camera
        self.bench = CarBench(board, camera, tell)
        self._on_stopped = on_stopped
        self.positioning = (
            None if receiver is None else Positioning(receiver, clock, tell, receiver_delay_s)
        )

        if self.positioning is not None and board is not None:
            self.positioning.on_fix = board.hear_fix

    def start(self) -> None:
        """Open them in the background."""
        if self.positioning is not None:
            self.positioning.start()
        if self.board is not None:
            self.board.start()

    def stop(self) -> None:
        """Let go of them."""
        if self.positioning is not None:
            self.positioning.stop()
        if self.board is not None:
            self.board.stop()
        if self.camera is not None:
            self.camera.close()
        self._on_stopped()

    def position_at(self, mono_s: float) -> Position | None:
        """Return where the car was at an instant; None if nobody knows."""
        return None if self.positioning is None else self.positioning.at(mono_s)

    def trace_to(self, told: Callable[[str, str], None] | None) -> None:
        """Tell what goes over the cables: device and words, from several threads; None ends it."""
        for device, part in (
            ("board", self.board),
            ("gps", self.positioning),
            ("camera", self.camera),
        ):
            if part is not None:
                part.trace_to(None if told is None else partial(told, device))

    def gps_status(self) -> GpsStatus | None:
        """Return how the receiver is; None if there is none."""
        return None if self.positioning is None else self.positioning.status()

    def board_status(self) -> BoardStatus | None:
        """Return how the board is; None if there is none."""
        return None if self.board is None else self.board.status()

    def stamped(self, source: FrameSource) -> FrameSource:
        """Return the source; behind the board's stamping if it is the camera on the trigger line."""
        board = self.board
        if board is None or board.set_up.camera != source.camera:
            return source
        return TriggeredSource(source, board.stamping)
