"""The verify-first card as a row of questions: what is asked now, which key answers it, what was said so far.

Knows no widget and no store. Source: policy 462.3(f).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from alpr_core.verification import (
    Answer,
    Checks,
    CletsResult,
    Deed,
    Disposition,
    make_checks,
    suggested_disposition,
)


class Step(Enum):
    """What the card asks for, in this order; the value is its question."""

    CHARACTERS = "Characters match?"
    STATE = "State matches?"
    VEHICLE = "Vehicle matches?"
    CLETS = "CLETS says?"
    CLETS_BY = "Inquiry by"
    CLETS_REFERENCE = "Reference"
    DISPOSITION = "It is"
    DEED = "Done"
    SKIP_REASON = "Skipped because"


TYPED = frozenset({Step.CLETS_BY, Step.CLETS_REFERENCE, Step.SKIP_REASON})
"""What is typed in words; everything else is one key."""

Word = Answer | CletsResult | Disposition | Deed

_ANSWERS: Mapping[str, Word] = {"y": Answer.YES, "n": Answer.NO, "u": Answer.UNSEEN}
KEYS: Mapping[Step, Mapping[str, Word]] = {
    Step.CHARACTERS: _ANSWERS,
    Step.STATE: _ANSWERS,
    Step.VEHICLE: _ANSWERS,
    Step.CLETS: {
        "c": CletsResult.CONFIRMED,
        "x": CletsResult.NOT_CONFIRMED,
        "u": CletsResult.NOT_AVAILABLE,
    },
    Step.DISPOSITION: {
        "a": Disposition.ACCEPTED,
        "m": Disposition.MISREAD,
        "s": Disposition.WRONG_STATE,
        "v": Disposition.WRONG_VEHICLE,
        "l": Disposition.STALE_LIST,
        "c": Disposition.CLEARED,
    },
    Step.DEED: {
        "s": Deed.STOP,
        "a": Deed.ARREST,
        "r": Deed.RECOVERY,
        "w": Deed.WELFARE,
        "t": Deed.CITATION,
        "o": Deed.OBSERVED,
        "n": Deed.NONE,
    },
}
"""Key and answer of each question."""

_ORDER = (
    Step.CHARACTERS,
    Step.STATE,
    Step.VEHICLE,
    Step.CLETS,
    Step.CLETS_BY,
    Step.CLETS_REFERENCE,
    Step.DISPOSITION,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One answered question."""

    step: Step
    words: str


class VerifyCard:
    """One card that is being filled in.

    Args:
        step: Where it begins: at the first question, or at the deed of a hit that was verified before.
    """

    def __init__(self, step: Step = Step.CHARACTERS) -> None:
        self.step = step
        self._said: dict[Step, Word | str] = {}

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was said so far, in order."""
        return tuple(
            Line(step, said if isinstance(said, str) else said.value)
            for step, said in self._said.items()
        )

    @property
    def suggested(self) -> Disposition | None:
        """What Enter would choose as disposition; None if the answers say nothing."""
        said = self._said
        characters, state = said.get(Step.CHARACTERS), said.get(Step.STATE)
        vehicle, clets = said.get(Step.VEHICLE), said.get(Step.CLETS)
        if (
            isinstance(characters, Answer)
            and isinstance(state, Answer)
            and isinstance(vehicle, Answer)
            and isinstance(clets, CletsResult)
        ):
            return suggested_disposition(characters, state, vehicle, clets)
        return None

    def press(self, key: str) -> Word | None:
        """Answer the question by a key and go on; None if the key is no answer to it."""
        word = KEYS.get(self.step, {}).get(key)
        if key == "enter" and self.step is Step.DISPOSITION:
            word = self.suggested
        if word is not None:
            self._answer(word)
        return word

    def type(self, words: str) -> None:
        """Answer a question in words and go on."""
        self._answer(words)

    def skip(self) -> None:
        """Ask for the reason of skipping instead."""
        if self.step in _ORDER:
            self.step = Step.SKIP_REASON

    def back(self) -> None:
        """Take back the last answer."""
        if self.step is Step.SKIP_REASON or (self.step in _ORDER and self._said):
            last = next(reversed(self._said), None)
            if last is not None:
                del self._said[last]
            self.step = last or Step.CHARACTERS

    def refused(self) -> None:
        """The disposition was not taken: ask for it again."""
        self._said.pop(Step.DISPOSITION, None)

    def stored(self) -> None:
        """The verification or the skip is on record: now ask what was done."""
        self.step = Step.DEED

    def checks(self) -> Checks:
        """Return the whole verification.

        Raises:
            InputError: the answers contradict each other.
        """
        said = self._said
        return make_checks(
            characters=Answer(said[Step.CHARACTERS]),
            state=Answer(said[Step.STATE]),
            vehicle=Answer(said[Step.VEHICLE]),
            clets=CletsResult(said[Step.CLETS]),
            clets_by=str(said.get(Step.CLETS_BY, "")),
            clets_reference=str(said.get(Step.CLETS_REFERENCE, "")),
            disposition=Disposition(said[Step.DISPOSITION]),
        )

    def _answer(self, word: Word | str) -> None:
        self._said[self.step] = word
        if self.step not in _ORDER or self.step is Step.DISPOSITION:
            return
        place = _ORDER.index(self.step) + 1
        if word is CletsResult.NOT_AVAILABLE:
            place = _ORDER.index(Step.DISPOSITION)
        self.step = _ORDER[place]
