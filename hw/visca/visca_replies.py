"""What a camera's frame says.

Source: Sony FCB-EV series technical manual, "VISCA communication specifications".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from hw.visca.visca_frames import DamagedFrame, ViscaFrame

BROADCAST = 0x88


class FaultCode(IntEnum):
    """Why a camera refuses."""

    MESSAGE_LENGTH = 0x01
    SYNTAX = 0x02
    BUFFER_FULL = 0x03
    """Both sockets are busy; to be sent again."""
    CANCELLED = 0x04
    NO_SOCKET = 0x05
    """Nothing to cancel there."""
    NOT_EXECUTABLE = 0x41
    """Not in this mode, such as a shutter time in automatic exposure."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The command is accepted and runs in a socket."""

    camera: int
    socket: int


@dataclass(frozen=True, slots=True)
class Completion:
    """A command has ended, or an inquiry is answered by `data`."""

    camera: int
    socket: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """The camera refuses or gives up."""

    camera: int
    socket: int
    code: int


@dataclass(frozen=True, slots=True)
class NetworkChange:
    """A camera was added to or taken from the line; addresses must be set again."""

    camera: int


@dataclass(frozen=True, slots=True)
class AddressesSet:
    """The last camera on the line passed this on; there are `cameras` of them."""

    cameras: int


@dataclass(frozen=True, slots=True)
class InterfaceCleared:
    """All cameras emptied their buffers."""


Reply = Ack | Completion | Refusal | NetworkChange | AddressesSet | InterfaceCleared

_CLEARED = bytes([0x01, 0x00, 0x01])


def read_reply(frame: ViscaFrame) -> Reply | DamagedFrame:
    """Return what a frame from the camera's side says."""
    reply = _of_everyone(frame.body) if frame.header == BROADCAST else _of_camera(frame)
    return DamagedFrame("unknown reply", frame.data) if reply is None else reply


def _of_everyone(body: bytes) -> Reply | None:
    if body == _CLEARED:
        return InterfaceCleared()
    if len(body) == 2 and body[0] == 0x30 and 2 <= body[1] <= 8:
        return AddressesSet(body[1] - 1)
    return None


def _of_camera(frame: ViscaFrame) -> Reply | None:
    camera, body = (frame.header >> 4) - 8, frame.body
    kind, socket = body[0] >> 4, body[0] & 0x0F
    reply: Reply | None = None
    if frame.header & 0x0F or not 1 <= camera <= 7:
        reply = None
    elif kind == 4 and len(body) == 1:
        reply = Ack(camera, socket)
    elif kind == 5:
        reply = Completion(camera, socket, body[1:])
    elif kind == 6 and len(body) == 2:
        reply = Refusal(camera, socket, body[1])
    elif body == b"\x38":
        reply = NetworkChange(camera)
    return reply
