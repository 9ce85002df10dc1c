"""Triggers, frames and places in one simulated drive: everything that makes stamps hard, at once.

The firmware runs with a clock that is 50 ppm fast, its counter wraps, and the board starts again in the middle;
the host stalls for 100 ms every other second; frames are lost and take 30 to 45 ms; the receiver speaks once a
second, late by a changing time, while the car goes 30 m/s along a curve. Time is moved by hand.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from alpr_core.board_events import (
    BoardEvent,
    BoardReady,
    BoardRestarted,
    Triggered,
    TriggersChanged,
)
from alpr_core.earth import ground_distance_m
from alpr_core.fix import Fix
from alpr_core.position_track import PositionTrack
from bench.report import Json, Table
from firmware_bridge.board_link import LINE_DELAY_S
from firmware_bridge.board_session import BoardSession, Stage
from firmware_bridge.firmware.board_requests import TRIGGER_CONTROL
from firmware_bridge.round_watch import RoundWatch
from firmware_bridge.simulated_board import SimulatedBoard
from firmware_bridge.trigger_pairing import FrameArrived, TriggerPairing
from hw.gps.nmea_decoder import NmeaDecoder
from hw.gps.simulated_receiver import ORIGIN, DrivenPlace, SimulatedReceiver

MINUTES, QUICK_MINUTES = 20.0, 1.0
SEED = 1
STEP_S = 0.001
DRIFT_PPM = 50.0
SHORTEST_S, LONGEST_S = 0.030, 0.045
"""From a trigger to its frame's arrival."""

LOST_SHARE = 0.01
"""Of the frames."""

STALL_S, STALL_EVERY_S = 0.100, 2.0
LINE_LATE_S = 0.003
"""Most that a word takes on the cable, either way."""

RECEIVER_DELAY_S, RECEIVER_LATE_S = 0.05, 0.08
"""Constant and changing part of a sentence's delay; the first is a setting of the car."""

SPEED_MPS, RADIUS_M = 30.0, 150.0
"""A bend driven at 6 m/s2."""

ASKED_AFTER_S = 1.5
"""A sighting's place is asked for when it is recorded: after the vehicle's last look."""

NEIGHBOURS = 32
"""Triggers before and after a frame's own among which a stamp's is looked for."""

DELAYS_LEARNT_S = 10.0
"""So long after its start the receiver's shortest delay is not known yet."""

_WRAP_US = 1 << 32
_BEGAN_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class PairingRun:
    """What a run gave."""

    minutes: float
    frames: int = 0
    paired: int = 0
    wrong: int = 0
    """Paired with another frame's trigger: must be 0."""
    restarts: int = 0
    wraps: int = 0
    stalls: int = 0
    stamp_errors_s: list[float] = field(default_factory=list)
    """Between a paired frame's stamp and the instant of its trigger."""
    place_errors_m: list[float] = field(default_factory=list)
    """Between the place at a paired frame's stamp and where the car was when it was triggered."""

    def figures(self) -> Json:
        """Return them for `--json`."""
        return {
            "minutes": self.minutes,
            "frames": self.frames,
            "paired": self.paired,
            "wrong": self.wrong,
            "wraps": self.wraps,
            "restarts": self.restarts,
            "stalls": self.stalls,
            "stamp_p99_ms": round(_p99(self.stamp_errors_s) * 1e3, 3),
            "stamp_worst_ms": round(max(self.stamp_errors_s) * 1e3, 3),
            "place_p99_m": round(_p99(self.place_errors_m), 3),
            "place_worst_m": round(max(self.place_errors_m), 3),
        }


def bench_pairing(*, quick: bool, minutes: float | None) -> Json:
    """Run it and print what came out."""
    figures = run_pairing(minutes or (QUICK_MINUTES if quick else MINUTES), SEED).figures()
    table = Table("Triggers, frames and places", ("", "figure"))
    for name, value in figures.items():
        table.add(name, f"{value}")
    print(table)
    return figures


def run_pairing(minutes: float, seed: int) -> PairingRun:
    """Drive for so many simulated minutes; the wrap comes after a quarter, the restart after half of them."""
    car, end_s = _Car(minutes, seed), 60 * minutes
    is_restarted = False
    for step in range(round(end_s / STEP_S)):
        now_s = step * STEP_S
        if not is_restarted and now_s > end_s / 2:
            is_restarted = True
            car.board.restart(now_s)
        car.live(now_s)
    return car.run


def curve_at(seconds: float) -> DrivenPlace:
    """Return where the car is: round and round at the same speed."""
    angle = SPEED_MPS / RADIUS_M * seconds
    lat_deg, lon_deg = ORIGIN.to_place(RADIUS_M * math.sin(angle), RADIUS_M * math.cos(angle))
    return DrivenPlace(lat_deg, lon_deg, SPEED_MPS, math.degrees(angle + math.pi / 2) % 360)


class _Car:
    """Board, camera, receiver and the box's ends of their cables."""

    def __init__(self, minutes: float, seed: int) -> None:
        self.run = PairingRun(minutes)
        self._rng = random.Random(seed)
        start_us = _WRAP_US - round(minutes / 4 * 60e6)
        self.board = SimulatedBoard(start_us=start_us, drift_ppm=DRIFT_PPM)
        self.board.on_shot = self._expose
        self._counter_us = start_us
        self._session = BoardSession(None, 0, {})
        self._session.begin(0.0)
        self._pairing = TriggerPairing(SHORTEST_S, LONGEST_S)
        self._rounds = RoundWatch(0.0)
        self._receiver = SimulatedReceiver(_BEGAN_AT, place_at=curve_at)
        self._decoder, self._track = NmeaDecoder(), PositionTrack(RECEIVER_DELAY_S)
        self._to_box: deque[tuple[float, bytes]] = deque()
        self._to_board: deque[tuple[float, bytes]] = deque()
        self._coming: deque[tuple[float, int]] = deque()
        self._fired_s: dict[int, float] = {}
        self._stamped: deque[tuple[float, float]] = deque()
        self._epoch, self._epoch_due_s = 0, RECEIVER_DELAY_S
        self._stalled_until_s, self._next_stall_s = 0.0, STALL_EVERY_S

    def live(self, now_s: float) -> None:
        """Let the board, and the box unless it is held up, do what they do at an instant."""
        self.board.feed(_arrived(self._to_board, now_s), now_s)
        for data in self.board.output(now_s):
            self._send(self._to_box, data, now_s)
        counter_us = self.board.counter_us(now_s)
        self.run.wraps += counter_us < self._counter_us - _WRAP_US // 2
        self._counter_us = counter_us
        if now_s >= self._next_stall_s:
            self.run.stalls += 1
            self._stalled_until_s = now_s + STALL_S
            self._next_stall_s = now_s + STALL_EVERY_S * self._rng.uniform(0.5, 1.5)
        if now_s >= self._stalled_until_s:
            self._box(now_s)

    def _expose(self, at_s: float) -> None:
        """A frame is taken and comes some time later, or not at all."""
        number = len(self._fired_s) + 1
        self._fired_s[number] = at_s
        if self._rng.random() >= LOST_SHARE:
            arrives_s = at_s + self._rng.uniform(SHORTEST_S, LONGEST_S)
            last_s = self._coming[-1][0] if self._coming else 0.0
            self._coming.append((max(last_s, arrives_s), number))

    def _box(self, now_s: float) -> None:
        """One round of the box: cable, frames, receiver."""
        self._rounds.note(now_s)
        heard = self._session.feed(_arrived(self._to_box, now_s), now_s)
        for event in heard + self._session.tick(now_s):
            self._take(event, now_s)
        self._send(self._to_board, self._session.bytes_to_send(), now_s)
        while self._coming and self._coming[0][0] <= now_s:
            number = self._coming.popleft()[1]
            self.run.frames += 1
            self._pairing.hear_frame(
                FrameArrived(number, now_s, self._rounds.held_up_s(now_s, now_s))
            )
        if self._session.stage is Stage.READY:
            self._settle(now_s - LINE_DELAY_S)
        self._position(now_s)

    def _send(self, line: deque[tuple[float, bytes]], data: bytes, now_s: float) -> None:
        if data:
            arrives_s = now_s + self._rng.uniform(0.0, LINE_LATE_S)
            line.append((max(arrives_s, line[-1][0] if line else 0.0), data))

    def _take(self, event: BoardEvent, now_s: float) -> None:
        """What `alpr_tui/trigger_board.py` does on the board's word."""
        if isinstance(event, Triggered):
            self._pairing.hear_trigger(event)
        elif isinstance(event, BoardReady | BoardRestarted):
            self.run.restarts += isinstance(event, BoardRestarted)
            self._pairing.restart()
        elif (
            isinstance(event, TriggersChanged)
            and not event.are_on
            and self._session.stage is Stage.READY
        ):
            self._session.command(TRIGGER_CONTROL, {1: 1.0}, now_s)

    def _settle(self, heard_until_s: float) -> None:
        for paired in self._pairing.settle(heard_until_s):
            if paired.trigger is None:
                continue
            self.run.paired += 1
            fired_s, stamp_s = self._fired_s[paired.frame], paired.trigger.at_mono_s
            near = range(paired.frame - NEIGHBOURS, paired.frame + NEIGHBOURS + 1)
            fired = {number: self._fired_s[number] for number in near if number in self._fired_s}
            nearest = min(fired, key=lambda number: abs(fired[number] - stamp_s))
            self.run.wrong += nearest != paired.frame
            self.run.stamp_errors_s.append(abs(stamp_s - fired_s))
            self._stamped.append((stamp_s, fired_s))

    def _position(self, now_s: float) -> None:
        if now_s >= self._epoch_due_s:
            data = self._receiver.epoch(float(self._epoch))
            for event in [*self._decoder.feed(data, now_s), *self._decoder.pause()]:
                if isinstance(event, Fix):
                    self._track.add(event)
            self._epoch += 1
            late_s = RECEIVER_DELAY_S + self._rng.uniform(0.0, RECEIVER_LATE_S)
            self._epoch_due_s = self._epoch + late_s
        while self._stamped and self._stamped[0][0] < now_s - ASKED_AFTER_S:
            stamp_s, fired_s = self._stamped.popleft()
            found, truth = self._track.at(stamp_s), curve_at(fired_s)
            if found is not None and fired_s > DELAYS_LEARNT_S:
                there = (truth.lat_deg, truth.lon_deg)
                error_m = ground_distance_m((found.lat_deg, found.lon_deg), there)
                self.run.place_errors_m.append(error_m)


def _arrived(line: deque[tuple[float, bytes]], now_s: float) -> bytes:
    data = b""
    while line and line[0][0] <= now_s:
        data += line.popleft()[1]
    return data


def _p99(values: list[float]) -> float:
    return sorted(values)[int(0.99 * len(values))]
