"""A QR code as lines of half blocks, for a terminal."""

from __future__ import annotations

import io

import segno


def qr_lines(text: str, columns: int) -> list[str] | None:
    """Return a QR code as lines of half blocks, white on black; None if it is wider than `columns`."""
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=drawn, border=2, compact=True)
    lines = drawn.getvalue().splitlines()
    width = segno.make(text, error="l", micro=False).symbol_size(border=2)[0]
    return lines if width <= columns else None
