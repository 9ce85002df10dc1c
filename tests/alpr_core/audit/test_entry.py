"""The canonical bytes of an entry and what is refused in them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpr_core.audit.entry import (
    TEXT_CHARS_MAX,
    Actor,
    EntryDraft,
    Outcome,
    Subject,
    TimeQuality,
    check_draft,
)
from alpr_core.audit.entry_form import entry_bytes, parse_entry, write_time
from alpr_core.errors import AuditError, InputError
from tests.alpr_core.audit.made_log import MadeLog

ENTRY = MadeLog().make_entry("search", facts=(("hits", "3"), ("list", "SVS")))
WRITTEN = entry_bytes(ENTRY)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


def test_an_entry_has_one_byte_form() -> None:
    """The bytes are sorted JSON without blanks, and give the same entry back."""
    assert parse_entry(WRITTEN) == ENTRY
    assert (
        json.dumps(
            json.loads(WRITTEN), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
        == WRITTEN
    )


def test_an_entry_carries_what_the_law_asks_for() -> None:
    """Civil Code 1798.90.52: date and time, query elements (sealed), user and organisation, purpose."""
    told = json.loads(WRITTEN)
    assert told["time"] == "2026-11-23T20:15:01.12Z"
    assert told["actor"] == {"user": "4711", "name": "Jo Ofícer", "organisation": "Westminster PD"}
    assert told["purpose"] == "stolen vehicle"
    assert told["case"] == "26-0042"
    assert set(told["sealed"]) == {"key", "nonce", "text"}
    assert (told["action"], told["outcome"], told["where"], told["source"]) == (
        "search", "done", "screen search", "console",
    )  # fmt: skip
    assert b"7ABC123" not in WRITTEN


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.sampled_from(Outcome), st.sampled_from(TimeQuality))
def test_any_text_survives(
    name: str, purpose: str, fact: str, outcome: Outcome, quality: TimeQuality
) -> None:
    """Whatever signs a name, purpose or fact holds, the entry comes back as it was."""
    entry = replace(
        ENTRY,
        actor=Actor("4711", name, ""),
        purpose=purpose,
        facts=(("fact", fact),),
        outcome=outcome,
        quality=quality,
    )
    assert parse_entry(entry_bytes(entry)) == entry


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        WRITTEN + b" ",
        WRITTEN.replace(b'"version":1', b'"version":2'),
        WRITTEN.replace(b'"version":1', b'"version":1.0'),
        WRITTEN.replace(b'"version":1', b'"version":true'),
        WRITTEN.replace(b'"index":1', b'"index":"1"'),
        WRITTEN.replace(b'"index":1', b'"index":-1'),
        WRITTEN.replace(b'"index":1', b'"index":1.0'),
        WRITTEN.replace(b'"index":1', b'"index":1e0'),
        WRITTEN.replace(b"01.12Z", b"01.123Z"),
        WRITTEN.replace(b"01.12Z", b"01.12+00:00"),
        WRITTEN.replace(b"-23T", b"-33T"),
        WRITTEN.replace(b'"gps"', b'"GPS"'),
        WRITTEN.replace(b'"done"', b'"\x1b]52"'),
        WRITTEN.replace(b'"action":"search"', b'"action":"Search"'),
        WRITTEN.replace(b'"where"', b'"wohin"'),
        WRITTEN.replace(b'"why":""', b'"why":null'),
        WRITTEN.replace(b'"why":""', b'"why":"","wye":""'),
        WRITTEN.replace(b'"why":""', b'"why":"","why":""'),
        WRITTEN.replace(b'"facts":{', b'"facts":{"A":"",'),
        WRITTEN.replace(b'"facts":{"hits":"3",', b'"facts":{"hits":3,'),
        WRITTEN.replace("í".encode(), b"\\u00ed"),
        WRITTEN.replace(b'"nonce":"', b'"nonce":"?'),
        WRITTEN.replace(b'"actor":{', b'"actor":[{').replace(b'},"box"', b'}],"box"'),
    ],
)  # fmt: skip
def test_other_bytes_are_no_entry(damaged: bytes) -> None:
    """What is not exactly the canonical form of version 1 is refused, without a control sign in the message."""
    assert damaged != WRITTEN
    with pytest.raises(AuditError) as refusal:
        parse_entry(damaged)
    assert refusal.value.what.isprintable()


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 11, 23, 8, 0, 0, 0, UTC), "2026-11-23T08:00:00.00Z"),
        (datetime(2026, 11, 23, 8, 0, 0, 999_999, UTC), "2026-11-23T08:00:00.99Z"),
        (datetime(2026, 11, 23, 8, 0, 0, 9_999, UTC), "2026-11-23T08:00:00.00Z"),
        (
            datetime(2026, 11, 23, 20, 0, tzinfo=timezone(timedelta(hours=-8))),
            "2026-11-24T04:00:00.00Z",
        ),
    ],
)
def test_time_is_utc_to_a_hundredth(at: datetime, written: str) -> None:
    """Times are written in UTC, cut off below 1/100 s."""
    assert write_time(at) == written


def test_a_time_without_zone_is_our_own_fault() -> None:
    """A naive time never becomes an entry."""
    with pytest.raises(RuntimeError, match="no time zone"):
        write_time(datetime(2026, 11, 23))


DRAFT = EntryDraft("search", Actor("4711", "Jo", "PD"), subject=Subject(plates=("7ABC123",)))


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, purpose="x" * (TEXT_CHARS_MAX + 1)),
        replace(DRAFT, subject=Subject(note="x" * (TEXT_CHARS_MAX + 1))),
        replace(DRAFT, subject=Subject(plates=("7ABC123", "\udcff"))),
        replace(DRAFT, actor=Actor("4711", "\ud800", "")),
        replace(DRAFT, facts=(("list", "x" * (TEXT_CHARS_MAX + 1)),)),
    ],
)
def test_texts_that_do_not_fit_are_refused(draft: EntryDraft) -> None:
    """A text that is too long or no text is the user's to mend, before anything is done."""
    with pytest.raises(InputError):
        check_draft(draft)


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, action=""),
        replace(DRAFT, action="Search"),
        replace(DRAFT, action="search."),
        replace(DRAFT, action="x" * 65),
        replace(DRAFT, facts=(("list", "a"), ("list", "b"))),
        replace(DRAFT, facts=(("List", "a"),)),
        replace(DRAFT, subject=Subject(query=(("", "a"),))),
    ],
)
def test_badly_named_things_are_our_own_fault(draft: EntryDraft) -> None:
    """Actions and names come from our own code and have one form."""
    with pytest.raises(RuntimeError):
        check_draft(draft)


def test_an_entry_that_fits_no_bundle_is_refused() -> None:
    """More than 65,535 bytes are refused with words, not cut."""
    facts = tuple((f"fact{number:03d}", "x" * 1_900) for number in range(40))
    with pytest.raises(InputError, match="65535"):
        entry_bytes(replace(ENTRY, facts=facts))
