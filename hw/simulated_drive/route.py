"""Where the simulated drive is in the world: the streets of its script, laid out in Westminster, California.

Each street runs straight at its own speed; at its end the car turns a corner. The first lap goes east and
south by turns, the second one back west and north, so that every other lap begins at the same place.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alpr_core.earth import LocalPlane
from hw.gps.simulated_receiver import DrivenPlace
from hw.simulated_drive.script import DriveScript
from hw.simulated_drive.traffic import FPS

BEGIN = LocalPlane(33.75924, -117.99390)
"""Westminster Boulevard, east of Beach Boulevard."""

TURN_S = 2.0
"""A corner takes so long, half of it before the street's end: 7 m across at 8 m/s."""

STEPS_PER_FRAME = 5
"""The way is added up in steps of 10 ms: a millimetre of error in a lap."""

EAST_DEG, SOUTH_DEG = 90.0, 180.0

_Numbers = npt.NDArray[np.float64]


class DriveRoute:
    """The way of one script's laps."""

    def __init__(self, script: DriveScript) -> None:
        self._lap_s = (script.last_frame - script.first_frame + 1) / FPS
        steps = round(self._lap_s * FPS) * STEPS_PER_FRAME
        self._seconds = np.linspace(0.0, self._lap_s, steps + 1)
        ends = np.array([street.last_frame / FPS for street in script.streets])
        headings = np.array(
            [SOUTH_DEG if number % 2 else EAST_DEG for number in range(len(script.streets))]
        )
        speeds = np.array([street.own_speed_mps for street in script.streets])
        # The turn out of the lap before and the one into the lap after belong to the corners, too.
        before = np.concatenate(([headings[-1] - 180.0], headings))
        after = np.concatenate((headings, [headings[0] + 180.0]))
        self._track_deg = _stepped(self._seconds, ends, before, after, shortest=True)
        self._speed_mps = _stepped(
            self._seconds, ends, np.concatenate((speeds[-1:], speeds)), np.append(speeds, speeds[0])
        )
        angle = np.radians(self._track_deg)
        self._east_m = _way(self._speed_mps * np.sin(angle), self._seconds)
        self._north_m = _way(self._speed_mps * np.cos(angle), self._seconds)

    def place(self, seconds: float) -> DrivenPlace:
        """Return where the car is, any time after the drive's first frame."""
        lap, in_lap_s = divmod(max(0.0, seconds), self._lap_s)
        east_m, north_m, track_deg, speed_mps = (
            float(np.interp(in_lap_s, self._seconds, values))
            for values in (self._east_m, self._north_m, self._track_deg, self._speed_mps)
        )
        if lap % 2:  # back again: the same way, turned round
            east_m, north_m = self._east_m[-1] - east_m, self._north_m[-1] - north_m
            track_deg += 180.0
        lat_deg, lon_deg = BEGIN.to_place(float(east_m), float(north_m))
        return DrivenPlace(lat_deg, lon_deg, speed_mps, track_deg % 360.0)


def _stepped(
    seconds: _Numbers, ends: _Numbers, before: _Numbers, after: _Numbers, *, shortest: bool = False
) -> _Numbers:
    """Return a value that goes smoothly from street to street, each change around a street's end.

    Args:
        ends: End of each street, seconds.
        before, after: Values around the lap's begin and around each end.
        shortest: The values are angles in degrees; turn the shorter way.
    """
    value = np.full_like(seconds, before[0])
    for at_s, old, new in zip((0.0, *ends), before, after, strict=True):
        change = (new - old + 180.0) % 360.0 - 180.0 if shortest else new - old
        part = np.clip((seconds - at_s) / TURN_S + 0.5, 0.0, 1.0)
        value = value + change * part * part * (3 - 2 * part)
    return value


def _way(speeds_mps: _Numbers, seconds: _Numbers) -> _Numbers:
    middle = (speeds_mps[1:] + speeds_mps[:-1]) / 2 * np.diff(seconds)
    return np.concatenate(([0.0], np.cumsum(middle)))
