"""What the audit log and the store must say of a scripted shift."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.log_steps import Step, whole_log
from db.hits import OUTBOX_PAST_HIT
from db.keys import read_key_file
from db.past_hits import MATCH_PAST
from db.store import Store

STEPS = (
    Step("lists matched with stored reads", MATCH_PAST),
    Step("login with password and code", "session.log_in"),
    Step("pre-shift check and start", "shift.start", fact=("partner", "lee")),
    Step("reads seen live", "live.see"),
    Step("screen locked", "session.lock"),
    Step("reads while it was locked", "sighting.record"),
    Step("screen unlocked", "session.unlock"),
    Step("hit of the locked time opened", "hit.view"),
    Step("each hit verified", "hit.verify", least=7, fact=("disposition", "accepted")),
    Step("what was done because of each hit", "hit.verify", least=7, fact=("step", "action")),
    Step("partial plate searched", "search"),
    Step("read opened", "sighting.view"),
    Step("read corrected", "sighting.correct"),
    Step("plate entered by hand", "sighting.enter"),
    Step("lookout on the list", "hotlist.add_entry", fact=("hotlist", "Local")),
    Step("past reads of the lookout", "search", fact=("found", "1")),
    Step("canvass started", "canvass.run", fact=("step", "start")),
    Step("witness's plate on the canvass's list", "hotlist.add_entry", least=2),
    Step("reads of the canvass looked at", "canvass.run", fact=("step", "look")),
    Step("its reads under hold", "hold.set"),
    Step("canvass ended", "canvass.run", fact=("step", "end")),
    Step("its report written", "canvass.export", fact=("form", "PDF")),
    Step("shift ended", "shift.end"),
    Step("logout", "session.log_out"),
)


@dataclass(frozen=True, slots=True)
class ShiftOnLog:
    """What log and store say of a shift."""

    missing: tuple[str, ...]
    """Steps without their entries."""
    refused: int
    """Entries of refused or failed deeds; a shift that goes well has none."""
    kinds: tuple[str, ...]
    """Kinds of hits that came: possible, covert, stale, of the past."""
    nearest_s: float
    """Between the two alerts whose vehicles were seen soonest after each other."""
    entries: int
    is_whole: bool
    """The log verifies from its first entry to its last checkpoint."""


def shift_on_log(folder: Path) -> ShiftOnLog:
    """Ask log and store of the demo that kept its folder."""
    store = Store.open(folder / "store", read_key_file(folder / "demo.key"))
    try:
        log, hits = whole_log(store), _hits(store)
    finally:
        store.close()
    return ShiftOnLog(
        missing=log.missing(STEPS),
        refused=log.refused,
        kinds=tuple(word for word, is_so in _KINDS.items() if any(map(is_so, hits))),
        nearest_s=_nearest_s(sorted(hit.seen_at_us for hit in hits if hit.is_alert)),
        entries=len(log.entries),
        is_whole=log.is_whole,
    )


@dataclass(frozen=True, slots=True)
class _SentHit:
    """A hit as the server is told of it."""

    kind: str
    is_alert: bool
    is_covert: bool
    is_stale: bool
    is_past: bool
    seen_at_us: int


_KINDS: dict[str, Callable[[_SentHit], bool]] = {
    "exact": lambda hit: hit.kind == "exact" and hit.is_alert,
    "possible": lambda hit: hit.kind == "look-alike" and hit.is_alert,
    "covert": lambda hit: hit.is_covert and not hit.is_alert,
    "stale": lambda hit: hit.is_stale and hit.is_alert,
    "past": lambda hit: hit.is_past,
}


def _hits(store: Store) -> list[_SentHit]:
    """Return every hit that waits to be sent: all of them, as the demo has no server."""
    found = []
    for record in store.outbox.unsent(1_000_000):
        content = json.loads(record.payload)
        is_past = record.kind == OUTBOX_PAST_HIT
        for hit in [content] if is_past else content.get("hits", ()):
            found.append(
                _SentHit(
                    hit["kind"],
                    hit["is_alert"] and not is_past,
                    hit["is_covert"],
                    hit["is_stale"],
                    is_past,
                    content.get("seen_at_us", 0),
                )
            )
    return found


def _nearest_s(seen_at_us: list[int]) -> float:
    return min((later - one for one, later in pairwise(seen_at_us)), default=0) / 1e6
