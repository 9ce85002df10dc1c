"""Who answers whom on a VISCA line: order, sockets, retries and time limits. No port and no clock.

Replies carry no number: an acknowledgement says only which socket the command got, an inquiry's answer not
even that. So one request at a time waits for its first reply, while up to two acknowledged commands run in
their sockets. When a reply is missing, everything in flight is given up and the line is fenced: IF_Clear is
sent until its own, unmistakable reply comes, and whatever arrives before it is thrown away. That way a late
reply can never be taken for the answer to a later request.

Source: Sony FCB-EV series technical manual, "Timing chart" and "IF_Clear".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum

from hw.visca.visca_frames import DamagedFrame, ViscaFrames
from hw.visca.visca_replies import (
    Ack,
    AddressesSet,
    Completion,
    FaultCode,
    InterfaceCleared,
    NetworkChange,
    Refusal,
    Reply,
    read_reply,
)

FIRST_REPLY_LIMIT_S = 0.5
"""A camera answers within a picture or two (33 ms each); USB adapters add up to 50 ms."""

COMPLETION_LIMIT_S = 15.0
"""Longest command: power on, with the lens finding its place."""

BUFFER_FULL_WAIT_S = 0.05
"""Pause before a request is sent again to a camera whose sockets are busy."""

BUFFER_FULL_LIMIT = 100
"""Such tries before it is given up: 5 s."""

LATE_LIMIT_S = 2.5
"""A reply that comes later than this after its request is never assumed; until then a fence waits for its
own, so that there is never more than one whose reply may still come."""

FENCE_LIMIT = 2
"""IF_Clears without an answer after which the camera counts as gone: 5 s."""

QUEUE_LIMIT = 64
"""Requests waiting; more is our bug."""

ADDRESS_SET = bytes.fromhex("88 30 01 FF")
IF_CLEAR = bytes.fromhex("88 01 00 01 FF")

_OF_EITHER = frozenset({FaultCode.NOT_EXECUTABLE, FaultCode.SYNTAX, FaultCode.MESSAGE_LENGTH})
"""Refusals that cameras send both instead of an acknowledgement and after one."""


class Outcome(Enum):
    """How a request ended."""

    DONE = "done"
    REFUSED = "refused"
    LOST = "lost"
    """No reply, or the line was fenced meanwhile: the camera may or may not have done it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A request is over."""

    number: int
    """What `submit` returned."""
    outcome: Outcome
    data: bytes = b""
    """An inquiry's answer."""
    code: int = 0
    """Of a refusal: `FaultCode`, or what the camera sent."""


@dataclass(frozen=True, slots=True)
class AddressesChanged:
    """The camera announced a change of the line; addresses are set again by the session."""


@dataclass(frozen=True, slots=True)
class CameraSilent:
    """Not even IF_Clear is answered; the session goes on trying."""


@dataclass(frozen=True, slots=True)
class StrayReply:
    """A reply to nothing that waits."""

    reply: Reply


SessionEvent = Ended | AddressesChanged | CameraSilent | StrayReply | DamagedFrame


@dataclass(frozen=True, slots=True)
class _Request:
    number: int
    data: bytes
    tries: int = 0
    since_s: float = 0.0

    @property
    def is_inquiry(self) -> bool:
        return self.data[1] == 0x09


class ViscaSession:
    """One camera's conversation.

    Args:
        address: Camera on the line, 1 to 7.
    """

    def __init__(self, address: int = 1) -> None:
        self._address = address
        self._frames = ViscaFrames()
        self._waiting: deque[_Request] = deque()
        self._unanswered: _Request | None = None
        self._running: dict[int, _Request] = {}
        self._doubtful: list[_Request] = []
        self._out = bytearray()
        self._fence_since_s: float | None = None
        self._fences = 0
        self._not_before_s = 0.0
        self._next_number = 1

    @property
    def is_idle(self) -> bool:
        """Nothing waits, nothing runs, nothing is fenced."""
        is_busy = self._unanswered or self._running or self._waiting or self._doubtful
        return not is_busy and self._fence_since_s is None

    def submit(self, data: bytes, now_s: float) -> int:
        """Queue a whole frame, header `80`; the session puts the camera's address in.

        Returns:
            Number under which its end will be told.

        Raises:
            RuntimeError: no frame, or more than QUEUE_LIMIT requests wait.
        """
        if len(data) < 4 or data[0] != 0x80 or data[-1] != 0xFF or len(data) > 16:
            raise RuntimeError(f"not a request: {data.hex()}")
        if len(self._waiting) >= QUEUE_LIMIT:
            raise RuntimeError("too many requests wait for the camera")
        number, self._next_number = self._next_number, self._next_number + 1
        self._waiting.append(_Request(number, bytes([0x80 | self._address]) + data[1:]))
        self._send_next(now_s)
        return number

    def begin(self, now_s: float) -> None:
        """Set addresses and clear the camera's buffers; requests wait until that is answered."""
        self._out += ADDRESS_SET
        self._fence(now_s)

    def bytes_to_send(self) -> bytes:
        """Return what is to be written to the port now, once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def feed(self, data: bytes, now_s: float) -> list[SessionEvent]:
        """Take bytes from the port and return what they ended; never raises."""
        events: list[SessionEvent] = []
        for frame in self._frames.feed(data):
            reply = frame if isinstance(frame, DamagedFrame) else read_reply(frame)
            if isinstance(reply, DamagedFrame):
                events.append(reply)
            else:
                self._take(reply, now_s, events)
        self._send_next(now_s)
        return events

    def tick(self, now_s: float) -> list[SessionEvent]:
        """Notice what is overdue; call it at least every 50 ms while not idle."""
        events: list[SessionEvent] = []
        if self._fence_since_s is not None:
            if now_s - self._fence_since_s > LATE_LIMIT_S:
                self._fence_again(now_s, events)
            return events
        unanswered = self._unanswered
        is_overdue = (
            unanswered is not None and now_s - unanswered.since_s > FIRST_REPLY_LIMIT_S
        ) or any(now_s - one.since_s > COMPLETION_LIMIT_S for one in self._running.values())
        if is_overdue:
            events += self._give_up(now_s)
        self._send_next(now_s)
        return events

    def _take(self, reply: Reply, now_s: float, events: list[SessionEvent]) -> None:
        if isinstance(reply, InterfaceCleared) and self._fence_since_s is not None:
            self._fence_since_s, self._fences = None, 0
        elif isinstance(reply, NetworkChange):
            events.append(AddressesChanged())
            events += self._give_up(now_s, with_addresses=True)
        elif isinstance(reply, AddressesSet):
            return
        elif isinstance(reply, InterfaceCleared) or not self._is_ours(reply):
            events.append(StrayReply(reply))
        elif isinstance(reply, Ack):
            self._take_ack(reply, now_s, events)
        elif isinstance(reply, Completion):
            self._take_completion(reply, events)
        else:
            self._take_refusal(reply, now_s, events)

    def _is_ours(self, reply: Ack | Completion | Refusal) -> bool:
        """Whether it may answer something in flight; before the fence's reply nothing may."""
        return self._fence_since_s is None and reply.camera == self._address

    def _take_ack(self, ack: Ack, now_s: float, events: list[SessionEvent]) -> None:
        command = self._unanswered
        if command is None or command.is_inquiry:
            events.append(StrayReply(ack))
            return
        before = self._running.pop(ack.socket, None)
        if before is not None:  # its completion was lost: the camera has freed the socket
            events.append(Ended(before.number, Outcome.LOST))
        self._unanswered = None
        self._running[ack.socket] = replace(command, since_s=now_s)
        self._settle_doubtful(events)

    def _take_completion(self, completion: Completion, events: list[SessionEvent]) -> None:
        if completion.data:
            inquiry = self._unanswered
            if inquiry is None or not inquiry.is_inquiry:
                events.append(StrayReply(completion))
                return
            self._unanswered = None
            events.append(Ended(inquiry.number, Outcome.DONE, completion.data))
            return
        command = self._running.pop(completion.socket, None)
        is_command_unanswered = self._unanswered is not None and not self._unanswered.is_inquiry
        if command is not None and is_command_unanswered:
            # If its own completion was lost and its socket given on, this one is the other command's.
            self._doubtful.append(command)
            return
        if command is None and is_command_unanswered:
            command, self._unanswered = self._unanswered, None  # its acknowledgement was lost
            self._settle_doubtful(events)
        if command is None:
            events.append(StrayReply(completion))
        else:
            events.append(Ended(command.number, Outcome.DONE))

    def _settle_doubtful(self, events: list[SessionEvent]) -> None:
        """The unanswered command got its own reply, so the completions before it were what they seemed."""
        events += [Ended(one.number, Outcome.DONE) for one in self._doubtful]
        self._doubtful.clear()

    def _take_refusal(self, refusal: Refusal, now_s: float, events: list[SessionEvent]) -> None:
        is_running = refusal.socket in self._running
        if is_running and self._unanswered is not None and refusal.code in _OF_EITHER:
            events += self._give_up(
                now_s
            )  # it may mean either; better lost than taken for the other
            return
        if is_running:
            request: _Request | None = self._running.pop(refusal.socket)
        else:
            request, self._unanswered = self._unanswered, None
        if self._unanswered is None:
            self._settle_doubtful(events)
        if request is None:
            events.append(StrayReply(refusal))
        elif refusal.code == FaultCode.BUFFER_FULL and request.tries < BUFFER_FULL_LIMIT:
            self._waiting.appendleft(replace(request, tries=request.tries + 1))
            self._not_before_s = now_s + BUFFER_FULL_WAIT_S
        else:
            events.append(Ended(request.number, Outcome.REFUSED, code=refusal.code))

    def _send_next(self, now_s: float) -> None:
        is_free = self._unanswered is None and self._fence_since_s is None
        if self._waiting and is_free and now_s >= self._not_before_s:
            self._unanswered = replace(self._waiting.popleft(), since_s=now_s)
            self._out += self._unanswered.data

    def _give_up(self, now_s: float, *, with_addresses: bool = False) -> list[SessionEvent]:
        """End what is in flight as lost and fence the line."""
        lost = [*self._running.values(), *self._doubtful]
        lost += [self._unanswered] if self._unanswered is not None else []
        self._running.clear()
        self._doubtful.clear()
        self._unanswered = None
        if with_addresses:
            self._out += ADDRESS_SET
        self._fence(now_s)
        return [Ended(one.number, Outcome.LOST) for one in sorted(lost, key=_number)]

    def _fence(self, now_s: float) -> None:
        self._fence_since_s = now_s
        self._fences += 1
        self._out += IF_CLEAR

    def _fence_again(self, now_s: float, events: list[SessionEvent]) -> None:
        if self._fences >= FENCE_LIMIT:
            events.append(CameraSilent())
            events += [Ended(one.number, Outcome.LOST) for one in self._waiting]
            self._waiting.clear()
            self._fences = 0
            self._out += ADDRESS_SET
        self._fence(now_s)


def _number(request: _Request) -> int:
    return request.number
