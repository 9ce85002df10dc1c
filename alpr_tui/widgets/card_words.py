"""The verify-first card in words: what was answered, what is asked now, and which keys answer it."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from alpr_core.terminal_text import clean_text
from alpr_tui.shown_hit import ShownHit
from alpr_tui.verify_card import KEYS, TYPED, Step, VerifyCard
from alpr_tui.widgets.hit_words import age_words, details
from alpr_tui.widgets.plate_line import state_word

CHOICES_COLUMNS = 41
"""Room for answers beside the pictures of the smallest terminal."""

_BOLD = Style(bold=True)


def card_words(card: VerifyCard | None, shown: ShownHit) -> Text:
    """Return the card; None means that the hit is only looked at."""
    if card is None:
        return details(shown)
    said = card.lines[-1:] if card.step is Step.DEED else card.lines
    lines = [Text(f"✓ {line.step.value} {clean_text(line.words)}") for line in said]
    lines.append(Text(f"▶ {card.step.value}{_beside(card.step, shown)}", Style(bold=True)))
    if card.step in TYPED:
        lines.append(Text("  type it, then Enter"))
    else:
        lines.append(_choices(card))
    if card.step is Step.CHARACTERS:
        lines.append(Text(clean_text(shown.hit.rule.response_line), _BOLD))
    return Text("\n").join(lines)


def _choices(card: VerifyCard) -> Text:
    """Return keys and answers, as many in a line as there is room for; what Enter gives comes first."""
    pairs = [(key, word.value) for key, word in KEYS[card.step].items()]
    if card.step is Step.DISPOSITION and card.suggested is not None:
        pairs.insert(0, ("⏎", card.suggested.value))
    lines = [Text()]
    for key, word in pairs:
        choice = Text.assemble(" ", (f" {key} ", Style(reverse=True)), f" {word} ")
        if lines[-1].cell_len + choice.cell_len > CHOICES_COLUMNS:
            lines.append(Text())
        lines[-1].append_text(choice)
    return Text("\n").join(lines)


def _beside(step: Step, shown: ShownHit) -> str:
    """Return what the question is to be compared with."""
    entry = shown.hit.match.entry
    words = {
        Step.STATE: f"read {state_word(shown.state)}, listed {entry.state or 'any'}",
        Step.VEHICLE: str(entry.vehicle) or entry.reason or "the list does not describe it",
        Step.CLETS: f"{entry.hotlist}, {age_words(shown.hit)} {entry.reference}",
    }.get(step)
    return "" if words is None else f"\n  {clean_text(words)}"
