"""Turns a shipped model back into a network that can go on learning.

An exported model holds convolutions with their batch normalisation folded in, and no statistics. For
every layer this sets the statistics to what calibration pictures give there, and gain and shift so that
the layer answers exactly as the folded one did: a run can start where a shipped model stands, even if
the checkpoint it came from is gone. The optimiser's memory is not in the file and starts anew.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.detector.network import PlateNetwork

LEAST_VARIANCE = 1e-4
"""A channel that calibration pictures never move is treated as if it moved this much."""

ORIGIN_FILE = "origin.json"
FRESH_NORM = 3**-0.5
"""Euclidean norm of one channel's weights as torch draws them at the start of a training."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which exported model a run went on from."""

    sha256: str
    steps: int
    """Steps it had been trained for, those of its own origin included."""


def write_origin(model: Path, run: Path) -> None:
    """Note in a run's folder that it goes on from a model with its card beside it."""
    card = json.loads((model.parent / "card.json").read_text())
    earlier = card["origin"]["steps"] if card.get("origin") else 0
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    origin = Origin(digest, card["steps"] + earlier)
    (run / ORIGIN_FILE).write_text(json.dumps(asdict(origin)) + "\n")


def read_origin(run: Path) -> Origin | None:
    """Return what a run went on from; None if it began at random weights."""
    file = run / ORIGIN_FILE
    return Origin(**json.loads(file.read_text())) if file.exists() else None


def folded_convolutions(model: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return weights and biases of an exported detector's convolutions, in the order they run.

    Raises:
        ValueError: a convolution of the file has no bias, so it is no export of ours.
    """
    graph = onnx.load(str(model)).graph
    stored = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    found = []
    for node in graph.node:
        if node.op_type != "Conv":
            continue
        if len(node.input) != 3:
            raise ValueError(f"{model.name}: convolution {node.name} has no bias")
        found.append((stored[node.input[1]], stored[node.input[2]]))
    return found


def _layers(network: PlateNetwork) -> list[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """Return every convolution with the normalisation behind it, in the order they run."""
    parts = [part for part in network.modules() if isinstance(part, nn.Conv2d | nn.BatchNorm2d)]
    layers: list[tuple[nn.Conv2d, nn.BatchNorm2d | None]] = []
    for at, part in enumerate(parts):
        if isinstance(part, nn.Conv2d):
            after = parts[at + 1] if at + 1 < len(parts) else None
            layers.append((part, after if isinstance(after, nn.BatchNorm2d) else None))
    return layers


def _fill(tensor: Tensor, values: np.ndarray) -> None:
    if tuple(tensor.shape) != values.shape:
        raise ValueError(f"a layer has shape {tuple(tensor.shape)}, the model {values.shape}")
    tensor.copy_(torch.from_numpy(values.copy()))


def unfold(model: Path, pictures: Tensor) -> PlateNetwork:
    """Return a network that answers like `model` and can be trained further.

    Args:
        model: `model.onnx` as written by `training.detector.export`.
        pictures: Calibration pictures (n, 1, h, w), float 0..255, like those to be trained on.

    Raises:
        ValueError: the model is of another shape.
    """
    network = PlateNetwork().eval()
    layers, stored = _layers(network), folded_convolutions(model)
    if len(layers) != len(stored):
        raise ValueError(f"{model.name} has {len(stored)} convolutions, not {len(layers)}")
    with torch.no_grad():
        for (convolution, normalisation), (weight, bias) in zip(layers, stored, strict=True):
            _fill(convolution.weight, weight)
            if normalisation is None:
                _fill(convolution.bias, bias)
            else:
                _restore(network, convolution, normalisation, bias, pictures)
    return network


def _restore(
    network: PlateNetwork,
    convolution: nn.Conv2d,
    normalisation: nn.BatchNorm2d,
    bias: np.ndarray,
    pictures: Tensor,
) -> None:
    """Set one normalisation; all layers before it are set already, those after do not matter."""
    # The size of a weight before a normalisation changes no answer, but it sets how fast it learns.
    size = convolution.weight.flatten(1).norm(dim=1).clamp(min=1e-8)
    stretch = FRESH_NORM / size
    convolution.weight.mul_(stretch.view(-1, 1, 1, 1))
    seen: list[Tensor] = []

    def note(module: nn.Module, arguments: tuple[Tensor], answer: Tensor) -> None:
        seen.append(answer)

    hook = convolution.register_forward_hook(note)
    network(pictures)
    hook.remove()
    (answers,) = seen
    mean, variance = answers.mean((0, 2, 3)), answers.var((0, 2, 3)).clamp(min=LEAST_VARIANCE)
    normalisation.running_mean.copy_(mean)
    normalisation.running_var.copy_(variance)
    normalisation.weight.copy_(torch.sqrt(variance + normalisation.eps) / stretch)
    _fill(normalisation.bias, bias)
    normalisation.bias.add_(mean / stretch)
