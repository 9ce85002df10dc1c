"""A hit: a match as it was at the moment it was found, kept for whoever verifies, counts or audits it later."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.hotlists.class_rules import ClassRule, ClassRules
from alpr_core.sighting import Alerting, Match

_USUAL_RULES = ClassRules()


class HitOrigin(Enum):
    """How the plate and the list met."""

    LIVE = "live"
    """The vehicle passed while it was listed."""
    PAST = "past"
    """It was read first and listed afterwards."""
    CORRECTED = "corrected"
    """It was misread, and a person's correction stands on the list."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One list entry that one sighting stands for."""

    sighting_id: str
    place: int
    """Among the matches of the sighting, from 0, in order; later ones come after the live ones."""
    match: Match
    """As it was then; its rule is always there, its `others` are empty."""
    raised_at: datetime
    """Aware UTC time at which it was found; the time to its verification counts from it."""
    is_alert: bool
    """It is what the officer is alerted with; the other hits of the sighting are shown beside it."""
    origin: HitOrigin = HitOrigin.LIVE

    @property
    def hit_id(self) -> str:
        """Unique for ever and the same in car and server."""
        return hit_id_of(self.sighting_id, self.place)

    @property
    def rule(self) -> ClassRule:
        """What the agency made of the class at that moment."""
        if self.match.rule is None:
            raise RuntimeError("a hit keeps its class rule")
        return self.match.rule


def hit_id_of(sighting_id: str, place: int) -> str:
    """Return the identity of a hit."""
    return f"{sighting_id}-{place}"


def hits_of(sighting_id: str, match: Match | None, raised_at: datetime) -> tuple[Hit, ...]:
    """Return a hit for everything that a sighting matched, covert entries too."""
    if match is None:
        return ()
    leading = match.first_shown if match.alerting is Alerting.ALERT else None
    return tuple(
        Hit(sighting_id, place, _alone(each), raised_at, each is leading)
        for place, each in enumerate(match.all)
    )


def told_to(hits: Iterable[Hit], data: Collection[DataAuthorisation]) -> tuple[Hit, ...]:
    """Return the hits that somebody with these authorisations may hear of. Source: policy 462.3(e)."""
    return tuple(hit for hit in hits if not hit.match.entry.is_covert and hit.rule.data in data)


def leading_of(match: Match) -> tuple[tuple[Match, bool], ...]:
    """Return each of all matches on its own, and whether it is what somebody is called to: the first shown."""
    return tuple((_alone(each), each is match.first_shown) for each in match.all)


def _alone(match: Match) -> Match:
    rule = match.rule or _USUAL_RULES.of(match.entry.hotlist_class)
    return replace(match, rule=rule, others=())
