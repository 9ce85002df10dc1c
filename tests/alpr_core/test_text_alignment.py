from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpr_core.plate import ALPHABET
from alpr_core.text_alignment import HIDDEN_SIGN_LOG, Logs, TextAlignment

NONE = len(ALPHABET)


def look_of(text: str, sure: float = 0.9) -> Logs:
    """A look that sees the signs of a text, each with the same chance."""
    slots = np.full((len(text), NONE + 1), (1 - sure) / NONE)
    for slot, sign in zip(slots, text, strict=True):
        slot[ALPHABET.index(sign)] = sure
    return np.log(slots)


def best_by_trying(text: str, look: Logs) -> float:
    """The best score of all ways to lay a text over a look."""

    @functools.cache
    def best(place: int, slot: int) -> float:
        if place == len(text) and slot == len(look):
            return 0.0
        ways = []
        if slot < len(look):
            ways.append(look[slot, NONE] + best(place, slot + 1))
        if place < len(text):
            ways.append(HIDDEN_SIGN_LOG + best(place + 1, slot))
        if place < len(text) and slot < len(look):
            ways.append(look[slot, ALPHABET.index(text[place])] + best(place + 1, slot + 1))
        return float(max(ways))

    return best(0, 0)


signs = st.text(alphabet="01AB", min_size=1, max_size=5)


@given(st.lists(signs, min_size=1, max_size=4), st.lists(signs, min_size=1, max_size=4))
@settings(max_examples=60)
def test_the_best_way_is_found(texts: list[str], seen: list[str]) -> None:
    """Each score is that of the best of all ways to lay the text over the look, whatever their lengths."""
    looks = [look_of(text) for text in seen]
    scores = TextAlignment(texts, looks).scores
    assert scores.shape == (len(texts), len(looks))
    for row, text in zip(scores, texts, strict=True):
        assert row == pytest.approx([best_by_trying(text, look) for look in looks])


def test_votes_follow_the_signs_not_the_slots() -> None:
    """A look that lacks the first sign votes for the others at their places, and faintly for none at the first."""
    alignment = TextAlignment(["8ABC123"], [look_of("ABC123")])
    votes = alignment.votes(0, np.array([1.0]))
    assert [ALPHABET[sign] for sign in votes[1:].argmax(axis=1)] == list("ABC123")
    assert votes[0].argmax() == NONE
    assert votes[0, ALPHABET.index("8")] == pytest.approx(HIDDEN_SIGN_LOG)


def test_an_extra_sign_votes_nowhere() -> None:
    """A sign that a look has too many changes no vote of the others."""
    clean = TextAlignment(["8ABC123"], [look_of("8ABC123")]).votes(0, np.array([1.0]))
    extra = TextAlignment(["8ABC123"], [look_of("38ABC123")]).votes(0, np.array([1.0]))
    assert np.allclose(clean, extra)


def test_weights_count() -> None:
    """A look's votes are multiplied by its weight."""
    alignment = TextAlignment(["AB"], [look_of("AB"), look_of("AC")])
    one, two = (alignment.votes(0, np.array(weights)) for weights in ((1.0, 0.0), (2.0, 0.0)))
    assert np.allclose(two, 2 * one)
