"""`alpr bench fusion`: readings fused over a vehicle's frames, beside the best single frame.

The passes are those of the simulated drive. From each, FRAMES frames are taken evenly over the time in which
the plate can be read, so near and far looks are mixed as on the road.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alpr_core.fusion import ReadingFusion
from alpr_core.plate import PlateReading
from alpr_core.plate_text import fold_round_signs
from alpr_vision.eyes import Eyes
from bench.scoring import Box, overlap
from hw.photograph import frame_of_pixels
from hw.simulated_drive import PlateInFrame, SimulatedDrive, SimulatedVehicle

FRAMES = 6
VEHICLES = 240
SEED = 3
OVERLAP_MIN = 0.3
"""A reading belongs to the vehicle if its box overlaps the true one by this much."""


@dataclass(slots=True)
class _Count:
    passes: int = 0
    median_right: int = 0
    """Of the frame in the middle: what a camera with one picture would have given."""
    best_right: int = 0
    """Of the frame whose weakest sign is the most certain."""
    fused_right: int = 0


def bench_fusion() -> None:
    """Print how many passes are read right by one frame and by all of them."""
    eyes = Eyes.open()
    drive = SimulatedDrive(SEED, VEHICLES, is_live=False, loops=False)
    count = _Count()
    for vehicle in sorted(drive.vehicles, key=lambda each: each.first_frame):
        looks = _looks(eyes, drive, vehicle)
        if looks:
            _score(count, vehicle, looks)
    errors_left = (count.passes - count.fused_right) / max(1, count.passes - count.best_right)
    print(f"simulated passes with a reading, up to {FRAMES} frames each: {count.passes}")
    print(f"right by the middle look  {count.median_right / count.passes:6.1%}")
    print(f"right by the best look    {count.best_right / count.passes:6.1%}")
    print(f"right by all looks fused  {count.fused_right / count.passes:6.1%}")
    print(f"errors left by fusion, of the best look's: {errors_left:.2f}")


def _looks(eyes: Eyes, drive: SimulatedDrive, vehicle: SimulatedVehicle) -> list[PlateReading]:
    looks = []
    for number in np.linspace(vehicle.first_frame, vehicle.last_frame, FRAMES).round().astype(int):
        place = next(p for p in drive.plates_in(int(number)) if p.vehicle == vehicle)
        frame = frame_of_pixels(drive.render(int(number))[0])
        mine = [
            box
            for box in eyes.detector.find_plates(frame)
            if overlap((box.x, box.y, box.w, box.h), _box(place)) >= OVERLAP_MIN
        ]
        looks += [r for r in eyes.reader.read_plates(frame, mine[:1]) if r.text]
    return looks


def _box(place: PlateInFrame) -> Box:
    xs, ys = zip(*place.corners, strict=True)
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _score(count: _Count, vehicle: SimulatedVehicle, looks: Sequence[PlateReading]) -> None:
    fusion = ReadingFusion()
    for look in looks:
        fusion.add(look)
    best = max(looks, key=lambda look: look.weakest)
    count.passes += 1
    count.median_right += _is_right(looks[len(looks) // 2], vehicle)
    count.best_right += _is_right(best, vehicle)
    count.fused_right += _is_right(fusion.fused(best.box), vehicle)


def _is_right(reading: PlateReading, vehicle: SimulatedVehicle) -> bool:
    return fold_round_signs(reading.text) == fold_round_signs(vehicle.plate)
