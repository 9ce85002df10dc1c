"""One row of a file becomes one entry of a list, or a reason why it does not.

Everything that follows from the file and the template as a whole is worked out once, so that a row costs
microseconds: a statewide list has a million of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from operator import itemgetter
from typing import Generic, TypeVar

from alpr_core.errors import InputError
from alpr_core.hotlist import (
    ENTRY_SIGNS_MAX,
    NO_VEHICLE,
    TOLERANCE_MAX,
    HotlistClass,
    HotlistEntry,
    ListedVehicle,
    plate_fault,
)
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.class_words import class_words, folded_word
from alpr_core.hotlists.dates import DateReader
from alpr_core.hotlists.settings import ListSettings
from alpr_core.hotlists.template import (
    COLUMN_CHARS_MAX,
    FixedWidth,
    ListField,
    ListTemplate,
    Named,
    Numbered,
    zone_of,
)
from alpr_core.terminal_text import clean_text

REASON_CHARS_MAX = 160
"""Of the reason with its details; longer ones end in an ellipsis."""

_WORD_CHARS_MAX = 40
_REMEMBERED_MAX = 10_000
"""Texts whose meaning is kept, per kind; days, makes, colours and agencies come again and again."""

V = TypeVar("V")

_PLATE_BLANKS = str.maketrans("", "", " -.\u00a0")
_NO_DATE = "0/-. "
"""What a field holds in which a source writes that there is no date: 00000000, 0000-00-00."""
_YES = frozenset("1 y yes true t x".split())


class Change(Enum):
    """What a row of a file of changes does to the list."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


_CHANGE_WORDS = {
    "": Change.ADD,
    **dict.fromkeys(("a", "add", "new", "n", "enter"), Change.ADD),
    **dict.fromkeys(("c", "change", "modify", "m", "update", "u"), Change.CHANGE),
    **dict.fromkeys(("d", "delete", "cancel", "clear", "remove", "x"), Change.DELETE),
}


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that gives no entry."""

    reason: str
    left_out: HotlistEntry | None = None
    """The entry that a rule leaves out; None means that the row is bad: damaged or not understood."""

    @property
    def is_bad(self) -> bool:
        """Tell whether the file or the template is at fault, not a rule of the agency."""
        return self.left_out is None


@dataclass(frozen=True, slots=True)
class ReadRow:
    """An entry as a row gives it."""

    entry: HotlistEntry
    change: Change
    lost_personal_fields: bool
    """True: the row names a person and the class does not keep it."""


class EntryReader:
    """Reads the rows of one file.

    Args:
        headings: The file's first row; empty if it has none.
        issued_at: Aware UTC time at which the list was issued.
        now: Aware UTC time; what expired before it is left out.

    Raises:
        InputError: a column that must be there is missing from the headings.
    """

    def __init__(
        self,
        template: ListTemplate,
        settings: ListSettings,
        rules: ClassRules,
        headings: Sequence[str],
        issued_at: datetime,
        now: datetime,
    ) -> None:
        self._settings = settings
        self._rules = {rule.hotlist_class: rule for rule in rules.all()}
        self._issued_at = issued_at
        self._now = now
        dates = DateReader(template.date_formats, zone_of(template))
        self._begins = _Remembered(lambda text: _date(text, dates.beginning))
        self._ends = _Remembered(lambda text: _date(text, dates.end))
        self._states = _Remembered(_state)
        self._takes_patterns = template.takes_patterns
        self._class_words = class_words(template.classes)
        self._classes = _Remembered(self._class_of)
        self._words = _Remembered(lambda text: clean_text(text, _WORD_CHARS_MAX))
        self._vehicles: dict[tuple[str, str, str, str], ListedVehicle] = {}
        places = _places(template, headings)
        # Behind the row's own fields stand the constants, then an empty field for whatever is not given.
        self._columns_min = 1 + max((places[name] for name in places), default=0)
        constants = dict(template.constants)
        self._tail = (*constants.values(), "")
        self._columns_max = len(headings) or None
        for index, name in enumerate(constants):
            places[name] = index - len(self._tail)
        self._pick = itemgetter(*(places.get(name, -1) for name in _ORDER))
        self._needed = 1 + max(places[ListField.PLATE], places[ListField.CLASS], 0)

    def read(self, fields: Sequence[str]) -> ReadRow | RowRefused:
        """Return the row's entry, or why there is none."""
        try:
            values = self._pick((*self._whole(fields), *self._tail))
            if max(map(len, values)) > COLUMN_CHARS_MAX:
                raise _Bad(f"field longer than {COLUMN_CHARS_MAX} signs")
            return self._entry(self._plate(values[0]), values)
        except _Bad as bad:
            return RowRefused(bad.reason)

    def _whole(self, fields: Sequence[str]) -> Sequence[str]:
        """Return the row with all columns that are looked at; what is missing at its end is empty."""
        count = len(fields)
        if self._columns_max is not None and count > self._columns_max:
            raise _Bad("more columns than headings")
        if count >= self._columns_min:
            return fields
        if not fields:
            raise _Bad("quotation marks or line ends that do not fit")
        if count < self._needed:
            raise _Bad("too few columns")
        return [*fields, *[""] * (self._columns_min - count)]

    def _plate(self, written: str) -> str:
        plate = (written if written.isalnum() else written.translate(_PLATE_BLANKS)).upper()
        if plate.isascii() and plate.isalnum() and len(plate) <= ENTRY_SIGNS_MAX:
            return plate
        fault = plate_fault(plate)
        if fault is None and not self._takes_patterns:
            fault = "open signs (? or *) in a plate of a list without patterns"
        if fault is not None:
            raise _Bad(fault)
        return plate

    def _entry(self, plate: str, values: tuple[str, ...]) -> ReadRow | RowRefused:
        (
            _,
            state,
            class_word,
            reason,
            details,
            make,
            model,
            colour,
            year,
            effective,
            expires,
            tolerance,
            covert,
            reference,
            agency,
            person,
            birth_date,
            change,
        ) = values
        what = Change.ADD if not change else _change(change)
        hotlist_class = self._classes[class_word]
        if hotlist_class is None:
            raise _Bad(f"class {clean_text(class_word, 30) or 'missing'} not in the template")
        rule = self._rules[hotlist_class]
        expires_at = self._ends[expires]
        who = ""
        is_named = bool(person or birth_date) and bool(person.strip() or birth_date.strip())
        if is_named and rule.keeps_personal_fields:
            who = clean_text(f"{person} {birth_date}")
        words = self._words
        entry = HotlistEntry(
            hotlist=self._settings.name,
            plate=plate,
            state=self._states[state],
            hotlist_class=hotlist_class,
            reason=_reason(reason, details) or hotlist_class.value,
            listed_at=self._issued_at,
            vehicle=self._vehicle(words[make], words[model], words[colour], words[year]),
            effective_at=self._begins[effective],
            expires_at=expires_at,
            tolerance=_tolerance(tolerance) if tolerance.strip() else self._settings.tolerance,
            is_covert=bool(covert) and covert.strip().casefold() in _YES,
            reference=_clean(reference, _WORD_CHARS_MAX),
            source_agency=words[agency] or self._settings.source_agency,
            person=who,
        )
        if not rule.is_authorised:
            return RowRefused(f"class not authorised: {hotlist_class.value}", entry)
        if expires_at is not None and expires_at <= self._now:
            return RowRefused("expired", entry)
        return ReadRow(entry, what, is_named and not rule.keeps_personal_fields)

    def _class_of(self, written: str) -> HotlistClass | None:
        return self._class_words.get(folded_word(written))

    def _vehicle(self, make: str, model: str, colour: str, year: str) -> ListedVehicle:
        if not (make or model or colour or year):
            return NO_VEHICLE
        key = (make, model, colour, year)
        known = self._vehicles.get(key)
        if known is None:
            if len(self._vehicles) >= _REMEMBERED_MAX:
                self._vehicles.clear()
            known = self._vehicles[key] = ListedVehicle(*key)
        return known


_ORDER = (
    ListField.PLATE,
    ListField.STATE,
    ListField.CLASS,
    ListField.REASON,
    ListField.DETAILS,
    ListField.MAKE,
    ListField.MODEL,
    ListField.COLOUR,
    ListField.YEAR,
    ListField.EFFECTIVE,
    ListField.EXPIRES,
    ListField.TOLERANCE,
    ListField.COVERT,
    ListField.REFERENCE,
    ListField.AGENCY,
    ListField.PERSON,
    ListField.BIRTH_DATE,
    ListField.CHANGE,
)
"""Order in which `EntryReader` picks the fields out of a row."""


class _Bad(Exception):  # noqa: N818  never leaves this module
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Remembered(dict[str, V], Generic[V]):
    """What was worked out of a text, worked out once."""

    def __init__(self, work_out: Callable[[str], V]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, text: str) -> V:
        if len(self) >= _REMEMBERED_MAX:
            self.clear()
        found = self[text] = self._work_out(text)
        return found


def _places(template: ListTemplate, headings: Sequence[str]) -> dict[ListField, int]:
    """Return the index of each field's column in the rows of this file."""
    if isinstance(template.layout, FixedWidth):
        return {name: index for index, (name, _) in enumerate(template.columns)}
    known = {folded_word(heading): index for index, heading in reversed(list(enumerate(headings)))}
    places = {}
    for name, place in template.columns:
        if isinstance(place, Numbered):
            places[name] = place.number - 1
        elif isinstance(place, Named):
            index = known.get(folded_word(place.heading))
            if index is not None:
                places[name] = index
            elif not place.is_optional:
                raise InputError(
                    f"The file has no column {clean_text(place.heading)} for the {name.value}; it has"
                    f" {clean_text(', '.join(headings)) or 'none'}.",
                    "Choose another template or correct this one. Nothing was changed.",
                )
    return places


def _change(written: str) -> Change:
    found = _CHANGE_WORDS.get(written.strip().casefold())
    if found is None:
        raise _Bad(f"change {clean_text(written, 20)} is not add, change or delete")
    return found


def _state(written: str) -> str | None:
    state = written.strip().upper()
    if not state:
        return None
    if len(state) != 2 or not (state.isascii() and state.isalpha()):
        raise _Bad("state that is not two letters")
    return state


def _date(written: str, read: Callable[[str], datetime | None]) -> datetime | None:
    written = written.strip()
    if not written or not written.strip(_NO_DATE):
        return None
    found = read(written)
    if found is None:
        raise _Bad("date that no format of the template fits")
    return found


def _tolerance(written: str) -> int:
    text = written.strip()
    if len(text) != 1 or not text.isdecimal() or int(text) > TOLERANCE_MAX:
        raise _Bad(f"tolerance that is not 0 to {TOLERANCE_MAX}")
    return int(text)


def _reason(reason: str, details: str) -> str:
    reason, details = _clean(reason, REASON_CHARS_MAX), _clean(details, REASON_CHARS_MAX)
    if reason and details:
        return _clean(f"{reason}: {details}", REASON_CHARS_MAX)
    return reason or details


def _clean(text: str, limit_chars: int) -> str:
    """`clean_text`, with a short way for text that is plain already."""
    if not text:
        return text
    if len(text) <= limit_chars and text.isascii() and text.isprintable():
        return " ".join(text.split())
    return clean_text(text, limit_chars)
