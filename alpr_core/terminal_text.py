"""Text from outside, made safe to print.

A terminal obeys control, bidirectional and invisible signs whoever sent them, and the screen library
passes them on. So every text that was not written in this source goes through `clean_text` where it
enters: OCR text, list fields, file names, device names, replies of servers.
"""

from __future__ import annotations

import unicodedata

REPLACEMENT = "\ufffd"
"""Stands for each sign that was taken out, so that tampering is seen."""

TEXT_LIMIT_CHARS = 200
"""Longest text shown in one line of the screen; longer ones end in an ellipsis."""

COMBINING_MARKS_MAX = 2
"""Marks on one letter; more of them would spill over neighbouring lines."""

_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARK_CATEGORIES = frozenset({"Mn", "Me"})


def clean_text(text: str, limit_chars: int = TEXT_LIMIT_CHARS) -> str:
    """Return one line without any sign that a terminal would act on.

    Controls, escapes, bidirectional and zero-width signs, private and unassigned code points become
    U+FFFD; white space becomes one blank; marks beyond two per letter are dropped.
    """
    kept: list[str] = []
    marks = 0
    for sign in text[: limit_chars * 4]:
        if sign.isspace():
            if kept and kept[-1] != " ":
                kept.append(" ")
            continue
        category = unicodedata.category(sign)
        marks = marks + 1 if category in _MARK_CATEGORIES else 0
        if marks > COMBINING_MARKS_MAX:
            continue
        kept.append(REPLACEMENT if category in _REFUSED_CATEGORIES else sign)
    line = "".join(kept).strip()
    return line if len(line) <= limit_chars else line[: limit_chars - 1] + "…"
