"""Retention rules as signed data, and when a purge may run by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.audit.signed_note import Signer
from alpr_core.errors import InputError
from alpr_core.purge import (
    LEAP,
    STEP_MAX,
    PurgeDenial,
    PurgeNotice,
    PurgeTally,
    aged_by,
    denial_of,
    leap_words,
)
from alpr_core.retention import (
    DataClass,
    check_rules,
    cut_offs,
    open_rules,
    parse_rules,
    rules_text,
    sign_rules,
)
from tests.db.purging import AGENCY, DAY, NOW, rules

SOMEBODY = Signer("Westminster-PD", bytes(32))


def days(read: int, hit: int = 400, subject: int = 1100) -> dict[DataClass, int]:
    return {DataClass.READ: read, DataClass.HIT: hit, DataClass.SUBJECT: subject}


def test_signed_rules_open_as_they_were() -> None:
    """What the agency signed is what the box goes by."""
    assert open_rules(sign_rules(rules(), [AGENCY]), [AGENCY.verifier]) == rules()


@pytest.mark.parametrize("place", range(0, 300, 7))
def test_an_altered_byte_is_refused(place: int) -> None:
    """Rules with any byte altered, or signed by somebody else, are no rules."""
    note = bytearray(sign_rules(rules(), [AGENCY]))
    note[place % len(note)] ^= 1
    with pytest.raises(InputError):
        open_rules(bytes(note), [AGENCY.verifier])
    with pytest.raises(InputError, match="None of the known keys"):
        open_rules(sign_rules(rules(), [SOMEBODY]), [AGENCY.verifier])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"server_days": days(365)}, "server read needs 366"),
        ({"server_days": days(400, 300)}, "server hit needs 366"),
        ({"car_days": days(0)}, "car read needs 1"),
        ({"car_days": days(30, 400, 399)}, "car subject is shorter"),
        ({"notice_days": 6}, "notice needs at least 7"),
        ({"confirmations": 3}, "confirmations is 0 to 2"),
        ({"version": 0}, "version counts from 1"),
        ({"approval": ""}, "approval is missing"),
        ({"consent": " "}, "consent is missing"),
        ({"consent": "x\ny"}, "consent is missing or is no line"),
    ],
)
def test_what_no_agency_may_decide(changes: dict[str, object], words: str) -> None:
    """Less than a year at the server, no notice, or no authority on file: such rules are refused (462.4)."""
    with pytest.raises(InputError, match=words):
        check_rules(rules(**changes))
    with pytest.raises(InputError):
        sign_rules(rules(**changes), [AGENCY])


@given(st.text(max_size=400))
def test_any_text_is_rules_or_refused(text: str) -> None:
    """Whatever is signed, it is rules or an error in words."""
    with pytest.raises(InputError):
        parse_rules(text)
    lines = rules_text(rules()).split("\n")
    lines[3] = text
    try:
        parse_rules("\n".join(lines))
    except InputError:
        return
    assert text.startswith("car read ")


def test_the_cut_off_is_a_midnight() -> None:
    """Everything before the midnight so many days back is due, and this midnight moves once a day."""
    for now in (NOW.replace(hour=0, minute=0), NOW, NOW.replace(hour=23, minute=59, second=59)):
        assert cut_offs(days(30), now)[DataClass.READ] == datetime(2026, 10, 24, tzinfo=UTC)
    later = NOW.replace(hour=0, minute=0) + DAY
    assert cut_offs(days(30), later)[DataClass.READ] == datetime(2026, 10, 25, tzinfo=UTC)


def notice(**changes: object) -> PurgeNotice:
    tally = PurgeTally(5, 0, 10, NOW - 60 * DAY, NOW - 31 * DAY, 0, 0, 0)
    cuts = cut_offs(rules().car_days, NOW)
    made = PurgeNotice(1, NOW, 1, cuts, tally, timedelta(days=7), ())
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "of_rules", "stopped", "denial"),
    [
        ({}, {}, None, None),
        ({"aged": timedelta(days=7) - timedelta(seconds=1)}, {}, None, PurgeDenial.TOO_EARLY),
        ({}, {"version": 2}, None, PurgeDenial.OTHER_RULES),
        ({}, {}, "The clock is 3650 days ahead.", PurgeDenial.CLOCK_STOPPED),
        ({"cut_offs": cut_offs(days(30), NOW + DAY)}, {}, None, PurgeDenial.CLOCK_BEFORE),
        ({}, {"confirmations": 1}, None, PurgeDenial.UNCONFIRMED),
        ({"confirmed_by": ("A1",)}, {"confirmations": 2}, None, PurgeDenial.UNCONFIRMED),
        ({"confirmed_by": ("A1", "A2")}, {"confirmations": 2}, None, None),
    ],
)
def test_what_a_notice_waits_for(
    changes: dict[str, object],
    of_rules: dict[str, object],
    stopped: str | None,
    denial: PurgeDenial | None,
) -> None:
    """A purge needs the whole notice, its rules, its confirmations and a clock that nothing speaks against."""
    assert denial_of(notice(**changes), rules(**of_rules), stopped, NOW) is denial


@given(st.timedeltas(min_value=timedelta(days=-8000), max_value=timedelta(days=8000)))
def test_no_jump_ages_a_notice_by_more_than_a_day_and_a_half(jump: timedelta) -> None:
    """Whatever the clock does between two looks, a notice ages little, and a leap is noticed."""
    assert timedelta(0) <= aged_by(NOW, NOW + jump) <= STEP_MAX
    assert (leap_words(NOW, NOW + jump) is None) is (-timedelta(hours=1) <= jump <= LEAP)
