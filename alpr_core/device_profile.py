"""How one car's devices are set: what the box sends them again whenever they were away, and a file of it.

The file is a signed note, so that a profile on a USB stick is as good as the key that signed it. Ranges are the
devices' own business; here a profile is names and values.

Source: policy 462.2 (installation and maintenance); C2SP signed-note.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alpr_core.audit.signed_note import Signer, Verifier, open_note, sign_note
from alpr_core.errors import AuditError, InputError
from alpr_core.terminal_text import clean_text

FILE_HEAD = "alpr-tui device profile 1"
"""First line of a profile's file."""

FILE_ENDING = ".alpr-profile"

SETTINGS_MAX = 200
"""More than all devices of a car have."""

NAME_CHARS_MAX = 40


@dataclass(frozen=True, slots=True)
class DeviceProfile:
    """Wanted settings; what is not named is left as the device has it."""

    board: tuple[tuple[str, float], ...] = ()
    """The trigger board's parameters, by name."""
    camera: tuple[tuple[str, str], ...] = ()
    """The plate camera's settings, by name, in the order in which they are set."""

    def with_board(self, name: str, value: float) -> DeviceProfile:
        """Return the profile with one parameter set."""
        return replace(self, board=tuple(sorted({**dict(self.board), name: value}.items())))

    def with_camera(self, name: str, value: str) -> DeviceProfile:
        """Return the profile with one camera setting; what was set last is set last again."""
        kept = [pair for pair in self.camera if pair[0] != name]
        return replace(self, camera=(*kept, (name, value)))


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that two profiles have differently."""

    device: str
    name: str
    here: str
    """Empty means that it is not named here."""
    there: str


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A profile from a file whose signature was checked."""

    car: str
    """The box that it was saved in, as it calls itself."""
    saved_at: str
    profile: DeviceProfile
    key: str
    """Name of the key that signed it."""


def differences(here: DeviceProfile, there: DeviceProfile) -> tuple[Difference, ...]:
    """Return what differs, device by device, in the order of names."""
    found = []
    for device, own, other in (
        ("board", _shown(here.board), _shown(there.board)),
        ("camera", _shown(here.camera), _shown(there.camera)),
    ):
        for name in sorted({*own, *other}):
            pair = own.get(name, ""), other.get(name, "")
            if pair[0] != pair[1]:
                found.append(Difference(device, name, *pair))
    return tuple(found)


def profile_text(profile: DeviceProfile) -> str:
    """Return the profile as one line of JSON with sorted names."""
    content = {"board": [list(pair) for pair in profile.board], "camera": profile.camera}
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def parse_profile(text: str) -> DeviceProfile:
    """Return the profile of `profile_text`.

    Raises:
        InputError: it is none.
    """
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or set(content) != {"board", "camera"}:
            raise ValueError("board and camera")
        board = tuple(
            sorted((_name(name), _number(value)) for name, value in _pairs(content["board"]))
        )
        camera = tuple((_name(name), _name(value)) for name, value in _pairs(content["camera"]))
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("This is no device profile.") from error
    for pairs in (board, camera):
        if len({name for name, _ in pairs}) < len(pairs):
            raise InputError("A setting stands twice in this device profile.")
    return DeviceProfile(board, camera)


def sign_profile(profile: DeviceProfile, car: str, saved_at: str, signer: Signer) -> bytes:
    """Return the file of a profile.

    Args:
        saved_at: UTC, ISO 8601.
    """
    lines = (FILE_HEAD, clean_text(car, NAME_CHARS_MAX), saved_at, profile_text(profile))
    return sign_note("\n".join(lines) + "\n", [signer])


def open_profile(written: bytes, known: Iterable[Verifier]) -> ProfileFile:
    """Return what a profile's file says.

    Raises:
        InputError: it is no such file, or no known key signed it.
    """
    try:
        text, signed_by = open_note(written, known)
    except AuditError as error:
        raise InputError(
            f"This device profile is not signed by a key that counts here. {error.what}",
            "An administrator names the keys of other cars in the agency's settings (profile_keys).",
        ) from error
    lines: Sequence[str] = text.splitlines()
    if len(lines) != 4 or lines[0] != FILE_HEAD:
        raise InputError("This is no device profile.")
    car, saved_at = clean_text(lines[1], NAME_CHARS_MAX), clean_text(lines[2], NAME_CHARS_MAX)
    return ProfileFile(car, saved_at, parse_profile(lines[3]), signed_by[0].name)


def _shown(pairs: Iterable[tuple[str, float]] | Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in pairs}


def _pairs(value: Any) -> list[Any]:  # Any: JSON
    if not isinstance(value, list) or len(value) > SETTINGS_MAX:
        raise ValueError("no list of settings")
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise ValueError("no pairs")
    return value


def _name(value: Any) -> str:  # Any: JSON
    if not isinstance(value, str) or not value or clean_text(value, NAME_CHARS_MAX) != value:
        raise ValueError("no name")
    return value


def _number(value: Any) -> float:  # Any: JSON
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no number")
    return float(value)
