"""Canvasses in words, for pages that show them."""

from __future__ import annotations

from datetime import datetime

from alpr_core.canvass import Canvass, CanvassRead, CanvassTag
from alpr_core.desk.canvasses import CanvassProgress
from alpr_core.terminal_text import clean_text

NO_CANVASS = (
    "No canvass runs. n starts one: purpose and case, type of crime, centre or route, reach."
)


def canvass_line(canvass: Canvass) -> str:
    """Return which canvass it is, in one line."""
    return clean_text(f"case {canvass.case_number}, {canvass.crime_type}, {canvass.scene}")


def progress_words(progress: CanvassProgress, now: datetime) -> str:
    """Return how it stands; no plate."""
    counts = progress.counts
    minutes = max(0, int((now - progress.canvass.started_at).total_seconds() // 60))
    where = "where the car is: unknown"
    if progress.here is not None:
        place = (progress.here.lat_deg, progress.here.lon_deg)
        inside = progress.canvass.scene.contains(place)
        where = "the car is inside" if inside else "the car is OUTSIDE"
    return (
        f"reads inside      {counts.inside}\n"
        f"position unknown  {counts.position_unknown}\n"
        f"distinct plates   {counts.distinct_plates}\n"
        f"driven inside     {counts.driven_m:,} m\n"
        f"since             {minutes} min\n"
        f"{where}"
    )


def read_note(one: CanvassRead) -> str:
    """Return how a read belongs to the canvass."""
    if one.tag is CanvassTag.POSITION_UNKNOWN or one.distance_m is None:
        return one.tag.value
    return f"{one.distance_m:.0f} m away"


def past_cells(canvass: Canvass) -> tuple[str, ...]:
    """Return an ended canvass as a row."""
    counts = canvass.counts
    ended = "" if canvass.ended_at is None else f"{canvass.ended_at.astimezone():%H:%M}"
    return (
        f"{canvass.started_at.astimezone():%d %b %H:%M}-{ended}",
        canvass.case_number,
        canvass.crime_type,
        "" if counts is None else f"{counts.inside} + {counts.position_unknown}",
        ", ".join(canvass.hold_ids) or "nothing",
        str(canvass.scene),
    )
