"""Vehicle passes made from pictures of plates: six looks that come nearer, each with troubles of its own.

What all looks of a pass share is drawn once per pass: exposure, haze, defocus, sensor noise, slant, dirt on
the plate. What changes from frame to frame is drawn per look: distance, motion blur, noise, flicker, glare,
shadow, something in front of the plate, compression, and how far off the detector's corners are. So looks
are neither equal nor independent, as on the road.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from alpr_core.frame import Frame, Pixels
from alpr_core.plate import PlateBox
from bench.photo_sets import LabelledPhoto
from hw.photograph import frame_of_pixels, photograph
from hw.simulated_drive.plate_stock import stocked_plates

LOOKS = 6
FAR_PX, NEAR_PX = (40.0, 75.0), (85.0, 150.0)
"""Range of the plate's width in the first and in the last look."""

MARGIN = 0.5
"""Picture around the plate, in plate widths."""

CORNER_ERROR = 0.015
"""Standard deviation of a detector's corner, in plate widths."""

OCCLUDED_SHARE, GLARE_SHARE, SHADOW_SHARE = 0.25, 0.1, 0.2
"""Share of looks with a post, another car or spray before the plate, with a glare, with a shadow's edge."""


@dataclass(frozen=True, slots=True, eq=False)
class PlatePicture:
    """A plate whose number is known, straight on."""

    plate: str
    pixels: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One frame of a pass, cut around the plate, and the box that a detector would give."""

    frame: Frame
    box: PlateBox


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedPass:
    plate: str
    """Normalised truth."""
    looks: tuple[Look, ...]
    """LOOKS of them, far to near."""


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """What all looks of one pass share."""

    exposure: float
    contrast: float
    lift: float
    defocus_px: float
    noise: float
    slant: tuple[float, float]
    """Rise and shear, in plate widths and heights."""
    surroundings: float


def drawn_plates() -> tuple[PlatePicture, ...]:
    """Return the drawn plates of the simulated drive."""
    return tuple(PlatePicture(p.text, p.levels()[0]) for p in stocked_plates())


def photographed_plates(crops: Sequence[LabelledPhoto]) -> tuple[PlatePicture, ...]:
    """Return labelled crops; they bring light, dirt and blur of their own.

    Raises:
        InputError: a crop is no picture that we can use.
    """
    return tuple(PlatePicture(crop.plate, photograph(crop.file).pixels) for crop in crops)


def simulated_passes(
    plates: Sequence[PlatePicture], per_plate: int, seed: int
) -> Iterator[SimulatedPass]:
    """Yield `per_plate` passes of each plate; the same seed gives the same passes."""
    for index, plate in enumerate(plates):
        for repeat in range(per_plate):
            rng = np.random.default_rng((seed, index, repeat))
            yield SimulatedPass(plate.plate, _looks(rng, plate.pixels))


def _looks(rng: np.random.Generator, plate: Pixels) -> tuple[Look, ...]:
    shared = _Circumstances(
        exposure=float(rng.uniform(0.35, 1.25)),
        contrast=float(rng.uniform(0.45, 1.0)),
        lift=float(rng.uniform(0, 40)),
        defocus_px=float(rng.uniform(0.3, 1.1)),
        noise=float(rng.uniform(2, 9)),
        slant=(float(rng.normal(0, 0.05)), float(rng.normal(0, 0.08))),
        surroundings=float(rng.uniform(15, 200)),
    )
    dirty = _dirt(rng, plate.astype(np.float32))
    widths = np.geomspace(rng.uniform(*FAR_PX), rng.uniform(*NEAR_PX), LOOKS)
    return tuple(_look(rng, dirty, float(width_px), shared) for width_px in widths)


def _look(
    rng: np.random.Generator, plate: np.ndarray, width_px: float, shared: _Circumstances
) -> Look:
    height_px = width_px * plate.shape[0] / plate.shape[1]
    corners = _corners(rng, width_px, height_px, shared)
    size = (round(width_px * (1 + 2 * MARGIN)), round(height_px + 2 * MARGIN * width_px))
    lit = _hindered(rng, _lit(rng, plate))
    picture = _placed(rng, lit, corners, size, shared)
    picture = _exposed(rng, picture, width_px, shared)
    error_px = rng.normal(0, CORNER_ERROR * width_px, (4, 2))
    found = np.clip(corners + error_px, 0, np.array(size) - 1)
    return Look(frame_of_pixels(picture), _box(found))


def _dirt(rng: np.random.Generator, plate: np.ndarray) -> np.ndarray:
    """A few splashes that stay on the plate for the whole pass."""
    height, width = plate.shape
    stains = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(0, 4))):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        radius = int(rng.integers(2, max(3, height // 10)))
        cv2.circle(stains, centre, radius, float(rng.uniform(0.2, 0.8)), -1)
    tone = float(rng.uniform(20, 160))
    return plate + (tone - plate) * cv2.GaussianBlur(stains, (0, 0), height / 60)


def _lit(rng: np.random.Generator, plate: np.ndarray) -> np.ndarray:
    """Glare and the edge of a shadow move over the plate from frame to frame."""
    height, width = plate.shape
    across = np.linspace(0, 1, width, dtype=np.float32)[None]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    if rng.random() < SHADOW_SHARE:
        edge, lean = rng.uniform(0.1, 0.9), rng.uniform(-0.4, 0.4)
        side = np.clip((across - edge + lean * (down - 0.5)) * 30 + 0.5, 0, 1)
        plate = plate * (1 - side * rng.uniform(0.3, 0.75))
    if rng.random() < GLARE_SHARE:
        spot = (across - rng.uniform(0, 1)) ** 2 * 4 + (down - rng.uniform(0, 1)) ** 2
        plate = plate + np.exp(-spot / rng.uniform(0.02, 0.15)) * rng.uniform(80, 255)
    return plate


def _hindered(rng: np.random.Generator, plate: np.ndarray) -> np.ndarray:
    """Put a post, a tow bar or another car before a part of the plate."""
    if rng.random() >= OCCLUDED_SHARE:
        return plate
    plate = plate.copy()
    width = plate.shape[1]
    share = float(rng.uniform(0.05, 0.22))
    from_side = rng.random() < 0.5
    left = int(rng.choice((0.0, 1.0 - share)) * width if from_side else rng.uniform(0, 0.9) * width)
    plate[:, left : left + max(2, int(share * width))] = rng.uniform(0, 230)
    return plate


def _corners(
    rng: np.random.Generator, width_px: float, height_px: float, shared: _Circumstances
) -> np.ndarray:
    rise, shear = shared.slant[0] * width_px, shared.slant[1] * height_px
    upright = np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]])
    slanted = upright + np.array([[shear, -rise], [shear, rise], [-shear, rise], [-shear, -rise]])
    return np.asarray(slanted + MARGIN * width_px + rng.uniform(0, 1, 2))


def _placed(
    rng: np.random.Generator,
    plate: np.ndarray,
    corners: np.ndarray,
    size: tuple[int, int],
    shared: _Circumstances,
) -> np.ndarray:
    """Show the plate among its surroundings at the camera's resolution, each pixel an average."""
    oversample = 3
    height, width = plate.shape
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    target = (corners * oversample).astype(np.float32)
    shrink = np.ptp(target[:, 0]) / width
    if shrink < 1:
        plate = cv2.GaussianBlur(plate, (0, 0), 0.4 / shrink)
    fine = (size[0] * oversample, size[1] * oversample)
    around = np.full((fine[1], fine[0]), shared.surroundings, np.float32)
    around += (
        rng.normal(0, 1, (fine[1] // 24 + 1, 1)).astype(np.float32).repeat(24, 0)[: fine[1]] * 20
    )
    turn = cv2.getPerspectiveTransform(source, target)
    seen = cv2.warpPerspective(plate, turn, fine, around, borderMode=cv2.BORDER_TRANSPARENT)
    return np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.float32)


def _exposed(
    rng: np.random.Generator, picture: np.ndarray, width_px: float, shared: _Circumstances
) -> Pixels:
    """Blur of lens and motion, exposure, noise of this frame, compression."""
    picture = cv2.GaussianBlur(picture, (0, 0), shared.defocus_px)
    smear_px = abs(rng.normal(0, 0.025)) * width_px
    if smear_px > 1:
        picture = _smeared(picture, smear_px, float(rng.normal(0, 0.3)))
    grey = picture.mean()
    picture = (picture - grey) * shared.contrast + grey + shared.lift
    picture = picture * shared.exposure * rng.uniform(0.75, 1.3)
    picture = picture + rng.normal(0, shared.noise * rng.uniform(0.7, 1.4), picture.shape)
    taken = np.clip(picture, 0, 255).astype(np.uint8)
    quality = int(rng.integers(30, 92))
    packed = cv2.imencode(".jpg", taken, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _smeared(picture: np.ndarray, length_px: float, angle: float) -> np.ndarray:
    side = int(length_px) * 2 + 3
    kernel = np.zeros((side, side), np.float32)
    middle = side // 2
    reach = np.array([np.cos(angle), np.sin(angle)]) * length_px / 2 * 16
    ends = [tuple((np.array([middle, middle]) * 16 + sign * reach).astype(int)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)


def _box(corners: np.ndarray) -> PlateBox:
    low, high = corners.min(axis=0), corners.max(axis=0)
    points = tuple((float(x), float(y)) for x, y in corners)
    width, height = (high - low).tolist()
    return PlateBox(float(low[0]), float(low[1]), width, height, 1.0, points)
