"""Answers that are kept for a moment."""

from __future__ import annotations

import pytest

from alpr_core.errors import StoreError
from alpr_tui.kept_answer import KEPT_S, KeptAnswer


def test_an_answer_is_asked_for_again_once_it_is_old() -> None:
    """A change in the store holds no later than KEPT_S after it was made."""
    clock, answers = [10.0], iter("abc")
    kept = KeptAnswer(lambda: next(answers), lambda: clock[0])
    assert [kept(), kept()] == ["a", "a"]
    clock[0] += KEPT_S
    assert [kept(), kept()] == ["b", "b"]


def test_a_store_that_refuses_is_asked_again_at_once() -> None:
    """A refusal reaches whoever asked, and is not kept."""
    refusals = [StoreError("The disk has gone.")]

    def ask() -> str:
        if refusals:
            raise refusals.pop()
        return "answer"

    kept = KeptAnswer(ask)
    with pytest.raises(StoreError):
        kept()
    assert kept() == "answer"
