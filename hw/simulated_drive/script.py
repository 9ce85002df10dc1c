"""The drive's script: which vehicle passes where and when, and in which frames its plate can be read.

The script is the truth that tests and the demo's lists use. `script_writer` finds it by arithmetic, never by
looking at pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hw.simulated_drive.look import Light
from hw.simulated_drive.road_camera import RoadCamera
from hw.simulated_drive.street_art import StreetKind
from hw.simulated_drive.traffic import Motion, VehicleKind
from hw.simulated_drive.vehicle_body import VehicleBody

CORNER_FRAMES = 10
"""At the end of a street the car turns round the corner; nothing is read meanwhile."""


@dataclass(frozen=True, slots=True)
class Street:
    """One stretch of road with one light."""

    number: int
    """Counts from 0 within a lap."""
    kind: StreetKind
    light: Light
    camera: RoadCamera
    """The plate camera as it is aimed here."""
    own_speed_mps: float
    first_frame: int
    last_frame: int
    """Last frame of all, the turn round the corner included."""
    seed: int
    """Decides houses and trees."""


@dataclass(frozen=True, slots=True)
class SimulatedVehicle:
    """One vehicle of the drive, with the truth about its plate."""

    plate: str
    """As `normalise_plate` gives it."""
    state: str
    """Two-letter US state."""
    kind: VehicleKind
    light: Light
    first_frame: int
    """Number of the first frame in which the plate is readable."""
    last_frame: int
    """Number of the last such frame; all between are readable too."""
    street_number: int
    stock_index: int
    """Place of its drawing in `stocked_plates()`."""
    body: VehicleBody
    motion: Motion


@dataclass(frozen=True, slots=True)
class DriveScript:
    """A whole lap."""

    streets: tuple[Street, ...]
    vehicles: tuple[SimulatedVehicle, ...]

    @property
    def first_frame(self) -> int:
        return self.streets[0].first_frame

    @property
    def last_frame(self) -> int:
        return self.streets[-1].last_frame

    def street_at(self, frame: int) -> Street:
        """Return the street that a frame of this lap shows."""
        return next(street for street in self.streets if frame <= street.last_frame)

    def vehicles_of(self, street: Street) -> tuple[SimulatedVehicle, ...]:
        """Return the street's vehicles, in the order in which we meet them."""
        return tuple(v for v in self.vehicles if v.street_number == street.number)

    def next_lap(self, seed: int) -> DriveScript:
        """Return the same traffic with the plates dealt out anew, right after this lap."""
        shift = self.last_frame - self.first_frame + 1
        dealt = np.random.default_rng((seed, self.last_frame)).permutation(len(self.vehicles))
        plates = [self.vehicles[int(index)] for index in dealt]
        return DriveScript(
            streets=tuple(
                replace(
                    street,
                    first_frame=street.first_frame + shift,
                    last_frame=street.last_frame + shift,
                    seed=street.seed + 1,
                )
                for street in self.streets
            ),
            vehicles=tuple(
                replace(
                    vehicle,
                    plate=other.plate,
                    state=other.state,
                    stock_index=other.stock_index,
                    first_frame=vehicle.first_frame + shift,
                    last_frame=vehicle.last_frame + shift,
                    motion=replace(vehicle.motion, near_frame=vehicle.motion.near_frame + shift),
                )
                for vehicle, other in zip(self.vehicles, plates, strict=True)
            ),
        )
