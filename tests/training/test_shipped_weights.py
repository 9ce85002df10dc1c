"""Training goes on from the model in the product (training/reader/shipped.py)."""

from __future__ import annotations

import numpy as np
import pytest

from training.reader.shipped import NotTheSameNetworkError, match_weights


def constants() -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """Constants as tf2onnx names them, with one that is no weight."""
    rng = np.random.default_rng(1)

    def some(*shape: int) -> np.ndarray:  # type: ignore[type-arg]
        return rng.normal(size=shape).astype(np.float32)

    return {
        "new_shape__260": some(4),
        "M/stem_1/conv2d_1/convolution/ReadVariableOp:0": some(6, 1, 3, 3),
        "M/stem_1/conv2d_1/Squeeze:0": some(6),
        "M/stem_1/conv2d_1_2/convolution/ReadVariableOp:0": some(6, 6, 3, 3),
        "M/block_1/attention_1/value_1/Reshape:0": some(8, 8),
        "M/block_1/attention_1/query_1/Reshape:0": some(8, 8),
        "M/plate_1/dense_7_1/Cast/ReadVariableOp:0": some(8, 5),
        "M/plate_1/dense_7_1/BiasAdd/ReadVariableOp:0": some(5),
    }


WEIGHTS: list[tuple[str, tuple[int, ...]]] = [
    ("stem/conv2d/kernel", (3, 3, 1, 6)),
    ("stem/conv2d/bias", (6,)),
    ("stem/conv2d_1/kernel", (3, 3, 6, 6)),
    ("block/attention/query/kernel", (8, 2, 4)),
    ("block/attention/value/kernel", (8, 2, 4)),
    ("plate/dense_7/kernel", (8, 5)),
    ("plate/dense_7/bias", (5,)),
]


def test_every_weight_finds_its_constant() -> None:
    """Names numbered once more, other orders and other layouts of the file do not mix weights up."""
    file = constants()
    values = match_weights(WEIGHTS, file)
    assert [value.shape for value in values] == [shape for _, shape in WEIGHTS]
    first = file["M/stem_1/conv2d_1/convolution/ReadVariableOp:0"]
    assert values[0][2, 1, 0, 5] == first[5, 0, 2, 1]
    np.testing.assert_array_equal(
        values[3].reshape(8, 8), file["M/block_1/attention_1/query_1/Reshape:0"]
    )
    np.testing.assert_array_equal(values[6], file["M/plate_1/dense_7_1/BiasAdd/ReadVariableOp:0"])


def test_another_network_is_refused() -> None:
    """A weight without a constant is an error that names the weight."""
    with pytest.raises(NotTheSameNetworkError, match="plate/dense_9/bias"):
        match_weights([*WEIGHTS, ("plate/dense_9/bias", (5,))], constants())


def test_the_shipped_model_goes_back_into_the_network() -> None:
    """The network built from our configuration answers like the model in the product, once it has its
    weights; needs the training's environment."""
    pytest.importorskip("tensorflow")
    pytest.importorskip("onnx")
    from training.reader.network import build_reader
    from training.reader.shipped import load_exported
    from training.reader.train import SHIPPED_MODEL

    load_exported(build_reader(), SHIPPED_MODEL)
