"""One alert per vehicle pass, and no wanted plate hidden behind another one's alert.

What was alerted is remembered by entry *and* plate read: a second vehicle that fits the same pattern, or a
second entry on the same plate, is news. Two cameras that see one vehicle, and a vehicle that stays in sight,
are not.
"""

from __future__ import annotations

from dataclasses import dataclass

from alpr_core.sighting import Alerting, Match

SAME_PASS_S = 60.0
"""Seconds without a look at a plate after which its next look is another pass."""

REMIND_AFTER_S = 600.0
"""Seconds after which a wanted vehicle that stays in sight is alerted again."""


@dataclass(slots=True)
class _Alerted:
    first_mono_s: float
    last_mono_s: float


_Key = tuple[str, str, str | None, str, str, str]


class AlertRule:
    """Decides which matches are alerts, of what the car shows. Not safe to share between threads."""

    def __init__(
        self, same_pass_s: float = SAME_PASS_S, remind_after_s: float = REMIND_AFTER_S
    ) -> None:
        self._same_pass_s = same_pass_s
        self._remind_after_s = remind_after_s
        self._alerted: dict[_Key, _Alerted] = {}
        self._entries_of: dict[str, tuple[float, frozenset[_Key]]] = {}

    def judge(
        self, match: Match, plate: str, sighting_id: str, supersedes: str | None, now_mono_s: float
    ) -> Alerting:
        """Return what this match calls for, and remember it.

        Args:
            plate: The text read.
            supersedes: Earlier sighting of the same pass, None if it is the first.
            now_mono_s: Monotonic seconds; never falls from call to call.
        """
        self._forget(now_mono_s)
        # A covert entry must not be told by an alert of the one beside it.
        shown = match.shown
        entries = frozenset(_key(each, "") for each in shown)
        keys = [_key(each, plate) for each in shown]
        fresh = [key for key in keys if self._is_news(key, now_mono_s)]
        for key in keys:
            known = self._alerted.get(key)
            if known is None or key in fresh:
                self._alerted[key] = _Alerted(now_mono_s, now_mono_s)
            else:
                known.last_mono_s = now_mono_s
        _, earlier = self._entries_of.get(supersedes or "", (0.0, frozenset()))
        self._entries_of[sighting_id] = (now_mono_s, entries | earlier)
        if not fresh:
            return Alerting.SILENT
        if entries <= earlier:
            return Alerting.SILENT if shown[0].is_possible else Alerting.UPDATE
        return Alerting.ALERT

    def _is_news(self, key: _Key, now_mono_s: float) -> bool:
        known = self._alerted.get(key)
        return known is None or now_mono_s - known.first_mono_s >= self._remind_after_s

    def _forget(self, now_mono_s: float) -> None:
        horizon_s = now_mono_s - self._same_pass_s
        self._alerted = {
            key: each for key, each in self._alerted.items() if each.last_mono_s > horizon_s
        }
        self._entries_of = {
            sighting_id: each
            for sighting_id, each in self._entries_of.items()
            if each[0] > horizon_s
        }


def _key(match: Match, plate: str) -> _Key:
    entry = match.entry
    return (
        entry.hotlist,
        entry.plate,
        entry.state,
        entry.hotlist_class.value,
        entry.reference,
        plate,
    )
