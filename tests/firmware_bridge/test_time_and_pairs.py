"""Board time to box time, and triggers to frames, with time moved by hand."""

from __future__ import annotations

import random

import pytest

from alpr_core.board_events import Triggered
from bench.pairing import LOST_SHARE, run_pairing
from firmware_bridge.time_line import TimeLine
from firmware_bridge.trigger_pairing import FrameArrived, Paired, TriggerPairing

WRAP_US = 1 << 32
SHORTEST_S, LONGEST_S = 0.030, 0.045
STALL_S = 0.100
RATE_HZ = 15


def _round_trip_s(rng: random.Random) -> tuple[float, float]:
    """Ways there and back: mostly 1 ms, one of twenty through a stall."""
    there_s, back_s = rng.uniform(0.0003, 0.0015), rng.uniform(0.0003, 0.0015)
    if rng.random() < 0.05:
        back_s += rng.uniform(0.0, STALL_S)
    return there_s, back_s


@pytest.mark.parametrize("drift_ppm", [-50.0, 0.0, 50.0])
def test_stamps_are_within_2_ms_across_a_wrap(drift_ppm: float) -> None:
    """With 50 ppm of drift, stalls and a wrap of the counter, 99 of 100 stamps are within 2 ms."""
    rng, line, errors = random.Random(1), TimeLine(), []
    start_us, pace = WRAP_US - 60_000_000, 1e6 * (1 + drift_ppm / 1e6)
    for index in range(600):
        asked_s = 500.0 + index * 0.25
        there_s, back_s = _round_trip_s(rng)
        counter_us = int(start_us + (asked_s + there_s - 500.0) * pace) % WRAP_US
        assert not line.hear(asked_s, asked_s + there_s + back_s, counter_us)
        fired_s = asked_s + 0.2
        fired_us = int(start_us + (fired_s - 500.0) * pace) % WRAP_US
        errors.append(abs(line.box_s(fired_us, fired_s + 0.1) - fired_s))
    assert sorted(errors)[int(0.99 * len(errors))] <= 0.002
    assert line.drift_ppm == pytest.approx(drift_ppm, abs=20)


def test_a_restart_is_no_wrap() -> None:
    """A counter that begins again is noticed at the first answer; a wrap is not taken for one."""
    line = TimeLine()
    for index in range(40):
        at_s = index * 0.25
        assert not line.hear(at_s, at_s + 0.002, (WRAP_US - 5_000_000 + index * 250_000) % WRAP_US)
    assert line.hear(10.0, 10.002, 120_000)
    assert not line.hear(10.25, 10.252, 370_000)


@pytest.mark.parametrize("seed", range(5))
def test_no_wrong_pair(seed: int) -> None:
    """Lost frames, lost triggers, stalls and late stamps: pairs are right or not given; most are given."""
    rng, pairing = random.Random(seed), TriggerPairing(SHORTEST_S, LONGEST_S)
    frames: list[tuple[float, int, float]] = []
    triggers: list[Triggered] = []
    for number in range(3_000):
        at_s = number / RATE_HZ
        if rng.random() < 0.998:
            stamp_s = at_s + rng.uniform(-0.002, 0.002)
            triggers.append(Triggered(number, stamp_s, True, False))
        if rng.random() < 0.98:
            frames.append((at_s + rng.uniform(SHORTEST_S, LONGEST_S), number, 0.0))
    awake: list[tuple[float, int, float]] = []
    stall_end_s = stall_from_s = -1.0
    for arrival_s, number, _ in frames:
        if arrival_s > stall_end_s and rng.random() < 0.1:
            stall_from_s, stall_end_s = arrival_s - 0.001, arrival_s + rng.uniform(0, STALL_S)
        seen_s = max(arrival_s, stall_end_s) if arrival_s >= stall_from_s else arrival_s
        awake.append((seen_s, number, STALL_S if seen_s > arrival_s else 0.0))
    told: list[Paired] = []
    for seen_s, number, asleep_s in awake:
        while triggers and triggers[0].at_mono_s < seen_s:
            pairing.hear_trigger(triggers.pop(0))
        pairing.hear_frame(FrameArrived(number, seen_s, asleep_s))
        told += pairing.settle(seen_s)
    assert [one.frame for one in told] == [number for _, number, _ in awake][: len(told)]
    wrong = [one for one in told if one.trigger is not None and one.trigger.number != one.frame]
    assert wrong == []
    given = sum(one.trigger is not None for one in told)
    assert given > 0.9 * len(awake)


def test_after_a_restart_nothing_old_is_paired() -> None:
    """What waited when the board was away comes back unpaired."""
    pairing = TriggerPairing(SHORTEST_S, LONGEST_S)
    pairing.hear_trigger(Triggered(1, 0.0, True, False))
    pairing.hear_frame(FrameArrived(7, 0.035))
    assert pairing.restart() == [Paired(7, None)]
    pairing.hear_frame(FrameArrived(8, 0.036))
    assert pairing.settle(1.0) == [Paired(8, None)]


def test_one_drive_with_everything_that_makes_stamps_hard() -> None:
    """Drift, wrap, restart, stalls, lost frames at once: no wrong pair, stamps within 2 ms, places within 1 m."""
    run = run_pairing(0.5, 3)
    assert (run.wraps, run.restarts, run.wrong) == (1, 1, 0)
    assert run.stalls > 5
    assert run.paired > (0.97 - LOST_SHARE) * run.frames
    figures = run.figures()
    assert figures["stamp_p99_ms"] <= 2.0  # type: ignore[operator]
    assert figures["place_p99_m"] <= 1.0  # type: ignore[operator]
