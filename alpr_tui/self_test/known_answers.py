"""Known answers: inputs whose right result is printed in a standard, or drawn by ourselves, and asked again here.

A court may ask whether the box that gave an alert still computed rightly that day. Each check runs the product's
own code, on this computer, with these libraries; nothing of the agency's data is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from alpr_core.errors import AlprError


class WrongAnswer(Exception):  # noqa: N818 - it is the finding of a check, never met by a user
    """The code gave another result than the known one; the text says which."""


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """One check."""

    name: str
    source: str
    """Where the right answer stands."""
    check: Callable[[], None]
    """Returns if the answer is right.

    Raises:
        WrongAnswer: it is not.
        AlprError: the part does not work at all.
    """


@dataclass(frozen=True, slots=True)
class Answered:
    """How one check came out."""

    answer: KnownAnswer
    fault: str | None
    """What was wrong; None means that the answer was the known one."""
    took_ms: float


def expect(what: str, found: object, known: object) -> None:
    """Raise WrongAnswer unless both are equal."""
    if found != known:
        raise WrongAnswer(f"{what} is {_shown(found)} instead of {_shown(known)}")


def ask(answers: Sequence[KnownAnswer]) -> Iterator[Answered]:
    """Run the checks in their order; one that fails does not stop the others."""
    for answer in answers:
        began_s = perf_counter()
        fault = _fault_of(answer)
        yield Answered(answer, fault, (perf_counter() - began_s) * 1000)


def _fault_of(answer: KnownAnswer) -> str | None:
    try:
        answer.check()
    except WrongAnswer as wrong:
        return str(wrong)
    except AlprError as error:
        return error.what
    except Exception as fault:  # noqa: BLE001  a library that breaks is what is looked for
        return f"unexpected {type(fault).__name__}"
    return None


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)
