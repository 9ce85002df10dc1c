"""The demo's camera: an endless drive past vehicles whose plates are known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from alpr_core.errors import DeviceError
from alpr_core.frame import Frame, Pixels
from hw.clock import Clock, SystemClock
from hw.simulated_drive.painter import Painter
from hw.simulated_drive.route import DriveRoute
from hw.simulated_drive.scene import StreetStage
from hw.simulated_drive.script import DriveScript, SimulatedVehicle, Street
from hw.simulated_drive.script_writer import write_script
from hw.simulated_drive.shutter import Shutter
from hw.simulated_drive.traffic import FPS, plate_pixels, plate_width_px

CAMERA_NAME = "Simulated drive"
DEFAULT_SEED = 1
DEFAULT_VEHICLES = 60
VEHICLES_MAX = 240

READ_OUT_S = 0.03
"""From a trigger to the arrival of its frame: exposure, read-out, cable."""

TRIGGER_WAIT_S = 0.1
UNTRIGGERED_LIMIT_S = 2.0
"""A camera without triggers for so long counts as gone, as V4L2 sees it."""

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PlateInFrame:
    """The truth about one readable plate in one frame."""

    vehicle: SimulatedVehicle
    corners: Corners
    """Upper left, upper right, lower right, lower left, pixels of the plate camera."""
    width_px: float


class SimulatedDrive:
    """A FrameSource that renders a drive: infrared plate picture and overview picture, 20 a second.

    Frames are numbered from 1, and a number always shows the same moment of the drive. A live drive
    goes on while the camera is away: what nobody saw is a gap in the numbers.

    Args:
        seed: Same seed, same drive.
        vehicles: Vehicles of one lap, 1 to VEHICLES_MAX.
        is_live: True paces the frames and leaves out those for which there was no time; False
            renders each frame as fast as it is taken, in drive time.
        loops: True begins again after the last vehicle, with the plates on other vehicles.
        wait: Waits that many seconds or until `close`; for tests that move time by hand.
        shutter: Trigger line of a live drive; a frame is taken at each edge, and none without one. Its time is
            that of its arrival, as with any camera.
        painter: Paints `frames` somewhere else; None paints them on the thread that takes them.
    """

    def __init__(
        self,
        seed: int = DEFAULT_SEED,
        vehicles: int = DEFAULT_VEHICLES,
        *,
        is_live: bool = True,
        loops: bool = True,
        camera: str = CAMERA_NAME,
        clock: Clock | None = None,
        wait: Callable[[float], object] | None = None,
        shutter: Shutter | None = None,
        painter: Painter | None = None,
    ) -> None:
        self.camera = camera
        self.is_live = is_live
        self._loops = loops
        self._seed = seed
        self._clock: Clock = clock or SystemClock()
        self._shutter = shutter
        self._painter = painter
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._is_unplugged = threading.Event()
        self._first_lap = self._lap = write_script(seed, vehicles)
        self._stages: dict[int, StreetStage] = {}
        self.instead: Callable[[Pixels], Pixels] | None = None
        """Draws what the plate camera sees instead of the street, such as a test plate held before it."""
        self._next_number = 1
        self._began_mono_s: float | None = None

    @property
    def streets(self) -> tuple[Street, ...]:
        """The first lap's streets; later laps have the same ones."""
        return self._first_lap.streets

    @property
    def route(self) -> DriveRoute:
        """The way of this drive through the world."""
        return DriveRoute(self._first_lap)

    def driven_s(self, mono_s: float) -> float:
        """Return how long a live drive has been going at an instant; 0 before its first frame."""
        return 0.0 if self._began_mono_s is None else max(0.0, mono_s - self._began_mono_s)

    @property
    def vehicles(self) -> tuple[SimulatedVehicle, ...]:
        """The first lap's vehicles in the order of their streets; later laps show the same plates."""
        return self._first_lap.vehicles

    @property
    def lap_frames(self) -> int:
        """Frames of one lap."""
        return self._first_lap.last_frame

    def plates_in(self, number: int) -> tuple[PlateInFrame, ...]:
        """Return the plates that can be read in a frame of any lap."""
        found = []
        lap = self._lap_of(number)
        for vehicle in lap.vehicles:
            if vehicle.first_frame <= number <= vehicle.last_frame:
                street = lap.streets[vehicle.street_number]
                frames = np.array([float(number)])
                corners = plate_pixels(vehicle.body, vehicle.motion, frames, street.camera)
                places = tuple((float(x), float(y)) for x, y in corners[0])
                found.append(PlateInFrame(vehicle, places, float(plate_width_px(corners)[0])))
        return tuple(found)

    def frames(self) -> Iterator[Frame]:
        """Yield the drive's frames until `close`, or to the end of the lap if it does not loop.

        Raises:
            DeviceError: while unplugged.
        """
        self._closed.clear()
        try:
            yield from (
                self._untriggered() if self._shutter is None else self._triggered(self._shutter)
            )
        finally:
            if self._painter is not None:
                self._painter.end()

    def _untriggered(self) -> Iterator[Frame]:
        began_at, began_mono_s = self._clock.utc(), self._clock.mono_s()
        first_number = self._next_number
        if self.is_live:
            began_mono_s = self._began_mono_s = self._began_mono_s or began_mono_s
            first_number = 1
        while not self._closed.is_set():
            if self._is_unplugged.is_set():
                raise DeviceError(f"The camera {self.camera} does not answer.")
            number = self._next_number
            if not self._loops and number > self.lap_frames:
                return
            due_s = (number - first_number) / FPS
            if self.is_live:
                late_s = self._clock.mono_s() - began_mono_s - due_s
                if late_s < 0:
                    self._wait(-late_s)
                    continue
                self._next_number += int(late_s * FPS)
                number = self._next_number
                due_s = (number - first_number) / FPS
                if not self._loops and number > self.lap_frames:
                    return
            self._next_number += 1
            plate_picture, overview = self._painted(number)
            yield Frame(
                camera=self.camera,
                number=number,
                taken_at=self._instant(began_mono_s + due_s)
                if self.is_live
                else began_at + timedelta(seconds=due_s),
                taken_mono_s=began_mono_s + due_s,
                pixels=plate_picture,
                source="simulation",
                overview=overview,
            )

    def _triggered(self, shutter: Shutter) -> Iterator[Frame]:
        """Yield a frame at each edge of the trigger line.

        Raises:
            DeviceError: while unplugged, or no edge for UNTRIGGERED_LIMIT_S.
        """
        heard_s = self._clock.mono_s()
        while not self._closed.is_set():
            if self._is_unplugged.is_set():
                raise DeviceError(f"The camera {self.camera} does not answer.")
            edge_s = shutter.wait(TRIGGER_WAIT_S)
            if edge_s is None:
                if self._clock.mono_s() - heard_s > UNTRIGGERED_LIMIT_S:
                    raise DeviceError(f"The camera {self.camera} sends no more pictures.")
                continue
            heard_s = edge_s
            self._began_mono_s = self._began_mono_s or edge_s
            number = 1 + round((edge_s - self._began_mono_s) * FPS)
            if number < self._next_number:
                continue  # faster than this camera can
            self._next_number = number + 1
            plate_picture, overview = self._painted(number)
            if self.instead is not None:
                plate_picture = self.instead(plate_picture)
            arrived_s = edge_s + READ_OUT_S  # drawing takes longer at times; a camera does not
            self._wait(max(0.0, arrived_s - self._clock.mono_s()))
            yield Frame(
                camera=self.camera,
                number=number,
                taken_at=self._instant(arrived_s),
                taken_mono_s=arrived_s,
                pixels=plate_picture,
                source="simulation",
                overview=overview,
            )

    def _instant(self, mono_s: float) -> datetime:
        """Return the time of a live frame by the clock as it is now, which may know better than before."""
        return self._clock.utc() - timedelta(seconds=self._clock.mono_s() - mono_s)

    def close(self) -> None:
        """End `frames` soon; the next `frames` goes on where this one stopped."""
        self._closed.set()

    def unplug(self) -> None:
        """Pull the camera's cable: `frames` raises DeviceError until `plug_in`. Any thread may call it."""
        self._is_unplugged.set()

    def plug_in(self) -> None:
        """Put the cable back."""
        self._is_unplugged.clear()

    def _painted(self, number: int) -> tuple[Pixels, Pixels]:
        return self.render(number) if self._painter is None else self._painter.paint(number)

    def render(self, number: int) -> tuple[Pixels, Pixels]:
        """Return the plate camera's and the overview camera's picture of any frame; not thread-safe."""
        lap = self._lap = self._lap_of(number)
        stage = self._stage(lap.street_at(number).first_frame)
        following = self._stage(stage.street.last_frame + 1)
        following.step()
        self._stages = {kept.street.first_frame: kept for kept in (stage, following)}
        return stage.render(number, following)

    def _lap_of(self, number: int) -> DriveScript:
        lap = self._lap
        if number < lap.first_frame:
            lap = self._first_lap
        while number > lap.last_frame:
            lap = lap.next_lap(self._seed)
        return lap

    def _stage(self, first_frame: int) -> StreetStage:
        """Return the stage of the street that begins with a frame, kept or new."""
        stage = self._stages.get(first_frame)
        if stage is None:
            lap = self._lap_of(first_frame)
            street = lap.street_at(first_frame)
            stage = StreetStage(street, lap.vehicles_of(street), self._seed)
        return stage
