"""What the board's link tells the box. Frozen, safe across threads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BoardReady:
    """The board is identified and has the wanted parameters; commands may be sent."""

    starts: int | None
    """How often it was started so far; None if it has not said so yet."""
    parameters: tuple[tuple[str, float], ...]
    corrected: tuple[str, ...]
    """Parameters that differed from the wanted ones and were set again."""


@dataclass(frozen=True, slots=True)
class BoardLost:
    """The board is unplugged, silent or foreign; it is looked for again by itself."""

    why: str


@dataclass(frozen=True, slots=True)
class BoardRestarted:
    """The board's counter began again: its time before and after cannot be compared."""


@dataclass(frozen=True, slots=True)
class BoardForeign:
    """The board's tables are not ours: nothing is sent to it."""

    digest: int


@dataclass(frozen=True, slots=True)
class Triggered:
    """The camera was triggered."""

    number: int
    """From 1, in order; begins again when the board is restarted."""
    at_mono_s: float
    """When, on the box's monotonic clock."""
    has_strobe: bool
    has_overview: bool


@dataclass(frozen=True, slots=True)
class TriggersChanged:
    """The board began or ended triggering: as asked, or because the box was silent for 250 ms."""

    are_on: bool


@dataclass(frozen=True, slots=True)
class IgnitionChanged:
    """Off: stop in order, the supply may go away soon."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class SupplyChanged:
    """Low: a brown-out; what is not stored may be lost."""

    is_low: bool
    supply_v: float


@dataclass(frozen=True, slots=True)
class BoardSaid:
    """Words of the board, safe to show."""

    text: str


@dataclass(frozen=True, slots=True)
class BoardNumber:
    """One of the numbers it sends: LOST, REFUSED, TEMP_C, ... each second, SUPPLY_V and LAMP_V twice."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class CommandEnded:
    """A command was answered, or not in spite of all retries."""

    number: int
    is_done: bool
    why: str
    """Empty if it was done."""


@dataclass(frozen=True, slots=True)
class ParameterEnded:
    """A parameter was set and read back, or not."""

    name: str
    value: float | None
    """What the board has; None if it did not answer."""
    is_as_wished: bool


BoardEvent = (
    BoardReady | BoardLost | BoardRestarted | BoardForeign | Triggered | TriggersChanged
    | IgnitionChanged | SupplyChanged | BoardSaid | BoardNumber | CommandEnded | ParameterEnded
)  # fmt: skip
