"""Passwords that are taken and that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.accounts.password_policy import PasswordPolicy, key_material
from tests.alpr_core.accounts.made_users import made_user

POLICY = PasswordPolicy(
    frozenset({"Westminster", "Bolsa Avenue"}), frozenset({"kestrel-mosaic-71"})
)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "at least 8"),
        ("x7#Qp2!", "at least 8"),
        ("z" * 129, "at most 128"),
        ("kestrel-mosaic-71", "banned list"),
        ("Kestrel-Mosaic-71", "banned list"),
        ("K3str3l-m0s@ic-71", "banned list"),
        ("tulip 4711 mosaic kestrel", "4711"),
        ("westminster kestrel mosaic", "westminster"),
        ("W3stm1nst3r kestrel mosaic", "westminster"),
        ("my P0l1ce kestrel mosaic", "police"),
        ("bolsa kestrel mosaic tulip", "bolsa"),
        ("department kestrel mosaic", "department"),
        ("qwertyuiop", "."),
        ("trustno1", "."),
        ("iloveyou1", "."),
        ("aaaaaaaaaaaa", "."),
        ("12345678", "."),
        ("2026-11-23", "."),
    ],
)
def test_bad_passwords_are_refused_with_the_reason(password: str, words: str) -> None:
    """Short, common, local and weak passwords are refused in words that help (CJIS IA-5(1))."""
    refused = POLICY.refusal(password, made_user())
    assert refused is not None
    assert words in refused.why
    assert refused.hint


@pytest.mark.parametrize(
    "password",
    ["tulip kestrel mosaic", "v9#Lq2!xRz", "größe Käfig Mosaik", "x7" * 3 + "Kestrel~Tulip"],
)
def test_good_passwords_are_taken(password: str) -> None:
    """A password of unrelated words or random signs is taken; no mixture of signs is forced."""
    assert POLICY.refusal(password, made_user()) is None


@given(st.text(max_size=200))
def test_any_text_is_judged(password: str) -> None:
    """Whatever is typed is taken or refused, never an error, and always has bytes to hash."""
    POLICY.refusal(password, made_user())
    assert isinstance(key_material(password), bytes)


def test_the_same_password_from_another_keyboard() -> None:
    """An accent typed as one sign or as two is the same password."""
    assert key_material("Ka\u0308fig") == key_material("K\u00e4fig")
