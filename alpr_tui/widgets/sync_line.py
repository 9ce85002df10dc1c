"""One or two lines that say how far the box's records have come to its server."""

from __future__ import annotations

from rich.text import Text

from alpr_core.sync.state import SyncState
from alpr_core.terminal_text import clean_text

PARKED_SHOWN = 3
"""Parked records that are named; the others are counted."""


def sync_words(state: SyncState) -> Text:
    """Return the state as it is shown; the light is a sign and a word, not a colour alone."""
    if state.server is None:
        return Text("○ No server: this box is not enrolled (`alpr sync enrol`); records wait.")
    if state.stopped_why is not None:
        words = Text("✗ STOPPED  ", style="bold red")
        return words.append(f"{clean_text(state.stopped_why)}  {state.unsent} records wait.")
    reached = (
        "never" if state.reached_at is None else f"{state.reached_at.astimezone():%d %b %H:%M}"
    )
    where = f"{clean_text(state.server)}, last reached {reached}; log witnessed to {state.witnessed_size}"
    if state.is_offloaded:
        return Text("● EVERYTHING OFFLOADED  ", style="bold green").append(where)
    words = Text(f"◐ {state.unsent} RECORDS WAIT  ", style="bold yellow").append(where)
    for parked in state.parked[:PARKED_SHOWN]:
        words.append(f"\n  parked: record {parked.sequence} ({clean_text(parked.kind)}): ")
        words.append(clean_text(parked.why))
    if len(state.parked) > PARKED_SHOWN:
        words.append(f"\n  and {len(state.parked) - PARKED_SHOWN} more parked")
    return words


def offload_words(state: SyncState, log_size: int) -> Text:
    """Return what of a car is at its server, item by item, and the one light over them.

    Args:
        log_size: Entries of the audit log that must be witnessed.
    """
    if state.server is None or state.stopped_why is not None:
        return sync_words(state)
    if state.is_offloaded_to(log_size):
        words = Text("● EVERYTHING OFFLOADED", style="bold green")
    else:
        words = Text("◐ NOT YET OFFLOADED", style="bold yellow")
    parked = f", {len(state.parked)} of them refused by the server" if state.parked else ""
    witnessed = f"witnessed to {state.witnessed_size:,} of {log_size:,} entries"
    items = (
        ("records", state.unsent == 0, f"{state.unsent:,} wait{parked}"),
        ("pictures", state.unsent_pictures == 0, f"{state.unsent_pictures:,} wait"),
        ("receipts", state.unsent == 0, f"{state.receipts:,} kept"),
        ("audit log", state.witnessed_size >= log_size, witnessed),
    )
    for name, is_done, found in items:
        words.append(f"\n{'✓' if is_done else '○'} {name:<17} {found}", "none")
    return words
