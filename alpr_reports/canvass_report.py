"""The report of a canvass: scene, what was read, what witnesses saw; for paper (PDF) and for tables (CSV).

Source: policy 462.3(c), 462.6.
"""

from __future__ import annotations

from datetime import UTC, datetime

from alpr_core.canvass import Canvass, CanvassRead
from alpr_core.csv_text import csv_line
from alpr_core.desk.canvasses import CanvassReport
from alpr_core.hotlist import HotlistEntry
from alpr_core.position import compass_angle
from alpr_reports.pdf import pdf_bytes
from alpr_reports.sheet import (
    Align,
    Column,
    Heading,
    KeyValues,
    Notice,
    Sheet,
    Signatures,
    Table,
)

CAUTION = "LAW ENFORCEMENT SENSITIVE"

CSV_COLUMNS = (
    "read,seen_at_utc,plate,state,camera,weakest,tag,latitude,longitude,distance_m,list,read_as"
).split(",")

_READ_COLUMNS = (
    Column("Seen (UTC)", 1.7),
    Column("Plate", 1.1, is_code=True),
    Column("State", 0.6),
    Column("Sign", 0.6, Align.RIGHT),
    Column("Camera", 1),
    Column("Place", 1.9),
    Column("From scene", 0.9, Align.RIGHT),
    Column("List", 1.1),
)
_ENTRY_COLUMNS = (
    Column("Plate or part", 1.2, is_code=True),
    Column("State", 0.6),
    Column("Reported", 3),
    Column("Vehicle", 1.5),
    Column("Looked for until (UTC)", 1.4),
)


def canvass_pdf(report: CanvassReport) -> bytes:
    """Return the report as PDF; the same report gives the same bytes."""
    canvass = report.canvass
    sheet = Sheet(
        kind="Canvass report",
        title=f"Canvass, case {canvass.case_number}",
        organisation=report.organisation,
        number=canvass.canvass_id[:12],
        made_at=report.made_at,
        made_by=report.made_by,
        caution=CAUTION,
        blocks=(
            Notice(
                "A plate on this list was near the scene and nothing more: that it was read is no reason for"
                " suspicion. Look-alike signs may be misread; compare with the picture before acting."
            ),
            KeyValues(_facts(report)),
            Heading("Plates that witnesses reported"),
            Table(_ENTRY_COLUMNS, tuple(map(_entry_cells, report.entries)), "None was entered."),
            Heading("Reads, newest first"),
            Table(_READ_COLUMNS, tuple(map(_read_cells, report.reads)), "No plate was read."),
            Signatures(("Officer", "Supervisor")),
        ),
    )
    return pdf_bytes(sheet)


def canvass_csv(report: CanvassReport) -> bytes:
    """Return the reads as lines of a table in UTF-8, newest first."""
    lines = [csv_line(CSV_COLUMNS), *(csv_line(_csv_cells(read)) for read in report.reads)]
    return "".join(lines).encode()


def _facts(report: CanvassReport) -> tuple[tuple[str, str], ...]:
    canvass, counts = report.canvass, report.counts
    return (
        ("Case", canvass.case_number),
        ("Crime", canvass.crime_type),
        ("Scene", str(canvass.scene)),
        ("Officer", f"{canvass.officer.name} (badge {canvass.officer.user_id})"),
        ("Began (UTC)", _time(canvass.started_at)),
        ("Ended (UTC)", _ended(canvass)),
        ("Driven inside", f"{counts.driven_m:,} m, {len(report.track)} places of the car"),
        ("Vehicle passes inside", f"{counts.inside:,}"),
        ("Passes, position unknown", f"{counts.position_unknown:,}"),
        ("Distinct plates", f"{counts.distinct_plates:,}"),
        ("Held under", ", ".join(canvass.hold_ids) or "nothing to hold"),
    )


def _ended(canvass: Canvass) -> str:
    return "it still runs" if canvass.ended_at is None else _time(canvass.ended_at)


def _entry_cells(entry: HotlistEntry) -> tuple[str, ...]:
    until = "" if entry.expires_at is None else _time(entry.expires_at)
    return (entry.plate, entry.state or "any", entry.reason, str(entry.vehicle), until)


def _read_cells(one: CanvassRead) -> tuple[str, ...]:
    read = one.read
    place = read.position
    return (
        _time(read.seen_at),
        read.plate,
        read.state or "unread",
        f"{min(read.confidences, default=0.0):.0%}",
        read.camera,
        one.tag.value if place is None else f"{place.lat_deg:.5f}, {place.lon_deg:.5f}",
        "" if one.distance_m is None else f"{one.distance_m:.0f} m",
        read.hotlist or "",
    )


def _csv_cells(one: CanvassRead) -> list[str]:
    read = one.read
    place = read.position
    return [
        read.sighting_id,
        read.seen_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        read.plate,
        read.state or "",
        read.camera,
        f"{min(read.confidences, default=0.0):.3f}",
        one.tag.value,
        # A sign before a figure would look like a formula: longitudes west are written with W.
        "" if place is None else compass_angle(place.lat_deg, "N", "S"),
        "" if place is None else compass_angle(place.lon_deg, "E", "W"),
        "" if one.distance_m is None else f"{one.distance_m:.0f}",
        read.hotlist or "",
        read.original_plate or "",
    ]


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
