"""When the next trigger is due, and what fires with it."""

from firmware_bridge.firmware.clock32 import later_us, plus_us
from firmware_bridge.firmware.parameter_store import ParameterStore

NEVER, RATE, SPEED, EXTERNAL = 0, 1, 2, 3

SPEED_AGE_MAX_US = 2_000_000
EDGE_DELAY_US = 300
"""From an edge on the external input to the trigger: time for the main loop to arm the timer."""

NUMBER_MASK = 0x3FFFFFFF


class Shot:
    """One trigger with everything that hangs on it; lengths of 0 do not fire."""

    def __init__(
        self,
        number: int,
        due_us: int,
        trigger_us: int,
        strobe_delay_us: int,
        strobe_us: int,
        overview_us: int,
    ) -> None:
        self.number = number
        self.due_us = due_us
        self.trigger_us = trigger_us
        self.strobe_delay_us = strobe_delay_us
        self.strobe_us = strobe_us
        self.overview_us = overview_us


class TriggerPlan:
    """Gives the time of one trigger after the other."""

    def __init__(self, parameters: ParameterStore, now_us: int) -> None:
        self._parameters = parameters
        self._last_us = now_us
        self._speed_mps = 0.0
        self._speed_at_us = now_us
        self._has_speed = False
        self._single = False
        self.is_enabled = False
        self.number = 0
        """Of the last shot made."""

    def restart_numbers(self) -> None:
        """Begin again with 1."""
        self.number = 0

    def hear_speed(self, speed_mps: float, now_us: int) -> bool:
        """Take the car's speed; False if it is none."""
        if not 0.0 <= speed_mps <= 100.0:
            return False
        self._speed_mps, self._speed_at_us, self._has_speed = speed_mps, now_us, True
        return True

    def ask_single(self) -> None:
        """One trigger as soon as the fastest rate allows."""
        self._single = True

    def forget_single(self) -> None:
        """Take back an unfired single trigger."""
        self._single = False

    def next_due_us(self, now_us: int, edge_us: "int | None", may_run: bool) -> "int | None":
        """Return when the next trigger is due, perhaps in the past; None if none is.

        Args:
            edge_us: An edge on the external input not yet used.
            may_run: False while the ignition is off and triggers depend on it.
        """
        shortest_us = int(1e6 / self._parameters.get("TRG_MAX_HZ"))
        if self._single:
            return self._not_before(now_us, shortest_us)
        mode = int(self._parameters.get("TRG_MODE"))
        if not self.is_enabled or not may_run or mode == NEVER:
            return None
        if mode == EXTERNAL:
            if edge_us is None or later_us(edge_us, self._last_us) < shortest_us - EDGE_DELAY_US:
                return None
            return plus_us(edge_us, EDGE_DELAY_US)
        return self._not_before(now_us, int(1e6 / self._rate_hz(mode, now_us)))

    def make_shot(self, due_us: int, strobe_us: int) -> Shot:
        """Count one trigger and return it.

        Args:
            strobe_us: What the lamp's limits left of the strobe.
        """
        self._single = False
        self.number = (self.number + 1) & NUMBER_MASK
        self._last_us = due_us
        get = self._parameters.get
        every = int(get("OVW_EVERY"))
        overview_us = int(get("OVW_WIDTH_US")) if every and self.number % every == 0 else 0
        return Shot(
            self.number,
            due_us,
            int(get("TRG_WIDTH_US")),
            int(get("STB_DELAY_US")),
            strobe_us,
            overview_us,
        )

    def wished_strobe_us(self) -> int:
        """Return the strobe's length that the next shot should have; 0 for a dark frame."""
        dark_every = int(self._parameters.get("STB_DARK_EVERY"))
        if dark_every and (self.number + 1) % dark_every == 0:
            return 0
        return int(self._parameters.get("STB_WIDTH_US"))

    def _rate_hz(self, mode: int, now_us: int) -> float:
        get = self._parameters.get
        if mode == RATE:
            return get("TRG_RATE_HZ")
        if later_us(now_us, self._speed_at_us) > SPEED_AGE_MAX_US:
            self._has_speed = False
        wished_hz = self._speed_mps / get("TRG_SPACING_M") if self._has_speed else 0.0
        return min(max(wished_hz, get("TRG_MIN_HZ")), max(get("TRG_MAX_HZ"), get("TRG_MIN_HZ")))

    def _not_before(self, now_us: int, period_us: int) -> int:
        """Return one period after the last trigger, or now if that is long ago."""
        since_us = later_us(now_us, self._last_us)
        if since_us < 0 or since_us > 2 * period_us:
            self._last_us = plus_us(now_us, -period_us)
        return plus_us(self._last_us, period_us)
