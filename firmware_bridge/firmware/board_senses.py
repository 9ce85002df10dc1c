"""Ignition, supply and temperature: read at intervals, told when they change."""

from firmware_bridge.firmware.clock32 import later_us
from firmware_bridge.firmware.parameter_store import ParameterStore
from firmware_bridge.firmware.simulated_pins import SimulatedPins

INTERVAL_US = 20_000
BACK_V = 0.5
"""So much above SUP_LOW_V the supply counts as back."""


class BoardSenses:
    """What the board knows of the car."""

    def __init__(self, pins: SimulatedPins, parameters: ParameterStore, now_us: int) -> None:
        self._pins = pins
        self._parameters = parameters
        self._read_us = now_us
        self._ignition_since_us = now_us
        self.is_ignition_on = pins.read_ignition()
        self.is_supply_low = False
        self.supply_mv = pins.read_supply_mv()
        self.lamp_supply_mv = pins.read_lamp_supply_mv()
        self.temperature_c = pins.read_temperature_c()

    def tick(self, now_us: int) -> "list[str]":
        """Read what is due and return what changed, in words."""
        if later_us(now_us, self._read_us) < INTERVAL_US:
            return []
        self._read_us = now_us
        self.supply_mv = self._pins.read_supply_mv()
        self.lamp_supply_mv = self._pins.read_lamp_supply_mv()
        self.temperature_c = self._pins.read_temperature_c()
        return self._ignition(now_us) + self._supply()

    def _ignition(self, now_us: int) -> "list[str]":
        if self._pins.read_ignition() == self.is_ignition_on:
            self._ignition_since_us = now_us
            return []
        hold_us = int(self._parameters.get("IGN_HOLD_S") * 1e6)
        if later_us(now_us, self._ignition_since_us) < hold_us:
            return []
        self.is_ignition_on = not self.is_ignition_on
        self._ignition_since_us = now_us
        return ["ignition on" if self.is_ignition_on else "ignition off"]

    def _supply(self) -> "list[str]":
        low_mv = self._parameters.get("SUP_LOW_V") * 1000
        if not self.is_supply_low and self.supply_mv < low_mv:
            self.is_supply_low = True
            return ["supply low"]
        if self.is_supply_low and self.supply_mv >= low_mv + BACK_V * 1000:
            self.is_supply_low = False
            return ["supply back"]
        return []
