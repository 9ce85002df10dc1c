"""How each block of a sheet looks on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Paragraph, Spacer
from reportlab.platypus import Table as Grid
from reportlab.platypus import TableStyle as GridStyle

from alpr_reports import house_style as style
from alpr_reports.charts import bar_chart, line_chart
from alpr_reports.sheet import (
    Align,
    BarChart,
    Block,
    Column,
    Heading,
    KeyValues,
    LineChart,
    Notice,
    Signatures,
    Table,
    Text,
)

_EMPTY_VALUE = "–"
_NAME_WIDTH = 46 * mm
_HEADING_ROOM = 35 * mm
"""A heading that has less room below it on its page begins the next one."""
_SIGNATURE_HEIGHT = 15 * mm

_PLAIN = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]


def flowables(block: Block) -> list[Flowable]:
    """Return what reportlab sets for one block."""
    match block:
        case Heading(text):
            words = style.marked_up(text, style.LINE_CHARS_MAX)
            found = [CondPageBreak(_HEADING_ROOM), Paragraph(words, style.HEADING)]
        case Text(text):
            found = _paragraphs(text)
        case Notice(text):
            found = [_framed(text), Spacer(1, 4 * mm)]
        case KeyValues(pairs):
            found = [_pairs(pairs), Spacer(1, 3 * mm)]
        case Table():
            found = [_table(block), Spacer(1, 4 * mm)]
        case BarChart():
            found = [bar_chart(block), Spacer(1, 4 * mm)]
        case LineChart():
            found = [line_chart(block), Spacer(1, 4 * mm)]
        case Signatures(roles):
            found = [Spacer(1, 4 * mm), _signatures(roles)]
    return found


def _paragraphs(text: str) -> list[Flowable]:
    parts = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    return [Paragraph(style.marked_up(part, style.TEXT_CHARS_MAX), style.TEXT) for part in parts]


def _framed(text: str) -> Flowable:
    looks = [
        *_PLAIN,
        ("BOX", (0, 0), (-1, -1), 1, style.ACCENT),
        ("BACKGROUND", (0, 0), (-1, -1), style.SHADE),
    ]
    words = [[paragraph] for paragraph in _paragraphs(text) or [""]]
    return Grid(words, colWidths=[style.BODY_WIDTH], style=GridStyle(looks), splitInRow=1)


def _pairs(pairs: Sequence[tuple[str, str]]) -> Flowable:
    rows = [
        [
            Paragraph(style.marked_up(name), style.NAME),
            Paragraph(style.marked_up(value) or _EMPTY_VALUE, style.VALUE),
        ]
        for name, value in pairs
    ]
    looks = [*_PLAIN, ("LINEBELOW", (0, 0), (-1, -1), 0.3, style.RULE)]
    widths = [_NAME_WIDTH, style.BODY_WIDTH - _NAME_WIDTH]
    return (
        Grid(rows, colWidths=widths, style=GridStyle(looks), splitInRow=1) if rows else Spacer(1, 0)
    )


def _table(table: Table) -> Flowable:
    if not table.rows:
        return Paragraph(style.marked_up(table.empty), style.TEXT)
    whole = sum(column.share for column in table.columns)
    widths = [style.BODY_WIDTH * column.share / whole for column in table.columns]
    head = [
        Paragraph(style.marked_up(one.title, style.LINE_CHARS_MAX), _head_style(one))
        for one in table.columns
    ]
    rows = [
        [
            Paragraph(style.marked_up(cell), _cell_style(column))
            for cell, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    looks = [
        *_PLAIN,
        ("BACKGROUND", (0, 0), (-1, 0), style.SHADE),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, style.INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, style.RULE),
    ]
    return Grid([head, *rows], colWidths=widths, style=GridStyle(looks), repeatRows=1, splitInRow=1)


def _head_style(column: Column) -> ParagraphStyle:
    return style.HEAD_CELL_RIGHT if column.align is Align.RIGHT else style.HEAD_CELL


def _cell_style(column: Column) -> ParagraphStyle:
    if column.is_code:
        return style.CODE_CELL
    return style.CELL_RIGHT if column.align is Align.RIGHT else style.CELL


def _signatures(roles: Sequence[str]) -> Flowable:
    """One line per role: signature, name in print, date and time."""
    under = ("Signature", "Name and badge, in print", "Date and time")
    widths = [style.BODY_WIDTH * share for share in (0.4, 0.35, 0.25)]
    sheets: list[Flowable] = []
    for role in roles:
        rows = [
            [Paragraph(style.marked_up(role, style.LINE_CHARS_MAX), style.NAME), "", ""],
            [Paragraph(word, style.SMALL) for word in under],
        ]
        looks = [
            ("VALIGN", (0, 0), (-1, 0), "TOP"),
            ("SPAN", (0, 0), (-1, 0)),
            ("LINEABOVE", (0, 1), (0, 1), 0.6, style.INK),
            ("LINEABOVE", (1, 1), (1, 1), 0.6, style.INK),
            ("LINEABOVE", (2, 1), (2, 1), 0.6, style.INK),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 1), (-1, 1), 1),
        ]
        grid = Grid(
            rows, colWidths=widths, rowHeights=[_SIGNATURE_HEIGHT, None], style=GridStyle(looks)
        )
        sheets.append(grid)
    return KeepTogether(sheets)
