"""A sheet as a PDF: the same values give the same bytes, on every box and at every time.

Each page carries what the document is, who made it when, its number, `page n of m`, and the digest of what it
says, so that a loose page finds its document.
"""

from __future__ import annotations

import io
from datetime import UTC
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from alpr_reports import house_style as style
from alpr_reports.blocks import flowables
from alpr_reports.sheet import Sheet, content_digest

_HEAD_Y = style.PAGE_HEIGHT - 11 * mm
_FOOT_Y = 11 * mm
_MARGIN_SIZE = 6.5


def pdf_bytes(sheet: Sheet) -> bytes:
    """Return the document as PDF, on US letter paper.

    Takes some 10 ms per page. Text that is hostile, endless or in no known letters is set as far as it can be;
    nothing in a sheet makes this fail.
    """
    style.register_fonts()
    written = io.BytesIO()
    template = BaseDocTemplate(
        written,
        pagesize=(style.PAGE_WIDTH, style.PAGE_HEIGHT),
        pageTemplates=[PageTemplate(frames=[_body()])],
        title=style.set_text(f"{sheet.kind}: {sheet.title}"),
        author=style.set_text(sheet.organisation),
        subject=style.set_text(sheet.number),
        creator="alpr-tui",
        lang="en-US",
        invariant=1,
    )
    story = [*_title_block(sheet), *(part for block in sheet.blocks for part in flowables(block))]
    digest = content_digest(sheet)

    def canvas(*args: Any, **options: Any) -> _NumberedCanvas:  # Any: what reportlab hands over
        return _NumberedCanvas(sheet, digest, *args, **options)

    template.build(story, canvasmaker=canvas)
    return written.getvalue()


def made_at_words(sheet: Sheet) -> str:
    """Return when the sheet was made, in UTC to the second."""
    return f"{sheet.made_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _body() -> Frame:
    height = style.PAGE_HEIGHT - 2 * style.MARGIN
    return Frame(style.MARGIN, style.MARGIN, style.BODY_WIDTH, height, 0, 0, 0, 0)


def _title_block(sheet: Sheet) -> list[Flowable]:
    left = [
        Paragraph(_short(sheet.kind.upper()), style.KIND),
        Paragraph(_short(sheet.title), style.TITLE),
    ]
    right = [
        Paragraph(_short(text), style.VALUE)
        for text in (
            sheet.organisation,
            f"No. {sheet.number}",
            f"Made {made_at_words(sheet)}",
            f"by {sheet.made_by}",
        )
    ]
    widths = [style.BODY_WIDTH * 0.62, style.BODY_WIDTH * 0.38]
    looks = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ]
    rule = HRFlowable(width="100%", thickness=1.4, color=style.ACCENT, spaceBefore=4, spaceAfter=8)
    return [Spacer(1, 1 * mm), Grid([[left, right]], colWidths=widths, style=looks), rule]


def _short(text: str) -> str:
    return style.marked_up(text, style.LINE_CHARS_MAX)


class _NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab carries no types
    """Writes head and foot of every page when the number of pages is known."""

    def __init__(self, sheet: Sheet, digest: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sheet = sheet
        self._digest = digest
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._draw_margins(number, len(self._pages))
            super().showPage()
        super().save()

    def _draw_margins(self, number: int, count: int) -> None:
        sheet, right = self._sheet, style.PAGE_WIDTH - style.MARGIN
        self.setFillColor(style.QUIET)
        self.setStrokeColor(style.RULE)
        self.setLineWidth(0.4)
        self.line(style.MARGIN, _FOOT_Y + 3.4 * mm, right, _FOOT_Y + 3.4 * mm)
        self.setFont(style.REGULAR, _MARGIN_SIZE)
        half = style.BODY_WIDTH / 2 - 3 * mm
        head = f"{sheet.kind} {sheet.number}" if number > 1 else ""
        self.drawString(style.MARGIN, _HEAD_Y, _fitted(head, half))
        self.setFont(style.BOLD, _MARGIN_SIZE)
        self.drawRightString(right, _HEAD_Y, _fitted(sheet.caution, half, style.BOLD))
        self.setFont(style.REGULAR, _MARGIN_SIZE)
        made = f"{sheet.organisation} · No. {sheet.number} · {made_at_words(sheet)}"
        self.drawString(style.MARGIN, _FOOT_Y, _fitted(made, style.BODY_WIDTH - 30 * mm))
        self.drawRightString(right, _FOOT_Y, f"Page {number} of {count}")
        self.setFont(style.CODE, 5.6)
        self.drawString(style.MARGIN, _FOOT_Y - 3 * mm, f"SHA-256 of the content: {self._digest}")


def _fitted(text: str, width: float, font: str = style.REGULAR) -> str:
    return style.fitted(text, font, _MARGIN_SIZE, width)
