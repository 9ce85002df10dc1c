"""A hit in words: its heading, the comparison of both plates, and what the officer must know before acting."""

from __future__ import annotations

from datetime import timedelta

from rich.style import Style
from rich.text import Text

from alpr_core.hit import Hit, HitOrigin
from alpr_core.hotlists.class_rules import Colour
from alpr_core.terminal_text import clean_text
from alpr_tui.shown_hit import ShownHit
from alpr_tui.widgets.big_signs import CELL_COLUMNS, big_columns, big_plate
from alpr_tui.widgets.plate_line import looks_word, percent, state_word

_WILDCARDS = frozenset("?*")
_COLOURS = {
    Colour.RED: "#ff5a4d",
    Colour.ORANGE: "#ff9f43",
    Colour.YELLOW: "#f7d354",
    Colour.BLUE: "#6fb1ff",
    Colour.GREY: "#b8b8b8",
}
"""Under black letters; the class stands in words on them."""

_ORIGINS = {
    HitOrigin.LIVE: "",
    HitOrigin.PAST: " OF THE PAST",
    HitOrigin.CORRECTED: " AFTER A CORRECTION",
}


def heading(shown: ShownHit, waiting: int = 0) -> Text:
    """Return the line at the top: POSSIBLE or not, class, and how many more wait."""
    match = shown.hit.match
    kind = "POSSIBLE HIT" if match.is_possible else "HIT"
    kind += _ORIGINS[shown.hit.origin]
    words = f" ▲ {kind}  {match.entry.hotlist_class.value.upper()}  priority {match.priority} "
    if match.is_stale:
        words += " STALE LIST "
    if shown.refusal is not None:
        words += " NOT RECORDED "
    if waiting:
        words += f" +{waiting} WAITING "
    style = Style(color="#000000", bgcolor=_COLOURS[shown.hit.rule.colour], bold=True)
    return Text(words, style, no_wrap=True, overflow="ellipsis")


def comparison(shown: ShownHit, width: int) -> Text:
    """Return the plate as read over the plate as listed, sign by sign; what differs is marked twice."""
    read, listed = shown.plate, shown.hit.match.entry.plate
    differing = differing_places(read, listed)
    misread = shown.misread_as
    label = "READ" if misread is None else f"READ {misread}, CORRECTED"
    lines = [_label(label, read, state_word(shown.state))]
    is_big = max(big_columns(read), big_columns(listed)) <= width
    step = CELL_COLUMNS if is_big else 3
    lines += big_plate(read, differing) if is_big else [_spaced(read, differing)]
    marks = [" " * step] * max(len(read), len(listed))
    for place in differing:
        marks[place] = "≠".center(step - 1) + " "
    lines.append(Text("".join(marks).rstrip(), Style(bold=True), no_wrap=True))
    lines += big_plate(listed, differing) if is_big else [_spaced(listed, differing)]
    lines.append(_label("LISTED", listed, shown.hit.match.entry.state or "any state"))
    return Text("\n").join(lines)


def differing_places(read: str, listed: str) -> tuple[int, ...]:
    """Return where both texts differ; a sign that the list leaves open differs from none."""
    if len(read) != len(listed):
        return ()
    return tuple(
        place
        for place, (one, other) in enumerate(zip(read, listed, strict=True))
        if one != other and other not in _WILDCARDS
    )


def details(shown: ShownHit) -> Text:
    """Return what is known beside the plate, the class's response line first."""
    hit, entry = shown.hit, shown.hit.match.entry
    lines = [Text(clean_text(hit.rule.response_line), Style(bold=True))]
    if shown.later_plate is not None:
        words = f"CORRECTED: later frames read {shown.later_plate}"
        lines.append(Text(words, Style(bold=True, reverse=True)))
    if shown.refusal is not None:
        lines.append(Text(f"NOT RECORDED: {clean_text(shown.refusal)}", Style(bold=True)))
    lines += [
        Text(clean_text(f"{entry.hotlist} · {age_words(hit)}")),
        Text(clean_text(entry.reason)),
    ]
    for label, value in (
        ("vehicle", str(entry.vehicle)),
        ("person", entry.person),
        ("ask", " ".join(word for word in (entry.source_agency, entry.reference) if word)),
    ):
        if value:
            lines.append(Text(f"{label} {clean_text(value)}"))
    lines += [
        Text(words_of(shown))
        for words_of in (_state_words, _doubt_words, _seen_words, _place_words)
    ]
    lines += [Text(f"also {_other_words(other)}", Style(bold=True)) for other in shown.others]
    return Text("\n").join(lines)


def age_words(hit: Hit) -> str:
    """Return how old the list was, and whether that is too old."""
    age = hit.match.list_age
    words = "list age unknown" if age is None else f"list {span_words(age)} old"
    return f"STALE: {words}" if hit.match.is_stale else words


def span_words(span: timedelta) -> str:
    """Return a span as people say it: minutes, hours, days."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def _state_words(shown: ShownHit) -> str:
    agrees = shown.hit.match.state_agrees
    if agrees is None:
        return "state not compared"
    return "state agrees" if agrees else "STATE DIFFERS"


def _seen_words(shown: ShownHit) -> str:
    return f"{shown.seen_at.astimezone():%d %b %H:%M:%S} {clean_text(shown.camera)}"


def _doubt_words(shown: ShownHit) -> str:
    words = looks_word(shown.frame_count)
    if shown.weakest >= 0:
        sign, share = shown.plate[shown.weakest], shown.confidences[shown.weakest]
        words += f", weakest sign {sign} {percent(share)}"
    return words


def _place_words(shown: ShownHit) -> str:
    place = shown.position
    if place is None:
        return "position unknown"
    return f"{place.lat_deg:.5f} {place.lon_deg:.5f} ({place.quality.value})"


def _other_words(hit: Hit) -> str:
    entry = hit.match.entry
    kind = "POSSIBLE " if hit.match.is_possible else ""
    words = f"{kind}{entry.hotlist_class.value}: {entry.plate}, {entry.hotlist}, {entry.reason}"
    return clean_text(words)


def _label(label: str, plate: str, state: str) -> Text:
    return Text(clean_text(f"{label} {plate} · {state}"), Style(bold=True), no_wrap=True)


def _spaced(plate: str, marked: tuple[int, ...]) -> Text:
    line = Text(style=Style(bold=True), no_wrap=True)
    for place, sign in enumerate(plate):
        line.append(f" {sign} ", Style(reverse=True) if place in marked else None)
    return line
