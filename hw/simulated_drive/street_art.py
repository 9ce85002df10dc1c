"""Paint what stands still in a street's picture: sky, skyline, verge, road, kerbs, lines, a wall.

Everything near runs along the road without change, so that it looks the same as our car moves on;
what must be seen moving (lane dashes, trees, poles) is drawn for each frame by `scene`.
"""

from __future__ import annotations

from enum import Enum

import cv2
import numpy as np

from alpr_core.frame import Pixels
from hw.simulated_drive.look import Look
from hw.simulated_drive.road_camera import Points, RoadCamera
from hw.simulated_drive.sprite import Sprite

BEHIND_M, FAR_M = 3.0, 900.0
TREE_SIZE_PX = 320
LEAF_CLUMPS = 620
LANE_EDGE_M = 1.65
"""Our lane reaches this far to both sides of the camera."""


class StreetKind(Enum):
    """What is beside our lane."""

    KERB = "parked cars on the right"
    AVENUE = "a second lane on the right"
    TWO_WAY = "oncoming lane on the left"


def ground_strip(
    camera: RoadCamera, left_m: float, right_m: float, from_m: float, to_m: float
) -> Points:
    """Return the four pixel corners of a strip of road."""
    strip = np.array(
        ((left_m, 0, from_m), (right_m, 0, from_m), (right_m, 0, to_m), (left_m, 0, to_m)),
        dtype=np.float64,
    )
    return camera.project(strip)


def fill(picture: Pixels, corners: Points, grey: int) -> None:
    """Fill a polygon given in pixels, edges smoothed."""
    # Far outside the picture OpenCV's fixed-point corners would overflow.
    points = np.round(np.clip(corners, -20_000, 20_000) * 16).astype(np.int32)
    cv2.fillPoly(picture, [points], (grey,), cv2.LINE_AA, 4)


def paint_street(camera: RoadCamera, look: Look, kind: StreetKind, seed: int) -> Pixels:
    """Return the still part of the picture, in the camera's greys."""
    rng = np.random.default_rng(seed)
    size = (camera.height_px, camera.width_px)
    picture = _sky(size, look, rng)
    _skyline(picture, camera, look, rng)
    horizon = round(camera.horizon_y_px)
    cv2.rectangle(picture, (0, horizon), (size[1], size[0]), (look.tone(look.leaves * 0.75),), -1)
    _tree_line(picture, camera, look, rng)
    _road(picture, camera, look, kind)
    _texture(picture, horizon, look, rng)
    return picture


def _sky(size: tuple[int, int], look: Look, rng: np.random.Generator) -> Pixels:
    clouds = cv2.resize(
        rng.normal(0, 1, (5, 9)).astype(np.float32),
        (size[1], size[0]),
        interpolation=cv2.INTER_CUBIC,
    )
    fade = np.linspace(0.82, 1.08, size[0], dtype=np.float32)[:, None]
    sky: Pixels = np.clip(look.sky * (fade + 0.05 * clouds), 0, 255).astype(np.uint8)
    return sky


def _skyline(picture: Pixels, camera: RoadCamera, look: Look, rng: np.random.Generator) -> None:
    """Put house fronts beside the end of the road, with windows; at night some are lit."""
    horizon = camera.horizon_y_px
    metre = camera.focal_px / 260.0
    for side in (-1, 1):
        x = camera.vanishing_x_px + side * metre * 5.0
        while 0 <= x <= camera.width_px:
            wide, high = float(rng.uniform(7, 16)) * metre, float(rng.uniform(5, 15)) * metre
            left, right = sorted((x, x + side * wide))
            wall = look.tone(float(rng.uniform(70, 150)))
            cv2.rectangle(
                picture,
                (round(left), round(horizon - high)),
                (round(right), round(horizon) + 2),
                (wall,),
                -1,
            )
            _windows(picture, (left, right, horizon - high, horizon), wall, look, rng)
            x += side * (wide + float(rng.uniform(-1, 4)) * metre)


def _windows(
    picture: Pixels,
    wall: tuple[float, float, float, float],
    grey: int,
    look: Look,
    rng: np.random.Generator,
) -> None:
    left, right, top, bottom = wall
    step = max(6.0, (right - left) / int(rng.integers(4, 8)))
    y = top + 0.4 * step
    while y + 0.6 * step < bottom:
        x = left + 0.3 * step
        while x + 0.4 * step < right:
            is_lit = look.lamp_peak > 120 and rng.random() < 0.3
            shade = min(255, grey + 70) if is_lit else int(grey * rng.uniform(0.45, 0.7))
            cv2.rectangle(
                picture,
                (round(x), round(y)),
                (round(x + 0.4 * step), round(y + 0.55 * step)),
                (shade,),
                -1,
            )
            x += step
        y += 1.1 * step


def _tree_line(picture: Pixels, camera: RoadCamera, look: Look, rng: np.random.Generator) -> None:
    horizon, metre = camera.horizon_y_px, camera.focal_px / 200.0
    for _ in range(260):
        x = float(rng.uniform(0, camera.width_px))
        if abs(x - camera.vanishing_x_px) < 4.2 * metre:
            continue
        radius = float(rng.uniform(0.3, 1.1)) * metre
        shade = look.tone(look.leaves * float(rng.uniform(0.6, 1.05)))
        cv2.circle(
            picture,
            (round(x), round(horizon - float(rng.uniform(0, 1.6)) * metre)),
            max(1, round(radius)),
            (shade,),
            -1,
            cv2.LINE_AA,
        )


def _road(picture: Pixels, camera: RoadCamera, look: Look, kind: StreetKind) -> None:
    left_m = -8.4 if kind is StreetKind.AVENUE else -5.2
    right_m = {StreetKind.KERB: 3.5, StreetKind.AVENUE: 5.3, StreetKind.TWO_WAY: 2.6}[kind]

    def strip(from_m: float, to_m: float, grey: float) -> None:
        fill(picture, ground_strip(camera, from_m, to_m, BEHIND_M, FAR_M), look.tone(grey))

    strip(left_m - 2.4, left_m, 138)
    strip(right_m, right_m + 2.4, 140)
    strip(left_m, right_m, look.road)
    strip(left_m - 0.16, left_m, 176)
    strip(right_m, right_m + 0.16, 180)
    for track_m in (-0.8, 0.8):
        strip(track_m - 0.22, track_m + 0.22, look.road * 0.93)
    if kind is StreetKind.KERB:
        strip(LANE_EDGE_M - 0.3, LANE_EDGE_M - 0.2, 196)
    for line_m in (-LANE_EDGE_M - 0.22, -LANE_EDGE_M):  # double line between the directions
        if kind is not StreetKind.AVENUE:
            strip(line_m - 0.1, line_m, 178)
    _wall(picture, camera, look, right_m + 2.6)


def _wall(picture: Pixels, camera: RoadCamera, look: Look, x_m: float) -> None:
    """Put a wall with a hedge on it beside the pavement; both run along the road unchanged."""
    for low_m, high_m, grey in (
        (0.0, 0.9, 122.0),
        (0.9, 1.02, 158.0),
        (1.02, 1.9, look.leaves * 0.9),
    ):
        corners = np.array(
            (
                (x_m, low_m, BEHIND_M + 4),
                (x_m, low_m, 200),
                (x_m, high_m, 200),
                (x_m, high_m, BEHIND_M + 4),
            ),
            dtype=np.float64,
        )
        fill(picture, camera.project(corners), look.tone(grey))


def _texture(picture: Pixels, horizon: int, look: Look, rng: np.random.Generator) -> None:
    """Roughen the ground: coarser towards us, smeared along, as the shutter sees a moving road."""
    width_px = picture.shape[1]
    ground = picture[horizon:]
    if ground.shape[0] < 8:
        return
    grain = rng.normal(0, 1, (ground.shape[0], width_px)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), sigmaX=1.2, sigmaY=5) * 3.0
    depth = np.linspace(0.1, 1.0, ground.shape[0], dtype=np.float32)[:, None]
    rough = ground + grain * depth * (6.0 * look.scene_gain)
    ground[:] = np.clip(rough, 0, 255).astype(np.uint8)


def paint_tree(look: Look, seed: int) -> Sprite:
    """Return a tree, 5 metres wide and high, its trunk in the middle of the lower edge."""
    rng = np.random.default_rng(seed)
    size = TREE_SIZE_PX
    paint: Pixels = np.full((size, size), look.tone(look.leaves * 0.7), np.uint8)
    outline: Pixels = np.zeros((size, size), np.uint8)
    trunk = np.array(((0.47, 0.4), (0.53, 0.4), (0.545, 1.0), (0.455, 1.0))) * size
    for picture, grey in ((paint, look.tone(58)), (outline, 255)):
        fill(picture, trunk, grey)
    for _ in range(LEAF_CLUMPS):
        angle, spread = rng.uniform(0, 2 * np.pi), 0.40 * np.sqrt(rng.uniform())
        x, y = 0.5 + spread * np.cos(angle), 0.34 + 0.78 * spread * np.sin(angle)
        centre, radius = (
            (round(x * size), round(y * size)),
            round(float(rng.uniform(0.010, 0.034)) * size),
        )
        light = 0.62 + 0.5 * (1 - y) + float(rng.normal(0, 0.10))
        cv2.circle(paint, centre, radius, (look.tone(look.leaves * light),), -1, cv2.LINE_AA)
        cv2.circle(outline, centre, radius, (255,), -1, cv2.LINE_AA)
    return Sprite(paint, outline)
