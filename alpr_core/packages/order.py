"""What somebody wants to be packed, and the record of it that is kept.

Source: policy 462.4 (downloaded onto portable media and booked into evidence), 462.7 (release after approval).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from alpr_core.errors import InputError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text

READS_MAX = 1_000
"""Reads of one package: its audit entry names every plate, and an entry has at most 65,535 bytes."""

WORDS_CHARS_MAX = 200
"""Longest line that somebody types into a custody form."""


class PackageKind(Enum):
    """Why reads leave the store. The value stands in records and must never change."""

    EVIDENCE = "evidence"
    RELEASE = "release"
    CANVASS = "canvass"
    """A report for the case file of this department; a document, not a sealed package."""

    @property
    def action(self) -> Action:
        """What whoever makes it must be permitted to do."""
        return _ACTIONS[self]

    @property
    def letter(self) -> str:
        """First letter of its numbers: E, R or C."""
        return self.value[0].upper()


_ACTIONS = {
    PackageKind.EVIDENCE: Action.EXPORT_EVIDENCE,
    PackageKind.RELEASE: Action.EXPORT_RELEASE,
    PackageKind.CANVASS: Action.EXPORT_CANVASS,
}


def package_number(kind: PackageKind, at: datetime, tail: str) -> str:
    """Return a number by which something is filed: kind, day, six random digits; two boxes never give the same."""
    return f"{kind.letter}-{at:%Y%m%d}-{tail.upper()}"


@dataclass(frozen=True, slots=True)
class Medium:
    """The stick or disk that carries a package."""

    model: str
    serial: str
    is_typed: bool
    """True if a person read the serial from the medium; False if the medium told it itself."""

    @property
    def words(self) -> str:
        """Model and serial as the custody form names them."""
        return f"{self.model} · {self.serial}{' (typed)' if self.is_typed else ''}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can open the package."""

    name: str
    public_key: bytes
    """X25519, 32 bytes."""
    fingerprint: str
    """As two people compare it on the telephone."""


@dataclass(frozen=True, slots=True)
class PackageOrder:
    """What is to be packed, for whom, on what."""

    kind: PackageKind
    sighting_ids: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    medium: Medium
    remark: str = ""
    request: str = ""
    """Number of the approved request of a release; empty for evidence."""


def check_order(order: PackageOrder) -> None:
    """Raise InputError if the order cannot be carried out as it is."""
    count = len(set(order.sighting_ids))
    if count == 0:
        raise InputError("This finds no reads.", "Widen the search; nothing was written.")
    if count > READS_MAX:
        raise InputError(
            f"{count} reads are too many for one package; {READS_MAX} is the most.",
            "Narrow the search, or make several packages; nothing was written.",
        )
    if not order.recipients:
        raise InputError(
            "Nobody could open this package.", "Name the public key of whoever is to open it."
        )


def typed_medium(model: str, serial: str) -> Medium:
    """Return a medium whose serial a person read from it.

    Raises:
        InputError: no serial.
    """
    shown = clean_text(serial, WORDS_CHARS_MAX)
    if not shown:
        raise InputError(
            "The medium's serial number is missing.",
            "Read it from the medium; the custody form needs it.",
        )
    return Medium(clean_text(model, WORDS_CHARS_MAX) or "medium", shown, True)


@dataclass(frozen=True, slots=True)
class SealedContents:
    """What was sealed, as it lies on the medium."""

    byte_count: int
    sha256: str
    manifest_sha256: str
    file_count: int
    """With the manifest."""


@dataclass(frozen=True, slots=True)
class PackageRecord:
    """What is kept on file of a package that was made."""

    number: str
    """`E-20261128-4F7A2C`, see `package_number`."""
    kind: PackageKind
    request: str
    case_number: str
    purpose: str
    made_by: str
    """Badge number."""
    made_by_name: str
    made_at: datetime
    sighting_ids: tuple[str, ...]
    recipients: tuple[str, ...]
    """Names with fingerprints."""
    medium: str
    contents_sha256: str
    manifest_sha256: str
    byte_count: int
    remark: str
    finished_at: datetime | None = None
    """When the whole package was read back from the medium and verified; None means that it never was."""
    holder: str = ""
    """Who took it last, as its custody log says; empty while it has not changed hands."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """One change of hands of a package; the custody log only grows."""

    number: str
    """Of the package."""
    at: datetime
    given_by: str
    taken_by: str
    """Name and agency or place: `Det. Ruiz, property room, locker 12`."""
    remark: str
    recorded_by: str
    """Badge number of who wrote it down."""


def make_hand_over(
    number: str, at: datetime, given_by: str, taken_by: str, remark: str, recorded_by: str
) -> HandOver:
    """Return a hand-over from what was typed.

    Raises:
        InputError: who gave or who took is missing.
    """
    given, taken = clean_text(given_by, WORDS_CHARS_MAX), clean_text(taken_by, WORDS_CHARS_MAX)
    if not given or not taken:
        raise InputError(
            "A hand-over needs who gave and who took.", "Type both; nothing was recorded."
        )
    return HandOver(number, at, given, taken, clean_text(remark, WORDS_CHARS_MAX), recorded_by)
