"""Take the weights of an exported model back into Keras, so that training goes on from what is shipped.

The ONNX file in the product is thus the checkpoint that travels between machines: weights only, no
optimiser state. What was carried over is accepted only if the network then answers like the file.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

Shape = tuple[int, ...]

SAME_ANSWER = 1e-3
"""Largest difference of one probability between the file and the network that got its weights."""

COMPARED_PICTURES = 16

_PROJECTION = re.compile(r"/(query|key|value)/(kernel|bias)$")
_ONNX_TAILS: tuple[tuple[str, str], ...] = (
    (r"conv2d(_\d+)?/kernel$", "convolution/ReadVariableOp:0"),
    (r"conv2d(_\d+)?/bias$", "Squeeze:0"),
    (r"/(query|key|value)/kernel$", "Reshape:0"),
    (r"/(query|key|value)/bias$", "Add/ReadVariableOp:0"),
    (r"attention_output/kernel$", "Reshape_1:0"),
    (r"/gamma$", "Reshape:0"),
    (r"/beta$", "Reshape_1:0"),
    (r"/embeddings$", "Slice:0"),
    (r"/query_tokens$", "Tile/ReadVariableOp:0"),
    (r"seq_pool/.*/bias$", "Add/ReadVariableOp:0"),
    (r"/kernel$", "Cast/ReadVariableOp:0"),
    (r"/bias$", "BiasAdd/ReadVariableOp:0"),
)
"""End of a Keras weight's path, and how tf2onnx calls the constant made from it; first match counts."""


class NotTheSameNetworkError(RuntimeError):
    """The ONNX file was not exported from the network of `model.yaml`."""


def match_weights(
    weights: list[tuple[str, Shape]], constants: Mapping[str, np.ndarray]
) -> list[np.ndarray]:
    """Return the value of every Keras weight, found among the constants of an ONNX file.

    Args:
        weights: path and shape of each weight, in the network's order.
        constants: the file's initializers by name, in the file's order. tf2onnx numbers every layer
            name once more, so the first unused constant that fits is the one.

    Raises:
        NotTheSameNetworkError: a weight has no constant.
    """
    unused = dict(constants)
    values = []
    for path, shape in weights:
        pattern = _pattern(path)
        name = next(
            (n for n, c in unused.items() if pattern.fullmatch(n) and c.size == np.prod(shape)), ""
        )
        if not name:
            raise NotTheSameNetworkError(f"{path}: the ONNX file has no such constant")
        constant = unused.pop(name)
        if "conv2d" in path and len(shape) == 4:
            constant = constant.transpose(2, 3, 1, 0)  # ONNX: out, in, rows, columns
        values.append(np.ascontiguousarray(constant.reshape(shape), np.float32))
    return values


def _pattern(path: str) -> re.Pattern[str]:
    tail = next(tail for ending, tail in _ONNX_TAILS if re.search(ending, "/" + path))
    layers = path.split("/")[:-1]
    numbered = "/".join(re.escape(layer) + r"(_\d+)*" for layer in layers)
    return re.compile(f"[^/]+/{numbered}/{re.escape(tail)}")


def constants_of(onnx_file: Path) -> dict[str, np.ndarray]:
    """Return the initializers of an ONNX file by name, in the file's order."""
    import onnx  # only the training's environment has it

    graph = onnx.load(onnx_file).graph
    return {c.name: onnx.numpy_helper.to_array(c) for c in graph.initializer}


def load_exported(model: "keras.Model", onnx_file: Path) -> None:
    """Set the weights of a Keras network to those of its exported file.

    Raises:
        NotTheSameNetworkError: the file is another network's, or the answers differ.
    """
    import onnxruntime

    weights = [(weight.path, tuple(weight.shape)) for weight in model.weights]
    model.set_weights(match_weights(weights, constants_of(onnx_file)))
    height, width, channels = model.input_shape[1:]
    pictures = np.random.default_rng(0).integers(
        0, 256, (COMPARED_PICTURES, height, width, channels), np.uint8
    )
    session = onnxruntime.InferenceSession(onnx_file, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    expected = dict(zip(names, session.run(names, {"input": pictures}), strict=True))
    answers = model.predict(pictures, verbose=0)
    for head, answer in answers.items():
        difference = float(np.abs(answer - expected[head].reshape(answer.shape)).max())
        if difference > SAME_ANSWER:
            raise NotTheSameNetworkError(f"{head}: network and file differ by {difference:.4f}")
