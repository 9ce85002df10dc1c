"""Turns plate corners into the maps that the network learns."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.detector.network import STRIDE_PX

_LEAST_SPREAD = 0.6
"""Cells; smallest standard deviation of a plate's bump in the score map."""
_SPREAD_OF_WIDTH, _SPREAD_OF_HEIGHT = 0.14, 0.16
"""Standard deviation of the bump as a share of the plate's width and height."""
_TEACHES_CORNERS = 0.4
"""Cells with a higher bump value than this learn the corners."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Maps for a batch, all float32."""

    heat: Tensor
    """(n, h, w): 1 at the cell of a plate's middle, falling off around it."""
    corners: Tensor
    """(n, 8, h, w): corners in pixels of the plate that a cell belongs to."""
    weight: Tensor
    """(n, h, w): how much a cell learns about corners; 0 off plates."""


def make_targets(quads: list[np.ndarray], height_px: int, width_px: int) -> Targets:
    """Return the maps for pictures of one size; `quads` holds a (k, 4, 2) array per picture."""
    rows, columns = height_px // STRIDE_PX, width_px // STRIDE_PX
    heat = np.zeros((len(quads), rows, columns), np.float32)
    corners = np.zeros((len(quads), 8, rows, columns), np.float32)
    weight = np.zeros_like(heat)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) + 0.5
    for n, plates in enumerate(quads):
        for quad in plates:
            low, high = quad.min(0) / STRIDE_PX, quad.max(0) / STRIDE_PX
            middle, size = quad.mean(0) / STRIDE_PX, high - low
            spread_x = max(_LEAST_SPREAD, size[0] * _SPREAD_OF_WIDTH)
            spread_y = max(_LEAST_SPREAD, size[1] * _SPREAD_OF_HEIGHT)
            across, down = (x - middle[0]) / spread_x, (y - middle[1]) / spread_y
            bump = np.exp(-(across**2 + down**2) / 2)
            row = int(np.clip(middle[1], 0, rows - 1))
            column = int(np.clip(middle[0], 0, columns - 1))
            bump[row, column] = 1.0
            learns = (bump > _TEACHES_CORNERS) & (bump > weight[n])
            heat[n] = np.maximum(heat[n], bump)
            corners[n][:, learns] = quad.reshape(8, 1)
            weight[n][learns] = bump[learns]
    return Targets(torch.from_numpy(heat), torch.from_numpy(corners), torch.from_numpy(weight))
