"""What the lamp may get. Whoever asks, and whatever the parameters say, these limits hold.

The lamp is bright infrared at a driver's eyes' height and hot: length, share of time and temperature are
limited here, in the board, so that no fault of the box can break them.
"""

from firmware_bridge.firmware.clock32 import later_us

LIMIT_US = 2000
"""Longest strobe whatever the parameters say; the timer's own limit in `board_pins` is the same."""

LIMIT_DUTY = 0.10
BUCKET_US = 100_000
"""The allowance of so much time can be spent at once, so any second has at most 1.1 times the allowed share."""

COOLER_C = 5.0
"""So much must the lamp cool down before it is lit again."""

PLAUSIBLE_C = (-40.0, 125.0)
"""A sensor that says something else is broken, and the lamp stays dark."""


class LampGuard:
    """Counts light like a bucket that refills at the allowed share of time."""

    def __init__(self, now_us: int) -> None:
        self._left_us = 0.0
        self._counted_us = now_us
        self.is_hot = False
        self.darkened = 0
        """Strobes that were refused or shortened."""

    def feel(self, temperature_c: float, hot_c: float) -> None:
        """Take the lamp's temperature."""
        low_c, high_c = PLAUSIBLE_C
        if not low_c <= temperature_c <= high_c or temperature_c >= hot_c:
            self.is_hot = True
        elif temperature_c <= hot_c - COOLER_C:
            self.is_hot = False

    def refill(self, now_us: int, duty: float) -> None:
        """Let time pass; call at least every half hour.

        Args:
            duty: Allowed share of time, 0 to LIMIT_DUTY.
        """
        duty = min(max(duty, 0.0), LIMIT_DUTY)
        passed_us = min(max(0, later_us(now_us, self._counted_us)), BUCKET_US)
        self._counted_us = now_us
        self._left_us = min(self._left_us + passed_us * duty, BUCKET_US * duty)

    def allow(self, wished_us: int, longest_us: int) -> int:
        """Return how long the lamp may be lit now, and count it; 0 is dark."""
        allowed_us = min(wished_us, longest_us, LIMIT_US, int(self._left_us))
        if self.is_hot or allowed_us < 0:
            allowed_us = 0
        if allowed_us < wished_us:
            self.darkened += 1
        self._left_us -= allowed_us
        return allowed_us
