"""The plate network: grey picture in, per 8x8 cell a plate score and four corners out.

A small convolutional pyramid: detail at 1/8, context at 1/16 and 1/32 (a cell sees about 400
pixels, so it knows whether a bright rectangle hangs on a car), merged back to 1/8. About 0.85 G
multiply-adds for a 960x544 frame.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE_PX = 8
"""Side of a cell in pixels."""
INPUT_MULTIPLE_PX = 16
"""Height and width of a frame must be multiples of this."""
UNIT_WIDTH_PX, UNIT_HEIGHT_PX = 32.0, 16.0
"""Plate size at which the two size outputs are zero."""
_HEAD_CHANNELS = 1 + 2 + 8
_SIZE_LIMIT = 3.0
"""Bound of the log size: plates up to 20 units wide, so that no output can overflow."""


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _conv(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.second(self.first(x)))


class PlateNetwork(nn.Module):
    """Scores and corners of plates.

    `forward` takes float pictures 0..255 of shape (n, 1, height, width), both multiples of 16, and
    returns raw maps (n, 11, height/8, width/8): score logit, log width, log height, eight corner
    offsets.
    """

    def __init__(self) -> None:
        super().__init__()
        self.detail = nn.Sequential(
            _conv(1, 12, 2), _conv(12, 24, 2), _conv(24, 32, 2), _Residual(32)
        )
        self.middle = nn.Sequential(_conv(32, 64, 2), _Residual(64))
        self.context = nn.Sequential(_conv(64, 96, 2), _Residual(96), _Residual(96))
        self.context_to_middle = nn.Conv2d(96, 64, 1)
        self.middle_merge = _conv(64, 64)
        self.middle_to_detail = nn.Conv2d(64, 32, 1)
        self.detail_merge = _conv(32, 32)
        self.head = nn.Conv2d(32, _HEAD_CHANNELS, 1)
        with torch.no_grad():
            self.head.weight.mul_(0.5)
            self.head.bias.zero_()
            self.head.bias[0] = -4.6
            corners = torch.tensor([-0.5, -0.5, 0.5, -0.5, 0.5, 0.5, -0.5, 0.5])
            self.head.bias[3:] = corners

    def forward(self, pictures: Tensor) -> Tensor:
        detail = self.detail((pictures - 127.5) / 64.0)
        middle = self.middle(detail)
        context = self.context_to_middle(self.context(middle))
        middle = self.middle_merge(middle + _doubled(context, middle))
        fine = functional.interpolate(self.middle_to_detail(middle), scale_factor=2.0)
        return self.head(self.detail_merge(detail + fine))


def _doubled(coarse: Tensor, like: Tensor) -> Tensor:
    """Repeat every cell 2x2 and cut to the size of `like` (one less where that is odd)."""
    return functional.interpolate(coarse, scale_factor=2.0)[:, :, : like.shape[2], : like.shape[3]]


def corner_pixels(maps: Tensor, centres_x: Tensor, centres_y: Tensor) -> Tensor:
    """Turn raw maps into absolute corner coordinates.

    Args:
        maps: Output of the network, (n, 11, h, w).
        centres_x: Pixel x of the cell centres, broadcastable to (n, 1, h, w).
        centres_y: The same for y.

    Returns:
        (n, 8, h, w) in pixels: x, y of TL, TR, BR, BL.
    """
    wide = torch.exp(maps[:, 1:2].clamp(-_SIZE_LIMIT, _SIZE_LIMIT)) * UNIT_WIDTH_PX
    high = torch.exp(maps[:, 2:3].clamp(-_SIZE_LIMIT, _SIZE_LIMIT)) * UNIT_HEIGHT_PX
    columns = [
        centres_x + maps[:, 3 + k : 4 + k] * wide
        if k % 2 == 0
        else centres_y + maps[:, 3 + k : 4 + k] * high
        for k in range(8)
    ]
    return torch.cat(columns, 1)
