from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from alpr_core import errors
from alpr_core.errors import AlprError

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md", "training/README.md"])
def test_documents_name_files_that_exist(document: str) -> None:
    """Every file or folder that a document names in code letters is there."""
    text = (ROOT / document).read_text("utf-8")
    named = set(
        re.findall(
            r"`((?:alpr_core|alpr_tui|alpr_vision|alpr_reports|alpr_central|hw|db|scheduler|bench|docs|training)/[\w./-]*)",
            text,
        )
    )
    missing = [
        name
        for name in named
        if not (ROOT / name.rstrip("./")).exists() and "runs" not in name and "assets" not in name
    ]
    assert not missing


def test_links_lead_somewhere() -> None:
    """Every relative link of the documents leads to a file."""
    for document in ROOT.glob("docs/**/*.md"):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text("utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / "README.md").read_text("utf-8")):
        assert (ROOT / link).exists(), link


def test_error_tree_in_the_docstring_is_the_tree() -> None:
    """The tree drawn in the errors' docstring names every class with its exit code."""
    drawn = dict(re.findall(r"(\w+(?:Error|Refused))\s+(\d+)", errors.__doc__ or ""))
    found = {
        name: str(kind.exit_code)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, AlprError) and kind is not AlprError
    }
    assert drawn == found
    assert len(set(found.values())) == len(found)


def test_modules_stay_short() -> None:
    """No module of the product is longer than 400 lines."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    long = [
        name
        for name in listed
        if not name.startswith(("training/", "tests/"))
        and len((ROOT / name).read_text("utf-8").splitlines()) > 400
    ]
    assert not long


def test_lock_files_name_no_registry() -> None:
    """The lock files hold hashes, never an address."""
    for lock in ROOT.glob("**/*.lock"):
        if ".venv" not in str(lock) and lock.name != ".venv.lock":
            text = lock.read_text("utf-8")
            assert "://" not in text
            assert text.count("--hash=sha256:") >= text.count("==")
