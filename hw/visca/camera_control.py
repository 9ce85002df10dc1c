"""The plate camera's settings by name: set, then read back, so that "set" means that the camera has it."""

from __future__ import annotations

from dataclasses import dataclass

from alpr_core.errors import DeviceError, UsageError
from hw.visca.visca_link import Outcome, ViscaLink
from hw.visca.visca_replies import FaultCode
from hw.visca.visca_settings import (
    DEEDS,
    SETTINGS,
    VERSION_INQUIRY,
    CameraVersion,
    Choice,
    Number,
    read_version,
)

LOST_TRIES = 3
"""How often a request is repeated whose answer got lost; every setting is an absolute value."""

_WHY = {
    FaultCode.MESSAGE_LENGTH: ("it calls the message too long", "Its series may differ."),
    FaultCode.SYNTAX: ("it does not know this command or value", "Its series may differ."),
    FaultCode.BUFFER_FULL: ("it is busy", "Try again."),
    FaultCode.CANCELLED: ("the command was cancelled", "Try again."),
    FaultCode.NO_SOCKET: ("there was nothing to cancel", "Try again."),
    FaultCode.NOT_EXECUTABLE: (
        "its present mode does not allow it",
        "Set exposure or focus-mode to manual first, and see that the power is on.",
    ),
}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One answer in the camera's own bytes."""

    asked: bytes
    answered: bytes


def check_setting(name: str, value: str) -> None:
    """Raise UsageError if there is no such setting that can be read back, or no such value."""
    _setting(name).frames(value)


class CameraControl:
    """Reads and writes settings over a link."""

    def __init__(self, link: ViscaLink) -> None:
        self._link = link

    def get(self, name: str) -> str:
        """Return a setting's value.

        Raises:
            UsageError: no such setting.
            DeviceError: the camera does not answer, or answers what the table does not know.
        """
        setting = _setting(name)
        answers = tuple(one.answered for one in self._ask(setting.inquiries()))
        value = setting.value_of(answers)
        if value is None:
            heard = " ".join(answer.hex(" ") for answer in answers)
            raise DeviceError(f"The camera's answer for {name} is not understood ({heard}).")
        return value

    def set(self, name: str, value: str) -> str:
        """Set a value, read it back and return what the camera then has; a deed returns its value.

        Raises:
            UsageError: no such setting or value.
            DeviceError: the camera refuses, does not answer, or has another value afterwards.
        """
        if name in DEEDS:
            for frame in DEEDS[name].frames(value):
                self._do(frame)
            return value
        setting = _setting(name)
        for frame in setting.frames(value):
            self._do(frame)
        read = self.get(name)
        if not setting.same(value, read):
            raise DeviceError(
                f"The camera was told {name} {value} and now has {read}.",
                "Another program may use it, or the value is beyond its range.",
            )
        return read

    def inquire(self, name: str) -> tuple[Inquiry, ...]:
        """Return question and answer in bytes; `version` is known besides the settings.

        Raises:
            UsageError: no such setting.
            DeviceError: the camera does not answer or refuses.
        """
        if name == "version":
            return self._ask((VERSION_INQUIRY,))
        return self._ask(_setting(name).inquiries())

    def version(self) -> CameraVersion:
        """Return what the camera says of itself.

        Raises:
            DeviceError: the camera does not answer, or it is no VISCA camera.
        """
        (inquiry,) = self._ask((VERSION_INQUIRY,))
        version = read_version(inquiry.answered)
        if version is None:
            raise DeviceError("What answers there is not a VISCA camera.")
        return version

    def _ask(self, inquiries: tuple[bytes, ...]) -> tuple[Inquiry, ...]:
        return tuple(Inquiry(frame, self._do(frame)) for frame in inquiries)

    def _do(self, frame: bytes) -> bytes:
        for _ in range(LOST_TRIES):
            ended = self._link.request(frame)
            if ended.outcome is Outcome.DONE:
                return ended.data
            if ended.outcome is Outcome.REFUSED:
                what, hint = _WHY.get(
                    ended.code,
                    (f"it says {ended.code:02X}", "See its manual."),  # type: ignore[call-overload]
                )
                raise DeviceError(f"The camera at {self._link.name} refuses: {what}.", hint)
        raise DeviceError(f"The camera at {self._link.name} loses its answers.")


def _setting(name: str) -> Choice | Number:
    if name not in SETTINGS:
        raise UsageError(
            "The camera has no such setting.", f"There are {', '.join([*SETTINGS, *DEEDS])}."
        )
    return SETTINGS[name]
