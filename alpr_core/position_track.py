"""Where the car was at one instant, between the fixes of a receiver that speaks once a second.

Between two fixes a cubic runs through both places with the speed and direction that the receiver sent for
each; after the last one the turn goes on for a moment. Jumps that no car can make are marked and never
bridged. Pure: every instant is an argument.

A receiver's sentences arrive some time after the instant they speak of. The shortest delay seen is taken
out; a constant rest is the setting `receiver_delay_s`: unset, it costs speed times delay (30 m/s and 50 ms:
1.5 m).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime

from alpr_core.earth import LocalPlane, ground_distance_m
from alpr_core.fix import STALE_AFTER_S, Fix, FixQuality
from alpr_core.position import Position

JUMP_MPS = 70.0
"""Faster than any patrol car: 252 km/h."""

JUMP_ACCEPTED_AFTER = 3
"""Fixes that must agree on a new place before the old one is given up."""

JUMP_SLACK_M = 30.0
"""Noise of two single fixes in a street between houses; shorter steps are never jumps."""

SAME_S = 1e-3
"""Two fixes closer in time are one epoch; no receiver sends a thousand a second."""

KEPT_FIXES = 64
"""A minute at 1 Hz; sightings ask for the last seconds."""

DELAYS_KEPT = 32
"""Fixes over which the shortest delay is looked for; at 100 ppm the clocks drift 3 ms meanwhile."""

CLOCK_STEP_S = 0.5
"""The receiver's time jumped, as when it learns of the leap seconds, if it is early by more than this once, or
late by more than this for STEP_S; what is late for a shorter time was held up on its way."""

STEP_S = 2.0


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place at one instant."""

    lat_deg: float
    lon_deg: float
    is_extrapolated: bool
    """After the last fix: the next one may correct it by metres."""
    is_suspect: bool
    """Made from a fix that jumped."""
    fix_age_s: float
    """From the nearest fix before it, seconds."""
    speed_mps: float | None
    track_deg: float | None
    quality: FixQuality
    """Of the nearest fix before it."""

    def on_record(self) -> Position:
        """Return what stands beside a sighting."""
        quality = FixQuality.SUSPECT if self.is_suspect else self.quality
        return Position(self.lat_deg, self.lon_deg, self.speed_mps, self.track_deg, quality)


@dataclass(frozen=True, slots=True)
class _Point:
    mono_s: float
    fix: Fix


class PositionTrack:
    """The last fixes, ready to be asked for any instant among them.

    Args:
        receiver_delay_s: Constant part of the receiver's delay, 0 to 1 s, from its data sheet.
    """

    def __init__(self, receiver_delay_s: float = 0.0) -> None:
        self._receiver_delay_s = receiver_delay_s
        self._points: deque[_Point] = deque(maxlen=KEPT_FIXES)
        self._offsets: deque[float] = deque(maxlen=DELAYS_KEPT)
        self._late_from: datetime | None = None
        """Time of the first of the fixes that all came late by more than CLOCK_STEP_S."""
        self._strays: list[_Point] = []

    def add(self, fix: Fix) -> Fix:
        """Take the next fix and return it, marked if it jumped.

        A fix without a position or of unknown arrival is returned as it is; the track then has a gap.
        """
        mono_s = self._instant_s(fix)
        if mono_s is None or not fix.has_position:
            return fix
        point = _Point(mono_s, fix)
        last = self._points[-1] if self._points else None
        if last is not None and abs(mono_s - last.mono_s) < SAME_S:
            self._points[-1] = _Point(last.mono_s, fix)  # the same epoch, told more fully
            return fix
        if last is not None and (mono_s < last.mono_s or _is_jump(last, point)):
            return self._stray(point)
        self._strays.clear()
        self._points.append(point)
        return fix

    def lately(self) -> tuple[Fix, ...]:
        """Return the fixes of the last minute, the newest last; those that jumped are left out."""
        return tuple(point.fix for point in self._points)

    def at(self, mono_s: float) -> Whereabouts | None:
        """Return where the car was at an instant; None without a fix within STALE_AFTER_S before it.

        Args:
            mono_s: The instant, on the monotonic clock that also stamped the fixes.
        """
        before = [index for index, point in enumerate(self._points) if point.mono_s <= mono_s]
        if not before:
            return None
        first = self._points[before[-1]]
        age_s = mono_s - first.mono_s
        speed_mps, track_deg = first.fix.speed_mps, first.fix.track_deg
        if before[-1] + 1 < len(self._points):
            second = self._points[before[-1] + 1]
            if second.mono_s - first.mono_s > STALE_AFTER_S:
                return None
            east_m, north_m, plane = _between(first, second, mono_s)
            speed_mps, track_deg = _motion_between(first, second, mono_s)
            is_extrapolated = False
        else:
            if age_s > STALE_AFTER_S:
                return None
            before_it = self._points[before[-1] - 1] if before[-1] else None
            east_m, north_m, plane = _onward(before_it, first, age_s)
            is_extrapolated = age_s > 0
        lat_deg, lon_deg = plane.to_place(east_m, north_m)
        is_suspect = first.fix.is_suspect or bool(self._strays)
        return Whereabouts(
            lat_deg,
            lon_deg,
            is_extrapolated,
            is_suspect,
            age_s,
            speed_mps,
            track_deg,
            first.fix.quality,
        )

    def _instant_s(self, fix: Fix) -> float | None:
        """Return the monotonic instant that the fix speaks of."""
        if fix.arrived_mono_s is None:
            return None
        if fix.at is None:
            return fix.arrived_mono_s - self._receiver_delay_s
        offset_s = fix.arrived_mono_s - fix.at.timestamp()
        if self._offsets and not -CLOCK_STEP_S < offset_s - min(self._offsets) < STALE_AFTER_S:
            self._offsets.clear()
        self._offsets.append(offset_s)
        if offset_s - min(self._offsets) <= CLOCK_STEP_S:
            self._late_from = None
        elif self._late_from is None:
            self._late_from = fix.at
        elif (fix.at - self._late_from).total_seconds() >= STEP_S:
            self._offsets = deque([offset_s], DELAYS_KEPT)
            self._late_from = None
        return fix.at.timestamp() + min(self._offsets) - self._receiver_delay_s

    def _stray(self, point: _Point) -> Fix:
        """Mark a jump; enough of them that agree with each other are the new track."""
        last = self._strays[-1] if self._strays else None
        if last is not None and (point.mono_s - last.mono_s < SAME_S or _is_jump(last, point)):
            self._strays.clear()
        self._strays.append(point)
        if len(self._strays) >= JUMP_ACCEPTED_AFTER:
            self._points.clear()
            self._points.extend(self._strays)
            self._strays.clear()
            return point.fix
        return replace(point.fix, is_suspect=True)


def _is_jump(one: _Point, other: _Point) -> bool:
    way_m = ground_distance_m(one.fix.place(), other.fix.place())
    seconds = abs(other.mono_s - one.mono_s)
    return way_m > JUMP_SLACK_M and way_m > JUMP_MPS * seconds


def _velocity(fix: Fix) -> tuple[float, float] | None:
    """Metres per second east and north, if the receiver sent them."""
    if fix.speed_mps is None or fix.is_speed_derived or fix.track_deg is None:
        return None
    angle = math.radians(fix.track_deg)
    return fix.speed_mps * math.sin(angle), fix.speed_mps * math.cos(angle)


def _between(first: _Point, second: _Point, mono_s: float) -> tuple[float, float, LocalPlane]:
    """Cubic Hermite between two fixes."""
    plane = LocalPlane(*first.fix.place())
    end = plane.to_plane(second.fix.place())
    span_s = second.mono_s - first.mono_s
    straight = (end[0] / span_s, end[1] / span_s)
    begin_v, end_v = _velocity(first.fix) or straight, _velocity(second.fix) or straight
    part = (mono_s - first.mono_s) / span_s
    of_end = part * part * (3 - 2 * part)
    of_begin_v = part * (1 - part) ** 2 * span_s
    of_end_v = part * part * (part - 1) * span_s
    east_m, north_m = (
        end[axis] * of_end + begin_v[axis] * of_begin_v + end_v[axis] * of_end_v for axis in (0, 1)
    )
    return east_m, north_m, plane


def _motion_between(
    first: _Point, second: _Point, mono_s: float
) -> tuple[float | None, float | None]:
    """Speed, and direction by the shorter way round; what one fix lacks is the other's."""
    part = (mono_s - first.mono_s) / (second.mono_s - first.mono_s)
    speeds = [one.fix.speed_mps for one in (first, second) if one.fix.speed_mps is not None]
    tracks = [one.fix.track_deg for one in (first, second) if one.fix.track_deg is not None]
    speed_mps = speeds[0] + part * (speeds[-1] - speeds[0]) if speeds else None
    if not tracks:
        return speed_mps, None
    turn_deg = (tracks[-1] - tracks[0] + 180.0) % 360.0 - 180.0
    return speed_mps, (tracks[0] + part * turn_deg) % 360.0


def _onward(before: _Point | None, last: _Point, age_s: float) -> tuple[float, float, LocalPlane]:
    """The last turn and the last change of speed go on."""
    plane = LocalPlane(*last.fix.place())
    velocity = _velocity(last.fix)
    if velocity is None:
        if before is None:
            return 0.0, 0.0, plane
        start, span_s = plane.to_plane(before.fix.place()), last.mono_s - before.mono_s
        return -start[0] / span_s * age_s, -start[1] / span_s * age_s, plane
    speed_mps, angle = math.hypot(*velocity), math.atan2(*velocity)
    turn, gain = 0.0, 0.0
    earlier = _velocity(before.fix) if before is not None else None
    if before is not None and earlier is not None and last.mono_s - before.mono_s < STALE_AFTER_S:
        span_s = last.mono_s - before.mono_s
        turned = (angle - math.atan2(*earlier) + math.pi) % (2 * math.pi) - math.pi
        turn, gain = turned / span_s, (speed_mps - math.hypot(*earlier)) / span_s
    middle_angle = angle + turn * age_s / 2
    way_m = max(0.0, speed_mps + gain * age_s / 2) * age_s
    return way_m * math.sin(middle_angle), way_m * math.cos(middle_angle), plane
