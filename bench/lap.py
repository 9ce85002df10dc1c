"""A lap of the simulated drive through detector, reader and tracker: what is given out, when, how often twice."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alpr_core.plate_text import fold_round_signs
from alpr_core.sighting import Sighting, new_sighting_id
from alpr_core.tracker import PassTracker, TrackerSettings
from alpr_vision.eyes import Eyes
from bench.report import Json, Table, share
from hw.simulated_drive import SimulatedDrive

SEED = 462
"""The demo's drive."""

VEHICLES, QUICK_VEHICLES = 60, 4


@dataclass(frozen=True, slots=True)
class LapScore:
    """Counts over one lap; texts compared with round signs folded."""

    vehicles: int
    sightings: int
    superseding: int
    """Sightings that correct an earlier one of the same pass."""
    first_right: int
    """Vehicles' first sightings whose text is some vehicle's plate."""
    firsts: int
    vehicles_right: int
    """Vehicles whose plate stands in a sighting that nothing corrected."""
    looks_before: float
    """Mean number of looks fused when a vehicle's first sighting is given."""


def drive_lap(eyes: Eyes, vehicles: int) -> LapScore:
    """Drive one lap as fast as the machine allows, no frame left out."""
    drive = SimulatedDrive(SEED, vehicles, is_live=False, loops=False)
    tracker = PassTracker(TrackerSettings(), _counting_ids())
    given: list[Sighting] = []
    for frame in drive.frames():
        readings = eyes.reader.read_plates(frame, eyes.detector.find_plates(frame))
        given += tracker.follow(frame, readings)
    given += tracker.finish()
    return score_lap([vehicle.plate for vehicle in drive.vehicles], given)


def score_lap(plates: Iterable[str], given: Sequence[Sighting]) -> LapScore:
    """Compare what was given out with the plates that passed."""
    true = {fold_round_signs(plate) for plate in plates}
    corrected = {sighting.supersedes for sighting in given}
    firsts = [sighting for sighting in given if sighting.supersedes is None]
    last = {
        fold_round_signs(sighting.reading.text)
        for sighting in given
        if sighting.sighting_id not in corrected
    }
    return LapScore(
        vehicles=len(true),
        sightings=len(given),
        superseding=len(given) - len(firsts),
        first_right=sum(fold_round_signs(first.reading.text) in true for first in firsts),
        firsts=len(firsts),
        vehicles_right=len(true & last),
        looks_before=sum(first.frame_count for first in firsts) / max(1, len(firsts)),
    )


def lap_table(lap: LapScore) -> Table:
    """Return what is printed."""
    head = (
        "vehicles",
        "sightings",
        "correcting",
        "first right",
        "right in the end",
        "looks before",
    )
    table = Table("A lap of the simulated drive", head)
    table.add(
        str(lap.vehicles),
        str(lap.sightings),
        str(lap.superseding),
        share(lap.first_right, lap.firsts),
        share(lap.vehicles_right, lap.vehicles),
        f"{lap.looks_before:.1f}",
    )
    table.note("correcting: sightings that correct an earlier one of the same pass.")
    return table


def lap_figures(lap: LapScore) -> Json:
    """Return the same for scripts."""
    return {
        "vehicles": lap.vehicles,
        "sightings": lap.sightings,
        "superseding": lap.superseding,
        "first_right": lap.first_right,
        "vehicles_right": lap.vehicles_right,
        "looks_before": round(lap.looks_before, 2),
    }


def _counting_ids() -> Callable[[datetime], str]:
    numbers = itertools.count()
    return lambda seen_at: new_sighting_id(seen_at, next(numbers).to_bytes(10, "big"))
