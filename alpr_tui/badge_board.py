"""Where every part of the box says how it is; screens take the badges from the box's status."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from alpr_core.badge import Badge, merged

BadgeSource = Callable[[], Iterable[Badge]]
"""Returns a part's badges as they are now; quick, from any thread."""


class BadgeBoard:
    """Badges in the order in which their parts were first joined."""

    def __init__(self) -> None:
        self._sources: list[BadgeSource] = []

    def contribute(self, source: BadgeSource) -> None:
        """Show the badges of one more part; one of a name that is there already takes its place."""
        self._sources.append(source)

    def now(self) -> tuple[Badge, ...]:
        """Return every badge."""
        return merged(badge for source in self._sources for badge in source())
