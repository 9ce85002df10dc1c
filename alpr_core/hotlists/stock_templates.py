"""Templates for the files that agencies really get; a starting point for their own.

The layouts follow what vendors' and agencies' documents show. Field names of the NCIC extract and of the
California Stolen Vehicle System are those of their message keys (LIC, LIS, VYR, VMA, VMO, VCO, OCA, ORI).
"""

from __future__ import annotations

from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.template import (
    ColumnPlace,
    Delimited,
    FixedWidth,
    Identity,
    ListEncoding,
    ListField,
    ListTemplate,
    Named,
    Numbered,
    Span,
)

_F = ListField
_CODES = (
    ("FV", HotlistClass.FELONY),
    ("AB", HotlistClass.ABDUCTION),
    ("WP", HotlistClass.WANTED),
    ("MP", HotlistClass.MISSING),
    ("SV", HotlistClass.STOLEN),
    ("EV", HotlistClass.STOLEN),
    ("SP", HotlistClass.STOLEN_PLATE),
    ("LP", HotlistClass.STOLEN_PLATE),
    ("BO", HotlistClass.BOLO),
    ("PO", HotlistClass.PROTECTION_ORDER),
    ("SR", HotlistClass.SUPERVISED),
    ("SO", HotlistClass.SEX_OFFENDER),
    ("GA", HotlistClass.GANG),
    ("IV", HotlistClass.IMMIGRATION),
    ("RP", HotlistClass.IMPOUNDED),
    ("TO", HotlistClass.IMPOUNDED),
)


def _spans(*places: tuple[ListField, int, int]) -> tuple[tuple[ListField, ColumnPlace], ...]:
    return tuple((name, Span(start, width)) for name, start, width in places)


def _headings(**named: str) -> tuple[tuple[ListField, ColumnPlace], ...]:
    return tuple(
        (ListField(name), Named(heading.removesuffix("?"), heading.endswith("?")))
        for name, heading in named.items()
    )


GENERIC = ListTemplate(
    name="generic",
    layout=Delimited(","),
    columns=_headings(
        plate="plate",
        state="state?",
        **{"class": "class"},
        reason="reason?",
        make="make?",
        model="model?",
        colour="colour?",
        year="year?",
        effective="effective?",
        expires="expires?",
        tolerance="tolerance?",
        covert="covert?",
        reference="reference?",
        agency="agency?",
        person="person?",
        birth_date="birth_date?",
        change="change?",
    ),
    date_formats=("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", "%m/%d/%Y"),
    takes_patterns=True,
    note="comma-separated with headings; only plate and class are needed",
)

CATEGORY = ListTemplate(
    name="category",
    layout=Delimited(";"),
    columns=_headings(
        state="State",
        plate="Plate",
        effective="Effective",
        expires="Expiry",
        **{"class": "Category"},
    ),
    date_formats=("%Y-%m-%d", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S"),
    note="State;Plate;Effective;Expiry;Category",
)

BOSS = ListTemplate(
    name="boss",
    layout=Delimited(","),
    columns=_headings(plate="LPN", state="State", **{"class": "Reason"}, details="Information"),
    encoding=ListEncoding.CP1252,
    note="LPN,State,Reason,Information as PIPS and BOSS systems export it",
)

NCIC = ListTemplate(
    name="ncic",
    layout=FixedWidth(),
    columns=_spans(
        (_F.CLASS, 1, 2),
        (_F.PLATE, 3, 10),
        (_F.STATE, 13, 2),
        (_F.YEAR, 15, 4),
        (_F.MAKE, 19, 4),
        (_F.MODEL, 23, 3),
        (_F.COLOUR, 26, 7),
        (_F.EFFECTIVE, 33, 8),
        (_F.REFERENCE, 41, 10),
        (_F.AGENCY, 51, 9),
        (_F.REASON, 60, 40),
    ),
    encoding=ListEncoding.LATIN_1,
    has_header=False,
    date_formats=("%Y%m%d",),
    classes=_CODES,
    identity=Identity.REFERENCE,
    note="fixed width: code, plate, state, year, make, model, colour, date of entry, NIC, ORI, text",
)

SVS = ListTemplate(
    name="svs",
    layout=Delimited("|", quote=""),
    columns=tuple(
        (name, Numbered(number))
        for number, name in enumerate(
            (
                _F.CLASS,
                _F.PLATE,
                _F.STATE,
                _F.YEAR,
                _F.MAKE,
                _F.MODEL,
                _F.COLOUR,
                _F.EFFECTIVE,
                _F.AGENCY,
                _F.REFERENCE,
                _F.REASON,
            ),
            start=1,
        )
    ),
    encoding=ListEncoding.LATIN_1,
    has_header=False,
    date_formats=("%m%d%Y", "%m/%d/%Y"),
    classes=_CODES,
    identity=Identity.REFERENCE,
    note="California Stolen Vehicle System: TYP|LIC|LIS|VYR|VMA|VMO|VCO|DOT|ORI|FCN|text",
)

STOCK_TEMPLATES: tuple[ListTemplate, ...] = (GENERIC, CATEGORY, BOSS, NCIC, SVS)
