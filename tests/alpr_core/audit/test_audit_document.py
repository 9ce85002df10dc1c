"""docs/audit-log.md says what the code does."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime

from alpr_core.audit.entry import Outcome, TimeQuality
from alpr_core.audit.read_commitment import CommittedRead, committed_text
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


def test_the_documents_commitment_is_the_codes() -> None:
    """Text, salt and digest of section 9 belong together, and the code writes the same text."""
    section = DOCUMENT.read_text("utf-8").partition("## 9.")[2]
    text = section.partition("```json\n")[2].partition("\n")[0]
    seen_at = datetime(2026, 11, 23, 20, 15, 0, 123456, tzinfo=UTC)
    pictures = {"plate": hashlib.sha256(b"").hexdigest()}
    assert text == committed_text(f"{1:032x}", "front", seen_at, "7ABC123", "CA", pictures)
    opened = CommittedRead(text, bytes(range(16)))
    assert f"`{opened.salt.hex()}` it is `{opened.sha256}`" in section
