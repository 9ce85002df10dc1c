"""Training goes on from an exported detector (training/detector/unfolding.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is in the extra 'train' only")
pytest.importorskip("onnx", reason="onnx is in the extra 'train' only")


def test_the_unfolded_network_answers_like_the_shipped_model() -> None:
    """Scores and corners of the restored network are those of the model it was restored from."""
    from training.detector.decoding import single_thread_session
    from training.detector.export import FLOAT_FOLDER, ShippedDetector
    from training.detector.unfolding import unfold

    model: Path = FLOAT_FOLDER / "model.onnx"
    torch.manual_seed(1)
    frame = torch.randint(0, 256, (1, 1, 128, 192), dtype=torch.uint8)
    network = unfold(model, torch.rand(4, 1, 64, 64) * 255)
    heat, corners = single_thread_session(model).run(None, {"frame": frame.numpy()})
    with torch.inference_mode():
        own_heat, own_corners = ShippedDetector(network).eval()(frame)
    assert np.abs(heat - own_heat.numpy()).max() < 1e-4
    assert np.abs(corners - own_corners.numpy()).max() < 0.05
