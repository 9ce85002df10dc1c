"""How often hits turn out to be right: by list, camera and pair of signs. Counted from dispositions alone.

Source: policy 462.5(c); Civil Code 1798.90.51(b)(2)(F) (measures to ensure accuracy).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from alpr_core.verification import Disposition


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """One hit of an alert, and the newest that was said about it."""

    hotlist: str
    camera: str
    plate_read: str
    plate_listed: str
    differing: tuple[int, ...]
    """Places at which a look-alike stood for the listed sign."""
    disposition: Disposition | None
    """None means that it was skipped, or that nobody has said anything yet."""


@dataclass(slots=True)
class Precision:
    """Counts of one list, camera or pair."""

    alerts: int = 0
    verified: int = 0
    """Alerts with a disposition; skipped ones have none."""
    by_disposition: dict[Disposition, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """Verified alerts that were right."""
        return self.by_disposition.get(Disposition.ACCEPTED, 0)

    @property
    def confirmed_rate(self) -> float | None:
        """Share of the verified alerts that were accepted, 0 to 1; None if none was verified."""
        return self.accepted / self.verified if self.verified else None

    def add(self, judged: JudgedHit) -> None:
        """Count one more."""
        self.alerts += 1
        if judged.disposition is not None:
            self.verified += 1
            self.by_disposition[judged.disposition] = (
                self.by_disposition.get(judged.disposition, 0) + 1
            )


@dataclass(frozen=True, slots=True)
class PrecisionLedger:
    """The ledger: what each list, camera and pair of signs was worth."""

    lists: dict[str, Precision]
    cameras: dict[str, Precision]
    pairs: dict[str, Precision]
    """`0/O`: the sign read and the sign listed."""


def count_precision(judged: Iterable[JudgedHit]) -> PrecisionLedger:
    """Return the ledger of these hits; one with two differing signs counts for both pairs."""
    ledger = PrecisionLedger({}, {}, {})
    for each in judged:
        ledger.lists.setdefault(each.hotlist, Precision()).add(each)
        ledger.cameras.setdefault(each.camera, Precision()).add(each)
        for pair in _pairs(each):
            ledger.pairs.setdefault(pair, Precision()).add(each)
    return ledger


def _pairs(judged: JudgedHit) -> set[str]:
    read, listed = judged.plate_read, judged.plate_listed
    places = (place for place in judged.differing if place < min(len(read), len(listed)))
    return {f"{read[place]}/{listed[place]}" for place in places}
