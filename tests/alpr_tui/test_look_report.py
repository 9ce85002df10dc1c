from __future__ import annotations

import csv
import io

from alpr_tui.look_report import COLUMNS, LookReport, write_csv_header, write_csv_rows
from tests.alpr_core.made_readings import box_at, frame_at, reading_of


def table_of(*reports: LookReport) -> list[dict[str, str]]:
    file = io.StringIO()
    write_csv_header(file)
    for report in reports:
        write_csv_rows(file, report)
    return list(csv.DictReader(io.StringIO(file.getvalue())))


def test_columns_are_those_that_others_script() -> None:
    """The table's columns are exactly the documented ones."""
    assert ",".join(COLUMNS) == "image,plate,x,y,w,h,confidence,state,alternatives,ms"


def test_a_picture_without_a_plate_has_one_empty_row() -> None:
    """Nothing read gives one row with the image's name and empty fields."""
    (row,) = table_of(LookReport("a.jpg", frame_at(0), (), 12.34))
    assert row["image"] == "a.jpg"
    assert row["ms"] == "12.3"
    assert {row[key] for key in COLUMNS[1:-1]} == {""}


def test_the_weakest_sign_is_the_confidence() -> None:
    """The confidence of a row is that of its least certain sign, and an unread state is empty."""
    reading = reading_of(
        "8ABC123", box_at(10.04, 20.0), weak={0: ("B", 0.2, 0.7)}, state_confidence=0.5
    )
    (row,) = table_of(LookReport("a.jpg", frame_at(0), (reading,), 1.0))
    assert (row["confidence"], row["state"], row["alternatives"]) == ("0.700", "", "BABC123")
    assert (row["x"], row["y"], row["w"], row["h"]) == ("10.0", "20.0", "100.0", "50.0")


def test_a_file_name_cannot_start_a_formula() -> None:
    """A name that a spreadsheet would run gets an apostrophe."""
    (row,) = table_of(LookReport("=cmd|'x'!A1.jpg", frame_at(0), (), 1.0))
    assert row["image"].startswith("'=")
