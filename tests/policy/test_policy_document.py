"""docs/policy.md says what is there: every clause, commands that exist, tests that run."""

from __future__ import annotations

import re
from pathlib import Path

from alpr_tui.places import PLACES

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/policy.md").read_text("utf-8").splitlines()
    if line.startswith("| 462")
]
CLAUSES = """462.1 462.2 462.2.1(a) 462.2.1(b) 462.2.1(c) 462.2.1(d) 462.2.1(e) 462.2.1(f) 462.2.1(g)
462.3(a) 462.3(b) 462.3(c) 462.3(d) 462.3(e) 462.3(f) 462.4 462.5(a) 462.5(b) 462.5(c) 462.6 462.7 462.8""".split()


def test_every_clause_has_a_row() -> None:
    """Each clause of policy 462 stands in the table, and nothing else does."""
    assert list(dict.fromkeys(row[0] for row in ROWS)) == CLAUSES


def test_named_tests_exist_and_quote_their_clause() -> None:
    """Each test that the table names exists, and its docstring begins with the clause of its row."""
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests/policy").glob("*.py"))
    for row in ROWS:
        for name in re.findall(r"`(test_\w+)`", row[3]):
            found = re.search(rf'def {name}\(.*?\) -> None:\n    """(.*?):', sources, re.DOTALL)
            assert found is not None, name
            assert found.group(1) == row[0], name


def test_every_policy_test_is_in_the_table() -> None:
    """No test of a clause is missing from the table."""
    source = "".join(f.read_text("utf-8") for f in (ROOT / "tests/policy").glob("test_policy_462*"))
    named = {name for row in ROWS for name in re.findall(r"`(test_\w+)`", row[3])}
    assert set(re.findall(r"def (test_462\w+)", source)) == named


def test_named_pages_and_commands_exist() -> None:
    """Each page and command that the table names can be gone to."""
    commands = {path.stem for path in (ROOT / "alpr_tui/commands").glob("*.py")}
    pages = {f"{place.key.upper()} {place.title}" for place in PLACES} | {"F2 Live"}
    for row in ROWS:
        assert set(re.findall(r"`alpr (\w+)`", row[2])) <= commands, row
        assert set(re.findall(r"F\d+ \w+", row[2])) <= pages, row
