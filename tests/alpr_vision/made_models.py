"""Small real ONNX models for tests of foreign models, and ours in the shape of a hub's."""

from __future__ import annotations

from pathlib import Path

import onnx
import yaml
from onnx import TensorProto, compose, helper

from alpr_vision.model_files import MODELS_FOLDER

OUR_READER = MODELS_FOLDER / "reader"
SIDE_PX = 256


def bright_patch_detector(side_px: int = SIDE_PX, row_length: int = 7) -> bytes:
    """A detector of open-image-models' shape that boxes all pixels brighter than 0.8 of its square."""
    row = ["zero", "x1", "y1", "x2", "y2", "zero", "score", "zero", "zero"][:row_length]
    nodes = [
        helper.make_node("Greater", ["images", "limit"], ["bright"]),
        helper.make_node("Cast", ["bright"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["mask", "rows_axes"], ["columns"], keepdims=0),
        helper.make_node("ReduceMax", ["mask", "columns_axes"], ["rows"], keepdims=0),
        helper.make_node("ReduceMax", ["mask"], ["score_0"], keepdims=0),
        helper.make_node("Reshape", ["score_0", "one"], ["score"]),
    ]
    for name, source, is_last in (
        ("x1", "columns", 0),
        ("x2", "columns", 1),
        ("y1", "rows", 0),
        ("y2", "rows", 1),
    ):
        nodes += [
            helper.make_node(
                "ArgMax", [source], [f"{name}_at"], keepdims=0, select_last_index=is_last
            ),
            helper.make_node("Cast", [f"{name}_at"], [f"{name}_0"], to=TensorProto.FLOAT),
            helper.make_node(
                "Reshape", [f"{name}_0", "one"], [name if not is_last else f"{name}_1"]
            ),
        ]
        if is_last:
            nodes.append(helper.make_node("Add", [f"{name}_1", "pixel"], [name]))
    nodes += [
        helper.make_node("Concat", row, ["row"], axis=0),
        helper.make_node("Reshape", ["row", "row_shape"], ["output"]),
    ]
    constants = [
        helper.make_tensor("limit", TensorProto.FLOAT, [], [0.8]),
        helper.make_tensor("rows_axes", TensorProto.INT64, [3], [0, 1, 2]),
        helper.make_tensor("columns_axes", TensorProto.INT64, [3], [0, 1, 3]),
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0]),
        helper.make_tensor("pixel", TensorProto.FLOAT, [1], [1.0]),
        helper.make_tensor("row_shape", TensorProto.INT64, [2], [1, row_length]),
    ]
    graph = helper.make_graph(
        nodes,
        "bright patch",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, side_px, side_px])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [None, row_length])],
        constants,
    )
    return _bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]))


def colour_reader() -> tuple[bytes, bytes]:
    """Our reader behind a colour input with letterboxing and without a region head: model and settings."""
    own = onnx.load(OUR_READER / "model.onnx")
    settings = yaml.safe_load((OUR_READER / "plate.yaml").read_text("utf-8"))
    height, width = settings["img_height"], settings["img_width"]
    to_grey = helper.make_graph(
        [
            helper.make_node("Cast", ["colours"], ["floats"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["floats"], ["mean"], axes=[3], keepdims=1),
            helper.make_node("Cast", ["mean"], ["grey"], to=TensorProto.UINT8),
        ],
        "to grey",
        [helper.make_tensor_value_info("colours", TensorProto.UINT8, [None, height, width, 3])],
        [helper.make_tensor_value_info("grey", TensorProto.UINT8, [None, height, width, 1])],
    )
    front = helper.make_model(to_grey, opset_imports=own.opset_import, ir_version=own.ir_version)
    merged = compose.merge_models(front, own, io_map=[("grey", "input")], outputs=["plate"])
    _rename_input(merged, "colours", "input", taken="grey_in")
    settings |= {"image_color_mode": "rgb", "keep_aspect_ratio": True}
    del settings["plate_regions"]
    return _bytes(merged), yaml.safe_dump(settings).encode("utf-8")


def our_reader_files(folder: Path) -> Path:
    """Put our reader into a folder as somebody would bring a model."""
    folder.mkdir(parents=True)
    for name, brought in (("model.onnx", "reader.onnx"), ("plate.yaml", "reader_config.yaml")):
        (folder / brought).write_bytes((OUR_READER / name).read_bytes())
    return folder


def _rename_input(model: onnx.ModelProto, old: str, new: str, taken: str) -> None:
    """Give the model's input the name that fast-plate-ocr calls."""
    for node in model.graph.node:
        node.input[:] = [
            taken if name == new else new if name == old else name for name in node.input
        ]
        node.output[:] = [taken if name == new else name for name in node.output]
    for entry in model.graph.input:
        if entry.name == old:
            entry.name = new


def _bytes(model: onnx.ModelProto) -> bytes:
    model.ir_version = min(model.ir_version, 10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
