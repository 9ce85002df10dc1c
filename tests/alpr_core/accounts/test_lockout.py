"""The lockout rule over moved clocks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.accounts.lockout import FAILURES_IN_A_ROW_MAX, WINDOW, Attempt, must_lock
from tests.alpr_core.accounts.made_users import INSTANT, NOW

YEAR = timedelta(days=365)


def attempts(*ages: timedelta) -> list[Attempt]:
    return [Attempt(number, NOW - age) for number, age in enumerate(ages, start=1)]


@pytest.mark.parametrize(
    ("ages", "is_locked"),
    [
        ((), False),
        ((timedelta(0),) * 4, False),
        ((timedelta(0),) * 5, True),
        ((WINDOW,) + (timedelta(0),) * 4, True),
        ((WINDOW + INSTANT,) + (timedelta(0),) * 4, False),
        ((YEAR,) * 9, False),
        ((YEAR,) * 10, True),
        ((-YEAR,) * 5, True),
        ((-YEAR,) * 4, False),
        ((-YEAR, YEAR, -YEAR, -INSTANT, timedelta(0), WINDOW), True),
    ],
)
def test_five_in_fifteen_minutes(ages: tuple[timedelta, ...], is_locked: bool) -> None:
    """Five failures in 15 minutes lock, to the microsecond; a clock set back forgives none (CJIS AC-7)."""
    assert must_lock(attempts(*ages), NOW) == is_locked


@given(st.lists(st.integers(-(10**8), 10**8), max_size=30))
def test_a_moved_clock_buys_no_guesses(moves: list[int]) -> None:
    """However the clock is moved between failures, never more than ten guesses are allowed."""
    made: list[Attempt] = []
    for move in moves:
        now = NOW + timedelta(seconds=move)
        if must_lock(made, now):
            break
        made.append(Attempt(len(made), now))
    assert len(made) <= FAILURES_IN_A_ROW_MAX
