"""Write a drive's script: place vehicles so that each plate can be read for a while.

A plate counts as readable while it is wide enough, inside the picture and not behind another vehicle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hw.simulated_drive.look import Light
from hw.simulated_drive.plate_stock import StockedPlate, stocked_plates
from hw.simulated_drive.road_camera import PLATE_CAMERA
from hw.simulated_drive.script import CORNER_FRAMES, DriveScript, SimulatedVehicle, Street
from hw.simulated_drive.street_art import StreetKind
from hw.simulated_drive.traffic import (
    FPS,
    NEAREST_DRAWN_M,
    Motion,
    VehicleKind,
    body_bounds,
    plate_pixels,
    plate_width_px,
)
from hw.simulated_drive.vehicle_body import choose_body

READABLE_FROM_PX = 55.0
"""Width from which a plate counts as readable."""

READABLE_TO_PX = 190.0
READABLE_FRAMES_MIN = 10
"""Every vehicle is readable in at least this many frames without a break."""

EDGE_PX = 6
"""A plate nearer to the picture's edge counts as cut off."""

VEHICLES_PER_STREET = 10
LEAD_IN_FRAMES = 26
GAP_M = 5.0
"""Least distance between two vehicles of one lane, bumper to bumper."""

_SEARCH_STEP_FRAMES = 4
_SEARCH_SPAN_FRAMES = 130
"""Frames before a vehicle's near frame in which it can become readable at the slowest closing speed."""

_LIGHTS = (Light.DAY, Light.NIGHT, Light.GLARE, Light.DUSK, Light.RAIN, Light.NIGHT)
_KINDS = (StreetKind.KERB, StreetKind.TWO_WAY, StreetKind.AVENUE)
_VANISHING_X_PX = {StreetKind.KERB: 300.0, StreetKind.AVENUE: 260.0, StreetKind.TWO_WAY: 1060.0}
_SIDE_TRAFFIC = {
    StreetKind.KERB: VehicleKind.PARKED,
    StreetKind.AVENUE: VehicleKind.NEXT_LANE,
    StreetKind.TWO_WAY: VehicleKind.ONCOMING,
}
_AHEAD_SHARE = 0.34
_LATERAL_M = {
    VehicleKind.PARKED: 2.35,
    VehicleKind.AHEAD: 0.0,
    VehicleKind.NEXT_LANE: 3.1,
    VehicleKind.ONCOMING: -2.9,
}


def write_script(seed: int, vehicle_count: int) -> DriveScript:
    """Return the first lap; the same arguments give the same lap.

    Args:
        vehicle_count: 1 to the number of stocked plates.

    Raises:
        ValueError: more vehicles than there are plates, or none.
    """
    stock = stocked_plates()
    if not 1 <= vehicle_count <= len(stock):
        raise ValueError(f"a drive has 1 to {len(stock)} vehicles, not {vehicle_count}")
    rng = np.random.default_rng(seed)
    order = [int(index) for index in rng.permutation(len(stock))[:vehicle_count]]
    streets: list[Street] = []
    vehicles: list[SimulatedVehicle] = []
    next_frame = 1
    for number, begin in enumerate(range(0, vehicle_count, VEHICLES_PER_STREET)):
        street = _open_street(number, next_frame, rng)
        placed = _StreetFiller(street, rng).fill(order[begin : begin + VEHICLES_PER_STREET], stock)
        last_frame = max(vehicle.last_frame for vehicle in placed) + 2 + CORNER_FRAMES
        streets.append(replace(street, last_frame=last_frame))
        vehicles.extend(placed)
        next_frame = last_frame + 1
    return DriveScript(tuple(streets), tuple(vehicles))


def _open_street(number: int, first_frame: int, rng: np.random.Generator) -> Street:
    kind = _KINDS[(number + number // len(_LIGHTS)) % len(_KINDS)]
    return Street(
        number=number,
        kind=kind,
        light=_LIGHTS[number % len(_LIGHTS)],
        camera=replace(PLATE_CAMERA, vanishing_x_px=_VANISHING_X_PX[kind]),
        own_speed_mps=float(rng.uniform(7.5, 9.5)),
        first_frame=first_frame,
        last_frame=first_frame,
        seed=int(rng.integers(2**31)),
    )


class _StreetFiller:
    """Places vehicles one after the other, each as early as all plates stay readable."""

    def __init__(self, street: Street, rng: np.random.Generator) -> None:
        self._street = street
        self._rng = rng
        self._closing_mps = {
            VehicleKind.PARKED: street.own_speed_mps,
            VehicleKind.AHEAD: float(rng.uniform(4.6, 6.0)),
            VehicleKind.NEXT_LANE: float(rng.uniform(5.0, 6.5)),
            VehicleKind.ONCOMING: street.own_speed_mps + float(rng.uniform(6.5, 8.0)),
        }

    def fill(
        self, stock_indices: Sequence[int], stock: Sequence[StockedPlate]
    ) -> list[SimulatedVehicle]:
        placed: list[SimulatedVehicle] = []
        for stock_index in stock_indices:
            is_ahead = self._rng.random() < _AHEAD_SHARE
            kind = VehicleKind.AHEAD if is_ahead else _SIDE_TRAFFIC[self._street.kind]
            plate = stock[stock_index]
            vehicle = SimulatedVehicle(
                plate=plate.text,
                state=plate.state,
                kind=kind,
                light=self._street.light,
                first_frame=0,
                last_frame=0,
                street_number=self._street.number,
                stock_index=stock_index,
                body=choose_body(self._rng, kind is VehicleKind.ONCOMING),
                motion=self._choose_motion(kind),
            )
            placed = self._add(placed, vehicle)
        return placed

    def _choose_motion(self, kind: VehicleKind) -> Motion:
        rng, is_ahead = self._rng, kind is VehicleKind.AHEAD
        leaves_to = 1.0 if self._street.kind is StreetKind.TWO_WAY else -1.0
        return Motion(
            near_frame=0,
            closing_mps=self._closing_mps[kind],
            lateral_m=_LATERAL_M[kind] + float(rng.uniform(-0.15, 0.15)),
            heading_deg=float(rng.uniform(-4.0, 4.0))
            if kind is VehicleKind.PARKED
            else float(rng.uniform(-1.5, 1.5)),
            drift_m=leaves_to * 3.2 if is_ahead else 0.0,
            drift_from_m=float(rng.uniform(8.5, 11.5)) if is_ahead else 0.0,
        )

    def _add(
        self, placed: list[SimulatedVehicle], vehicle: SimulatedVehicle
    ) -> list[SimulatedVehicle]:
        """Return the vehicles with one more, at the first moment at which all of them can be read."""
        near_frame = self._street.first_frame + LEAD_IN_FRAMES
        if placed:
            near_frame = max(near_frame, placed[-1].motion.near_frame + _SEARCH_STEP_FRAMES)
        while True:
            candidate = replace(vehicle, motion=replace(vehicle.motion, near_frame=near_frame))
            if _keeps_distance(candidate, placed):
                timed = self._timed([*placed, candidate])
                if timed is not None:
                    return timed
            near_frame += _SEARCH_STEP_FRAMES

    def _timed(self, vehicles: Sequence[SimulatedVehicle]) -> list[SimulatedVehicle] | None:
        """Return the vehicles with their readable frames; None if one of them has too few."""
        timed: list[SimulatedVehicle] = []
        for vehicle in reversed(vehicles):  # the last one is the likeliest to fail
            if timed and not _meets(vehicle, vehicles[-1]):
                timed.append(vehicle)
                continue
            rivals = [
                other for other in vehicles if other is not vehicle and _meets(other, vehicle)
            ]
            first, last = _longest_readable_run(vehicle, rivals, self._street)
            if last - first + 1 < READABLE_FRAMES_MIN:
                return None
            timed.append(replace(vehicle, first_frame=first, last_frame=last))
        return timed[::-1]


def _meets(one: SimulatedVehicle, other: SimulatedVehicle) -> bool:
    return abs(one.motion.near_frame - other.motion.near_frame) < 2 * _SEARCH_SPAN_FRAMES


def _keeps_distance(vehicle: SimulatedVehicle, placed: Sequence[SimulatedVehicle]) -> bool:
    for other in placed:
        frames_apart = abs(vehicle.motion.near_frame - other.motion.near_frame)
        way_m = frames_apart / FPS * vehicle.motion.closing_mps
        if (
            other.kind is vehicle.kind
            and way_m < max(vehicle.body.length_m, other.body.length_m) + GAP_M
        ):
            return False
    return True


def _longest_readable_run(
    vehicle: SimulatedVehicle, rivals: Sequence[SimulatedVehicle], street: Street
) -> tuple[int, int]:
    """Return first and last frame of the longest time in which the plate can be read; (0, -1) if never."""
    near_frame = vehicle.motion.near_frame
    begin = max(street.first_frame, near_frame - _SEARCH_SPAN_FRAMES)
    frames = np.arange(begin, near_frame + _SEARCH_SPAN_FRAMES // 2, dtype=np.float64)
    corners = plate_pixels(vehicle.body, vehicle.motion, frames, street.camera)
    low, high = corners.min(axis=1), corners.max(axis=1)
    width_px = plate_width_px(corners)
    ahead_m = vehicle.motion.place(frames)[1]
    readable = (
        (width_px >= READABLE_FROM_PX) & (width_px <= READABLE_TO_PX) & (ahead_m > NEAREST_DRAWN_M)
    )
    readable &= (low >= EDGE_PX).all(axis=1)
    readable &= (high < (street.camera.width_px - EDGE_PX, street.camera.height_px - EDGE_PX)).all(
        axis=1
    )
    for rival in rivals:
        rival_m = rival.motion.place(frames)[1]
        before = readable & (rival_m < ahead_m)
        before &= rival_m > NEAREST_DRAWN_M - rival.body.length_m
        if before.any():
            bounds = body_bounds(rival.body, rival.motion, frames[before], street.camera)
            covers = (bounds[0] <= high[before]) & (bounds[1] >= low[before])
            readable[before] = ~covers.all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(((0,), readable.astype(np.int8), (0,)))))
    if edges.size == 0:
        return 0, -1
    starts, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - starts))
    return int(frames[starts[longest]]), int(frames[ends[longest] - 1])
