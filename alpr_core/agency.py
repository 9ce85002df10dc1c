"""What an agency sets for all of its people, as one value that is stored and read back as JSON.

A changed setting is an action like any other: permitted, and on the audit log.

Source: policy 462.2.1, 462.3(d), 462.8; Civil Code 1798.90.51(b); CJIS Security Policy AC-8, AC-11.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from alpr_core.accounts.login_rules import DEFAULT_COURSES
from alpr_core.accounts.session import SessionRules
from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import AuditError, InputError
from alpr_core.purposes import DEFAULT_PURPOSES, CaseFormat, Purpose, PurposeRules

DEFAULT_BANNER = (
    "This system holds law enforcement data, for official purposes under policy 462 only. Every access is "
    "recorded with your name, the plate and the purpose; misuse is investigated. By logging in you "
    "acknowledge this and consent to the monitoring."
)
"""Shown before each login and acknowledged. Source: CJIS AC-8."""

_NAMES = ("organisation", "banner", "purposes", "case_format", "allow_vague_detail")
_MORE_NAMES = ("vehicle_exemption", "required_courses", "dark_alarm", "profile_keys")


class DarkAlarm(Enum):
    """How much a dark screen tells of an alarm; the value stands in the settings."""

    LINE = "line"
    """Class and plate in one dim line."""
    SIGN = "sign"
    """A dim sign, and how many there are."""


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency's settings."""

    organisation: str = "Police Department"
    banner: str = DEFAULT_BANNER
    purposes: tuple[Purpose, ...] = DEFAULT_PURPOSES
    case_format: CaseFormat = field(default_factory=CaseFormat)
    allow_vague_detail: bool = False
    """True takes any words as the detail of a purpose."""
    vehicle_exemption: bool = False
    """True leaves an idle screen in a police vehicle unlocked. Source: CJIS AC-11."""
    required_courses: frozenset[str] = DEFAULT_COURSES
    dark_alarm: DarkAlarm = DarkAlarm.LINE
    """How an alarm of the highest class shows on a dark screen."""
    profile_keys: tuple[str, ...] = ()
    """Verifier keys of cars whose device profiles this car takes, see `alpr device profile key`."""

    @property
    def purpose_rules(self) -> PurposeRules:
        """What an access to stored reads has to state."""
        return PurposeRules(self.purposes, self.case_format, self.allow_vague_detail)

    @property
    def session_rules(self) -> SessionRules:
        """When a screen locks."""
        return SessionRules(self.vehicle_exemption)


def agency_text(agency: Agency) -> str:
    """Return the settings as JSON with sorted names."""
    content = asdict(agency)
    content["required_courses"] = sorted(agency.required_courses)
    content["dark_alarm"] = agency.dark_alarm.value
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)


def parse_agency(text: str) -> Agency:
    """Return the settings that a JSON text says; what it leaves out is as in `Agency`.

    Raises:
        InputError: no JSON, an unknown name, or a value of the wrong kind.
    """
    try:
        content = json.loads(text)
        if not isinstance(content, dict):
            raise TypeError("it is no object")
        unknown = sorted(set(content) - {*_NAMES, *_MORE_NAMES})
        if unknown:
            raise TypeError(f"it does not know {unknown[0]!r}")
        return Agency(**{name: _value(name, value) for name, value in content.items()})
    except (TypeError, ValueError, KeyError, RuntimeError, RecursionError, AuditError) as fault:
        raise InputError(
            f"These settings cannot be used: {fault}.", "Nothing was changed."
        ) from fault


def _value(name: str, value: Any) -> Any:  # Any: JSON
    match name:
        case "organisation" | "banner":
            return _of_kind(name, value, str)
        case "allow_vague_detail" | "vehicle_exemption":
            return _of_kind(name, value, bool)
        case "required_courses" | "profile_keys":
            return _texts(name, value)
        case "dark_alarm":
            return DarkAlarm(_of_kind(name, value, str))
        case "case_format":
            return CaseFormat(**_of_kind(name, value, dict))
        case _:
            lines = [Purpose(**_of_kind(name, line, dict)) for line in _of_kind(name, value, list)]
            if not lines or len({line.code for line in lines}) < len(lines):
                raise ValueError("purposes: at least one, each with a code of its own")
            return tuple(lines)


def _texts(name: str, value: Any) -> frozenset[str] | tuple[str, ...]:  # Any: JSON
    texts = tuple(_of_kind(name, text, str) for text in _of_kind(name, value, list))
    if name == "required_courses":
        return frozenset(texts)
    for key in texts:
        Verifier.parse(key)
    return texts


def _of_kind(name: str, value: Any, kind: type) -> Any:  # Any: JSON
    if not isinstance(value, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return value
