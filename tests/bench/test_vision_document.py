from __future__ import annotations

import re
from pathlib import Path

import pytest

from alpr_core.look_alikes import LOOK_ALIKES
from alpr_tui.command_line import parse
from docs.draw_failures import KINDS, SHEET, kind_of, sheet_of

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "vision.md").read_text("utf-8")


def test_files_that_the_document_names_exist() -> None:
    """Every file that docs/vision.md names in code letters is there."""
    folders = "alpr_core|alpr_tui|alpr_vision|bench|docs|training"
    named = set(re.findall(rf"`((?:{folders})/[\w./-]*)", TEXT))
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_commands_that_the_document_names_are_understood() -> None:
    """Every `alpr ...` of docs/vision.md is a command line that the program understands."""
    written = re.findall(r"`(alpr [^`]+)`|^    (alpr .*?)(?:   |$)", TEXT, re.MULTILINE)
    lines = [inline or block for inline, block in written]
    assert len(lines) > 12
    for line in lines:
        assert parse(line.split()[1:]).command, line


@pytest.mark.parametrize(
    ("truth", "read", "kind"),
    [
        ("8ABC123", "BABC1Z3", "look-alike signs"),
        ("8ABC123", "8ABC12", "signs lost"),
        ("8ABC123", "38ABC123", "signs too many"),
        ("8ABC123", "8ABC173", "other signs"),
    ],
)
def test_kinds_of_failures(truth: str, read: str, kind: str) -> None:
    """A misreading is sorted by what went wrong with it."""
    assert kind_of(truth, read) == kind
    assert kind in KINDS


def test_the_sheet_is_there() -> None:
    """The picture of failures lies where the document shows it, and look-alikes are named in it."""
    assert SHEET.is_file()
    assert f"({SHEET.relative_to(ROOT / 'docs')})" in TEXT
    for group in LOOK_ALIKES:
        assert "/".join(group) in TEXT or "/".join(group[:2]) in TEXT


def test_a_sheet_leaves_out_kinds_without_failures() -> None:
    """Kinds of which nothing was found have no row."""
    import numpy as np

    from docs.draw_failures import Misread

    picture = np.zeros((96, 192), np.uint8)
    one = Misread("signs lost", "8ABC123", "8ABC12", 0.9, 80.0, picture)
    assert sheet_of({"signs lost": [one], "other signs": []}).shape[0] < 200
