"""Purposes that say something, and those that do not."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.purposes import (
    DEFAULT_PURPOSES,
    AccessPurpose,
    CaseFormat,
    Purpose,
    PurposeField,
    PurposeRefused,
    PurposeRules,
    vagueness_of,
)

RULES = PurposeRules()
NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "hostile" / "blns.json"


@pytest.mark.parametrize(
    "text",
    [
        "test",
        "Testing",
        "test test test",
        "asdf",
        "asdfasdf",
        "qwerty uiop",
        "xxxxxxxxxxxx",
        "hahahaha lolololo",
        "police business",
        "Official Police Business!!",
        "because",
        "because I want to",
        "just checking",
        "investigation",
        "criminal investigation",
        "law enforcement purposes purpose",
        "n/a",
        "none of your business",
        "burglary burglary burglary",
        "drugs",
        "stolen",
        "1234567890",
        "............",
        "-",
        "ｐｏｌｉｃｅ　ｂｕｓｉｎｅｓｓ",
    ],
)
def test_vague_words_are_refused_with_the_reason(text: str) -> None:
    """Words that give no reason are refused, and the refusal says what is missing (462.5(b))."""
    refused = RULES.state("criminal_investigation", "26-012345", text)
    assert isinstance(refused, PurposeRefused)
    assert refused.field is PurposeField.DETAIL
    assert "say which vehicle, person or event" in refused.why


@pytest.mark.parametrize(
    "text",
    [
        "hit and run on Beach Blvd",
        "robbery at 7-Eleven, white Tacoma",
        "vehicle seen leaving the shooting",
        "missing juvenile Otto Poe",
        "atropello en la calle Bolsa",
        "catalytic converter thefts",
    ],
)
def test_plain_reasons_are_taken(text: str) -> None:
    """A short reason that names a vehicle, person or event is taken as it is."""
    stated = RULES.state("criminal_investigation", "26-012345", text)
    assert stated == AccessPurpose(DEFAULT_PURPOSES[9], "26-012345", text)


@given(st.sampled_from("robbery theft Tacoma officer".split()), st.integers(1, 20))
def test_one_word_repeated_is_no_reason(word: str, times: int) -> None:
    """However often a word is repeated, it does not become a reason, and is told so."""
    why = vagueness_of(" ".join([word] * times))
    assert why is not None
    assert ("repeated" in why) == (times > 1 and word != "officer")


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    """Whatever is typed, the outcome is a purpose or a refusal, and neither carries a terminal command."""
    outcome = RULES.state("patrol_incident", text, text)
    shown = outcome.why if isinstance(outcome, PurposeRefused) else outcome.detail
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cf", "Cs"}


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the naughty strings are not beside the checkout")
def test_naughty_strings_are_harmless() -> None:
    """Every naughty string as detail gives a refusal or a clean purpose."""
    for text in json.loads(NAUGHTY.read_text("utf-8")):
        outcome = RULES.state("criminal_investigation", "26-012345", text)
        shown = outcome.why if isinstance(outcome, PurposeRefused) else outcome.detail
        assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("26-012345", "26-012345"),
        (" 2026-0012345 ", "2026-0012345"),
        ("wpd26-012345", "WPD26-012345"),
        ("26 012345", "26012345"),
        ("", None),
        ("   ", None),
        ("n/a", None),
        ("none", None),
        ("123", None),
        ("00-000000", None),
        ("11-111111", None),
        ("26-012345; DROP", None),
        ("26-012345\x1b[2J", None),
        ("٢٦-٠١٢٣٤٥", None),
        ("9" * 5000, None),
    ],
)
def test_a_case_number_is_required(typed: str, kept: str | None) -> None:
    """Without a case or incident number of the agency's form there is no purpose (CC 1798.90.52)."""
    outcome = RULES.state("stolen_vehicle", typed)
    if kept is None:
        assert isinstance(outcome, PurposeRefused)
        assert outcome.field is PurposeField.CASE_NUMBER
    else:
        assert isinstance(outcome, AccessPurpose)
        assert outcome.case_number == kept


def test_the_purpose_comes_from_the_list() -> None:
    """A code that is not on the agency's list is refused; one that needs words is refused without."""
    unknown = RULES.state("curiosity", "26-012345")
    wordless = RULES.state("administrative", "26-012345", " ")
    assert isinstance(unknown, PurposeRefused) and unknown.field is PurposeField.PURPOSE
    assert isinstance(wordless, PurposeRefused) and wordless.field is PurposeField.DETAIL


def test_the_default_list_cites_the_policy() -> None:
    """Each default purpose has a code of its own and the clause that allows it (462.2 to 462.7)."""
    assert len({purpose.code for purpose in DEFAULT_PURPOSES}) == len(DEFAULT_PURPOSES)
    assert {purpose.clause[:5] for purpose in DEFAULT_PURPOSES} == {
        "462.2", "462.3", "462.4", "462.5", "462.7",
    }  # fmt: skip


def test_an_agency_has_its_own_list_and_form() -> None:
    """List, form of the case number and strictness are the agency's to set."""
    rules = PurposeRules(
        (Purpose("amber", "AMBER alert", "462.2", needs_detail=True),),
        CaseFormat(r"DR\d{6}", "DR123456"),
        allow_vague_detail=True,
    )
    assert isinstance(rules.state("amber", "dr654321", "test"), AccessPurpose)
    refused = rules.state("amber", "26-012345", "test")
    assert isinstance(refused, PurposeRefused) and "DR123456" in refused.why
    with pytest.raises(RuntimeError, match="does not fit"):
        CaseFormat(r"DR\d{6}", "26-1")
    with pytest.raises(RuntimeError, match="no regular expression"):
        CaseFormat("(", "26-1")
