"""What training minimises: focal loss on scores, corner error measured in plate sizes."""

import torch
from torch import Tensor
from torch.nn import functional

from training.detector.network import STRIDE_PX, UNIT_HEIGHT_PX, UNIT_WIDTH_PX, corner_pixels
from training.detector.targets import Targets

_CORNER_SHARE, _SIZE_SHARE = 3.0, 0.3
_BETA = 0.05
"""Corner errors below this share of the plate's size count quadratically."""


def score_loss(logits: Tensor, heat: Tensor) -> Tensor:
    """Focal loss for bumps (CenterNet, 2019): easy cells and those near a middle count little."""
    positive = (heat == 1).float()
    score = torch.sigmoid(logits)
    found = (1 - score) ** 2 * functional.logsigmoid(logits) * positive
    quiet = (1 - heat) ** 4 * score**2 * functional.logsigmoid(-logits) * (1 - positive)
    return -(found + quiet).sum() / positive.sum().clamp(min=8)


def plate_loss(maps: Tensor, targets: Targets) -> tuple[Tensor, Tensor]:
    """Return (score loss, corner loss), whose sum is minimised."""
    rows, columns = maps.shape[2:]
    centres_x = (torch.arange(columns) * STRIDE_PX + STRIDE_PX / 2).float().view(1, 1, 1, -1)
    centres_y = (torch.arange(rows) * STRIDE_PX + STRIDE_PX / 2).float().view(1, 1, -1, 1)
    predicted = corner_pixels(maps, centres_x, centres_y)
    truth = targets.corners
    wide = (truth[:, 0::2].amax(1) - truth[:, 0::2].amin(1)).clamp(min=4)
    high = (truth[:, 1::2].amax(1) - truth[:, 1::2].amin(1)).clamp(min=4)
    size = torch.stack([wide, high] * 4, 1)
    error = (predicted - truth) / size
    corner = functional.smooth_l1_loss(error, torch.zeros_like(error), reduction="none", beta=_BETA)
    log_wide = torch.log(wide / UNIT_WIDTH_PX) - maps[:, 1]
    log_high = torch.log(high / UNIT_HEIGHT_PX) - maps[:, 2]
    logs = functional.smooth_l1_loss(log_wide, torch.zeros_like(wide), reduction="none", beta=0.1)
    logs = logs + functional.smooth_l1_loss(
        log_high, torch.zeros_like(high), reduction="none", beta=0.1
    )
    per_cell = _CORNER_SHARE * corner.sum(1) / 2 + _SIZE_SHARE * logs
    total = targets.weight.sum().clamp(min=1)
    return score_loss(maps[:, 0], targets.heat), (per_cell * targets.weight).sum() / total
