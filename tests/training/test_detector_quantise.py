"""The product's detector calculates in whole numbers (training/detector/quantise.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime

from alpr_vision.model_files import MODELS_FOLDER, bounded_session_options
from hw.simulated_drive.plate_stock import stocked_plates
from training.detector.quantise import with_gathered_start

FLOAT_MODEL = Path(__file__).parents[2] / "training" / "detector" / "float_model" / "model.onnx"


def answers(model: str | bytes, frame: npt.NDArray[np.uint8]) -> tuple[Any, Any]:
    """Heat and corners by a model, a file or its bytes."""
    session = onnxruntime.InferenceSession(
        model, bounded_session_options(), providers=["CPUExecutionProvider"]
    )
    heat, corners = session.run(["heat", "corners"], {"frame": frame})
    return heat[0], corners[0]


def frame_with_plate() -> npt.NDArray[np.uint8]:
    """A drawn plate on grey, as the network's input."""
    plate = cv2.resize(stocked_plates()[0].levels()[0], (140, 70), interpolation=cv2.INTER_AREA)
    frame = np.full((256, 384), 70, np.uint8)
    frame[100:170, 120:260] = plate
    return frame[None, None]


def test_the_new_start_computes_what_the_old_one_did() -> None:
    """Taking fields of pixels as channels changes neither the plate's score nor its corners."""
    frame = frame_with_plate()
    heat, corners = answers(str(FLOAT_MODEL), frame)
    changed = with_gathered_start(onnx.load(str(FLOAT_MODEL)))
    own_heat, own_corners = answers(changed.SerializeToString(), frame)
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert heat[row, column] > 0.25
    assert np.abs(heat - own_heat).max() < 0.01
    assert np.abs(corners - own_corners)[:, row, column].max() < 0.1


def test_the_shipped_model_answers_like_the_float_one() -> None:
    """In eight bits a plate keeps its score within a tenth and its corners within a fiftieth of its width."""
    frame = frame_with_plate()
    heat, corners = answers(str(FLOAT_MODEL), frame)
    own_heat, own_corners = answers(str(MODELS_FOLDER / "detector" / "model.onnx"), frame)
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert np.abs(own_heat[row, column] - heat[row, column]) < 0.1
    assert np.abs(own_corners - corners)[:, row, column].max() < 140 / 50


def test_the_shipped_model_calculates_in_whole_numbers() -> None:
    """All convolutions of the product's detector but the last merge and the head have weights of eight bits."""
    graph = onnx.load(str(MODELS_FOLDER / "detector" / "model.onnx")).graph
    kinds = {entry.name: entry.data_type for entry in graph.initializer}
    makers = {node.output[0]: node for node in graph.node}
    weights = [makers.get(n.input[1]) for n in graph.node if n.op_type == "Conv"]
    stored = [kinds[maker.input[0]] for maker in weights if maker is not None]
    assert stored == [onnx.TensorProto.INT8] * (len(weights) - 2)
