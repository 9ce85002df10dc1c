"""The board in the box: ready by itself, triggering again after whatever happened, and its word acted upon."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alpr_core.board_events import (
    BoardLost,
    BoardReady,
    IgnitionChanged,
    SupplyChanged,
    TriggersChanged,
)
from alpr_core.events import BoxEvent, StopAsked
from alpr_core.fix import Fix, FixMode
from alpr_tui.demo_devices import DemoCable
from alpr_tui.trigger_board import BoardSetUp, TriggerBoard
from firmware_bridge.simulated_board import BoardFault, SimulatedBoard

ENOUGH_S = 20.0
KEY = bytes(range(32))


class Car:
    """A simulated board on a cable, and the box's side of it."""

    def __init__(self, folder: Path, stop_after_s: float | None, wanted: dict[str, float]) -> None:
        self.simulated = SimulatedBoard(KEY, now_s=time.monotonic())
        self.cable = DemoCable(self.simulated, folder / "board")
        self.told: list[BoxEvent] = []
        set_up = BoardSetUp(str(self.cable.link), "front", stop_after_s=stop_after_s, wanted=wanted)
        self.board = TriggerBoard(set_up, self._find, KEY, self.told.append)

    def _find(self) -> str | None:
        return str(self.cable.link) if self.cable.is_plugged_in else None

    def is_triggering(self) -> bool:
        status = self.board.status()
        return status.are_triggers_on and status.last_trigger_age_s is not None

    def wait_until(self, is_so: Callable[[], object]) -> None:
        end_s = time.monotonic() + ENOUGH_S
        while not is_so():
            assert time.monotonic() < end_s, self.told
            time.sleep(0.005)

    def of(self, kind: type[BoxEvent]) -> list[BoxEvent]:
        return [event for event in self.told if isinstance(event, kind)]


@contextmanager
def running(
    folder: Path, stop_after_s: float | None = None, wanted: dict[str, float] | None = None
) -> Iterator[Car]:
    car = Car(folder, stop_after_s, wanted or {})
    car.board.start()
    try:
        car.wait_until(car.is_triggering)
        yield car
    finally:
        car.board.stop()
        car.cable.stop()


def test_board_gets_what_was_wanted_and_triggers(tmp_path: Path) -> None:
    """At the start the wanted parameters are set and triggers are on; the status says how it is."""
    with running(tmp_path, wanted={"TRG_RATE_HZ": 25.0}) as car:
        ready = car.of(BoardReady)[0]
        assert isinstance(ready, BoardReady)
        assert ready.corrected == ("TRG_RATE_HZ",)
        assert car.board.parameters["TRG_RATE_HZ"] == 25.0
        car.wait_until(lambda: car.board.status().number("SUPPLY_V") == 12.6)


def test_pulled_cable_is_told_and_comes_back(tmp_path: Path) -> None:
    """A pulled cable is an event and a status; plugged in again the board triggers by itself."""
    with running(tmp_path) as car:
        car.cable.turn()
        car.wait_until(lambda: car.of(BoardLost))
        status = car.board.status()
        assert status.is_lost
        assert "unplugged" in status.why
        assert car.board.parameters == {}
        car.cable.turn()
        car.wait_until(car.is_triggering)
        assert not car.board.status().is_lost


def test_restarted_or_stopped_board_triggers_again(tmp_path: Path) -> None:
    """After a start of its own, and after it stopped because the box was held up, triggers are on again."""
    with running(tmp_path) as car, car.board.listening() as told:
        car.simulated.restart(time.monotonic())
        car.wait_until(lambda: len(car.of(BoardReady)) == 2)
        car.wait_until(lambda: car.board.status().are_triggers_on)
        car.simulated.board.plan.is_enabled = False
        off, on = TriggersChanged(are_on=False), TriggersChanged(are_on=True)
        heard = []
        while heard[-2:] != [off, on]:
            event = told.get(timeout=ENOUGH_S)
            heard += [event] if isinstance(event, TriggersChanged) else []


def test_technician_can_switch_triggers_off(tmp_path: Path) -> None:
    """Triggers that were switched off stay off, and a single one can be fired."""
    with running(tmp_path) as car:
        car.board.want_triggers(on=False)
        car.wait_until(lambda: not car.board.status().are_triggers_on)
        fired = car.board.trigger_once()
        assert fired.has_strobe
        assert car.board.set_parameter("STB_WIDTH_US", 200.0) == 200.0
        assert car.board.parameters["STB_WIDTH_US"] == 200.0
        assert not car.board.status().are_triggers_on


def test_ignition_off_stops_the_box(tmp_path: Path) -> None:
    """An ignition that stays off asks for a stop; one that comes back in time does not."""
    with running(tmp_path, stop_after_s=0.3) as car:
        car.simulated.fault = BoardFault.IGNITION_OFF
        car.wait_until(lambda: car.of(StopAsked))
        assert car.of(IgnitionChanged) == [IgnitionChanged(is_on=False)]
    with running(tmp_path, stop_after_s=60.0) as car:
        car.simulated.fault = BoardFault.IGNITION_OFF
        car.wait_until(lambda: car.of(IgnitionChanged))
        car.simulated.fault = BoardFault.NONE
        car.wait_until(lambda: len(car.of(IgnitionChanged)) == 2)
        assert car.board._stop_timer is None


def test_low_supply_is_told(tmp_path: Path) -> None:
    """A brown-out is an event with the voltage, and so is its end."""
    with running(tmp_path) as car:
        car.simulated.fault = BoardFault.LOW_SUPPLY
        car.wait_until(lambda: car.of(SupplyChanged))
        car.simulated.fault = BoardFault.NONE
        car.wait_until(lambda: len(car.of(SupplyChanged)) == 2)
        assert car.of(SupplyChanged) == [SupplyChanged(True, 9.0), SupplyChanged(False, 12.6)]


def test_speed_reaches_a_board_that_wants_it(tmp_path: Path) -> None:
    """In the mode by speed the car's speed sets the rate."""
    with running(tmp_path, wanted={"TRG_MODE": 2.0, "TRG_SPACING_M": 1.0}) as car:
        fix = Fix(FixMode.FIX_2D, lat_deg=1.0, lon_deg=1.0, speed_mps=20.0)
        plan = car.simulated.board.plan
        before, began_s = plan.number, time.monotonic()
        while plan.number - before < 30:
            car.board.hear_fix(fix)
            time.sleep(0.1)
            assert time.monotonic() - began_s < ENOUGH_S
        assert plan._rate_hz(2, car.simulated.counter_us(time.monotonic())) == 20.0
