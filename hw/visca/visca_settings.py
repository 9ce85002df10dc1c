"""What can be set on a camera: names, values, and the bytes for both directions, as one table.

Frames carry header `80`; the session puts the camera's address in. No I/O.

Source: Sony FCB-EV7500/FCB-EX technical manuals and EVI-D70/D100/H100 manuals, "Command list" and
"Inquiry list"; each row names its command there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alpr_core.errors import UsageError

_HEAD = "80 01 04"
_ASK = "80 09 04"


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting with named values."""

    name: str
    about: str
    sony: str
    """Name of the command in Sony's list."""
    writes: Mapping[str, tuple[str, ...]]
    """Value to the commands that set it, in order; hexadecimal."""
    asks: tuple[str, ...]
    """Inquiries, all of which are sent."""
    answers: Mapping[tuple[str, ...], str]
    """Answers of the inquiries, hexadecimal, to the value."""

    @property
    def takes(self) -> str:
        """Its values in words."""
        return ", ".join(self.writes)

    def frames(self, value: str) -> tuple[bytes, ...]:
        """Return the commands that set a value.

        Raises:
            UsageError: no such value.
        """
        if value not in self.writes:
            raise UsageError(f"{self.name} cannot be set so.", f"It takes {self.takes}.")
        return tuple(bytes.fromhex(one) for one in self.writes[value])

    def inquiries(self) -> tuple[bytes, ...]:
        """Return the inquiries whose answers `value_of` reads."""
        return tuple(bytes.fromhex(one) for one in self.asks)

    def value_of(self, answers: tuple[bytes, ...]) -> str | None:
        """Return the value; None if the camera's answer is not in the table."""
        texts = tuple(one.hex() for one in answers)
        for known, value in self.answers.items():
            if all(want in ("", text) for want, text in zip(known, texts, strict=True)):
                return value
        return None

    def same(self, wished: str, read: str) -> bool:
        """Whether what was read back is what was wished."""
        return wished == read


@dataclass(frozen=True, slots=True)
class Number:
    """A setting with a whole number, sent as four bits to a byte."""

    name: str
    about: str
    sony: str
    code: int
    """Command byte of the direct setting, and of its inquiry."""
    lowest: int
    highest: int
    has_four_digits: bool
    """Four digits 0p 0q 0r 0s, or two behind two zeros: 00 00 0p 0q."""
    ask_code: int | None = None
    """Command byte of the inquiry if it is another."""

    @property
    def takes(self) -> str:
        """Its values in words."""
        return f"a whole number from {self.lowest} to {self.highest}"

    def frames(self, value: str) -> tuple[bytes, ...]:
        """Return the command that sets a value, decimal or 0x....

        Raises:
            UsageError: not a whole number within the range.
        """
        try:
            number = int(value, 0)
        except ValueError:
            number = -1
        if not self.lowest <= number <= self.highest:
            raise UsageError(f"{self.name} cannot be set so.", f"It takes {self.takes}.")
        return (bytes.fromhex(f"{_HEAD} {self.code:02X}") + _digits(number) + b"\xff",)

    def inquiries(self) -> tuple[bytes, ...]:
        """Return the inquiry."""
        code = self.code if self.ask_code is None else self.ask_code
        return (bytes.fromhex(f"{_ASK} {code:02X} FF"),)

    def value_of(self, answers: tuple[bytes, ...]) -> str | None:
        """Return the number, decimal; None if the answer has another form."""
        (answer,) = answers
        if len(answer) != 4 or any(byte > 0x0F for byte in answer):
            return None
        number = 0
        for byte in answer:
            number = number << 4 | byte
        return str(number)

    def same(self, wished: str, read: str) -> bool:
        """Whether the number read back is the one wished."""
        return int(wished, 0) == int(read)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done, with nothing to read back."""

    name: str
    about: str
    sony: str
    writes: Mapping[str, str]

    def frames(self, value: str) -> tuple[bytes, ...]:
        """Return the command.

        Raises:
            UsageError: no such value.
        """
        if value not in self.writes:
            first, *_, last = self.writes
            raise UsageError(f"{self.name} cannot be done so.", f"It takes {first} to {last}.")
        return (bytes.fromhex(self.writes[value]),)


def _digits(number: int) -> bytes:
    return bytes(number >> shift & 0x0F for shift in (12, 8, 4, 0))


def _on_off(name: str, about: str, sony: str, code: int) -> Choice:
    return Choice(
        name,
        about,
        sony,
        writes={
            "on": (f"{_HEAD} {code:02X} 02 FF",),
            "off": (f"{_HEAD} {code:02X} 03 FF",),
        },
        asks=(f"{_ASK} {code:02X} FF",),
        answers={("02",): "on", ("03",): "off"},
    )


_EXPOSURE = {"auto": 0x00, "manual": 0x03, "shutter": 0x0A, "iris": 0x0B, "bright": 0x0D}
_PRESETS = range(16)

SETTINGS: dict[str, Choice | Number] = {
    one.name: one
    for one in (
        _on_off("power", "camera on or in standby", "CAM_Power", 0x00),
        Number("zoom", "zoom position, 0 is wide", "CAM_Zoom Direct", 0x47, 0, 0x7AC0, True),
        Choice(
            "focus-mode",
            "who focuses",
            "CAM_Focus",
            writes={"auto": (f"{_HEAD} 38 02 FF",), "manual": (f"{_HEAD} 38 03 FF",)},
            asks=(f"{_ASK} 38 FF",),
            answers={("02",): "auto", ("03",): "manual"},
        ),
        Number("focus", "focus position", "CAM_Focus Direct", 0x48, 0x1000, 0xF000, True),
        Choice(
            "exposure",
            "who sets shutter, iris and gain",
            "CAM_AE",
            writes={name: (f"{_HEAD} 39 {code:02X} FF",) for name, code in _EXPOSURE.items()},
            asks=(f"{_ASK} 39 FF",),
            answers={(f"{code:02x}",): name for name, code in _EXPOSURE.items()},
        ),
        Number("shutter", "step, higher is shorter", "CAM_Shutter Direct", 0x4A, 0, 0x15, False),
        Number("iris", "step, higher is wider", "CAM_Iris Direct", 0x4B, 0, 0x11, False),
        Number("gain", "step, higher is more", "CAM_Gain Direct", 0x4C, 0, 0x0F, False),
        Number("brightness", "step of bright mode", "CAM_Bright Direct", 0x4D, 0, 0x1F, False),
        _on_off("backlight", "backlight compensation", "CAM_Backlight", 0x33),
        _on_off("slow-shutter", "automatic slow shutter", "CAM_SlowShutter", 0x5A),
        Choice(
            "icr",
            "infrared cut filter removed (on), in place (off), or as light demands",
            "CAM_ICR, CAM_AutoICR",
            writes={
                "on": (f"{_HEAD} 51 03 FF", f"{_HEAD} 01 02 FF"),
                "off": (f"{_HEAD} 51 03 FF", f"{_HEAD} 01 03 FF"),
                "auto": (f"{_HEAD} 51 02 FF",),
            },
            asks=(f"{_ASK} 51 FF", f"{_ASK} 01 FF"),
            answers={("02", ""): "auto", ("03", "02"): "on", ("03", "03"): "off"},
        ),
    )
}
"""What can be set and read back, by the name used on the command line."""

DEEDS: dict[str, Deed] = {
    one.name: one
    for one in (
        Deed(
            f"preset-{word}",
            f"{word} a stored position",
            "CAM_Memory",
            writes={str(number): f"{_HEAD} 3F {code:02X} {number:02X} FF" for number in _PRESETS},
        )
        for word, code in (("reset", 0), ("set", 1), ("recall", 2))
    )
} | {
    one.name: one
    for one in (
        Deed(
            "zoom-drive",
            "zoom until stopped",
            "CAM_Zoom",
            writes={
                "stop": f"{_HEAD} 07 00 FF",
                "tele": f"{_HEAD} 07 02 FF",
                "wide": f"{_HEAD} 07 03 FF",
            },
        ),
        Deed(
            "focus-drive",
            "focus until stopped, or once",
            "CAM_Focus",
            writes={
                "stop": f"{_HEAD} 08 00 FF",
                "far": f"{_HEAD} 08 02 FF",
                "near": f"{_HEAD} 08 03 FF",
                "once": f"{_HEAD} 18 01 FF",
                "infinity": f"{_HEAD} 18 02 FF",
            },
        ),
    )
}
"""What can be done, by the name used on the command line."""

_NEEDS = {
    "focus": ("focus-mode", {"manual"}),
    "shutter": ("exposure", {"manual", "shutter"}),
    "iris": ("exposure", {"manual", "iris"}),
    "gain": ("exposure", {"manual"}),
    "brightness": ("exposure", {"bright"}),
}
"""What can be set in which mode only. Source: FCB-EV7500 technical manual, "Mode conditions"."""


def settable(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings in the order in which they can be set, without what their modes leave to the camera."""
    kept = {}
    for name in SETTINGS:
        mode, values = _NEEDS.get(name, ("", {""}))
        if name in settings and settings.get(mode, "") in values:
            kept[name] = settings[name]
    return kept


VERSION_INQUIRY = bytes.fromhex("80 09 00 02 FF")


@dataclass(frozen=True, slots=True)
class CameraVersion:
    """What the camera says of itself. Source: CAM_VersionInq."""

    vendor: int
    """0x0001 or 0x0020 is Sony."""
    model: int
    revision: int
    sockets: int


def read_version(answer: bytes) -> CameraVersion | None:
    """Return the version; None if the answer has another form."""
    if len(answer) != 7:
        return None
    vendor, model, revision = (int.from_bytes(answer[at : at + 2]) for at in (0, 2, 4))
    return CameraVersion(vendor, model, revision, answer[6])
