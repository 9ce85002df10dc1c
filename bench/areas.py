"""What looking at less saves: a region, and leaving out pictures in which nothing moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import process_time

import numpy as np

from alpr_core.frame import Frame
from alpr_vision.plate_detector import OnnxPlateDetector
from alpr_vision.watched_area import WatchedArea, WatchingDetector
from bench.report import Json, Table
from hw.photograph import frame_of_pixels
from hw.simulated_drive import SimulatedDrive

FRAMES = 60
SEED = 5
NOISE_GREY = 5.0
"""Sensor noise of the standing camera, grey levels."""

LOWER_TWO_THIRDS = (0.0, 1 / 3, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class AreaCost:
    name: str
    find_ms: float
    """Processor time of the detector per frame."""
    plates: int
    """Boxes over all frames."""


def area_costs() -> tuple[AreaCost, ...]:
    """Measure the detector over frames of the drive, whole and in part, and over a standing camera's."""
    detector = OnnxPlateDetector()
    moving = list(_moving_frames())
    standing = list(_standing_frames(moving[-1]))
    kinds = (
        ("moving, whole picture", moving, WatchedArea()),
        ("moving, lower two thirds", moving, WatchedArea(LOWER_TWO_THIRDS)),
        ("standing, every picture", standing, WatchedArea()),
        ("standing, still ones left out", standing, WatchedArea(skip_still=True)),
    )
    return tuple(
        _cost(name, WatchingDetector(detector, area), frames) for name, frames, area in kinds
    )


def area_table(costs: Sequence[AreaCost]) -> Table:
    """Return what is printed."""
    table = Table("Looking at less", ("camera", "ms a frame", "plates"))
    for cost in costs:
        table.add(cost.name, f"{cost.find_ms:.1f}", str(cost.plates))
    table.note(f"The detector alone, {FRAMES} frames each; both settings are off by default.")
    return table


def area_figures(costs: Sequence[AreaCost]) -> Json:
    """Return the same for scripts."""
    return {cost.name: {"ms": round(cost.find_ms, 2), "plates": cost.plates} for cost in costs}


def _cost(name: str, watching: WatchingDetector, frames: Sequence[Frame]) -> AreaCost:
    plates, began_s = 0, process_time()
    for frame in frames:
        plates += len(watching.find_plates(frame))
    return AreaCost(name, (process_time() - began_s) / len(frames) * 1000, plates)


def _moving_frames() -> Iterator[Frame]:
    drive = SimulatedDrive(SEED, 8, is_live=False, loops=False)
    for number in np.linspace(1, drive.lap_frames, FRAMES).round().astype(int):
        yield frame_of_pixels(drive.render(int(number))[0])


def _standing_frames(picture: Frame) -> Iterator[Frame]:
    rng = np.random.default_rng(SEED)
    for _ in range(FRAMES):
        noisy = picture.pixels + rng.normal(0, NOISE_GREY, picture.pixels.shape)
        yield frame_of_pixels(np.clip(noisy, 0, 255).astype(np.uint8))
