from __future__ import annotations

import numpy as np
import pytest

from bench.calibration import Judged, calibration_error, chance_error, coverage


def test_what_is_right_as_often_as_it_says_has_no_error() -> None:
    """Ten readings at 0.9 of which nine are right have no calibration error; none right is 0.9."""
    nine_of_ten = [Judged(0.9, number < 9) for number in range(10)]
    assert calibration_error(nine_of_ten) == pytest.approx(0.0)
    assert calibration_error([Judged(0.9, False)] * 10) == pytest.approx(0.9)
    assert calibration_error([Judged(1.0, True)] * 3) == 0.0
    assert calibration_error([]) == 0.0


def test_error_is_counted_per_bin() -> None:
    """Too much confidence in one bin does not make up for too little in another."""
    judged = [Judged(0.75, True)] * 4 + [Judged(0.25, False)] * 4
    assert calibration_error(judged) == pytest.approx(0.25)


def test_chance_alone_shows_an_error() -> None:
    """A perfect reader shows an error that gets smaller with more readings."""
    rng = np.random.default_rng(1)
    claimed = rng.uniform(0.5, 1.0, 4000)
    few = [Judged(float(c), True) for c in claimed[:70]]
    many = [Judged(float(c), True) for c in claimed]
    assert 0.0 < chance_error(many) < chance_error(few) < 0.15
    right = [Judged(float(c), bool(rng.random() < c)) for c in claimed]
    assert calibration_error(right) < 3 * chance_error(right)


def test_coverage_stops_before_too_much_is_wrong() -> None:
    """Of 70 readings one wrong one is too many; of 400 a second one is."""
    few = [Judged(1 - n / 1000, n != 40) for n in range(70)]
    assert (coverage(few).shown, coverage(few).confidence) == (40, pytest.approx(0.961))
    many = [Judged(1 - n / 1000, n not in (100, 300, 301)) for n in range(390)]
    assert coverage(many).shown == 300
    assert coverage([*many, *[Judged(0.5, True)] * 210]).shown == 600
    assert coverage([Judged(0.9, False)]).confidence is None
    assert coverage([]).shown == 0


def test_equal_confidence_is_shown_together() -> None:
    """A threshold cannot part readings of the same confidence."""
    judged = [Judged(0.9, True)] * 5 + [Judged(0.8, True), Judged(0.8, False)]
    assert coverage(judged).shown == 5
