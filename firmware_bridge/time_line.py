"""Board time to box time, from questions and answers (TIMESYNC). No clock: all times are arguments.

The board's counter has 32 bits of microseconds and runs a little fast or slow. Answers that took long say
little and are left out; the rest is a straight line by least squares.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

SAMPLES = 64
WRAP_US = 1 << 32
SLOPE_SPAN_S = 4.0
"""Samples must span so much before they may say how fast the board's clock runs."""

DRIFT_MAX = 300e-6
"""No crystal is worse; a steeper line is noise."""

RESTART_S = 0.15
"""An answer so far off the line, beyond half the time it took, means that the counter began again."""

ROUND_TRIP_SLACK_S = 0.001


@dataclass(frozen=True, slots=True)
class _Sample:
    box_s: float
    board_us: int
    """Without wraps."""
    round_trip_s: float


class TimeLine:
    """Offset and drift of one board."""

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque(maxlen=SAMPLES)
        self._origin: _Sample | None = None
        self._offset_s = 0.0
        self._slope = 0.0

    @property
    def is_known(self) -> bool:
        """True after the first answer."""
        return self._origin is not None

    @property
    def drift_ppm(self) -> float:
        """How much faster than the box the board's clock runs."""
        return -self._slope * 1e6

    def hear(self, asked_s: float, answered_s: float, counter_us: int) -> bool:
        """Take one answer; return True if the board was restarted in between.

        Args:
            counter_us: The board's 32-bit counter when it answered.
        """
        middle_s, round_trip_s = (asked_s + answered_s) / 2, answered_s - asked_s
        restarted = False
        if self._origin is None:
            board_us = counter_us
        else:
            expected_us = self._expected_us(middle_s)
            board_us = _nearest(counter_us, expected_us)
            if abs(board_us - expected_us) / 1e6 > RESTART_S + round_trip_s / 2:
                restarted, board_us = True, counter_us
                self.forget()
        sample = _Sample(middle_s, board_us, round_trip_s)
        self._samples.append(sample)
        self._fit()
        return restarted

    def forget(self) -> None:
        """Begin again: another board, or the same one restarted."""
        self._samples.clear()
        self._origin, self._offset_s, self._slope = None, 0.0, 0.0

    def box_s(self, counter_us: int, about_s: float) -> float:
        """Return when the board's counter stood there, on the box's monotonic clock.

        Args:
            about_s: A time within half an hour of it.

        Raises:
            RuntimeError: no answer has come yet.
        """
        if self._origin is None:
            raise RuntimeError("no time from the board yet")
        board_us = _nearest(counter_us, self._expected_us(about_s))
        passed_s = (board_us - self._origin.board_us) / 1e6
        return self._origin.box_s + passed_s * (1 + self._slope) + self._offset_s

    def _expected_us(self, box_s: float) -> int:
        assert self._origin is not None
        passed_s = box_s - self._origin.box_s - self._offset_s
        return self._origin.board_us + round(passed_s / (1 + self._slope) * 1e6)

    def _fit(self) -> None:
        """Lay the line through the quick answers."""
        quickest_s = min(sample.round_trip_s for sample in self._samples)
        good = [
            sample
            for sample in self._samples
            if sample.round_trip_s <= 2 * quickest_s + ROUND_TRIP_SLACK_S
        ]
        origin = good[-1]
        xs = [(sample.board_us - origin.board_us) / 1e6 for sample in good]
        ys = [sample.box_s - origin.box_s - x for sample, x in zip(good, xs, strict=True)]
        mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
        slope = self._slope
        if max(xs) - min(xs) >= SLOPE_SPAN_S:
            spread = sum((x - mean_x) ** 2 for x in xs)
            slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
        self._origin = origin
        self._slope = min(max(slope, -DRIFT_MAX), DRIFT_MAX)
        self._offset_s = mean_y - self._slope * mean_x


def _nearest(counter_us: int, expected_us: int) -> int:
    """Return the time without wraps that shows this counter and is nearest to the expected one."""
    half = WRAP_US // 2
    return expected_us + ((counter_us - expected_us + half) % WRAP_US) - half
