"""Turns an exported detector into its whole-number form, which takes two thirds of the time.

Convolutions, additions and enlargements are calculated in eight bits (static quantisation of ONNX Runtime, a scale
per channel); the last merge, the head and all that follows stay float32, since they place the corners. Ranges are
measured on drawn frames; no photograph is looked at. Weights keep seven bits, so that no processor's sums
saturate and all of them give the same answers.

The first two layers are written anew without changing what they compute, since eight-bit products pay off
only over many channels: the pixels of a field of 4 x 4 are channels of one place, and so are the four cells of the
first layer's output that belong to a field.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.detector.decoding import as_frame

WHOLE_NUMBER_KINDS = ("Conv", "Relu", "Add", "Resize")
"""Kinds of nodes that are calculated in eight bits; float ones between them would convert back and forth."""

FLOAT_FROM = "/network/Add_1"
"""The merge of coarse and fine cells, from which on all is float32: in eight bits too, corners lie a fifth farther
from where the float model puts them."""

LIGHT_SCALE, LIGHT_ZERO = 1 / 64, 128
"""The network sees (grey - 127.5) / 64; as a quantised tensor, the frame itself is (grey - 128) / 64."""
GREY_OFFSET = 0.5
"""Grey levels between the two; it goes into the first layer's bias."""

FIELD = 4
"""Pixels along each side of the field of which the first layer computes all four cells at once."""


class Ranges(CalibrationDataReader):
    """Drawn frames, for the ranges of all tensors."""

    def __init__(self, frames: Iterator[np.ndarray], width_px: int) -> None:
        self._frames = frames
        self._width_px = width_px

    def get_next(self) -> dict[str, np.ndarray] | None:
        """Return the next input of the network; None after the last."""
        frame = next(self._frames, None)
        return None if frame is None else {"frame": as_frame(frame, self._width_px)[0]}


def gathered_first(weight: np.ndarray) -> np.ndarray:
    """Return the first layer's weights over fields of 4 x 4 pixels: 3 x 3 in steps of 2 over pixels becomes 2 x 2
    in steps of 1 over fields, with the four cells (down, across) of a field as outputs.

    Args:
        weight: (channels, 1, 3, 3).

    Returns:
        (4 * channels, 16, 2, 2); the second axis is the pixel in its field, row by row.
    """
    channels = len(weight)
    gathered = np.zeros((2, 2, channels, FIELD, FIELD, 2, 2), weight.dtype)
    for down, across, row, column in np.ndindex(2, 2, 3, 3):
        field_row, pixel_row = divmod(2 * down + row - 1 + FIELD, FIELD)
        field_column, pixel_column = divmod(2 * across + column - 1 + FIELD, FIELD)
        gathered[down, across, :, pixel_row, pixel_column, field_row, field_column] = weight[
            :, 0, row, column
        ]
    return gathered.reshape(4 * channels, FIELD * FIELD, 2, 2)


def gathered_second(weight: np.ndarray) -> np.ndarray:
    """Return the second layer's weights over fields: 3 x 3 in steps of 2 becomes 2 x 2 in steps of 1.

    Args:
        weight: (outputs, channels, 3, 3).

    Returns:
        (outputs, 4 * channels, 2, 2).
    """
    outputs, channels = weight.shape[:2]
    gathered = np.zeros((outputs, 2, 2, channels, 2, 2), weight.dtype)
    for row, column in np.ndindex(3, 3):
        (block_row, down), (block_column, across) = divmod(row + 1, 2), divmod(column + 1, 2)
        gathered[:, down, across, :, block_row, block_column] = weight[:, :, row, column]
    return gathered.reshape(outputs, 4 * channels, 2, 2)


def with_gathered_start(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with its start written anew. It answers the same, but for half a grey level by which it
    takes what lies outside of the frame for brighter."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    graph = changed.graph
    del graph.value_info[:]  # shapes of inner values, some of which change
    first, second = [node for node in graph.node if node.op_type == "Conv"][:2]
    stored = {entry.name: entry for entry in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}

    def value(name: str) -> np.ndarray:
        return np.asarray(numpy_helper.to_array(stored[name]))

    def put(name: str, values: np.ndarray) -> None:
        stored[name].CopyFrom(numpy_helper.from_array(values, name))

    at = first.input[0]
    while at != "frame":  # cast, subtraction and division
        graph.node.remove(makers[at])
        at = makers[at].input[0]
    weight, bias = value(first.input[1]), value(first.input[2])
    bias = bias + GREY_OFFSET * LIGHT_SCALE * weight.sum((1, 2, 3))
    put(first.input[1], gathered_first(weight))
    put(first.input[2], np.tile(bias, 4).astype(np.float32))
    put(second.input[1], gathered_second(value(second.input[1])))
    _set_geometry(first, kernel=(2, 2), steps=(1, 1), pads=(1, 1, 0, 0))
    _set_geometry(second, kernel=(2, 2), steps=(1, 1), pads=(1, 1, 0, 0))
    constants = {
        "light_scale": np.array(LIGHT_SCALE, np.float32),
        "light_zero": np.array(LIGHT_ZERO, np.uint8),
        "groups": np.array([0, 0, 0, -1, FIELD], np.int64),
        "fields": np.array([0, -1, FIELD, 0, FIELD], np.int64),
        "joined": np.array([0, 0, 0, FIELD * FIELD], np.int64),
    }
    graph.initializer.extend(numpy_helper.from_array(v, k) for k, v in constants.items())
    start = [
        helper.make_node("Reshape", ["frame", "groups"], ["grouped"]),
        helper.make_node("Reshape", ["grouped", "fields"], ["rows_of_fields"]),
        helper.make_node("Transpose", ["rows_of_fields"], ["in_fields"], perm=[0, 1, 3, 2, 4]),
        helper.make_node("Reshape", ["in_fields", "joined"], ["last"]),
        helper.make_node("Transpose", ["last"], ["pixels"], perm=[0, 3, 1, 2]),
        helper.make_node(
            "DequantizeLinear", ["pixels", "light_scale", "light_zero"], ["light"], "light"
        ),
    ]
    for node in reversed(start):
        graph.node.insert(0, node)
    first.input[0] = "light"
    return changed


def _set_geometry(
    node: onnx.NodeProto, kernel: tuple[int, int], steps: tuple[int, int], pads: tuple[int, ...]
) -> None:
    del node.attribute[:]
    node.attribute.extend(
        helper.make_attribute(name, values)
        for name, values in (("kernel_shape", kernel), ("strides", steps), ("pads", pads))
    )


def quantised(model: Path, frames: Iterator[np.ndarray], width_px: int) -> onnx.ModelProto:
    """Return the whole-number form of an exported detector.

    Args:
        model: `model.onnx` as written by `training.detector.export`.
        frames: Grey drawn frames; they set the ranges.
        width_px: The network's input width.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain, done = Path(folder, "plain.onnx"), Path(folder, "done.onnx")
        quant_pre_process(str(model), str(plain), skip_symbolic_shape=True)
        gathered = with_gathered_start(onnx.load(str(plain)))
        onnx.save(gathered, str(plain))
        names = [node.name for node in gathered.graph.node]
        light = {
            "scale": np.array(LIGHT_SCALE, np.float32),
            "zero_point": np.array(LIGHT_ZERO, np.uint8),
        }
        quantize_static(
            str(plain),
            str(done),
            Ranges(frames, width_px),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(WHOLE_NUMBER_KINDS),
            nodes_to_exclude=names[names.index(FLOAT_FROM) :],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"TensorQuantOverrides": {"light": [light]}},
        )
        found = onnx.load(str(done))
    onnx.checker.check_model(found)
    return found
