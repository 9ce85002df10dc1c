"""Sheets of paper: what the agency prints, signs and keeps, as PDF in one house style.

Values in, bytes out: no file, no clock, no query. Reading order: `sheet` (what a document says, as frozen
values), `house_style` (letters, colours, sizes), `blocks` (how each block looks), `charts`, `pdf` (the whole).
Each kind of document has a module of its own on top: it takes values of the core and returns a `Sheet`.
"""

__house__ = "alpr-tui"
