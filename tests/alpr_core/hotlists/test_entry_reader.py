"""Rows become entries by template, settings and rules; or they do not, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alpr_core.errors import InputError
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.entry_reader import Change
from alpr_core.hotlists.list_reading import ListReading, preview
from alpr_core.hotlists.settings import ListSettings
from alpr_core.hotlists.stock_templates import BOSS, CATEGORY, GENERIC, NCIC, SVS
from tests.alpr_core.hotlists.made_files import NOW, read_list


def one(content: str | bytes, *arguments: object, **keywords: object) -> HotlistEntry:
    (entry,), tally = read_list(content, *arguments, **keywords)  # type: ignore[arg-type]
    assert tally.rows == tally.kept == 1
    return entry


def test_the_generic_file() -> None:
    """A comma-separated file with headings in any order gives everything an entry can say."""
    entry = one(
        "class,plate,state,reason,make,model,colour,year,effective,expires,tolerance,covert,"
        "reference,agency,note to self\n"
        'Stolen Vehicle, 8abc-123 ,ca,"taken, at night",TOYT,CAMRY,WHI,2019,2026-11-20,'
        "2026-12-01,1,yes,NIC123,Westminster PD,x\n",
        GENERIC,
    )
    assert (entry.plate, entry.state, entry.reason) == ("8ABC123", "CA", "taken, at night")
    assert entry.hotlist_class is HotlistClass.STOLEN
    assert str(entry.vehicle) == "WHI 2019 TOYT CAMRY"
    # Midnight in Los Angeles; a day without time expires at its end.
    assert entry.effective_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert entry.expires_at == datetime(2026, 12, 2, 8, tzinfo=UTC)
    assert (entry.tolerance, entry.is_covert) == (1, True)
    assert (entry.reference, entry.source_agency) == ("NIC123", "Westminster PD")
    assert (entry.listed_at, entry.hotlist) == (NOW, "SVS")


def test_the_file_of_categories() -> None:
    """`State;Plate;Effective;Expiry;Category` is read by its stock template."""
    entry = one(
        "State;Plate;Effective;Expiry;Category\nNV;123-ABC;11/01/2026;12/31/2026;Wanted Person\n",
        CATEGORY,
    )
    assert (entry.plate, entry.state) == ("123ABC", "NV")
    assert entry.hotlist_class is HotlistClass.WANTED
    assert entry.expires_at == datetime(2027, 1, 1, 8, tzinfo=UTC)


def test_the_pips_and_boss_file() -> None:
    """`LPN,State,Reason,Information` is read by its stock template, in the code page of Windows."""
    entry = one(
        "LPN,State,Reason,Information\n8ABC123,CA,FELONY,José’s car\n".encode("cp1252"), BOSS
    )
    assert entry.hotlist_class is HotlistClass.FELONY
    assert entry.reason == "José’s car"


def test_the_ncic_like_extract() -> None:
    """A fixed-width extract is read by its stock template."""
    line = "SV8ABC123   CA2019TOYTCAMWHI    20261101V123456789CA0301900theft from driveway\r\n"
    entry = one(line, NCIC)
    assert (entry.plate, entry.reference) == ("8ABC123", "V123456789")
    assert (entry.source_agency, entry.reason) == ("CA0301900", "theft from driveway")
    assert str(entry.vehicle) == "WHI 2019 TOYT CAM"


def test_the_svs_like_file() -> None:
    """A file like the California Stolen Vehicle System's is read by its stock template."""
    entry = one('SP|8ABC123|CA|2019|TOYT|CAM|WHI|11012026|CA0301900|1234567890|5" tear\n', SVS)
    assert entry.hotlist_class is HotlistClass.STOLEN_PLATE
    assert (entry.reference, entry.reason) == ("1234567890", '5" tear')


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",stolen,CA", "no plate"),
        ("8AB?12,stolen,CA", "open signs"),
        ("8ÄBC12,stolen,CA", "other signs"),
        ("8ABC1234567890,stolen,CA", "longer than"),
        ("8ABC123,stolen,California", "two letters"),
        ("8ABC123,who knows,CA", "who knows"),
        ("8ABC123,,CA", "class missing"),
        ("8ABC123", "too few columns"),
        ("8ABC123,stolen,CA,more", "more columns than headings"),
        ('8ABC123,"stolen"x,CA', "quotation marks"),
        ("8ABC123,stolen," + "C" * 1_001, "longer than 1000"),
    ],
)
def test_bad_rows_are_named(row: str, reason: str) -> None:
    """A row that is no entry is counted with its line and reason, and the others are kept."""
    template = replace(GENERIC, takes_patterns=False)
    content = f"plate,class,state\n1GOOD11,stolen,CA\n\n{row}\n2GOOD22,stolen,CA\n"
    entries, tally = read_list(content, template)
    assert [entry.plate for entry in entries] == ["1GOOD11", "2GOOD22"]
    (bad,) = tally.named
    assert bad.line == 4
    assert reason in bad.reason
    assert tally.bad_share == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("effective", "soon", "date"),
        ("expires", "99/99/2026", "date"),
        ("expires", "2026-02-30", "date"),
        ("effective", "02/29/2027", "date"),
        ("expires", "2026-11-24T25:00", "date"),
        ("tolerance", "3", "tolerance"),
        ("tolerance", "-1", "tolerance"),
        ("change", "swap", "swap"),
    ],
)
def test_bad_values_are_named(column: str, value: str, reason: str) -> None:
    """A date, tolerance or change that says nothing makes the row bad."""
    _, tally = read_list(f"plate,class,{column}\n8ABC123,stolen,{value}\n", GENERIC)
    assert reason in tally.named[0].reason


def test_unauthorised_classes_are_dropped_and_counted() -> None:
    """Classes that the agency has not authorised never enter the car, and the list says how many."""
    content = (
        "plate,class\n1AAA111,Immigration Violator\n2BBB222,stolen\n3CCC333,immigration_violator\n"
        "4DDD444,Gang Member\n"
    )
    entries, tally = read_list(content, GENERIC)
    assert [entry.plate for entry in entries] == ["2BBB222"]
    assert tally.dropped == {
        "class not authorised: immigration violator": 2,
        "class not authorised: gang": 1,
    }
    assert tally.bad == {}


def test_the_agency_decides_which_classes_it_takes() -> None:
    """A class that the agency authorises is taken, one that it withdraws is not."""
    rules = ClassRules(
        [
            replace(ClassRules().of(HotlistClass.GANG), is_authorised=True),
            replace(ClassRules().of(HotlistClass.STOLEN), is_authorised=False),
        ]
    )
    entries, _ = read_list("plate,class\n1AAA111,gang\n2BBB222,stolen\n", GENERIC, rules=rules)
    assert [entry.plate for entry in entries] == ["1AAA111"]


def test_personal_fields_stay_outside_unless_the_class_keeps_them() -> None:
    """Names and dates of birth are dropped and counted, except for classes that need them."""
    content = (
        "plate,class,person,birth_date\n1AAA111,stolen,John Doe,1980-01-01\n"
        "2BBB222,missing person,Jane Roe,2015-05-05\n3CCC333,stolen,,\n"
    )
    entries, tally = read_list(content, GENERIC)
    assert [entry.person for entry in entries] == ["", "Jane Roe 2015-05-05", ""]
    assert tally.personal_fields == 1


def test_expired_entries_are_left_out() -> None:
    """What expired before the import is dropped and counted; what begins later is kept."""
    content = (
        "plate,class,effective,expires\n1AAA111,stolen,,2026-11-22\n2BBB222,stolen,2026-12-01,\n"
    )
    entries, tally = read_list(content, GENERIC)
    assert [entry.plate for entry in entries] == ["2BBB222"]
    assert not entries[0].counts_at(NOW)
    assert tally.dropped == {"expired": 1}


def test_dates_that_mean_none_or_never() -> None:
    """Zeros are no date, and the last day of the calendar never comes."""
    content = (
        "plate,class,effective,expires\n1A,stolen,0000-00-00,9999-12-31\n2B,stolen, ,00000000\n"
    )
    entries, tally = read_list(content, GENERIC)
    assert tally.bad == {}
    assert [each.effective_at for each in entries] == [None, None]
    assert entries[0].counts_at(datetime(9998, 1, 1, tzinfo=UTC))
    assert entries[1].expires_at is None
    eastern = replace(GENERIC, time_zone="Asia/Tokyo")
    (old,), _ = read_list("plate,class,effective\n1A,stolen,0001-01-01\n", eastern)
    assert old.counts_at(NOW)


def test_patterns_and_tolerance_come_from_file_or_list() -> None:
    """A tolerant list makes its entries tolerant unless they say otherwise; patterns keep their signs."""
    content = "plate,class,tolerance\n8AB?1*,bolo,\n8ABC123,bolo,0\n8ABC124,bolo,2\n8ABC125,bolo,\n"
    entries, _ = read_list(content, GENERIC, ListSettings("Local", tolerance=1))
    assert [(each.plate, each.tolerance) for each in entries] == [
        ("8AB?1*", 1),
        ("8ABC123", 0),
        ("8ABC124", 2),
        ("8ABC125", 1),
    ]
    assert [each.is_pattern for each in entries] == [True, False, False, False]


def test_words_from_a_file_are_made_safe() -> None:
    """Escape sequences in a list never reach the screen."""
    entry = one("plate,class,reason,agency\n8ABC123,bolo,\x1b]0;owned\x07,\u202egpj\n", GENERIC)
    assert "\x1b" not in entry.reason
    assert "\x07" not in entry.reason
    assert "\u202e" not in entry.source_agency


def test_a_missing_column_is_told() -> None:
    """A file without a column that the template needs is refused, and told what it has."""
    with pytest.raises(InputError, match="no column Plate.*it has State, Number"):
        read_list("State;Number\nCA;1\n", CATEGORY)


def test_a_preview_shows_rows_as_they_will_be() -> None:
    """The preview shows the first 20 rows with what the template makes of each."""
    rows = "".join(f"{number}AAA111,stolen\n" for number in range(10)) * 3
    content = f"plate,class\n,stolen\n{rows}".encode()
    reading = ListReading([content], GENERIC, ListSettings("x"), ClassRules(), NOW, NOW)
    shown = preview(reading)
    assert len(shown) == 20
    assert (shown[0].line, shown[0].entry, shown[0].reason) == (2, None, "no plate")
    assert shown[1].entry is not None
    assert shown[1].entry.plate == "0AAA111"


def test_changes_say_what_they_do() -> None:
    """Rows of a file of changes add, change or delete."""
    content = "plate,class,change\n1A,bolo,A\n2B,bolo,change\n3C,bolo,D\n4D,bolo,\n"
    reading = ListReading([content.encode()], GENERIC, ListSettings("x"), ClassRules(), NOW, NOW)
    assert [change for change, _ in reading.changes()] == [
        Change.ADD,
        Change.CHANGE,
        Change.DELETE,
        Change.ADD,
    ]
