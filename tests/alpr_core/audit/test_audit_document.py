"""docs/audit-log.md says what the code does."""

from __future__ import annotations

import json
import re

from alpr_core.audit.entry import Outcome, TimeQuality
from tests.alpr_core.audit.audit_vectors import DOCUMENT, with_vectors
from tests.alpr_core.audit.made_log import MadeLog

TEXT = DOCUMENT.read_text("utf-8")


def test_the_worked_example_is_what_the_code_makes() -> None:
    """Every byte of the document's example comes out of the code today."""
    assert with_vectors(TEXT) == TEXT


def test_the_table_of_fields_is_the_entry() -> None:
    """The document lists exactly the fields that an entry has, and the words for outcome and time quality."""
    section = TEXT[TEXT.index("## 2.") : TEXT.index("## 3.")]
    listed = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)
    assert sorted(listed) == sorted(json.loads(MadeLog().leaves[0]))
    for word in (*Outcome, *TimeQuality):
        assert f"`{word.value}`" in section
