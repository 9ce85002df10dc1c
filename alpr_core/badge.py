"""How one part of the car's equipment is, as a badge: seen at a glance, explained on demand.

Whoever joins a part to the box contributes its badge; screens only draw them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Light(Enum):
    """The state of a part. The value is the sign that is drawn: nothing is told by colour alone."""

    GOOD = "●"
    WAITING = "○"
    """Not there yet; comes by itself."""
    STALE = "◌"
    """It works no more, or what it says is too old."""
    FAILED = "✗"
    OFF = "■"
    """Not fitted, ended, or switched off on purpose."""

    @property
    def is_warning(self) -> bool:
        """Tell whether somebody has to do something."""
        return self in (Light.STALE, Light.FAILED)


@dataclass(frozen=True, slots=True)
class Badge:
    """One part as it is now."""

    name: str
    """One short word: `front`, `GPS`, `store`; the same part always has the same one."""
    light: Light
    word: str
    """A word beside the name, such as `LOST`; empty where the light says enough."""
    age_s: float | None
    """Seconds since the part last said something; None where there is no such thing."""
    meaning: str
    """A sentence for the driver: what this means, and what to do where something is to be done."""


def merged(badges: Iterable[Badge]) -> tuple[Badge, ...]:
    """Return one badge per name, where it first stood, as it was last said."""
    by_name: dict[str, Badge] = {}
    for badge in badges:
        by_name[badge.name] = badge
    return tuple(by_name.values())


def age_words(age_s: float) -> str:
    """Return an age as read at a glance: `0.1 s`, `12 s`, `3 min`, `5 h`, `4 d`."""
    if age_s < 10:
        return f"{max(0.0, age_s):.1f} s"
    if age_s < 120:
        return f"{age_s:.0f} s"
    minutes = int(age_s // 60)
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"
