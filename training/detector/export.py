"""Write a trained detector as an ONNX file in float32: `python -m training.detector.export CHECKPOINT`.

Everything that would cost Python time is inside the graph: normalisation, sigmoid, 3x3 peak
selection, corner coordinates. `training.detector.ship` makes the product's model of it; this one is
kept, since training goes on from it.
"""

import argparse
import hashlib
import json
import subprocess
import time
from dataclasses import asdict
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.detector.decoding import single_thread_session
from training.detector.network import STRIDE_PX, PlateNetwork, corner_pixels
from training.detector.unfolding import read_origin

FLOAT_FOLDER = Path(__file__).with_name("float_model")
"""The float32 model that the product's one was made from, and what it was trained on."""
OPSET = 17
NARROWEST_REPORTED_PX = 24.0
"""Input pixels; narrower boxes are dropped in the graph: at 960 px from a 1920 px frame this is 48
pixels of plate, and no reader gets its text from fewer."""


class ShippedDetector(nn.Module):
    """The network with its pre- and post-processing, as it runs in the car."""

    def __init__(self, network: PlateNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor]:
        """Take uint8 (1, 1, h, w); return scores (1, h/8, w/8) and corners (1, 8, h/8, w/8)."""
        maps = self.network(frame.float())
        score = torch.sigmoid(maps[:, :1])
        peak = functional.max_pool2d(score, 3, 1, 1)
        heat = score * (score >= peak).float()
        middle = STRIDE_PX / 2
        centres_x = torch.arange(maps.shape[3]).float().view(1, 1, 1, -1) * STRIDE_PX + middle
        centres_y = torch.arange(maps.shape[2]).float().view(1, 1, -1, 1) * STRIDE_PX + middle
        corners = corner_pixels(maps, centres_x, centres_y)
        wide_enough = (corners[:, 2] - corners[:, 0] >= NARROWEST_REPORTED_PX).float()
        return heat[:, 0] * wide_enough, corners


def export_onnx(network: PlateNetwork, path: Path) -> None:
    """Write the ONNX file and check it against the network on an odd-sized frame."""
    shipped = ShippedDetector(network).eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        shipped,
        (torch.zeros(1, 1, 544, 960, dtype=torch.uint8),),
        str(path),
        input_names=["frame"],
        output_names=["heat", "corners"],
        dynamic_axes={
            "frame": {2: "height", 3: "width"},
            "heat": {1: "rows", 2: "columns"},
            "corners": {2: "rows", 3: "columns"},
        },
        opset_version=OPSET,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))
    frame = torch.randint(0, 256, (1, 1, 208, 336), dtype=torch.uint8)
    heat, corners = single_thread_session(path).run(None, {"frame": frame.numpy()})
    with torch.inference_mode():
        want_heat, want_corners = shipped(frame)
    if not torch.allclose(torch.from_numpy(heat), want_heat, atol=1e-4):
        raise RuntimeError("the exported model's scores differ from the network's")
    if not torch.allclose(torch.from_numpy(corners), want_corners, atol=0.05):
        raise RuntimeError("the exported model's corners differ from the network's")


def _commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() if answer.returncode == 0 else "not committed"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Export a trained detector in float32.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--target", type=Path, default=FLOAT_FOLDER)
    options = parser.parse_args()
    state = torch.load(options.checkpoint, weights_only=False)
    network = PlateNetwork().eval()
    network.load_state_dict(state["average"])
    draft = options.target / "model.onnx.part"
    export_onnx(network, draft)
    draft.replace(options.target / "model.onnx")
    card = {
        "name": "plate detector",
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "generator_commit": _commit(),
        "steps": state["step"],
        "origin": asdict(origin) if (origin := read_origin(options.checkpoint.parent)) else None,
        "weights": sum(p.numel() for p in network.parameters()),
        "sha256": hashlib.sha256((options.target / "model.onnx").read_bytes()).hexdigest(),
    }
    (options.target / "card.json").write_text(json.dumps(card, indent=1) + "\n")
    print(card["sha256"], (options.target / "model.onnx").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
