"""Shifts in words, for pages that show them."""

from __future__ import annotations

from rich.text import Text

from alpr_core.shift import CheckItem, Shift, ShiftStanding, ShiftSummary, WalkedItem
from alpr_core.terminal_text import clean_text

GOOD, BAD, OPEN = "✓", "✗", "○"


def standing_words(standing: ShiftStanding, shift: Shift | None) -> Text:
    """Return how things are and what can be done about it."""
    if shift is None:
        return Text("No shift: nothing is read.\nn starts one: who, why, and the check of the car.")
    lines = [_shift_line(shift), f"since {shift.started_at.astimezone():%a %d %b %H:%M}"]
    if shift.failed_checks:
        lines.append(f"{BAD} not in order at its start: {', '.join(shift.failed_checks)}")
    if standing is ShiftStanding.INTERRUPTED:
        lines += [
            "",
            "INTERRUPTED: the box was stopped or lost its power. Nothing is read.",
            "c continues it, e ends it; either is on the log.",
        ]
    else:
        lines += ["", "Plates are read, also while the screen is locked. e ends the shift."]
    return Text(clean_text(lines[0]) + "\n" + "\n".join(lines[1:]))


def _shift_line(shift: Shift) -> str:
    partner = f" with {shift.order.partner}" if shift.order.partner else ""
    who = f"{shift.officer.name or shift.officer.user_id} ({shift.officer.user_id})"
    detail = f": {shift.order.detail}" if shift.order.detail else ""
    return f"{shift.order.vehicle}, {who}{partner}, {shift.order.purpose.value}{detail}"


def past_words(shift: Shift) -> str:
    """Return an ended shift as one line."""
    ended = "" if shift.ended_at is None else f"{shift.ended_at.astimezone():%H:%M}"
    counts = "" if shift.summary is None else _counts(shift.summary)
    return clean_text(
        f"{shift.started_at.astimezone():%d %b %H:%M}-{ended}  {shift.officer.user_id:<6} "
        f"{shift.order.vehicle:<8} {counts}"
    )


def _counts(summary: ShiftSummary) -> str:
    return f"{summary.reads} reads, {summary.hits} hits, {summary.unhandled_hits} unhandled"


def summary_words(summary: ShiftSummary) -> Text:
    """Return the summary line by line; what needs somebody's care stands out by a sign."""
    dispositions = ", ".join(f"{word} {number}" for word, number in summary.dispositions) or "none"
    rows = [
        ("reads", f"{summary.reads:,}", False),
        ("distinct plates", f"{summary.distinct_plates:,}", False),
        ("hits", f"{summary.hits}", False),
        ("dispositions", dispositions, False),
        ("unhandled hits", f"{summary.unhandled_hits}", summary.unhandled_hits > 0),
        ("dropped frames", f"{summary.dropped_frames:,}", False),
        ("unsynced records", f"{summary.unsynced:,}", False),
        ("faults", str(len(summary.faults)), bool(summary.faults)),
    ]
    text = Text()
    for name, value, is_alarming in rows:
        mark = BAD if is_alarming else " "
        text.append(f"{mark} {name:<17} {clean_text(value)}\n", "bold" if is_alarming else "")
    for fault in summary.faults:
        text.append(f"    {clean_text(fault)}\n")
    return text


def check_words(
    names: tuple[str, ...], walked: tuple[WalkedItem, ...], current: CheckItem | None
) -> Text:
    """Return the check as a list: what was walked through, what is looked at now, what comes."""
    text = Text()
    for place, name in enumerate(names):
        if place < len(walked):
            item, remark = walked[place].item, walked[place].remark
            words = f"{item.found}{f'  » {remark}' if remark else ''}"
            text.append(f"  {GOOD if item.is_good else BAD} {name:<16} {clean_text(words)}\n")
        elif place == len(walked):
            mark, found = (OPEN, "looking ...") if current is None else _current(current)
            text.append(f"▶ {mark} {name:<16} {found}\n", "bold")
        else:
            text.append(f"  {OPEN} {name}\n")
    return text


def _current(item: CheckItem) -> tuple[str, str]:
    return (GOOD if item.is_good else BAD), clean_text(item.found)
