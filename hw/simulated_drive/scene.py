"""Put a street and its vehicles together into the two cameras' pictures of one frame.

Still things are painted once per street; the next street is prepared a little with every frame, so
that no frame of a live drive takes much longer than another.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from alpr_core.frame import Pixels
from hw.simulated_drive.look import INFRARED, VISIBLE, Look, Weathering
from hw.simulated_drive.plate_stock import stocked_plates
from hw.simulated_drive.road_camera import OVERVIEW_CAMERA, Points, RoadCamera
from hw.simulated_drive.script import CORNER_FRAMES, SimulatedVehicle, Street
from hw.simulated_drive.street_art import (
    LANE_EDGE_M,
    StreetKind,
    fill,
    ground_strip,
    paint_street,
    paint_tree,
)
from hw.simulated_drive.traffic import (
    FARTHEST_DRAWN_M,
    FPS,
    NEAREST_DRAWN_M,
    SHAKE_LIMIT_PX,
    body_shake,
)
from hw.simulated_drive.vehicle_art import paint_end
from hw.simulated_drive.vehicle_view import VehicleView

DASH_M, DASH_EVERY_M = 3.0, 12.0
"""Lane dashes as on US city streets, about 1 : 3."""

TREE_EVERY_M, TREE_M = 19.0, 5.0
TREES_SEEN = 5
CORNER_BLUR_PX = 60
"""Smear of the picture at the fastest moment of a turn, for the plate camera."""

_TREE_SIDE_M = {
    StreetKind.KERB: (-8.6, 5.2),
    StreetKind.AVENUE: (-11.6, 7.0),
    StreetKind.TWO_WAY: (-7.6, 4.2),
}


class StreetView:
    """One street as one camera sees it: still background, vehicles, trees, weather."""

    def __init__(self, street: Street, camera: RoadCamera, look: Look, seed: int) -> None:
        self.street = street
        self.look = look
        self.camera = camera
        self._border_px = SHAKE_LIMIT_PX
        self._wide_camera = camera.with_border(self._border_px)
        self.background = paint_street(self._wide_camera, look, street.kind, seed)
        sun_at = (
            camera.vanishing_x_px + 0.06 * camera.width_px,
            camera.horizon_y_px - 0.12 * camera.height_px,
        )
        self._sun_at = sun_at
        self._weathering: Weathering | None = None
        self._tree = paint_tree(look, seed)
        self.vehicles: list[VehicleView] = []

    def still(self, shift: Points) -> Pixels:
        """Return a copy of the background, moved by whole pixels."""
        x, y = self._border_px - round(float(shift[0])), self._border_px - round(float(shift[1]))
        return self.background[y : y + self.camera.height_px, x : x + self.camera.width_px].copy()

    def unfinished(self, frame: int, shake: Points) -> Pixels:
        """Return the frame as it is before lens and sensor."""
        shift = shake * (self.camera.focal_px / self.street.camera.focal_px)
        picture = self.still(shift)
        way_m = self.street.own_speed_mps * (frame - self.street.first_frame) / FPS
        self._draw_dashes(picture, way_m, shift)
        distances = [(view.ahead_m(frame), view) for view in self.vehicles]
        shown = sorted(
            ((m, view) for m, view in distances if NEAREST_DRAWN_M < m < FARTHEST_DRAWN_M),
            key=lambda pair: -pair[0],
        )
        trees = list(self._trees(way_m))
        for ahead_m, view in shown:
            while trees and trees[0][1] > ahead_m:
                self._draw_tree(picture, *trees.pop(0), shift)
            view.draw(picture, self.camera, frame, shift)
        for place in trees:
            self._draw_tree(picture, *place, shift)
        return picture

    def finish(self, picture: Pixels, rng: np.random.Generator) -> Pixels:
        """Return the frame as the sensor gives it."""
        return self.weathering().apply(picture, rng)

    def weathering(self) -> Weathering:
        """Return noise and rain, made at the first call."""
        if self._weathering is None:
            size = (self.camera.width_px, self.camera.height_px)
            self._weathering = Weathering(self.look, size, self._sun_at)
        return self._weathering

    def _draw_dashes(self, picture: Pixels, way_m: float, shift: Points) -> None:
        if self.street.kind is not StreetKind.AVENUE:
            return
        grey = self.look.tone(205)
        for left_m in (LANE_EDGE_M - 0.06, -LANE_EDGE_M - 0.06):
            for step in range(14):
                from_m = NEAREST_DRAWN_M + step * DASH_EVERY_M - way_m % DASH_EVERY_M
                if from_m + DASH_M > NEAREST_DRAWN_M:
                    dash = ground_strip(
                        self.camera,
                        left_m,
                        left_m + 0.12,
                        max(from_m, NEAREST_DRAWN_M),
                        from_m + DASH_M,
                    )
                    fill(picture, dash + shift, grey)

    def _trees(self, way_m: float) -> Iterator[tuple[float, float]]:
        """Yield metres to the right and ahead of each tree that can be seen, far ones first."""
        left_m, right_m = _TREE_SIDE_M[self.street.kind]
        for step in range(TREES_SEEN, -1, -1):
            ahead_m = 8.0 + step * TREE_EVERY_M - way_m % TREE_EVERY_M
            yield left_m, ahead_m + TREE_EVERY_M / 2
            if ahead_m > NEAREST_DRAWN_M:
                yield right_m, ahead_m

    def _draw_tree(self, picture: Pixels, right_m: float, ahead_m: float, shift: Points) -> None:
        half = TREE_M / 2
        spots = np.array(((right_m - half, TREE_M, ahead_m), (right_m + half, 0.0, ahead_m)))
        (left, top), (right, bottom) = self.camera.project(spots) + shift
        if right > 0 and left < self.camera.width_px:
            self._tree.draw(
                picture, np.array(((left, top), (right, top), (right, bottom), (left, bottom)))
            )


class StreetStage:
    """Both cameras' views of one street, made ready step by step."""

    def __init__(self, street: Street, vehicles: tuple[SimulatedVehicle, ...], seed: int) -> None:
        self.street = street
        self._vehicles = vehicles
        self._seed = seed
        self._steps = self._prepare()
        self.plate_view: StreetView | None = None
        self.overview: StreetView | None = None

    def step(self) -> bool:
        """Prepare a little more; return False when everything is ready."""
        return next(self._steps, False)

    def finish_preparing(self) -> None:
        """Prepare all that is left."""
        while self.step():
            pass

    def render(self, frame: int, following: StreetStage | None) -> tuple[Pixels, Pixels]:
        """Return the plate camera's and the overview camera's picture of one frame.

        Args:
            following: Stage of the next street, seen while the car turns the corner; None means
                that there is none.
        """
        self.finish_preparing()
        assert self.plate_view is not None and self.overview is not None
        sway, nod = body_shake(np.array([float(frame)]))
        shake = np.array((sway[0], nod[0]))
        rng = np.random.default_rng((self._seed, frame))
        turned = max(0.0, (frame - self.street.last_frame + CORNER_FRAMES) / (CORNER_FRAMES + 1))
        finished = []
        for is_overview, view in enumerate((self.plate_view, self.overview)):
            picture = view.unfinished(frame, shake)
            if turned and following is not None:
                following.finish_preparing()
                other = following.overview if is_overview else following.plate_view
                assert other is not None
                picture = _turn(
                    picture, other.unfinished(following.street.first_frame, shake), turned
                )
            finished.append(view.finish(picture, rng))
        return finished[0], finished[1]

    def _prepare(self) -> Iterator[bool]:
        street = self.street
        seed = street.seed
        plate_view = StreetView(street, street.camera, INFRARED[street.light], seed)
        yield True
        overview = StreetView(street, OVERVIEW_CAMERA, VISIBLE[street.light], seed)
        for view in (plate_view, overview):
            yield True
            view.weathering()
        yield True
        for vehicle in self._vehicles:
            end, levels = paint_end(vehicle.body), stocked_plates()[vehicle.stock_index].levels()
            yield True
            for view in (plate_view, overview):
                view.vehicles.append(VehicleView(vehicle, view.look, end, levels))
            yield True
        self.plate_view, self.overview = plate_view, overview


def _turn(old: Pixels, new: Pixels, share: float) -> Pixels:
    """Return the picture while the camera swings from one street into the next."""
    width_px = old.shape[1]
    eased = share * share * (3 - 2 * share)
    column = round(eased * width_px)
    both = np.hstack((old[:, column:], new[:, :column]))
    blur_px = max(1, round(CORNER_BLUR_PX * width_px / 1280 * 4 * share * (1 - share)))
    return cv2.blur(both, (blur_px, 1)).astype(np.uint8, copy=False)
