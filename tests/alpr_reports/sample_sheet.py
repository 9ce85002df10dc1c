"""A sheet with every kind of block, and one with everything that could break a page."""

from __future__ import annotations

from datetime import UTC, datetime

from alpr_reports.sheet import (
    Align,
    Bar,
    BarChart,
    Column,
    Heading,
    KeyValues,
    LineChart,
    Notice,
    Series,
    Sheet,
    Signatures,
    Table,
    Text,
)

MADE_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

COLUMNS = (
    Column("Plate", 1, is_code=True),
    Column("Read at", 2),
    Column("Where", 3),
    Column("Looks", 1, Align.RIGHT),
)


def plain_sheet(rows: int = 90) -> Sheet:
    """Return a sheet over a few pages."""
    return Sheet(
        kind="Custody form",
        title="Reads of case 26-001234",
        organisation="Westminster Police Department",
        number="E-2026-0001",
        made_at=MADE_AT,
        made_by="Lt. R. Alvarez (badge 1001)",
        caution="LAW ENFORCEMENT SENSITIVE",
        blocks=(
            Notice(
                "Whoever takes this medium signs for it. The package opens with the agency's key only."
            ),
            KeyValues(
                (
                    ("Case", "26-001234"),
                    ("Medium", "SanDisk Extreme, serial 4C53000123"),
                    ("Remark", ""),
                )
            ),
            Heading("Reads"),
            Table(
                COLUMNS,
                tuple(
                    (
                        f"8ABC{number:03}",
                        f"2026-11-22 21:{number % 60:02}:10",
                        "Beach Blvd / Bolsa",
                        str(number),
                    )
                    for number in range(rows)
                ),
            ),
            Heading("Figures"),
            BarChart(
                "Accesses by user",
                (Bar("1001 Alvarez", 41), Bar("2002 Nguyen", 7), Bar("3003 Ødegård", 0)),
            ),
            LineChart(
                "Accesses per day",
                tuple(f"11-{day:02}" for day in range(1, 31)),
                (
                    Series("searches", tuple(float(day * 7 % 23) for day in range(30))),
                    Series("opened reads", tuple(float(day * 3 % 11) for day in range(30))),
                ),
            ),
            Text("The figures are counted from the audit log."),
            Signatures(("Released by", "Received by")),
        ),
    )


def hostile_sheet() -> Sheet:
    """Return a sheet whose texts try to break words, pages and mark-up."""
    endless = "W" * 2_500
    nasty = "<b>&amp;</para><img src='file:///etc/passwd'/>\x1b]52;c;AA\x07\u202egnp.exe \u0000"
    texts = (
        endless,
        nasty,
        "汉字 \U0001f6a8 العربية",
        "",
        "é" * 40,
        "a\u0301\u0301\u0301\u0301\u0301",
    )
    return Sheet(
        kind=nasty,
        title=endless,
        organisation=endless,
        number=endless,
        made_at=MADE_AT,
        made_by=nasty,
        caution=endless,
        blocks=(
            *(Heading(text) for text in texts),
            *(Text(text * 2) for text in texts),
            *(Notice(text) for text in texts),
            KeyValues(tuple((text, text) for text in texts)),
            KeyValues(()),
            Table(COLUMNS, tuple((text, endless, text, text) for text in texts)),
            Table(COLUMNS, ()),
            BarChart(endless, tuple(Bar(text, -1.0) for text in texts)),
            BarChart(nasty, ()),
            BarChart("many", tuple(Bar(str(number), number * 1e9) for number in range(100))),
            LineChart(nasty, texts, (Series(endless, (0.0,) * len(texts)),)),
            LineChart("none", (), ()),
            Signatures(texts),
        ),
    )
