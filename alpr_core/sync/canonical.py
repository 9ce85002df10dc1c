"""One written form of a record: the same bytes in every language, each time it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

JsonRecord = Mapping[str, Any]
"""Names to texts, whole numbers, truths, nothing, or lists and objects of them; no fractions."""


def canonical_json(content: JsonRecord) -> str:
    """Return the record as canonical JSON: sorted names, no blanks, whole numbers only.

    Raises:
        RuntimeError: it holds a fraction, whose written form differs between languages; our own fault.

    Source: RFC 8785 for the values we use; docs/sync-protocol.md, section 2.
    """
    _refuse_fractions(content)
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _refuse_fractions(value: object) -> None:
    if isinstance(value, float):
        raise RuntimeError(f"{value!r}: a record holds whole numbers only")
    if isinstance(value, Mapping):
        for part in value.values():
            _refuse_fractions(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_fractions(part)
