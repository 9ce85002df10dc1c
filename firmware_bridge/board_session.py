"""Order, retries and time limits of the talk with one board. No port and no clock.

Identify first: before the board's heartbeat has shown our tables' digest, and its parameters are the wanted
ones, no command leaves the box.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

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
from alpr_core.terminal_text import clean_text
from firmware_bridge.catalogue import (
    BOARD_COMPONENT,
    BOARD_SYSTEM,
    PARAMETER_OF_NAME,
    PARAMETERS,
    table_digest,
)
from firmware_bridge.firmware.mavlink_signing import Signing
from firmware_bridge.mavlink_stream import Heard, MavlinkStream
from firmware_bridge.time_line import TimeLine

HEARTBEAT_S = 0.08
"""Three of them may be missing before the board switches off at 250 ms."""

TIMESYNC_S = 0.25
SILENCE_LIMIT_S = 0.9
"""The board speaks every 250 ms; a fault is told within 1 s."""

LISTENING_GAP_S = 0.05
"""Between two ticks at most; what is longer was a program that was held up and heard nothing itself."""

ANSWER_LIMIT_S = 0.3
TRIGGER_EARLY_S, TRIGGER_LATE_S = 0.02, 5.0
"""A trigger lies in the past, and no longer ago than a box may be held up with its board still triggering."""

TRIES = 5
REAL32 = 9
_ENABLED = 128
_NUMBER_MASK, _OVERVIEW_BIT, _STROBE_BIT = 0x3FFFFFFF, 0x40000000, 0x80000000
_RESULTS = {
    1: "not now",
    2: "the board refuses it",
    3: "the board does not know it",
    4: "it failed",
}


class Stage(Enum):
    """How far the board is known."""

    IDENTIFYING = "identifying"
    COMPARING = "comparing"
    READY = "ready"
    FOREIGN = "foreign"


@dataclass(slots=True)
class _Asked:
    """Something sent that waits for its answer."""

    message: str
    values: tuple[int | float | bytes, ...]
    sent_s: float
    tries: int = 1


class BoardSession:
    """Talks to one board through `feed`, `tick` and `bytes_to_send`.

    Args:
        key: 32 bytes that the board has, too; None for a board without a key.
        stamp_10us: Time stamp to begin with: 10 us since 2015-01-01, by the box's clock.
        wanted: Parameters the board must have; those not named are left as they are.
    """

    def __init__(self, key: bytes | None, stamp_10us: int, wanted: Mapping[str, float]) -> None:
        self._stream = MavlinkStream(None if key is None else Signing(key, stamp_10us))
        self._wanted = {name: _as_sent(value) for name, value in wanted.items()}
        self._digest = table_digest()
        self._time = TimeLine()
        self._number = stamp_10us % 0xFFFFFF  # another program may have used small numbers just now
        self.stage = Stage.IDENTIFYING
        self.parameters: dict[str, float] = {}
        self._ticked_s = 0.0
        self._beat_s: float = -math.inf
        self._synced_s: float = -math.inf
        self._begin_at(0.0)

    def trace_to(self, told: Callable[[str], None] | None) -> None:
        """Tell each message of either direction in words; None ends it."""
        self._stream.trace = told

    @property
    def time_line(self) -> TimeLine:
        """Board time to box time."""
        return self._time

    @property
    def lost(self) -> int:
        """Frames of the board that did not arrive whole."""
        return self._stream.lost

    def begin(self, now_s: float) -> None:
        """Start over on a port just opened: identify, compare, set again."""
        self._stream.begin()
        self._begin_at(now_s)

    def bytes_to_send(self) -> bytes:
        """Return what goes to the port, once."""
        return self._stream.take_out()

    def command(self, command: int, values: Mapping[int, float], now_s: float) -> int:
        """Send a command and return its number; `CommandEnded` carries the same.

        Args:
            values: param1 to param6 of MAVLink's COMMAND_LONG by number; the rest is 0.

        Raises:
            RuntimeError: the board is not ready.
        """
        if self.stage is not Stage.READY:
            raise RuntimeError("the board is not ready")
        self._number = self._number % 0xFFFFFF + 1
        params = [values.get(which, 0.0) for which in range(1, 7)]
        head = (BOARD_SYSTEM, BOARD_COMPONENT, command, 0)
        key = f"command {self._number}"
        self._ask(key, now_s, "COMMAND_LONG", *head, *params, float(self._number))
        return self._number

    def set_parameter(self, name: str, value: float, now_s: float) -> None:
        """Set one parameter; `ParameterEnded` tells what the board has then.

        Raises:
            RuntimeError: the board is not ready.
        """
        if self.stage is not Stage.READY:
            raise RuntimeError("the board is not ready")
        self._wanted[name] = _as_sent(value)
        self._send_set(name, now_s)

    def want(self, wanted: Mapping[str, float], now_s: float) -> None:
        """Let these be the wanted parameters from now on; a board that is ready is compared again."""
        self._wanted = {name: _as_sent(value) for name, value in wanted.items()}
        if self.stage is Stage.READY and any(
            self.parameters[name] != value for name, value in self._wanted.items()
        ):
            self.begin(now_s)

    def feed(self, data: bytes, now_s: float) -> list[BoardEvent]:
        """Take bytes of the board and return what they say."""
        events: list[BoardEvent] = []
        for message in self._stream.feed(data):
            self._heard_s = now_s
            self._has_heard = True
            events += self._take(message, now_s)
        return events

    def tick(self, now_s: float) -> list[BoardEvent]:
        """Send what is due, and return what has taken too long; time in which nobody listened does not count."""
        self._excuse(now_s - self._ticked_s - LISTENING_GAP_S, now_s)
        self._ticked_s = now_s
        if self.stage is Stage.FOREIGN:
            return []
        if now_s - self._beat_s >= HEARTBEAT_S:
            self._beat_s = now_s
            self._stream.say("HEARTBEAT", 18, 8, 0, self._digest, 4, 3)
        if now_s - self._synced_s >= TIMESYNC_S:
            self._synced_s = now_s
            self._stream.say("TIMESYNC", 0, round(now_s * 1e9))
        if now_s - self._heard_s > SILENCE_LIMIT_S:
            why = "says nothing" if self._has_heard else "is not there, or has another key"
            return [BoardLost(f"The board {why}.")]
        return self._again(now_s)

    def _begin_at(self, now_s: float) -> None:
        self.stage = Stage.IDENTIFYING
        self.parameters = {}
        self._asked: dict[str, _Asked] = {}
        self._corrected: list[str] = []
        self._heard_s = self._ticked_s = now_s
        self._has_heard = False
        self._beat_s = -math.inf
        self._synced_s = -math.inf
        self._starts: int | None = None
        self._ignition: bool | None = None
        self._is_supply_low: bool | None = None
        self._are_on: bool | None = None

    def _take(self, message: Heard, now_s: float) -> list[BoardEvent]:  # noqa: PLR0911  one per message
        kind, fields = message.get_type(), message.to_dict()
        if kind == "HEARTBEAT":
            events = self._identify(int(fields["custom_mode"]), now_s)
            return events + self._hear_mode(bool(int(fields["base_mode"]) & _ENABLED))
        if kind == "TIMESYNC":
            return self._synchronise(int(fields["tc1"]), int(fields["ts1"]), now_s)
        if kind == "PARAM_VALUE":
            return self._learn(str(fields["param_id"]), float(fields["param_value"]), now_s)
        if kind == "COMMAND_ACK":
            return self._end_command(int(fields["result_param2"]), int(fields["result"]))
        if kind == "CAMERA_TRIGGER":
            return self._trigger(int(fields["time_usec"]), int(fields["seq"]), now_s)
        if kind == "POWER_STATUS":
            is_low, was_low = not int(fields["flags"]) & 1, self._is_supply_low
            self._is_supply_low = is_low
            supply_v = int(fields["Vcc"]) / 1000
            numbers: list[BoardEvent] = [
                BoardNumber("SUPPLY_V", supply_v),
                BoardNumber("LAMP_V", int(fields["Vservo"]) / 1000),
            ]
            return numbers + ([SupplyChanged(is_low, supply_v)] if is_low != bool(was_low) else [])
        if kind == "STATUSTEXT":
            return [BoardSaid(clean_text(str(fields["text"]), 50))]
        if kind == "NAMED_VALUE_FLOAT":
            return self._hear_number(str(fields["name"]), float(fields["value"]), now_s)
        return []

    def _identify(self, digest: int, now_s: float) -> list[BoardEvent]:
        if digest != self._digest:
            is_new = self.stage is not Stage.FOREIGN
            self.stage = Stage.FOREIGN
            self._asked.clear()
            return [BoardForeign(digest)] if is_new else []
        if self.stage is Stage.IDENTIFYING:
            self.stage = Stage.COMPARING
            self._ask("list", now_s, "PARAM_REQUEST_LIST", BOARD_SYSTEM, BOARD_COMPONENT)
        return []

    def _hear_mode(self, are_on: bool) -> list[BoardEvent]:
        if self.stage is not Stage.READY or are_on is self._are_on:
            return []
        self._are_on = are_on
        return [TriggersChanged(are_on)]

    def _synchronise(self, board_ns: int, asked_ns: int, now_s: float) -> list[BoardEvent]:
        asked_s = asked_ns / 1e9
        if board_ns == 0 or not 0 <= now_s - asked_s < SILENCE_LIMIT_S:
            return []
        if not self._time.hear(asked_s, now_s, board_ns // 1000):
            return []
        return self._restarted(now_s)

    def _restarted(self, now_s: float) -> list[BoardEvent]:
        """A new start has forgotten what was enabled: identify and compare again."""
        self._time.forget()
        events: list[BoardEvent] = [BoardRestarted()]
        events += [
            CommandEnded(number, False, "the board was restarted") for number in self._waiting()
        ]
        self._begin_at(now_s)
        self._has_heard = True
        return events

    def _waiting(self) -> list[int]:
        return [int(key.split()[1]) for key in self._asked if key.startswith("command ")]

    def _learn(self, name: str, value: float, now_s: float) -> list[BoardEvent]:
        if name not in PARAMETER_OF_NAME or not math.isfinite(value):
            return []
        self.parameters[name] = value
        events: list[BoardEvent] = []
        if self._asked.pop(f"set {name}", None) is not None and self.stage is Stage.READY:
            events.append(ParameterEnded(name, value, value == self._wanted.get(name)))
        self._asked.pop(f"read {name}", None)
        if self.stage is Stage.COMPARING and len(self.parameters) == len(PARAMETERS):
            events += self._compare(now_s)
        return events

    def _compare(self, now_s: float) -> list[BoardEvent]:
        self._asked.pop("list", None)
        for name, value in self._wanted.items():
            if self.parameters[name] != value and f"set {name}" not in self._asked:
                if name in self._corrected:
                    return [BoardLost(f"The board does not take {name} = {value:g}.")]
                self._corrected.append(name)
                self._send_set(name, now_s)
        if any(key.startswith("set ") for key in self._asked):
            return []
        self.stage = Stage.READY
        known = tuple(self.parameters.items())
        return [BoardReady(self._starts, known, tuple(self._corrected))]

    def _end_command(self, number: int, result: int) -> list[BoardEvent]:
        if self._asked.pop(f"command {number}", None) is None:
            return []
        return [CommandEnded(number, result == 0, _RESULTS.get(result, "") if result else "")]

    def _trigger(self, counter_us: int, seq: int, now_s: float) -> list[BoardEvent]:
        if not self._time.is_known:
            return []
        at_s = self._time.box_s(counter_us & 0xFFFFFFFF, now_s)
        if not -TRIGGER_EARLY_S <= now_s - at_s <= TRIGGER_LATE_S:
            return []  # the counter began again, and nobody has noticed yet
        number = seq & _NUMBER_MASK
        return [Triggered(number, at_s, bool(seq & _STROBE_BIT), bool(seq & _OVERVIEW_BIT))]

    def _hear_number(self, name: str, value: float, now_s: float) -> list[BoardEvent]:
        if not math.isfinite(value):
            return []
        events: list[BoardEvent] = [BoardNumber(clean_text(name, 10), value)]
        if name == "IGN":
            is_on, was_on = value != 0, self._ignition
            self._ignition = is_on
            if is_on != (True if was_on is None else was_on):
                events.append(IgnitionChanged(is_on))
        elif name == "BOOT":
            starts, before = int(value), self._starts
            if before is not None and starts != before:
                events += self._restarted(now_s)
            self._starts = starts
        return events

    def _ask(self, key: str, now_s: float, message: str, *values: int | float | bytes) -> None:
        self._asked[key] = _Asked(message, values, now_s)
        self._stream.say(message, *values)

    def _send_set(self, name: str, now_s: float) -> None:
        values = (BOARD_SYSTEM, BOARD_COMPONENT, name.encode(), self._wanted[name], REAL32)
        self._ask(f"set {name}", now_s, "PARAM_SET", *values)

    def _again(self, now_s: float) -> list[BoardEvent]:
        """Ask again for what was not answered; give up after TRIES."""
        events: list[BoardEvent] = []
        for key, asked in list(self._asked.items()):
            if now_s - asked.sent_s < ANSWER_LIMIT_S:
                continue
            if asked.tries >= TRIES:
                del self._asked[key]
                events += self._give_up(key)
                continue
            asked.tries += 1
            asked.sent_s = now_s
            if key == "list" and self.parameters:
                self._ask_missing(now_s)
            else:
                self._stream.say(asked.message, *asked.values)
        return events

    def _excuse(self, held_up_s: float, now_s: float) -> None:
        """A board whose words lay in the port meanwhile was neither silent nor slow to answer."""
        if held_up_s <= 0:
            return
        self._heard_s = min(now_s, self._heard_s + held_up_s)
        for asked in self._asked.values():
            asked.sent_s = min(now_s, asked.sent_s + held_up_s)

    def _ask_missing(self, now_s: float) -> None:
        for index, row in enumerate(PARAMETERS):
            if row.name not in self.parameters:
                values = (BOARD_SYSTEM, BOARD_COMPONENT, row.name.encode(), index)
                self._stream.say("PARAM_REQUEST_READ", *values)

    def _give_up(self, key: str) -> list[BoardEvent]:
        kind, _, what = key.partition(" ")
        if kind == "command":
            return [CommandEnded(int(what), False, "the board does not answer")]
        if kind == "set" and self.stage is Stage.READY:
            return [ParameterEnded(what, None, False)]
        return [BoardLost("The board does not tell its parameters.")]


def _as_sent(value: float) -> float:
    """Return what is left of a number in 32 bits; the board repeats exactly that."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])
