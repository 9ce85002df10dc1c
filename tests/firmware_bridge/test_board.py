"""The firmware's promises: safe when the box is silent, lamp limits, kept parameters, ignition and supply."""

from __future__ import annotations

from typing import TypeVar

import pytest

from alpr_core.board_events import (
    BoardEvent,
    BoardForeign,
    BoardLost,
    BoardReady,
    BoardRestarted,
    CommandEnded,
    IgnitionChanged,
    SupplyChanged,
    Triggered,
    TriggersChanged,
)
from firmware_bridge.board_session import BoardSession, Stage
from firmware_bridge.catalogue import PARAMETERS
from firmware_bridge.firmware.board_requests import TRIGGER_CONTROL
from firmware_bridge.firmware.lamp_guard import LampGuard
from firmware_bridge.firmware.mavlink_fields import pack_fields
from firmware_bridge.firmware.mavlink_frames import build_frame
from firmware_bridge.firmware.mavlink_signing import Signing
from firmware_bridge.firmware.parameter_store import ParameterStore, Storage
from firmware_bridge.simulated_board import BoardFault, SimulatedBoard

KEY = bytes(range(32))
T = TypeVar("T")
STEP_S = 0.002


class Wire:
    """Box and board with time moved by hand."""

    def __init__(self, start_us: int = 0, drift_ppm: float = 0.0, **wanted: float) -> None:
        self.now_s = 100.0
        self.board = SimulatedBoard(KEY, start_us=start_us, drift_ppm=drift_ppm, now_s=self.now_s)
        self.session = BoardSession(KEY, 1_000, wanted)
        self.session.begin(self.now_s)
        self.events: list[BoardEvent] = []

    def run(self, seconds: float, *, box_is_silent: bool = False) -> list[BoardEvent]:
        """Let time pass and return what the box was told."""
        told: list[BoardEvent] = []
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            for data in self.board.output(self.now_s):
                told += [] if box_is_silent else self.session.feed(data, self.now_s)
            if not box_is_silent:
                told += self.session.tick(self.now_s)
                self.board.feed(self.session.bytes_to_send(), self.now_s)
        self.events += told
        return told

    def enable(self) -> None:
        """Start triggers."""
        self.session.command(TRIGGER_CONTROL, {1: 1.0, 2: 1.0}, self.now_s)


def _of(events: list[BoardEvent], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


def test_outputs_are_off_250_ms_after_the_box_fell_silent() -> None:
    """Triggers end, outputs are off within 250 ms of the board's clock, and nothing starts by itself."""
    wire = Wire()
    wire.run(1.0)
    wire.enable()
    assert len(_of(wire.run(1.0), Triggered)) > 10
    wire.run(0.250, box_is_silent=True)
    fired = wire.board.board.plan.number
    assert wire.board.pins.is_safe
    wire.run(1.0, box_is_silent=True)
    assert wire.board.board.plan.number == fired
    wire.run(1.0)
    assert wire.board.board.plan.number == fired


def test_parameters_are_compared_and_set_before_ready() -> None:
    """The board gets the wanted values first; ready names what had to be corrected."""
    wire = Wire(TRG_RATE_HZ=20.1, STB_WIDTH_US=300)
    (ready,) = _of(wire.run(2.0), BoardReady)
    assert ready.corrected == ("TRG_RATE_HZ",)
    assert dict(ready.parameters)["TRG_RATE_HZ"] == pytest.approx(20.1)
    assert len(ready.parameters) == len(PARAMETERS)


def test_foreign_tables_stop_before_the_first_command() -> None:
    """A board of another version is told as such and is sent nothing any more."""
    session = BoardSession(None, 0, {})
    session.begin(0.0)
    beat = build_frame(0, pack_fields(0, 4711, 18, 8, 0, 4, 3), 0, 1, 158, False)
    assert session.feed(beat, 0.1) == [BoardForeign(4711)]
    session.bytes_to_send()
    assert session.tick(0.5) == []
    assert session.bytes_to_send() == b""
    with pytest.raises(RuntimeError):
        session.command(TRIGGER_CONTROL, {1: 1.0}, 0.5)


def test_lamp_guard_holds_whatever_is_asked() -> None:
    """Longest strobe, share of time and temperature are kept, also when parameters ask for all there is."""
    guard, lit_us, now_us = LampGuard(0), 0, 0
    for _ in range(2_000):
        now_us += 1_000
        guard.refill(now_us, 0.9)
        allowed_us = guard.allow(5_000, 5_000)
        assert allowed_us <= 2_000
        lit_us += allowed_us
    assert lit_us <= 0.10 * (now_us + 100_000)
    guard.feel(71.0, 70.0)
    guard.refill(now_us + 100_000, 0.05)
    assert guard.allow(100, 1_000) == 0
    guard.feel(66.0, 70.0)
    assert guard.allow(100, 1_000) == 0
    guard.feel(64.0, 70.0)
    assert guard.allow(100, 1_000) == 100
    guard.feel(-50.0, 70.0)
    assert guard.allow(100, 1_000) == 0, "broken sensor"


def test_hot_lamp_stays_dark_and_pictures_go_on() -> None:
    """Triggers come without strobe while the lamp is too hot."""
    wire = Wire()
    wire.board.fault = BoardFault.HOT_LAMP
    wire.run(1.0)
    wire.enable()
    fired = _of(wire.run(1.0), Triggered)
    assert len(fired) > 10
    assert not any(one.has_strobe for one in fired)


def test_lit_and_dark_frames_alternate() -> None:
    """With STB_DARK_EVERY = 2 every second frame is taken without strobe, and OVW_EVERY picks overviews."""
    wire = Wire(STB_DARK_EVERY=2, OVW_EVERY=3)
    wire.run(2.0)
    wire.enable()
    fired = _of(wire.run(2.0), Triggered)
    assert len(fired) > 20
    assert all(one.has_strobe == (one.number % 2 == 1) for one in fired)
    assert all(one.has_overview == (one.number % 3 == 0) for one in fired)


@pytest.mark.parametrize(("speed_mps", "hz"), [(0.0, 5), (10.0, 20), (60.0, 30)])
def test_triggers_follow_the_speed(speed_mps: float, hz: int) -> None:
    """In mode 2 the way between triggers stays the same, within the slowest and fastest rate."""
    wire = Wire(TRG_MODE=2)
    wire.run(1.0)
    wire.enable()
    wire.session.command(178, {1: 1.0, 2: speed_mps}, wire.now_s)
    wire.run(0.4)
    assert len(_of(wire.run(1.0), Triggered)) == pytest.approx(hz, abs=1)


def test_external_input_fires() -> None:
    """In mode 3 each edge gives one trigger, 300 us after it."""
    wire = Wire(TRG_MODE=3)
    wire.run(1.0)
    wire.enable()
    wire.run(0.5)
    for _ in range(3):
        wire.board.pins.edges_us.append(wire.board.counter_us(wire.now_s))
        wire.run(0.1)
    assert len(_of(wire.events, Triggered)) == 3


def test_ignition_and_supply_are_told_once() -> None:
    """Ignition off ends triggers and is told, and so is a low supply, each once and when it is over."""
    wire = Wire()
    wire.run(2.0)
    wire.enable()
    wire.run(1.0)
    wire.board.fault = BoardFault.IGNITION_OFF
    wire.run(3.0)
    assert len(_of(wire.run(1.0), Triggered)) == 0
    wire.board.fault = BoardFault.LOW_SUPPLY
    wire.run(3.0)
    wire.board.fault = BoardFault.NONE
    wire.run(3.0)
    assert [one.is_on for one in _of(wire.events, IgnitionChanged)] == [False, True]
    assert [one.is_low for one in _of(wire.events, SupplyChanged)] == [True, False]


def test_restart_is_noticed_and_the_configuration_set_again() -> None:
    """After a dip of the supply the box is told, and the board has the wanted values again."""
    wire = Wire(TRG_RATE_HZ=22)
    wire.run(6.0)
    wire.board.restart(wire.now_s)
    told = wire.run(4.0)
    assert len(_of(told, BoardRestarted)) == 1
    assert len(_of(told, BoardReady)) == 1
    assert wire.board.board.parameters.get("TRG_RATE_HZ") == 22


@pytest.mark.parametrize("cut_at", [0, 1, 20, 60, 90])
def test_a_power_cut_while_writing_keeps_the_values_before(cut_at: int) -> None:
    """A slot cut anywhere is not believed; the other one holds."""
    storage = Storage()
    store = ParameterStore(storage)
    store.accepts(store.index_of("TRG_RATE_HZ"), 17.0)
    store.save(5)
    store.accepts(store.index_of("TRG_RATE_HZ"), 29.0)
    before = list(storage.slots)
    store.save(6)
    slot = next(at for at in range(2) if storage.slots[at] != before[at])
    storage.slots[slot] = storage.slots[slot][:cut_at]
    again = ParameterStore(storage)
    assert again.get("TRG_RATE_HZ") == 17.0
    assert again.starts == 2


def test_values_out_of_range_are_refused() -> None:
    """NaN, infinities, fractions of whole numbers and too large ones change nothing."""
    store = ParameterStore(Storage())
    width = store.index_of("STB_WIDTH_US")
    for value in (float("nan"), float("inf"), -1.0, 2001.0, 10.5):
        assert not store.accepts(width, value)
    assert store.get("STB_WIDTH_US") == 300


def test_a_box_that_was_held_up_does_not_take_the_board_for_silent() -> None:
    """Time in which the box itself did not listen is no silence of the board; its own is told within 1 s."""
    wire = Wire()
    wire.run(2.0)
    wire.enable()
    wire.run(0.5)
    wire.now_s += 5.0
    assert wire.session.tick(wire.now_s) == []
    told = wire.run(1.0)
    assert (_of(told, BoardLost), _of(told, BoardRestarted)) == ([], [])
    assert _of(told, CommandEnded) == []
    assert _of(told, TriggersChanged) == [TriggersChanged(are_on=False)]
    wire.enable()
    assert len(_of(wire.run(1.0), Triggered)) > 10
    wire.board.fault = BoardFault.SILENT
    wire.run(0.2)
    assert len(_of(wire.run(0.8), BoardLost)) > 0


def test_a_trigger_of_a_counter_that_began_again_has_no_instant() -> None:
    """Until the restart is noticed, a trigger that seems to lie in the future or long ago is left out."""
    wire = Wire(start_us=50_000_000)
    wire.run(2.0)
    assert wire.session.stage is Stage.READY
    for counter_us in (1_000, 40_000_000, 60_000_000):
        frame = build_frame(112, pack_fields(112, counter_us, 1), 0, 1, 158, True)
        heard = wire.session.feed(Signing(KEY, 10**9 + counter_us).sign(frame), wire.now_s)
        assert _of(heard, Triggered) == []
