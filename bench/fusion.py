"""`alpr bench fusion`: readings fused over a vehicle's frames, beside the best single frame.

Three kinds of passes: drawn plates and photographed plates made into six looks (`bench/passes.py`; the plate
is found for the reader), and vehicles of the simulated drive, found by the detector in whole frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from alpr_core.fusion import ReadingFusion
from alpr_core.plate import PlateReading
from alpr_core.plate_syntax import CALIFORNIA
from alpr_core.plate_text import fold_round_signs
from alpr_core.text_certainty import text_certainty
from alpr_vision.eyes import Eyes
from bench.calibration import Judged, calibration_error
from bench.lap import QUICK_VEHICLES as LAP_QUICK_VEHICLES
from bench.lap import VEHICLES as LAP_VEHICLES
from bench.lap import drive_lap, lap_figures, lap_table
from bench.passes import LOOKS, PlatePicture, drawn_plates, photographed_plates, simulated_passes
from bench.photo_sets import CROP_SETS, has_photo_set, load_photo_set
from bench.report import Json, Table, share
from bench.scoring import Box, overlap
from hw.photograph import frame_of_pixels
from hw.simulated_drive import PlateInFrame, SimulatedDrive, SimulatedVehicle

VEHICLES, QUICK_VEHICLES = 240, 12
PASSES_PER_PLATE = 4
QUICK_STEP = 8
"""Of how many plates a quick run takes one, once."""
SEED = 3
OVERLAP_MIN = 0.3
"""A reading belongs to the vehicle if its box overlaps the true one by this much."""

ERRORS_LEFT_BAR = 2 / 3
"""Fusion is to leave at most this share of the best look's errors."""

Readings = Sequence[PlateReading]


@dataclass(slots=True)
class FusionCount:
    """Counts over one kind of passes; all texts compared with round signs folded."""

    passes: int = 0
    middle_right: int = 0
    """By the look in the middle: what a camera with one picture would have given."""
    best_right: int = 0
    """By the look whose weakest sign is the most certain: what a box would pick blind."""
    surest_right: int = 0
    """By the look whose whole text is the most certain: the other way to pick blind."""
    any_right: int = 0
    """Passes in which at least one look is right: what choosing could reach, if it knew the truth."""
    fused_right: int = 0
    syntax_right: int = 0
    """Fused, with near ties broken by California's plate syntax."""
    best_judged: list[Judged] = field(default_factory=list)
    fused_judged: list[Judged] = field(default_factory=list)

    @property
    def errors_left(self) -> float:
        """Share of the best look's errors that fusion leaves; 0 if it made none."""
        return self._errors_left_of(self.best_right)

    @property
    def errors_left_of_surest(self) -> float:
        """The same of the look with the most certain text."""
        return self._errors_left_of(self.surest_right)

    @property
    def errors_left_of_any(self) -> float:
        """The same of a choice that knows the truth; 1 means that fusion is as good."""
        return self._errors_left_of(self.any_right)

    def _errors_left_of(self, right: int) -> float:
        errors = self.passes - right
        return (self.passes - self.fused_right) / errors if errors else 0.0

    def add(self, plate: str, looks: Readings) -> None:
        """Count one pass; `looks` in the order of time, at least one with signs."""
        best = max(looks, key=lambda look: look.weakest)
        surest = max(looks, key=text_certainty)
        fused = _fused(looks, ReadingFusion())
        self.passes += 1
        self.middle_right += _is_right(looks[len(looks) // 2], plate)
        self.best_right += _is_right(best, plate)
        self.surest_right += _is_right(surest, plate)
        self.any_right += any(_is_right(look, plate) for look in looks)
        self.fused_right += _is_right(fused, plate)
        self.syntax_right += _is_right(_fused(looks, ReadingFusion(CALIFORNIA)), plate)
        self.best_judged.append(Judged(best.weakest, _is_right(best, plate)))
        self.fused_judged.append(Judged(fused.weakest, _is_right(fused, plate)))


def bench_fusion(photos: Path, *, quick: bool = False) -> Json:
    """Print how many passes are read right by one frame and by all of them; return the figures.

    Args:
        photos: Folder of the photo sets; without it the photographed passes are left out.
        quick: Fewer passes.
    """
    cv2.setNumThreads(1)
    eyes = Eyes.open()
    per_plate, step = (1, QUICK_STEP) if quick else (PASSES_PER_PLATE, 1)
    kinds = {"drawn plates": _counted(_read_passes(eyes, drawn_plates()[::step], per_plate))}
    if has_photo_set(photos, CROP_SETS[0]):
        crops = photographed_plates(load_photo_set(photos, CROP_SETS[0])[::step])
        passes = list(_read_passes(eyes, crops, per_plate))
        kinds["photographed plates"] = _counted(passes)
        clear = {crop.plate for crop in crops if _is_read_at_rest(eyes, crop)}
        kinds["  those read at rest"] = _counted(each for each in passes if each[0] in clear)
    kinds["simulated drive"] = _counted(_drive(eyes, QUICK_VEHICLES if quick else VEHICLES))
    lap = drive_lap(eyes, LAP_QUICK_VEHICLES if quick else LAP_VEHICLES)
    for table in (*fusion_tables(kinds), lap_table(lap)):
        print(table)
    figures = {name.strip(): _figures(count) for name, count in kinds.items()}
    return {**figures, "lap": lap_figures(lap)}


def fusion_tables(kinds: dict[str, FusionCount]) -> tuple[Table, ...]:
    """Return what is printed."""
    right = Table(
        f"Passes read right (folded), {LOOKS} looks each",
        ("passes", "count", "middle", "best", "surest", "fused", "syntax", "any"),
    )
    left = Table(
        "Share of a single look's errors that fusion leaves",
        ("passes", "of best", "of surest", "of any"),
    )
    calibration = Table("Calibration error of the weakest sign", ("passes", "best look", "fused"))
    for name, count in kinds.items():
        shares = (
            share(part, count.passes)
            for part in (
                count.middle_right,
                count.best_right,
                count.surest_right,
                count.fused_right,
                count.syntax_right,
                count.any_right,
            )
        )
        right.add(name, str(count.passes), *shares)
        left.add(
            name,
            f"{count.errors_left:.2f}",
            f"{count.errors_left_of_surest:.2f}",
            f"{count.errors_left_of_any:.2f}",
        )
        calibration.add(
            name,
            f"{calibration_error(count.best_judged):.3f}",
            f"{calibration_error(count.fused_judged):.3f}",
        )
    right.note(
        "best: the look that a box picks blind, by the certainty of its weakest sign. surest: by that of "
        "its whole text. syntax: fused, near ties broken by California's forms (off unless "
        "configured). any: at least one look is right, so the best one if the truth were known. those "
        "read at rest: whose photograph itself is read right; what is wrong with the others (the truth, "
        "an emblem read as a sign) is wrong in all looks."
    )
    left.note(
        f"of best: to be at most {ERRORS_LEFT_BAR:.2f}. of any: beside the best look if the truth were "
        "known, the harder measure; 1 means that fusion is as good, above 1 that it is not."
    )
    return right, left, calibration


def _figures(count: FusionCount) -> Json:
    return {
        "passes": count.passes,
        "middle_right": count.middle_right,
        "best_right": count.best_right,
        "surest_right": count.surest_right,
        "fused_right": count.fused_right,
        "syntax_right": count.syntax_right,
        "any_right": count.any_right,
        "errors_left": round(count.errors_left, 4),
        "errors_left_of_surest": round(count.errors_left_of_surest, 4),
        "errors_left_of_any": round(count.errors_left_of_any, 4),
        "calibration_error_best": round(calibration_error(count.best_judged), 4),
        "calibration_error_fused": round(calibration_error(count.fused_judged), 4),
    }


def _counted(passes: Iterable[tuple[str, Readings]]) -> FusionCount:
    count = FusionCount()
    for plate, looks in passes:
        with_signs = [look for look in looks if look.text]
        if with_signs:
            count.add(plate, with_signs)
    return count


def _read_passes(
    eyes: Eyes, plates: Sequence[PlatePicture], per_plate: int
) -> Iterator[tuple[str, Readings]]:
    for simulated in simulated_passes(plates, per_plate, SEED):
        yield (
            simulated.plate,
            [eyes.reader.read_plates(look.frame, (look.box,))[0] for look in simulated.looks],
        )


def _is_read_at_rest(eyes: Eyes, crop: PlatePicture) -> bool:
    readings = eyes.look_at_crop(frame_of_pixels(crop.pixels))
    return any(_is_right(reading, crop.plate) for reading in readings)


def _drive(eyes: Eyes, vehicles: int) -> Iterator[tuple[str, Readings]]:
    drive = SimulatedDrive(SEED, vehicles, is_live=False, loops=False)
    for vehicle in sorted(drive.vehicles, key=lambda each: each.first_frame):
        yield vehicle.plate, _looks(eyes, drive, vehicle)


def _looks(eyes: Eyes, drive: SimulatedDrive, vehicle: SimulatedVehicle) -> Readings:
    """Readings of LOOKS frames, evenly over the time in which the plate can be read."""
    looks: list[PlateReading] = []
    for number in np.linspace(vehicle.first_frame, vehicle.last_frame, LOOKS).round().astype(int):
        place = next(p for p in drive.plates_in(int(number)) if p.vehicle == vehicle)
        frame = frame_of_pixels(drive.render(int(number))[0])
        mine = [
            box
            for box in eyes.detector.find_plates(frame)
            if overlap((box.x, box.y, box.w, box.h), _box(place)) >= OVERLAP_MIN
        ]
        looks += eyes.reader.read_plates(frame, mine[:1])
    return looks


def _box(place: PlateInFrame) -> Box:
    xs, ys = zip(*place.corners, strict=True)
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _fused(looks: Readings, fusion: ReadingFusion) -> PlateReading:
    for look in looks:
        fusion.add(look)
    return fusion.fused(looks[-1].box)


def _is_right(reading: PlateReading, plate: str) -> bool:
    return fold_round_signs(reading.text) == fold_round_signs(plate)
