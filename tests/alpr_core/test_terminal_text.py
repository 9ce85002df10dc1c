from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.terminal_text import clean_text

NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "hostile" / "blns.json"


def is_harmless(line: str) -> bool:
    return all(unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in line)


@pytest.mark.parametrize(
    "attack",
    [
        "\x1b[2J",
        "\x1b]52;c;aGk=\x07",
        "\x9b31m",
        "\u202eevil",
        "a\r\nb",
        "\x00",
        "\u200b",
        "\U000e0041",
        "\ud800",
    ],
)
def test_terminal_commands_are_taken_out(attack: str) -> None:
    """No sign that a terminal acts on survives, and its place is marked."""
    line = clean_text(f"x{attack}y")
    assert is_harmless(line)
    assert line.startswith("x") and line.endswith("y")


@given(st.text(max_size=400))
def test_any_text_becomes_one_harmless_line(text: str) -> None:
    """Whatever the text, the outcome is one short line, and cleaning it again changes nothing."""
    line = clean_text(text, 50)
    assert is_harmless(line)
    assert len(line) <= 50
    assert clean_text(line, 50) == line


def test_marks_do_not_pile_up() -> None:
    """A letter with a hundred combining marks keeps two."""
    assert len(clean_text("e" + "\u0301" * 100)) == 3


@pytest.mark.skipif(
    not NAUGHTY.exists(), reason="the list of naughty strings is not beside the checkout"
)
def test_naughty_strings() -> None:
    """Every string of the public list of naughty strings is made harmless."""
    for text in json.loads(NAUGHTY.read_text("utf-8")):
        assert is_harmless(clean_text(text))
