from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpr_core.errors import InputError
from alpr_core.hotlists.stock_templates import STOCK_TEMPLATES
from alpr_core.hotlists.template import Delimited, ListEncoding, ListTemplate
from alpr_core.hotlists.text_rows import LINE_CHARS_MAX, delimited_rows, text_lines
from tests.alpr_core.hotlists.made_files import read_list

SPECTRUM = Path(__file__).resolve().parents[4] / "shared" / "hostile" / "csv-spectrum"


def rows_of_text(data: bytes, encoding: ListEncoding = ListEncoding.UTF_8) -> list[list[str]]:
    lines = text_lines([data], encoding)
    return [list(fields) for _, fields in delimited_rows(lines, Delimited(","))]


@pytest.mark.skipif(not SPECTRUM.is_dir(), reason="csv-spectrum is not beside the checkout")
def test_every_file_of_csv_spectrum_is_read_right() -> None:
    """All twelve files give the rows that their JSON says."""
    files = sorted((SPECTRUM / "csvs").glob("*.csv"))
    assert len(files) == 12
    for file in files:
        headings, *rows = rows_of_text(file.read_bytes())
        told = json.loads((SPECTRUM / "json" / f"{file.stem}.json").read_text("utf-8"))
        # Where a quoted field goes on over a line end, the JSON has a mere LF.
        found = [
            {name: value.replace("\r\n", "\n") for name, value in zip(headings, row, strict=True)}
            for row in rows
        ]
        wanted = [
            {name: value.replace("\r\n", "\n") for name, value in row.items()}
            for row in (told if isinstance(told, list) else [told])
        ]
        if file.stem == "location_coordinates":
            # Its JSON has another telephone number than its CSV; everything else agrees.
            assert found[0].pop("Contact Phone Number") == "2095257564"
            assert wanted[0].pop("Contact Phone Number") == "1234567890"
        assert found == wanted, file.name


@pytest.mark.parametrize(
    ("mark", "codec", "declared"),
    [
        (codecs.BOM_UTF8, "utf-8", ListEncoding.UTF_8),
        (codecs.BOM_UTF8, "utf-8", ListEncoding.CP1252),
        (codecs.BOM_UTF16_LE, "utf-16-le", ListEncoding.UTF_8),
        (codecs.BOM_UTF16_BE, "utf-16-be", ListEncoding.UTF_16),
        (b"", "utf-16-le", ListEncoding.UTF_16),
        (b"", "utf-16-be", ListEncoding.UTF_16),
        (b"", "cp1252", ListEncoding.CP1252),
        (b"", "latin-1", ListEncoding.LATIN_1),
        (b"", "utf-8", ListEncoding.UTF_8),
    ],
)
def test_encodings_and_byte_order_marks(mark: bytes, codec: str, declared: ListEncoding) -> None:
    """Each encoding is read as declared, and a byte order mark is believed rather than that."""
    data = mark + "a,b\r\nné,ß\r\n".encode(codec)
    assert rows_of_text(data, declared) == [["a", "b"], ["né", "ß"]]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_any_split_of_the_bytes_gives_the_same_lines(size: int) -> None:
    """Pieces of any size, also in the middle of a sign, give the same lines."""
    data = codecs.BOM_UTF8 + "8ABC123,é\n\n☂,x\r\nlast".encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    whole = list(text_lines([data], ListEncoding.UTF_8))
    assert list(text_lines(pieces, ListEncoding.UTF_8)) == whole
    assert whole == ["8ABC123,é\n", "\n", "☂,x\r\n", "last"]


@pytest.mark.parametrize("size", [1, 3, 999])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_the_first_one_does(end: str, size: int) -> None:
    """Files of old systems end their lines with CR alone and the text with Ctrl-Z; both are read."""
    data = end.join(["plate,class", '"8AB', 'C",x', "last,y\x1a"]).encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    lines = text_lines(pieces, ListEncoding.UTF_8)
    rows = [fields for _, fields in delimited_rows(lines, Delimited(","))]
    assert rows == [["plate", "class"], [f"8AB{end}C", "x"], ["last", "y"]]


def endless(piece: bytes) -> Iterator[bytes]:
    """Yield a piece for ever; a reader that wanted all of it would never return."""
    while True:
        yield piece


@pytest.mark.parametrize(
    ("chunks", "what"),
    [
        ([b"a,b\n1,2\n3,\x004\n"], "Line 3 holds a NUL"),
        ([b"a,b\n", b"1,2\n\x00"], "Line 3 holds a NUL"),
        (["plate,class\n8ABC123,stolen\n".encode("utf-16-le")], "NUL"),
        (endless(b"x" * 65_536), "longer than"),
        ([b"a,b\r", b"x" * 70_000], "longer than"),
        (endless(b'a\n"' + b"\n" * 100), "quotation mark in line"),
        ([b"x," * 100], "101 columns"),
        ([b"," * 100_000], "longer than|columns"),
    ],
)
def test_what_is_no_list_is_refused(chunks: list[bytes], what: str) -> None:
    """Binary, endless and mistaken files are refused with their line, long before their end."""
    with pytest.raises(InputError, match=what) as refusal:
        list(delimited_rows(text_lines(chunks, ListEncoding.UTF_8), Delimited(",")))
    assert "changed" in refusal.value.hint


def test_utf_16_cut_in_the_middle_is_refused() -> None:
    """Half a sign at the end of UTF-16 is a refused file."""
    with pytest.raises(InputError, match="utf-16"):
        list(text_lines(["é".encode("utf-16") + b"x"], ListEncoding.UTF_16))


def test_a_damaged_row_does_not_hide_the_next() -> None:
    """A row whose quotation marks do not fit is given as an empty one; the next is read."""
    rows = list(delimited_rows(['a,"b"c\n', "d,e\n"], Delimited(",")))
    assert rows == [(1, ()), (2, ["d", "e"])]
    assert list(delimited_rows(['a,"b"c\n'], Delimited(",", quote=""))) == [(1, ["a", '"b"c'])]


@pytest.mark.parametrize("template", STOCK_TEMPLATES, ids=lambda each: each.name)
@settings(deadline=None)
@given(
    pieces=st.lists(
        st.binary(max_size=200)
        | st.text(alphabet='8ABC1,;|"\n\r ?*SV', max_size=80).map(str.encode),
        max_size=8,
    )
)
def test_any_bytes_are_refused_or_accounted_for(
    template: ListTemplate, pieces: list[bytes]
) -> None:
    """Whatever a file holds, it is refused in words or each of its rows is kept, bad or dropped."""
    head = ",".join(["plate,class,LPN,State,Reason,Information"]) + "\n"
    semicolons = "State;Plate;Effective;Expiry;Category\n"
    start = semicolons if template.name == "category" else head
    try:
        entries, tally = read_list([start.encode(), *pieces], template)
    except InputError:
        return
    assert len(entries) == tally.kept
    assert tally.rows == tally.kept + sum(tally.bad.values()) + sum(tally.dropped.values())


def test_a_line_of_the_longest_length_is_read() -> None:
    """The limit is a limit, not less."""
    line = "x" * (LINE_CHARS_MAX - 1) + "\n"
    assert list(text_lines([line.encode()], ListEncoding.UTF_8)) == [line]
