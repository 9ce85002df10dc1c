"""Writes what comes from the catalogue: `python -m firmware_bridge.table_writer`, run in the checkout."""

from __future__ import annotations

from pathlib import Path

from firmware_bridge.catalogue import MESSAGES, PARAMETERS, table_digest

ROOT = Path(__file__).resolve().parent.parent
FIRMWARE_TABLE = ROOT / "firmware_bridge" / "firmware" / "board_tables.py"
DOCUMENT = ROOT / "docs" / "firmware-protocol.md"

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def firmware_table() -> str:
    """Return the text of the firmware's table."""
    lines = [
        '"""Messages and parameters. Written by `python -m firmware_bridge.table_writer`; edit the catalogue."""',
        "",
        f"TABLE_DIGEST = 0x{table_digest():08X}",
        "",
        "# number: (CRC_EXTRA, layout, longest payload, fields in wire order)",
        "MESSAGES = {",
    ]
    for one in MESSAGES:
        names = ", ".join(f'"{name}"' for name in one.field_names)
        lines.append(
            f'    {one.number}: ({one.crc_extra}, "{one.layout}", {one.length_bytes}, ({names},)),'
        )
    lines += ["}", ""]
    lines += [f"{one.name} = {one.number}" for one in MESSAGES]
    lines += ["", "# name, lowest, highest, default, whole numbers only", "PARAMETERS = ("]
    for row in PARAMETERS:
        numbers = ", ".join(repr(float(value)) for value in (row.low, row.high, row.default))
        lines.append(f'    ("{row.name}", {numbers}, {row.is_whole}),')
    return "\n".join([*lines, ")", ""])


def document_tables() -> str:
    """Return both tables as Markdown."""
    lines = ["| number | message | CRC_EXTRA | bytes | use |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.number} | {one.name} | {one.crc_extra} | {one.length_bytes} | {one.use} |"
        for one in MESSAGES
    ]
    lines += [
        "",
        "| parameter | unit | from | to | default | meaning |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.name} | {row.unit} | {row.low:g} | {row.high:g} | {row.default:g} | {row.meaning} |"
        for row in PARAMETERS
    ]
    return "\n".join([*lines, "", f"Digest of these tables: `{table_digest():08X}`."])


def write_tables() -> None:
    """Write the firmware's table, and the document's between its marks."""
    FIRMWARE_TABLE.write_text(firmware_table(), "utf-8")
    head, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    DOCUMENT.write_text(f"{head}{BEGIN}\n{document_tables()}\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    write_tables()
