"""The pages for the public: what the law asks for, no personal data, no script, and good in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from alpr_core.reports.audit_figures import Counted
from alpr_core.reports.public_figures import DEFAULT_RETENTION, PublicFigures, PublicPolicy
from alpr_reports.public_pages import POLICY_PAGE, public_pages

CHROMIUM = shutil.which("chromium")
MADE_AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
NASTY = "<script>alert(1)</script>\x1b[2J\u202e"
POLICY = PublicPolicy(
    organisation="Westminster Police Department",
    purposes=("Stolen or wanted vehicle", "Missing person"),
    titles=("Patrol officer", "Lieutenant", NASTY),
    courses=("ALPR operator",),
    designee="Lieutenant R. Alvarez",
    retention=DEFAULT_RETENTION,
)
YEAR = PublicFigures(
    period="2026",
    until=datetime(2026, 11, 1, tzinfo=UTC),
    reads=1_234_567,
    verified=190,
    confirmed=121,
    searches=(Counted("Stolen or wanted vehicle", 41), Counted("Missing person", 3)),
    refused_accesses=17,
    requests=(("Federal agency", 0, 2), ("Sheriff of a California county", 5, 1)),
    packages=4,
    audits_signed=47,
    accesses_audited=480,
    accesses_not_justified=1,
    cars=3,
    car_months=23,
)
PAGES = {name: page.decode() for name, page in public_pages(POLICY, (YEAR,), MADE_AT).items()}


class Outline(HTMLParser):
    """Collects what a screen reader goes by."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    found.close()
    assert not found.open
    return found


def test_the_policy_has_every_part_that_the_law_asks_for() -> None:
    """Purposes, titles, training, monitoring, sharing, custodian, accuracy, retention: 1798.90.51(b)(2)(A)-(G)."""
    page = PAGES[POLICY_PAGE]
    for words in (
        "Authorized purposes",
        "Missing person",
        "Who may use the system, and training",
        "Patrol officer",
        "ALPR operator",
        "How use is monitored",
        "Sharing with others",
        "1798.90.55",
        "Official custodian",
        "privacy and civil liberties",
        "independent contractors",
        "Lieutenant R. Alvarez",
        "Accuracy and correction of errors",
        "How long data is kept",
        "34090.6",
    ):
        assert words in page, words


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_plain_and_accessible(name: str) -> None:
    """One h1, no level skipped, language, title, captions, scopes; no script, no foreign address."""
    page = PAGES[name]
    found = outline(page)
    assert found.tags.count("h1") == found.tags.count("main") == found.tags.count("title") == 1
    levels = [int(tag[1]) for tag in found.tags if re.fullmatch(r"h\d", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert ("html", {"lang": "en-US"}) in found.attributes
    assert found.tags.count("table") == found.tags.count("caption")
    assert all("scope" in attrs for tag, attrs in found.attributes if tag == "th")
    assert not {"script", "img", "iframe", "form", "link"} & set(found.tags)
    assert "://" not in page and "javascript" not in page.lower()
    assert "\x1b" not in page and "\u202e" not in page
    links = [attrs["href"] or "" for tag, attrs in found.attributes if tag == "a"]
    assert all(link.startswith("#") or link in PAGES for link in links)


def test_same_values_same_pages() -> None:
    """The pages of the same values are the same bytes, and their figures are the year's."""
    assert {
        name: page.decode() for name, page in public_pages(POLICY, (YEAR,), MADE_AT).items()
    } == PAGES
    page = PAGES["statistics-2026.html"]
    for figure in (
        "1,234,567",
        "190",
        "480",
        "until October 31, 2026",
        "23 monthly reports of 3 vehicles",
    ):
        assert figure in page


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_real_browser_shows_and_prints_them(tmp_path: Path) -> None:
    """Chromium lays the pages out without an error, within a telephone's width, and prints them."""
    probe = (
        "<script>onload=()=>{const w=innerWidth,bad=[...document.querySelectorAll('main *')]"
        ".filter(e=>e.getBoundingClientRect().right>w+1).length;document.title=JSON.stringify("
        "{bad,w,links:document.links.length,tables:document.querySelectorAll('table').length})}</script>"
    )
    for name, page in PAGES.items():
        (tmp_path / name).write_text(page)
        policy = re.sub(r"<meta http-equiv[^>]*>", "", page)
        probed = tmp_path / f"probe-{name}"
        probed.write_text(policy.replace("</head>", f"{probe}</head>"))
        told = _chromium(tmp_path, "--window-size=500,800", "--dump-dom", probed.as_uri())
        title = re.search(r"<title>(\{.*?\})</title>", told)
        assert title is not None, told[:300]
        seen = json.loads(title[1])
        assert seen["bad"] == 0 and seen["links"] >= 2
        _chromium(tmp_path, f"--print-to-pdf={tmp_path / 'page.pdf'}", (tmp_path / name).as_uri())
        assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def _chromium(folder: Path, *words: str) -> str:
    assert CHROMIUM is not None
    ran = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            f"--user-data-dir={folder / 'profile'}",
            *words,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-500:]
    return ran.stdout
