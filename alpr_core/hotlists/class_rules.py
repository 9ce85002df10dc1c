"""What the agency makes of each class: who may see it, how it sounds, what the officer should do.

Source: policy 462.2 (purposes), 462.3(e) (authorised data); design.md section 4, Matching.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.errors import ConfigError
from alpr_core.hotlist import HotlistClass
from alpr_core.terminal_text import clean_text

PRIORITY_MAX = 20
"""Least urgent priority; 1 is the most urgent."""


class Sound(Enum):
    """What a hit of the class sounds like; the player maps each to a file."""

    ALARM = "alarm"
    """Cannot be muted."""
    ATTENTION = "attention"
    NOTICE = "notice"
    SILENT = "silent"


class Colour(Enum):
    """Beside a word, never alone."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One class as the agency treats it."""

    hotlist_class: HotlistClass
    priority: int
    """1 (most urgent) to PRIORITY_MAX."""
    sound: Sound
    colour: Colour
    response_line: str
    """What a hit allows and does not allow, in the officer's words."""
    data: DataAuthorisation
    """Whose data it is: an operator without this authorisation does not see it."""
    is_authorised: bool = True
    """False: rows of the class are dropped at import and counted."""
    keeps_personal_fields: bool = False
    """True: names and dates of birth of its rows are stored."""


_VERIFY = "Verify through CLETS before acting."
_NO_STOP = "Not by itself a reason to stop."


def _rule(
    hotlist_class: HotlistClass,
    sound: Sound,
    colour: Colour,
    response_line: str,
    data: DataAuthorisation,
    *,
    is_authorised: bool = True,
    keeps_personal_fields: bool = False,
) -> ClassRule:
    return ClassRule(
        hotlist_class,
        hotlist_class.priority,
        sound,
        colour,
        response_line,
        data,
        is_authorised,
        keeps_personal_fields,
    )


_STATE, _FEDERAL = DataAuthorisation.STATE, DataAuthorisation.FEDERAL
_DEPARTMENT = DataAuthorisation.DEPARTMENT
_ALARM, _ATTENTION, _NOTICE = Sound.ALARM, Sound.ATTENTION, Sound.NOTICE

DEFAULT_RULES: tuple[ClassRule, ...] = (
    _rule(
        HotlistClass.FELONY,
        _ALARM,
        Colour.RED,
        f"{_VERIFY} Armed or dangerous is possible: ask for cover.",
        _STATE,
    ),
    _rule(
        HotlistClass.ABDUCTION,
        _ALARM,
        Colour.RED,
        f"{_VERIFY} A child may be inside: ask for cover.",
        _STATE,
    ),
    _rule(
        HotlistClass.WANTED,
        _ALARM,
        Colour.RED,
        f"{_VERIFY} The warrant is for a person, not for whoever drives.",
        _FEDERAL,
    ),
    _rule(
        HotlistClass.MISSING,
        _ALARM,
        Colour.ORANGE,
        f"{_VERIFY} Check welfare; no arrest on this alone.",
        _STATE,
        keeps_personal_fields=True,
    ),
    _rule(
        HotlistClass.THREAT,
        _NOTICE,
        Colour.YELLOW,
        "Do not detain and do not tell; follow the entry's instructions.",
        _FEDERAL,
        is_authorised=False,
    ),
    _rule(HotlistClass.STOLEN, _ALARM, Colour.RED, _VERIFY, _STATE),
    _rule(
        HotlistClass.STOLEN_PLATE,
        _ATTENTION,
        Colour.ORANGE,
        f"{_VERIFY} The plate is stolen, the vehicle may not be.",
        _STATE,
    ),
    _rule(
        HotlistClass.BOLO,
        _ATTENTION,
        Colour.YELLOW,
        f"Read the entry. {_NO_STOP}",
        _DEPARTMENT,
    ),
    _rule(
        HotlistClass.PROTECTION_ORDER,
        _NOTICE,
        Colour.YELLOW,
        _NO_STOP,
        _STATE,
        is_authorised=False,
    ),
    _rule(
        HotlistClass.SUPERVISED,
        _NOTICE,
        Colour.YELLOW,
        _NO_STOP,
        _STATE,
        is_authorised=False,
    ),
    _rule(
        HotlistClass.SEX_OFFENDER,
        _NOTICE,
        Colour.YELLOW,
        _NO_STOP,
        _STATE,
        is_authorised=False,
    ),
    _rule(HotlistClass.GANG, _NOTICE, Colour.YELLOW, _NO_STOP, _FEDERAL, is_authorised=False),
    # California Government Code 7284.6 forbids local help with immigration enforcement.
    _rule(
        HotlistClass.IMMIGRATION,
        Sound.SILENT,
        Colour.GREY,
        "No action: immigration enforcement is not this department's.",
        _FEDERAL,
        is_authorised=False,
    ),
    _rule(
        HotlistClass.IMPOUNDED,
        _NOTICE,
        Colour.BLUE,
        f"Impounded or repossessed: {_NO_STOP.lower()}",
        _STATE,
    ),
    _rule(
        HotlistClass.OTHER,
        _NOTICE,
        Colour.BLUE,
        _NO_STOP,
        _DEPARTMENT,
        is_authorised=False,
    ),
)
"""Rules of an agency that has decided nothing: classes about a person's status are not authorised."""


class ClassRules:
    """The rule of every class. Immutable.

    Args:
        changed: Rules that differ from DEFAULT_RULES.
    """

    def __init__(self, changed: Iterable[ClassRule] = ()) -> None:
        self._rules = {rule.hotlist_class: rule for rule in (*DEFAULT_RULES, *changed)}

    def of(self, hotlist_class: HotlistClass) -> ClassRule:
        """Return the class's rule."""
        return self._rules[hotlist_class]

    def with_rule(self, changed: ClassRule) -> ClassRules:
        """Return these rules with one of them changed."""
        return ClassRules([*self._rules.values(), changed])

    def all(self) -> tuple[ClassRule, ...]:
        """Return every rule, most urgent first."""
        return tuple(sorted(self._rules.values(), key=lambda rule: rule.priority))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClassRules) and self._rules == other._rules

    __hash__ = None  # type: ignore[assignment]  # compared in tests, never a key


def rules_toml(rules: ClassRules) -> str:
    """Return the rules as TOML, one table per class, most urgent first."""
    tables = []
    for rule in rules.all():
        lines = [
            f"[{json.dumps(rule.hotlist_class.value)}]",
            f"priority = {rule.priority}",
            f'sound = "{rule.sound.value}"',
            f'colour = "{rule.colour.value}"',
            f"response_line = {json.dumps(rule.response_line, ensure_ascii=False)}",
            f'data = "{rule.data.value}"',
            f"authorised = {str(rule.is_authorised).lower()}",
            f"keeps_personal_fields = {str(rule.keeps_personal_fields).lower()}",
        ]
        tables.append("\n".join(lines) + "\n")
    return "\n".join(tables)


def parse_rules(text: str) -> ClassRules:
    """Return the rules that a TOML text changes; what it does not name is as in DEFAULT_RULES.

    Raises:
        ConfigError: not TOML, or a class, word or value that does not exist.
    """
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The class rules are no TOML: {clean_text(str(error))}.") from error
    return ClassRules(_changed(name, table) for name, table in tables.items())


def typed_rule(hotlist_class: HotlistClass, typed: Mapping[str, str]) -> ClassRule:
    """Return a class's rule from what somebody typed, by the names of `rules_toml`; truths are yes and no.

    Raises:
        ConfigError: a word or value that does not exist.
    """
    truths: Mapping[str, object] = {"yes": True, "no": False}
    values: dict[str, object] = {}
    for name, word in typed.items():
        values[name] = word
        if name == "priority" and word.isdecimal():
            values[name] = int(word)
        elif name in ("authorised", "keeps_personal_fields"):
            values[name] = truths.get(word.lower(), word)
    return _changed(hotlist_class.value, values)


def _changed(name: str, table: object) -> ClassRule:
    where = f"Class rule [{clean_text(name)}]"
    known = {each.value: each for each in HotlistClass}
    if name not in known or not isinstance(table, Mapping):
        raise ConfigError(f"{where}: there is no such class.", f"Known: {', '.join(known)}.")
    rule = ClassRules().of(known[name])
    takers = {
        "priority": lambda value: replace(rule, priority=_priority(value)),
        "sound": lambda value: replace(rule, sound=Sound(value)),
        "colour": lambda value: replace(rule, colour=Colour(value)),
        "response_line": lambda value: replace(rule, response_line=_words(value)),
        "data": lambda value: replace(rule, data=DataAuthorisation(value)),
        "authorised": lambda value: replace(rule, is_authorised=_yes_or_no(value)),
        "keeps_personal_fields": lambda value: replace(
            rule, keeps_personal_fields=_yes_or_no(value)
        ),
    }
    for key, value in table.items():
        if key not in takers:
            raise ConfigError(f"{where} does not know {clean_text(key)}.")
        try:
            rule = takers[key](value)
        except (ValueError, TypeError) as error:
            raise ConfigError(f"{where}: {key} cannot be {clean_text(repr(value))}.") from error
    return rule


def _priority(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= PRIORITY_MAX:
        raise ValueError(value)
    return value


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return clean_text(value)


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value
