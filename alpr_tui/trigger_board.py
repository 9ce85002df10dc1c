"""The trigger board at work in the box: kept ready and triggering, its triggers brought to the frames.

What the box does of itself on the board's word stands here: triggers are enabled again whenever the board
was away or stopped, the car's speed goes to it, and an ignition that stays off asks the box to stop.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from alpr_core.board_events import (
    BoardEvent,
    BoardForeign,
    BoardLost,
    BoardNumber,
    BoardReady,
    BoardRestarted,
    BoardSaid,
    CommandEnded,
    IgnitionChanged,
    ParameterEnded,
    SupplyChanged,
    Triggered,
    TriggersChanged,
)
from alpr_core.device_status import BoardStatus
from alpr_core.errors import DeviceError
from alpr_core.events import BoxEvent, FaultRaised, StopAsked
from alpr_core.fix import Fix
from firmware_bridge.board_control import BoardAsking
from firmware_bridge.board_link import BoardLink
from firmware_bridge.firmware.board_requests import CHANGE_SPEED, TRIGGER_CONTROL
from firmware_bridge.frame_stamping import FrameStamping, PairingFigures

BY_SPEED = 2.0
"""TRG_MODE in which the board needs the car's speed."""

LISTENED_MAX = 10_000
"""Events kept for a listener that does not fetch them."""

_ShownEvent = BoardReady | BoardLost | BoardForeign | IgnitionChanged | SupplyChanged | BoardSaid
"""What the box is told of it; the rest is figures."""


@dataclass(frozen=True, slots=True)
class BoardSetUp:
    """How the board hangs in this car."""

    port: str
    """Device or `usb:VID:PID[:SERIAL]`."""
    camera: str | None = None
    """Name of the camera on its trigger line; None means none: frames keep the instant of their arrival."""
    frame_delay_s: tuple[float, float] = (0.01, 0.05)
    """Shortest and longest time from a trigger to the arrival of its frame, as the trigger scope shows it. Pairs
    are sure only while these are less apart than two triggers."""
    stop_after_s: float | None = 30.0
    """With the ignition off for so long the box stops in order; None means that it never does."""
    wanted: Mapping[str, float] = field(default_factory=dict)
    """Parameters that the board must have."""


class TriggerBoard:
    """One board. `start` once, `stop` once; everything else from any thread.

    Args:
        find: Returns the device to open now, None if none is plugged in.
        tell: Told what the box should know; must be quick.
    """

    def __init__(
        self,
        set_up: BoardSetUp,
        find: Callable[[], str | None],
        key: bytes | None,
        tell: Callable[[BoxEvent], None],
    ) -> None:
        self.set_up = set_up
        self._tell = tell
        self._link = BoardLink(find, self._hear, key=key, wanted=set_up.wanted)
        shortest_s, longest_s = set_up.frame_delay_s
        self.stamping = FrameStamping(
            shortest_s, longest_s, lambda: self._link.heard_until_s, self._link.held_up_s
        )
        self._lock = threading.Lock()
        self._listeners: list[queue.SimpleQueue[BoardEvent]] = []
        self._numbers: dict[str, float] = {}
        self._parameters: dict[str, float] = {}
        self._ready_s: float | None = None
        self._trigger_s: float | None = None
        self._are_on = False
        self._wants_triggers = True
        self._why = ""
        self._enabling: int | None = None
        self._stop_timer: threading.Timer | None = None

    @property
    def parameters(self) -> dict[str, float]:
        """What the board has; empty while it is not ready."""
        with self._lock:
            return dict(self._parameters) if self._ready_s is not None else {}

    def start(self) -> None:
        """Look for the board in the background."""
        self._link.start()

    def stop(self) -> None:
        """Let go of the board; its outputs are off 250 ms later."""
        self._cancel_stop()
        self._link.stop()

    def status(self) -> BoardStatus:
        """Return how it is now."""
        now_s, figures = monotonic(), self.stamping.figures()
        with self._lock:
            ready_s, trigger_s = self._ready_s, self._trigger_s
            return BoardStatus(
                port=self.set_up.port,
                is_lost=self._link.is_lost,
                is_ready=ready_s is not None,
                are_triggers_on=self._are_on,
                ready_age_s=None if ready_s is None else now_s - ready_s,
                last_trigger_age_s=None if trigger_s is None else now_s - trigger_s,
                why=self._why,
                numbers=tuple(self._numbers.items()),
                drift_ppm=self._link.drift_ppm,
                paired=figures.paired,
                unpaired=figures.unpaired,
            )

    def figures(self) -> PairingFigures:
        """Return how triggers and frames fit, for the trigger scope."""
        return self.stamping.figures()

    @contextmanager
    def listening(self) -> Iterator[queue.SimpleQueue[BoardEvent]]:
        """Give every event to the caller, too, for the time of a `with` statement."""
        told: queue.SimpleQueue[BoardEvent] = queue.SimpleQueue()
        with self._lock:
            self._listeners.append(told)
        try:
            yield told
        finally:
            with self._lock:
                self._listeners.remove(told)

    def set_parameter(self, name: str, value: float) -> float:
        """Set, read back and have kept; see `BoardAsking.set_parameter`."""
        with self.listening() as told:
            return BoardAsking(self._link, told).set_parameter(name, value)

    def trigger_once(self) -> Triggered:
        """Fire camera and strobe once; see `BoardAsking.trigger_once`."""
        with self.listening() as told:
            return BoardAsking(self._link, told).trigger_once()

    def want_triggers(self, *, on: bool) -> None:
        """Trigger as the parameters say, or not; also after the board was away.

        Raises:
            DeviceError: the board is not ready, or refuses.
        """
        self._wants_triggers = on
        with self.listening() as told:
            BoardAsking(self._link, told).enable_triggers(on=on)

    def want(self, wanted: Mapping[str, float]) -> None:
        """Let the board have these parameters, now and whenever it comes back."""
        self._link.want({**self.set_up.wanted, **wanted})

    def trace_to(self, told: Callable[[str], None] | None) -> None:
        """Tell each message on the cable in words; None ends it."""
        self._link.trace_to(told)

    def hear_fix(self, fix: Fix) -> None:
        """Pass the car's speed on, if the board triggers by it."""
        if fix.speed_mps is None or self.parameters.get("TRG_MODE") != BY_SPEED:
            return
        with contextlib.suppress(DeviceError):  # it was unplugged just now
            self._link.command(CHANGE_SPEED, {2: fix.speed_mps})

    def _hear(self, event: BoardEvent) -> None:
        """Runs in the link's thread."""
        with self._lock:
            for listener in self._listeners:
                if listener.qsize() < LISTENED_MAX:
                    listener.put(event)
        match event:
            case Triggered():
                self._trigger_s = monotonic()
                self.stamping.hear(event)
            case BoardNumber(name=name, value=value):
                with self._lock:
                    self._numbers[name] = value
            case ParameterEnded(name=name, value=float(value)):
                with self._lock:
                    self._parameters[name] = value
            case TriggersChanged(are_on=are_on):
                self._are_on = are_on
                if self._wants_triggers and not are_on:
                    self._enable()
            case CommandEnded(number=number, is_done=False, why=why) if number == self._enabling:
                self._tell(FaultRaised("board", f"Triggers are not on: {why}."))
            case BoardReady() | BoardLost() | BoardRestarted():
                self._begin_anew(event)
            case IgnitionChanged(is_on=is_on):
                self._ignition(is_on=is_on)
        if isinstance(event, _ShownEvent):
            self._tell(event)

    def _begin_anew(self, event: BoardReady | BoardLost | BoardRestarted) -> None:
        self.stamping.restart()
        with self._lock:
            is_ready = isinstance(event, BoardReady)
            self._ready_s = monotonic() if is_ready else None
            self._trigger_s = None
            self._are_on = False
            if isinstance(event, BoardReady):
                self._parameters = dict(event.parameters)
            else:
                self._numbers.clear()
            if isinstance(event, BoardLost):
                self._why = event.why

    def _enable(self) -> None:
        with contextlib.suppress(DeviceError):  # it was unplugged just now
            self._enabling = self._link.command(TRIGGER_CONTROL, {1: 1.0})

    def _ignition(self, *, is_on: bool) -> None:
        self._cancel_stop()
        after_s = self.set_up.stop_after_s
        if is_on or after_s is None:
            return
        asked = StopAsked(f"the ignition was off for {after_s:g} s")
        self._stop_timer = threading.Timer(after_s, self._tell, (asked,))
        self._stop_timer.daemon = True
        self._stop_timer.start()

    def _cancel_stop(self) -> None:
        if self._stop_timer is not None:
            self._stop_timer.cancel()
            self._stop_timer = None
