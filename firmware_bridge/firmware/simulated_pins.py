"""The board's pins without a board: what `board_pins` does with the RP2040, done with numbers.

A test or the demo turns `ignition`, `supply_mv` and so on; what fired stands in `fired`.
"""

from firmware_bridge.firmware.clock32 import later_us, plus_us
from firmware_bridge.firmware.trigger_plan import Shot

KEPT = 64
"""Shots remembered."""

POWER_ON, WATCHDOG, ASKED = 1, 2, 3


class SimulatedPins:
    """One board's surroundings."""

    def __init__(self) -> None:
        self.ignition = True
        self.supply_mv = 12_600
        self.lamp_supply_mv = 12_500
        self.temperature_c = 31.0
        self.reset_cause = POWER_ON
        self.edges_us: list[int] = []
        """Edges on the external input, not yet taken."""
        self.fired: list[Shot] = []
        self.reboots = 0
        self.watchdog_fed_us = 0
        self.outputs_until_us: int | None = None
        """When the last output that is on goes off by itself; None if all are off."""
        self._armed: Shot | None = None

    def arm(self, shot: Shot) -> None:
        """Give the timer one shot; the hardware fires it at its time without the program."""
        self._armed = shot

    def take_fired(self, now_us: int) -> "Shot | None":
        """Return the armed shot once it has fired."""
        if self.outputs_until_us is not None and later_us(now_us, self.outputs_until_us) >= 0:
            self.outputs_until_us = None
        shot = self._armed
        if shot is None or later_us(now_us, shot.due_us) < 0:
            return None
        self._armed = None
        self.fired.append(shot)
        self.fired = self.fired[-KEPT:]
        longest_us = max(shot.trigger_us, shot.strobe_delay_us + shot.strobe_us, shot.overview_us)
        self.outputs_until_us = plus_us(shot.due_us, longest_us)
        return shot

    def all_off(self) -> None:
        """Every output off, at once, and what is armed does not fire."""
        self._armed = None
        self.outputs_until_us = None

    @property
    def is_safe(self) -> bool:
        """True while no output is on and none is armed."""
        return self._armed is None and self.outputs_until_us is None

    def read_ignition(self) -> bool:
        """Return the ignition line."""
        return self.ignition

    def read_supply_mv(self) -> int:
        """Return the supply, millivolts."""
        return self.supply_mv

    def read_lamp_supply_mv(self) -> int:
        """Return the lamp's supply, millivolts."""
        return self.lamp_supply_mv

    def read_temperature_c(self) -> float:
        """Return the lamp's temperature."""
        return self.temperature_c

    def take_edge_us(self) -> "int | None":
        """Return the oldest edge on the external input, once."""
        return self.edges_us.pop(0) if self.edges_us else None

    def feed_watchdog(self, now_us: int) -> None:
        """Say that the program lives."""
        self.watchdog_fed_us = now_us

    def reboot(self) -> None:
        """Start again."""
        self.all_off()
        self.reboots += 1
