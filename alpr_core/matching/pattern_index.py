"""Partial plates: which of many patterns with `?` and `*` a plate fits, without trying each.

Every pattern is one bit of a long number. For each place and sign there is the number of all patterns that
allow that sign there; joined by AND over the plate's signs they leave the patterns that fit. Those with `*`
are sieved by what stands before the first and behind the last `*` and by the signs they name at all, and
what is left, seldom more than a few, is compared for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Protocol, TypeVar

T = TypeVar("T")


class InTurns(Protocol):
    """Passes items on, and may let other threads work in between."""

    def __call__(self, items: Iterable[T], /) -> Iterable[T]: ...


def at_once(items: Iterable[T], /) -> Iterable[T]:
    """Pass the items on without a pause."""
    return items


class PatternIndex:
    """Finds the patterns that a plate fits. Immutable.

    Args:
        patterns: Signs, `?` for exactly one sign, `*` for any run of signs, none included.
        in_turns: What is made takes so long per pattern that others may want to work in between.
    """

    def __init__(self, patterns: Sequence[str], in_turns: InTurns = at_once) -> None:
        starred = {number: text for number, text in enumerate(patterns) if "*" in text}
        lengths = {len(text) for text in patterns if "*" not in text}
        self._of_length = {
            length: _Sieve(
                {
                    number: (text, "")
                    for number, text in enumerate(patterns)
                    if "*" not in text and len(text) == length
                },
                in_turns,
            )
            for length in in_turns(lengths)
        }
        self._starred = _Sieve(
            {n: (text.split("*")[0], text.split("*")[-1]) for n, text in starred.items()}, in_turns
        )
        self._regexes = {number: _regex(text) for number, text in in_turns(starred.items())}
        self._needing: dict[str, int] = {}
        for number, text in starred.items():
            for sign in set(text) - set("?*"):
                self._needing[sign] = self._needing.get(sign, 0) | 1 << number

    def find(self, plate: str) -> list[int]:
        """Return the places, in the sequence given, of all patterns that the plate fits; rising."""
        fitting: list[int] = []
        fixed = self._of_length.get(len(plate))
        if fixed is not None:
            fitting += _bits(fixed.left_by(plate))
        left = self._starred.left_by(plate)
        if left:
            for sign, needing in self._needing.items():
                if sign not in plate:
                    left &= ~needing
            fitting += [bit for bit in _bits(left) if self._regexes[bit].fullmatch(plate)]
        return sorted(fitting)


class _Sieve:
    """Patterns by what they allow at each place from the left and from the right.

    Args:
        patterns: Per bit what must stand at the left end and at the right end.
    """

    def __init__(self, patterns: Mapping[int, tuple[str, str]], in_turns: InTurns) -> None:
        self._all = sum(1 << number for number in patterns)
        heads = {number: head for number, (head, _) in patterns.items()}
        tails = {number: tail[::-1] for number, (_, tail) in patterns.items()}
        self._from_left = self._places(heads, in_turns)
        self._from_right = self._places(tails, in_turns)

    def left_by(self, plate: str) -> int:
        """Return the bits of the patterns that allow every sign of the plate where it stands."""
        left = self._all
        for places, signs in ((self._from_left, plate), (self._from_right, plate[::-1])):
            for (allowing, otherwise), sign in zip(places, signs, strict=False):
                left &= allowing.get(sign, otherwise)
                if not left:
                    return 0
        return left

    def _places(
        self, ends: Mapping[int, str], in_turns: InTurns
    ) -> list[tuple[dict[str, int], int]]:
        """Return, per place, the bits that allow each sign, and those that allow a sign nobody names."""
        places = []
        for place in range(max(map(len, ends.values()), default=0)):
            naming: dict[str, int] = {}
            for number, signs in in_turns(ends.items()):
                if place < len(signs) and signs[place] != "?":
                    naming[signs[place]] = naming.get(signs[place], 0) | 1 << number
            otherwise = self._all & ~reduce(or_, naming.values(), 0)
            places.append(({sign: otherwise | bits for sign, bits in naming.items()}, otherwise))
        return places


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("?", ".").replace("*", ".*"))


def _bits(number: int) -> Iterator[int]:
    """Yield the places of the ones, lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
