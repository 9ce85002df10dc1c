"""Style sheets whose parsed rules stay: Textual parses all of them again for a theme and for each new page.

Rules follow from a sheet's text, where it came from and the theme's variables alone, and nobody changes them
afterwards, so one parse each is enough for a process.
"""

from __future__ import annotations

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_Key = tuple[str, CSSLocation, bool, int, str]

_kept: dict[frozenset[tuple[str, str]], dict[_Key, list[RuleSet]]] = {}
"""By the variables of a theme; as large as the sheets of our pages and themes."""


class KeptStylesheet(Stylesheet):
    """A style sheet that parses only what no sheet of this process has parsed with the same variables."""

    def reparse(self) -> None:
        """Parse all sources with the variables of now; a fault leaves the rules as they were."""
        self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        of_theme = _kept.setdefault(frozenset(self._variables.items()), {})
        key = (css, read_from, is_default_rules, tie_breaker, scope)
        if key not in of_theme:
            of_theme[key] = super()._parse_rules(
                css, read_from, is_default_rules, tie_breaker, scope
            )
        return of_theme[key]
