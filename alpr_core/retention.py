"""How long each class of data is kept, in the car and at the server, as the agency has signed it.

The rules are a C2SP signed note, so that nobody on the way or in the car shortens them unnoticed:

    alpr-tui/retention/v1
    version 3
    issued 2026-11-24T06:00:00Z
    car read 30
    car hit 90
    car subject 400
    server read 400
    server hit 730
    server subject 1100
    notice 7
    confirmations 2
    approval Resolution 2026-41 of the City Council, 13 October 2026
    consent City Attorney J. Moreno, 20 October 2026

Days are whole UTC days: what was seen before the midnight that lies so many days back is due, to the second.

Source: policy 462.4, 462.2.1(f); Government Code 34090.6 (one year at least; approval of the legislative body
and written consent of the agency's attorney).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import MappingProxyType

from alpr_core.audit.signed_note import Signer, Verifier, open_note, sign_note
from alpr_core.errors import AuditError, InputError
from alpr_core.terminal_text import clean_text


class DataClass(Enum):
    """What a rule is about."""

    READ = "read"
    """Reads that stood on no list, with their pictures, corrections and search texts."""
    HIT = "hit"
    """Reads that matched a list, with all that was noted about the hit."""
    SUBJECT = "subject"
    """Plates, query elements and notes in the entries of the audit log; the entries themselves stay."""


class Place(Enum):
    """Whose periods of the rules count."""

    CAR = "car"
    SERVER = "server"


SERVER_DAYS_MIN = 366
"""One year, a leap year too, from receipt at the server. Source: policy 462.4; Government Code 34090.6."""

CAR_DAYS_MIN = 1
"""A read is never purged on the day it was made; what has no receipt of the server is never purged in the car."""

DAYS_MAX = 36_525
NOTICE_DAYS_MIN = 7
"""A week in which a hold can still be set."""

CONFIRMATIONS_MAX = 2

_HEAD = "alpr-tui/retention/v1"
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_NUMBER = re.compile(r"[0-9]{1,9}")
_PERIODS = tuple(f"{place} {kind.value}" for place in ("car", "server") for kind in DataClass)
_NAMES = ("version", "issued", *_PERIODS, "notice", "confirmations", "approval", "consent")
_WORDS_MAX = 200


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """What the agency has decided; make it with `check_rules` or `open_rules`."""

    version: int
    """From 1; each edition has a higher one."""
    issued_at: datetime
    """Aware UTC time, whole seconds."""
    car_days: Mapping[DataClass, int]
    """Days after a read was made, in a car, where only receipted ones go."""
    server_days: Mapping[DataClass, int]
    """Days after the server received a read."""
    notice_days: int
    """Days between the announcement of a purge and the purge."""
    confirmations: int
    """How many different persons must confirm each purge, 0 to 2."""
    approval: str
    """The legislative body's approval, as it is on file."""
    consent: str
    """The agency attorney's written consent, as it is on file."""

    def days(self, place: Place) -> Mapping[DataClass, int]:
        """Return the days of one place."""
        return self.car_days if place is Place.CAR else self.server_days


def cut_offs(days: Mapping[DataClass, int], now: datetime) -> Mapping[DataClass, datetime]:
    """Return for each class the UTC midnight before which everything is due."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    # A midnight is due when its whole period has passed, and the midnight of today has just begun.
    return MappingProxyType({kind: midnight - timedelta(days=days[kind]) for kind in DataClass})


def check_rules(rules: RetentionRules) -> RetentionRules:
    """Return the rules if a box may go by them.

    Raises:
        InputError: a period is too short or too long, or an authority is missing.
    """
    faults = [
        f"{name} {kind.value} needs {least} to {DAYS_MAX} days, not {days[kind]}"
        for name, days, least in (
            ("car", rules.car_days, CAR_DAYS_MIN),
            ("server", rules.server_days, SERVER_DAYS_MIN),
        )
        for kind in DataClass
        if not least <= days[kind] <= DAYS_MAX
    ]
    for name, days in (("car", rules.car_days), ("server", rules.server_days)):
        if days[DataClass.SUBJECT] < max(days[DataClass.READ], days[DataClass.HIT]):
            faults.append(f"{name} subject is shorter than the reads that it is about")
    if not NOTICE_DAYS_MIN <= rules.notice_days <= DAYS_MAX:
        faults.append(f"notice needs at least {NOTICE_DAYS_MIN} days")
    if not 0 <= rules.confirmations <= CONFIRMATIONS_MAX:
        faults.append(f"confirmations is 0 to {CONFIRMATIONS_MAX}")
    if not 1 <= rules.version <= 2**31:
        faults.append("version counts from 1")
    for name, words in (("approval", rules.approval), ("consent", rules.consent)):
        if not words or words != clean_text(words, _WORDS_MAX):
            faults.append(f"{name} is missing or is no line of at most {_WORDS_MAX} signs")
    if faults:
        raise InputError(f"These retention rules cannot be used: {'; '.join(faults)}.")
    return rules


def sign_rules(rules: RetentionRules, signers: Sequence[Signer]) -> bytes:
    """Return the signed note of checked rules."""
    return sign_note(rules_text(check_rules(rules)), signers)


def rules_text(rules: RetentionRules) -> str:
    """Return the text that is signed; its form is in the docstring of this module."""
    values = {
        "version": str(rules.version),
        "issued": rules.issued_at.strftime(_TIME_FORMAT),
        **{f"car {kind.value}": str(days) for kind, days in rules.car_days.items()},
        **{f"server {kind.value}": str(days) for kind, days in rules.server_days.items()},
        "notice": str(rules.notice_days),
        "confirmations": str(rules.confirmations),
        "approval": rules.approval,
        "consent": rules.consent,
    }
    return "\n".join([_HEAD, *(f"{name} {values[name]}" for name in _NAMES)]) + "\n"


def open_rules(note: bytes, known: Iterable[Verifier]) -> RetentionRules:
    """Return the rules that a known key has signed.

    Raises:
        InputError: no signed note, not signed by a known key, or no rules that a box may go by.
    """
    try:
        text, _ = open_note(note, known)
    except AuditError as error:
        raise InputError(
            f"The signature of these retention rules does not hold: {error.what}",
            "Ask the agency for the file again and compare the key. The rules are as they were.",
        ) from error
    return parse_rules(text)


def parse_rules(text: str) -> RetentionRules:
    """Return the rules of a text as `rules_text` writes it.

    Raises:
        InputError: a line is missing, unknown or in another place, or says what cannot be.
    """
    head, *lines = text.removesuffix("\n").split("\n")
    if head != _HEAD or len(lines) != len(_NAMES):
        raise _no_rules(f"its first line is not {_HEAD}, or it has not {len(_NAMES)} more")
    told: dict[str, str] = {}
    for name, line in zip(_NAMES, lines, strict=True):
        if not line.startswith(f"{name} "):
            raise _no_rules(f"“{clean_text(line, 40)}” stands where “{name}” belongs")
        told[name] = line.removeprefix(f"{name} ")
    for name in _NAMES:
        is_number = name not in {"issued", "approval", "consent"}
        if is_number and _NUMBER.fullmatch(told[name]) is None:
            raise _no_rules(f"{name} is no number")
    try:
        issued_at = datetime.strptime(told["issued"], _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise _no_rules("issued is no time like 2026-11-24T06:00:00Z") from error
    return check_rules(
        RetentionRules(
            version=int(told["version"]),
            issued_at=issued_at,
            car_days={kind: int(told[f"car {kind.value}"]) for kind in DataClass},
            server_days={kind: int(told[f"server {kind.value}"]) for kind in DataClass},
            notice_days=int(told["notice"]),
            confirmations=int(told["confirmations"]),
            approval=told["approval"],
            consent=told["consent"],
        )
    )


def _no_rules(why: str) -> InputError:
    return InputError(
        f"These are no retention rules: {why}.", "See docs/retention.md for the form."
    )
