from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from alpr_reports import house_style
from alpr_reports.house_style import fitted, set_text, text_width
from alpr_reports.pdf import pdf_bytes
from alpr_reports.sheet import Text, content_digest
from tests.alpr_reports.sample_sheet import MADE_AT, hostile_sheet, plain_sheet

ROOT = Path(__file__).resolve().parents[2]


def _pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_same_values_same_bytes_in_another_process(tmp_path: Path) -> None:
    """Two processes with other hash seeds make the same PDF of the same sheet, byte by byte."""
    digests = set()
    for seed in ("1", "2"):
        code = (
            "import sys; sys.path.insert(0, '.')\n"
            "from tests.alpr_reports.sample_sheet import plain_sheet\n"
            "from alpr_reports.pdf import pdf_bytes\n"
            "import hashlib; print(hashlib.sha256(pdf_bytes(plain_sheet(3))).hexdigest())"
        )
        ran = subprocess.run(
            [sys.executable, "-P", "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "TZ": "America/Los_Angeles" if seed == "1" else "UTC"},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(ran.stdout)
    assert digests == {hashlib.sha256(pdf_bytes(plain_sheet(3))).hexdigest() + "\n"}


def test_every_page_says_what_it_belongs_to() -> None:
    """Each page carries number, `page n of m`, caution and digest; heads of tables repeat."""
    sheet = plain_sheet()
    pages = _pages(pdf_bytes(sheet))
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert sheet.number in text and sheet.caution in text
        assert content_digest(sheet) in text
    assert sum("Read at" in text for text in pages) >= 3
    whole = "\n".join(pages)
    assert all(f"8ABC{number:03}" in whole for number in range(90))
    assert "Signature" in pages[-1]


def test_digest_knows_every_value() -> None:
    """The digest changes with any text, and with the time at which the sheet was made."""
    sheet = plain_sheet(2)
    others = {
        content_digest(replace(sheet, title="another")),
        content_digest(replace(sheet, made_at=MADE_AT + timedelta(seconds=1))),
        content_digest(replace(sheet, blocks=(*sheet.blocks, Text("more")))),
    }
    assert len(others) == 3
    assert content_digest(sheet) not in others


def test_hostile_text_is_set_as_text() -> None:
    """Endless words, mark-up, escapes and unknown letters are set as text; nothing runs over the page."""
    pdf = pdf_bytes(hostile_sheet())
    pages = _pages(pdf)
    whole = "".join(pages)
    assert "<img src='file:///etc/passwd'/>" in whole.replace("\n", "")
    assert "\x1b" not in whole and "\u202e" not in whole
    assert len(pages) < 60
    assert b"/JavaScript" not in pdf and b"/URI" not in pdf


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_no_word_leaves_the_paper(tmp_path: Path) -> None:
    """Every word of a hostile sheet lies between the margins of its page."""
    (tmp_path / "hostile.pdf").write_bytes(pdf_bytes(hostile_sheet()))
    ran = subprocess.run(
        ["pdftotext", "-bbox", str(tmp_path / "hostile.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    words = re.findall(r'<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)"', ran.stdout)
    assert words
    left, right = house_style.MARGIN - 1, house_style.PAGE_WIDTH - house_style.MARGIN + 1
    assert all(left <= float(x_min) and float(x_max) <= right for x_min, x_max in words)


def test_unknown_letters_are_seen_as_missing() -> None:
    """A sign that the letters lack is set as the sign for what was taken out, never as nothing."""
    assert set_text("A\U0001f6a8B") == "A\ufffdB"
    assert fitted("W" * 300, house_style.BOLD, 8, 100).endswith("…")
    assert text_width(fitted("W" * 300, house_style.BOLD, 8, 100), house_style.BOLD, 8) <= 100


def test_letters_are_the_ones_with_the_licence() -> None:
    """Each font file has the digest that its card names, and the licence lies beside it."""
    folder = ROOT / "alpr_reports" / "fonts"
    named = dict(
        re.findall(r"\| (\S+\.ttf) \| ([0-9a-f]{64}) \|", (folder / "CARD.md").read_text())
    )
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.ttf")
    }
    assert found == named
    assert "Bitstream" in (folder / "LICENSE").read_text()
