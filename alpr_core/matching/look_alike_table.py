"""Which signs count as look-alikes when a tolerant entry is matched. The agency may edit it.

It begins as `alpr_core.look_alikes`, which stays what search and the store fold by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

from alpr_core.errors import ConfigError
from alpr_core.look_alikes import LOOK_ALIKES
from alpr_core.plate import ALPHABET
from alpr_core.terminal_text import clean_text


@dataclass(frozen=True, slots=True)
class LookAlikeTable:
    """Classes of signs that are taken for each other. Make it with `make_table`."""

    classes: tuple[str, ...] = LOOK_ALIKES
    """Two signs or more each; no sign is in two of them."""
    _folding: dict[int, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        folding = {ord(sign): signs[0] for signs in self.classes for sign in signs}
        object.__setattr__(self, "_folding", folding)

    def fold(self, plate: str) -> str:
        """Return the plate with each sign written as the first of its class."""
        return plate.translate(self._folding)

    def swaps(self, one: str, other: str) -> tuple[int, ...] | None:
        """Return the places at which two plates differ by look-alikes; None if they differ otherwise."""
        if len(one) != len(other) or self.fold(one) != self.fold(other):
            return None
        return tuple(place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)

    def accepted(self, plate: str, tolerance: int) -> Iterator[str]:
        """Yield every other plate that an entry of this plate and tolerance would match: the preview."""
        mates = {sign: signs.replace(sign, "") for signs in self.classes for sign in signs}
        places = [place for place, sign in enumerate(plate) if sign in mates]
        for count in range(1, tolerance + 1):
            for chosen in combinations(places, count):
                for signs in product(*(mates[plate[place]] for place in chosen)):
                    variant = list(plate)
                    for place, sign in zip(chosen, signs, strict=True):
                        variant[place] = sign
                    yield "".join(variant)


def make_table(classes: Iterable[str]) -> LookAlikeTable:
    """Return the table of these classes, as typed.

    Raises:
        ConfigError: a class of fewer than two signs, a sign that no plate has, or one in two classes.
    """
    written = tuple(each.strip().upper() for each in classes)
    seen: set[str] = set()
    for signs in written:
        shown = clean_text(signs, 40)
        if (
            len(set(signs)) < 2
            or len(set(signs)) != len(signs)
            or not set(ALPHABET).issuperset(signs)
        ):
            raise ConfigError(
                f"Look-alikes {shown or '(none)'} are not two or more different letters or digits.",
                "Write them like 0ODQ; nothing was changed.",
            )
        if seen & set(signs):
            raise ConfigError(
                f"Look-alikes {shown}: {', '.join(sorted(seen & set(signs)))} is in another class too.",
                "Join the two classes; nothing was changed.",
            )
        seen |= set(signs)
    return LookAlikeTable(written)
