"""Users as they are typed in."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.accounts.user import (
    BADGE_CHARS_MAX,
    NAME_CHARS_MAX,
    canonical_badge,
    make_training,
    make_user,
    one_line,
)
from alpr_core.audit.entry import Actor
from alpr_core.errors import InputError
from alpr_core.permissions import Role
from tests.alpr_core.accounts.made_users import NOW, made_user

NAUGHTY = Path(__file__).resolve().parents[4] / "shared" / "hostile" / "blns.json"


@pytest.mark.parametrize(
    ("typed", "badge"),
    [
        ("4711", "4711"),
        (" wpd-4711 ", "WPD-4711"),
        ("47 11", "4711"),
        ("", None),
        ("-4711", None),
        ("4711;", None),
        ("４７１１", None),
        ("4711\x00", None),
        ("A" * (BADGE_CHARS_MAX + 1), None),
    ],
)
def test_a_badge_has_one_written_form(typed: str, badge: str | None) -> None:
    """Blanks and small letters are mended; anything that is no badge is none."""
    assert canonical_badge(typed) == badge


@given(st.text(max_size=60))
def test_a_badge_stays_as_it_is(typed: str) -> None:
    """Whatever is typed, a badge written once is written the same again."""
    badge = canonical_badge(typed)
    assert badge is None or canonical_badge(badge) == badge


@given(st.text(max_size=200))
def test_a_name_is_harmless_or_refused(typed: str) -> None:
    """Whatever is typed as a name, what is kept is one short line that no terminal acts on."""
    try:
        name = one_line("name", typed)
    except InputError as refused:
        name = refused.what
        assert len(name) < NAME_CHARS_MAX + 80
    assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the naughty strings are not beside the checkout")
def test_naughty_names() -> None:
    """Every naughty string as name, title and organisation is kept harmless or refused in words."""
    for text in json.loads(NAUGHTY.read_text("utf-8")):
        try:
            shown = make_user("a" * 32, "4711", text, text, text, [Role.OFFICER]).name
        except InputError as refused:
            shown = str(refused)
        assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_hidden_signs_in_a_name_are_refused() -> None:
    """A name with invisible or turning signs is refused: it could pass for another name."""
    for hidden in ("\u200b", "\u202e", "\x1b[31m"):
        with pytest.raises(InputError, match="invisible"):
            one_line("name", f"Ann{hidden} Ode")


def test_a_user_has_roles_that_go_together() -> None:
    """A user without a role, or with roles that exclude each other, cannot be made."""
    for roles, words in (((), "at least one"), ((Role.AUDITOR, Role.OFFICER), "stands alone")):
        with pytest.raises(InputError, match=words):
            make_user("a" * 32, "4711", "Ann Ode", "Officer", "WPD", roles)


def test_the_audit_log_names_the_user() -> None:
    """A user stands in the audit log by badge, name and organisation (462.5(a), CC 1798.90.52(a)(3))."""
    assert made_user().actor == Actor("4711", "Ann Ode", "Westminster Police Department")


def test_training_ends_after_it_began() -> None:
    """A training record whose expiry lies before its day is refused (462.8)."""
    with pytest.raises(InputError, match="before"):
        make_training("ALPR operator", "Sgt. Tran", date(2027, 1, 1), NOW)
    with pytest.raises(RuntimeError, match="time zone"):
        make_training("ALPR operator", "Sgt. Tran", date(2026, 1, 1), NOW.replace(tzinfo=None))
