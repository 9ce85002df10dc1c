"""A plate as text: signs apart, the weakest one marked so that it is seen without colour."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from alpr_tui.shown_sighting import ShownSighting

MARKED_BELOW = 0.9
"""The weakest sign is underlined when it is less certain than this."""

_BARS = "▁▂▃▄▅▆▇█"


_DOUBTFUL = Style(underline=True, reverse=True)


def plate_segments(shown: ShownSighting, base: Style) -> list[Segment]:
    """Return the plate; its weakest sign underlined and reversed if it is doubtful."""
    plate, at = shown.plate, shown.weakest_index
    if at < 0 or shown.weakest >= MARKED_BELOW:
        return [Segment(plate, base)]
    signs = (plate[:at], base), (plate[at], base + _DOUBTFUL), (plate[at + 1 :], base)
    return [Segment(text, style) for text, style in signs if text]


def spaced_plate(shown: ShownSighting, base: Style) -> tuple[Text, Text]:
    """Return two lines: the signs wide apart, and a bar of certainty under each."""
    signs, bars = Text(style=base + Style(bold=True)), Text()
    for index, (sign, confidence) in enumerate(zip(shown.plate, shown.confidences, strict=True)):
        doubtful = index == shown.weakest_index and shown.weakest < MARKED_BELOW
        signs.append(f" {sign} ", _DOUBTFUL if doubtful else None)
        bars.append(f" {_bar(confidence)} ")
    return signs, bars


def _bar(confidence: float) -> str:
    return _BARS[min(len(_BARS) - 1, int(confidence * len(_BARS)))]


def state_word(state: str | None) -> str:
    """Return the state as officers are told it: never blank, never guessed."""
    return state if state is not None else "state unread"


def looks_word(frame_count: int) -> str:
    """Return how many frames a reading rests on, in words."""
    return "1 look" if frame_count == 1 else f"{frame_count} looks"


def percent(confidence: float) -> str:
    """Return a confidence in whole percent, at most 99: no reading is certain."""
    return f"{min(99, int(confidence * 100))}%"
