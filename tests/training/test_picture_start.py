"""The reader's picture is shaped before it is scaled (training/reader/picture_start.py)."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from alpr_vision.model_files import MODELS_FOLDER
from training.reader.picture_start import with_early_shape


def exported() -> onnx.ModelProto:
    """A model that starts as the library's export does."""
    nodes = [
        helper.make_node("Cast", ["input"], ["grey"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["grey", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "shift"], ["light"]),
        helper.make_node("Reshape", ["light", "shape"], ["picture"]),
        helper.make_node("Conv", ["picture", "weight"], ["answer"], pads=[1, 1, 1, 1]),
    ]
    constants: dict[str, Any] = {
        "scale": np.array(1 / 255, np.float32),
        "shift": np.array(-0.5, np.float32),
        "shape": np.array([-1, 1, 6, 8], np.int64),
        "weight": np.random.default_rng(1).normal(size=(2, 1, 3, 3)).astype(np.float32),
    }
    given = helper.make_tensor_value_info("input", TensorProto.UINT8, ["plates", 6, 8, 1])
    answer = helper.make_tensor_value_info("answer", TensorProto.FLOAT, ["plates", 2, 6, 8])
    stored = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "reader", [given], [answer], stored)
    return helper.make_model(
        graph, opset_imports=[helper.make_operatorsetid("", 17)], ir_version=10
    )


def answer(model: onnx.ModelProto) -> Any:
    pictures = np.random.default_rng(2).integers(0, 256, (3, 6, 8, 1), np.uint8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"input": pictures})[0]


def test_answers_stay_the_same_to_the_last_bit() -> None:
    """Shaping first changes no answer, and doing it twice changes nothing more."""
    changed = with_early_shape(exported())
    assert changed.graph.node[0].op_type == "Reshape"
    np.testing.assert_array_equal(answer(changed), answer(exported()))
    assert with_early_shape(changed) == changed


def test_another_start_is_refused() -> None:
    """A model with another start is an error that says how it starts."""
    other = exported()
    del other.graph.node[0]
    with pytest.raises(ValueError, match="starts with Mul, Add, Reshape, Conv"):
        with_early_shape(other)


def test_the_shipped_reader_shapes_first() -> None:
    """The product's reader has the fast start."""
    graph = onnx.load(str(MODELS_FOLDER / "reader" / "model.onnx")).graph
    assert graph.node[0].op_type == "Reshape"
