"""Why somebody looks at stored reads: chosen from the agency's list, with a case number, in plain words.

A purpose that says nothing ("test", "police business") is refused with the reason, because the record that
Civil Code 1798.90.52 asks for would say nothing either. The rules cannot tell a lie from the truth; the
auditor's weekly sample is for that.

Source: policy 462.2, 462.3(a)-(c), 462.5(b), 462.7; Civil Code 1798.90.51, 1798.90.52.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from alpr_core.terminal_text import clean_text

DETAIL_CHARS_MIN = 10
"""Shorter words cannot name a vehicle, a person or an event."""

DETAIL_CHARS_MAX = 200
CASE_CHARS_MAX = 40
TELLING_WORDS_MIN = 2
"""Different words that say something; one alone ("drugs") is a topic, not a reason."""

KEYBOARD_RUN_MIN = 4
"""Neighbouring keys from which on a word is play; three also make words."""

VAGUE_WORDS = frozenset(
    "a aaa abc about am an and any are as asd at be because business by case casual check checking cop "
    "criminal curiosity curious department do doing duty enforcement except for from general get i idk in "
    "info information inquiry inv investigate investigating investigation is it just law legit legitimate "
    "lol look looking lookup me misc miscellaneous my na need needed no none nothing nunya of officer "
    "official ok on operation or other patrol personal plate plates police policy private purpose query "
    "qwe random read reads reason reasons required routine run search searching see some something stuff "
    "test testing that the thing things this to training unknown use various vehicle want wanted was we "
    "whatever why work xxx xyz yes you".split()
)
"""Words that may stand in a reason but make none, in lower case."""

_KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz")
_WORD = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"(.{1,4})\1+")


@dataclass(frozen=True, slots=True)
class Purpose:
    """One line of the agency's list."""

    code: str
    """Short name in records and settings; never changed, so that old records keep their meaning."""
    title: str
    """As the officer reads it."""
    clause: str
    """Clause of the policy that allows it."""
    needs_detail: bool = False
    """True if the title alone does not say enough."""


DEFAULT_PURPOSES: tuple[Purpose, ...] = (
    Purpose("stolen_vehicle", "Stolen or wanted vehicle", "462.2"),
    Purpose("stolen_plate", "Stolen license plate", "462.2"),
    Purpose("missing_person", "Missing person", "462.2"),
    Purpose("active_warrant", "Active warrant", "462.2"),
    Purpose("homeland_security", "Homeland security", "462.2", needs_detail=True),
    Purpose("electronic_surveillance", "Electronic surveillance", "462.2", needs_detail=True),
    Purpose("suspect_interdiction", "Suspect interdiction", "462.2", needs_detail=True),
    Purpose("stolen_property", "Stolen property recovery", "462.2"),
    Purpose("patrol_incident", "Incident on routine patrol", "462.3(b)", needs_detail=True),
    Purpose("criminal_investigation", "Specific criminal investigation", "462.5(b)"),
    Purpose("canvass", "Canvass around a crime scene", "462.3(c)"),
    Purpose("administrative", "Civil or administrative action", "462.5(b)", needs_detail=True),
    Purpose("evidence", "Evidence, discovery or court order", "462.4"),
    Purpose("agency_release", "Request of another agency", "462.7"),
)
"""What policy 462 allows; an agency replaces the list by its own in its settings."""


@dataclass(frozen=True, slots=True)
class CaseFormat:
    """How the agency writes a case or incident number."""

    pattern: str = r"(?:[A-Z]{1,4}-?)?\d{2}(?:\d{2})?-?\d{4,8}"
    """Regular expression for the whole number, in upper case."""
    example: str = "26-012345"
    """Shown to whoever typed another form."""

    def __post_init__(self) -> None:
        try:
            fits = self.fits(self.example)
        except re.error as fault:
            raise RuntimeError(f"{self.pattern!r} is no regular expression: {fault}") from fault
        if not fits:
            raise RuntimeError(f"the example {self.example!r} does not fit {self.pattern!r}")

    def fits(self, number: str) -> bool:
        """Tell whether the number has this form; digits of other scripts are none."""
        return re.fullmatch(self.pattern, number, re.ASCII) is not None


@dataclass(frozen=True, slots=True)
class AccessPurpose:
    """A purpose that passed the rules of `PurposeRules.state`; made there, and once for the audit pages."""

    purpose: Purpose
    case_number: str
    detail: str
    """In the officer's own words; empty if the purpose needs none."""


class PurposeField(Enum):
    """Which field to put the cursor in."""

    PURPOSE = "purpose"
    CASE_NUMBER = "case number"
    DETAIL = "detail"


@dataclass(frozen=True, slots=True)
class PurposeRefused:
    """Why a stated purpose is none; a value, not an error: the officer mends it in the form."""

    field: PurposeField
    why: str
    """One sentence to be shown beside the field."""


@dataclass(frozen=True, slots=True)
class PurposeRules:
    """What this agency asks for before stored reads are opened."""

    purposes: tuple[Purpose, ...] = DEFAULT_PURPOSES
    case_format: CaseFormat = CaseFormat()
    allow_vague_detail: bool = False
    """True only if the agency has chosen to take any words; the choice is a logged setting."""

    def state(
        self, code: str, case_number: str, detail: str = ""
    ) -> AccessPurpose | PurposeRefused:
        """Return the purpose, or why it is none.

        Args:
            code: `Purpose.code` of a line of the list.
            case_number: Case or incident number as typed; blanks and small letters are mended.
            detail: Own words; may be empty where the purpose does not need them.

        Source: policy 462.5(b); Civil Code 1798.90.52(a)(4).
        """
        purpose = next((line for line in self.purposes if line.code == code), None)
        if purpose is None:
            return PurposeRefused(PurposeField.PURPOSE, "Choose a purpose from the list.")
        number = clean_text(case_number, CASE_CHARS_MAX + 1).upper().replace(" ", "")
        why = self._wrong_case(number)
        if why is not None:
            return PurposeRefused(PurposeField.CASE_NUMBER, why)
        words = clean_text(detail, DETAIL_CHARS_MAX)
        if not words and purpose.needs_detail:
            why = f"Say in a few words what the {purpose.title.lower()} is about."
            return PurposeRefused(PurposeField.DETAIL, why)
        why = vagueness_of(words) if words and not self.allow_vague_detail else None
        if why is not None:
            return PurposeRefused(PurposeField.DETAIL, why)
        return AccessPurpose(purpose, number, words)

    def _wrong_case(self, number: str) -> str | None:
        if not number:
            return "A case or incident number is required."
        if len(number) > CASE_CHARS_MAX or not self.case_format.fits(number):
            return f"This is no case or incident number; write it like {self.case_format.example}."
        if len({sign for sign in number if sign.isdigit()}) == 1:
            return "This number is a placeholder; give the number of the case or incident."
        return None


def vagueness_of(text: str) -> str | None:
    """Return why this text gives no reason, None if it gives one. Case, accents and signs do not matter."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = _WORD.findall(folded)
    telling = [word for word in words if word not in VAGUE_WORDS and not _is_keyboard_play(word)]
    if words and not telling:
        return f"“{clean_text(text, 40)}” gives no reason: say which vehicle, person or event."
    if len(words) > 1 and len(set(words)) == 1:
        return f"“{words[0]}” is only repeated: say which vehicle, person or event."
    if len(folded.strip()) < DETAIL_CHARS_MIN or len(set(telling)) < TELLING_WORDS_MIN:
        return "This is too short to be a reason: say which vehicle, person or event."
    return None


def _is_keyboard_play(word: str) -> bool:
    """Tell whether the word is one to four signs over and over, or a run along the keyboard."""
    if len(word) < KEYBOARD_RUN_MIN:
        return False
    runs = (*_KEYBOARD_ROWS, *(row[::-1] for row in _KEYBOARD_ROWS))
    return _REPEATED.fullmatch(word) is not None or any(word in row for row in runs)
