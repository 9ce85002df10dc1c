"""What a technician asks of the board, one request at a time: wait until it is ready, ask, take the answer."""

from __future__ import annotations

import math
import queue
import time
from collections.abc import Iterator
from itertools import chain
from typing import Self

from alpr_core.board_events import (
    BoardEvent,
    BoardLost,
    BoardReady,
    CommandEnded,
    ParameterEnded,
    Triggered,
)
from alpr_core.errors import DeviceError, UsageError
from alpr_core.terminal_text import clean_text
from firmware_bridge.board_link import BoardLink, find_port
from firmware_bridge.catalogue import PARAMETER_OF_NAME
from firmware_bridge.firmware.board_requests import SINGLE_SHOT, STORAGE, TRIGGER_CONTROL

READY_LIMIT_S = 5.0
ANSWER_LIMIT_S = 3.0


def check_parameter(name: str, value: float) -> None:
    """Raise UsageError if the board has no such parameter, or the value is out of its range."""
    row = PARAMETER_OF_NAME.get(name)
    if row is None:
        raise UsageError(
            f"The board has no parameter {clean_text(name, 40)}.",
            "See alpr board --port P params.",
        )
    is_fine = math.isfinite(value) and row.low <= value <= row.high
    if not is_fine or (row.is_whole and value != int(value)):
        unit = f" {row.unit}" if row.unit else ""
        kind = "a whole number" if row.is_whole else "a number"
        raise UsageError(f"{name} is {kind} from {row.low:g} to {row.high:g}{unit}.")


class BoardAsking:
    """Asks a board that somebody else keeps.

    Args:
        told: Every event of the link from now on.
    """

    def __init__(self, link: BoardLink, told: queue.SimpleQueue[BoardEvent]) -> None:
        self._link = link
        self._events = told

    def events(self, seconds: float) -> Iterator[BoardEvent]:
        """Yield what the board tells for so long."""
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                event = self._events.get(timeout=min(left_s, 60.0))
            except queue.Empty:
                continue
            yield event

    def set_parameter(self, name: str, value: float) -> float:
        """Set one parameter, read it back, have it kept, and return what the board has.

        Raises:
            UsageError: there is no such parameter, or the value is out of its range.
            DeviceError: the board does not take it.
        """
        check_parameter(name, value)
        self._link.set_parameter(name, value)
        for event in self.events(ANSWER_LIMIT_S):
            if isinstance(event, ParameterEnded) and event.name == name:
                if event.value is None or not event.is_as_wished:
                    raise DeviceError(f"The board does not take {name} = {value:g}.")
                self._command(STORAGE, {1: 1.0})
                return event.value
        raise DeviceError("The board does not answer.")

    def enable_triggers(self, *, on: bool) -> None:
        """Begin or end triggering as the parameters say; numbers begin with 1.

        Raises:
            DeviceError: the board does not answer or refuses.
        """
        self._command(TRIGGER_CONTROL, {1: float(on), 2: float(on)})

    def trigger_once(self) -> Triggered:
        """Fire camera and strobe once and return what was fired.

        Raises:
            DeviceError: the board does not answer or refuses.
        """
        for event in chain(self._command(SINGLE_SHOT, {5: 1.0}), self.events(ANSWER_LIMIT_S)):
            if isinstance(event, Triggered):
                return event
        raise DeviceError("The board took the command and did not fire.")

    def _command(self, command: int, values: dict[int, float]) -> list[BoardEvent]:
        """Send a command, wait until it is done, and return what the board told meanwhile."""
        number = self._link.command(command, values)
        meanwhile: list[BoardEvent] = []
        for event in self.events(ANSWER_LIMIT_S):
            meanwhile.append(event)
            if isinstance(event, CommandEnded) and event.number == number:
                if not event.is_done:
                    raise DeviceError(f"The board did not do it: {event.why}.")
                return meanwhile
        raise DeviceError("The board does not answer.")


class BoardControl(BoardAsking):
    """A board for the time of a `with` statement.

    Args:
        port: See `find_port`.

    Raises:
        DeviceError: the board is not there, does not answer or is of another version.
    """

    def __init__(self, port: str, key: bytes | None = None) -> None:
        told: queue.SimpleQueue[BoardEvent] = queue.SimpleQueue()
        super().__init__(BoardLink(lambda: find_port(port), told.put, key=key), told)
        self.parameters: dict[str, float] = {}
        """What the board has, from the moment it was ready."""

    def __enter__(self) -> Self:
        self._link.start()
        try:
            for event in self.events(READY_LIMIT_S):
                if isinstance(event, BoardReady):
                    self.parameters = dict(event.parameters)
                    return self
                if isinstance(event, BoardLost):
                    raise DeviceError(event.why)
            raise DeviceError("The board does not get ready.")
        except BaseException:
            self._link.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self._link.stop()
