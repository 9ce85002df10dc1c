from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alpr_core.errors import ModelError
from alpr_vision.model_files import MODELS_FOLDER, pinned_model_file
from alpr_vision.plate_detector import OnnxPlateDetector
from alpr_vision.plate_reader import OnnxPlateReader

MODEL_BYTES_MAX = 6_000_000


@pytest.fixture
def copied_models(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODELS_FOLDER, tmp_path / "models"))


@pytest.mark.parametrize(
    "name",
    ["reader/model.onnx", "reader/plate.yaml", "detector/model.onnx", "detector/detector.yaml"],
)
def test_one_altered_bit_is_refused(copied_models: Path, name: str) -> None:
    """A model file of which one bit was changed is refused by name, before it is loaded."""
    file = copied_models / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    opener = OnnxPlateReader if name.startswith("reader") else OnnxPlateDetector
    with pytest.raises(ModelError, match=f"{name} was altered"):
        opener(folder=copied_models)


def test_missing_model_and_missing_pins(copied_models: Path) -> None:
    """A model that is not there, or not pinned, is refused."""
    (copied_models / "reader" / "model.onnx").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        OnnxPlateReader(copied_models)
    with pytest.raises(ModelError, match="not pinned"):
        pinned_model_file("reader/CARD.md", copied_models)
    (copied_models / "PINS").unlink()
    with pytest.raises(ModelError, match="list of pinned models"):
        OnnxPlateReader(copied_models)


def test_foreign_bytes_under_a_good_pin_are_a_clear_error(copied_models: Path) -> None:
    """Bytes that are pinned but no model are a ModelError, not a crash of the runtime."""
    import hashlib

    (copied_models / "detector" / "model.onnx").write_bytes(b"not a model")
    pins = (copied_models / "PINS").read_text().splitlines()
    digest = hashlib.sha256(b"not a model").hexdigest()
    (copied_models / "PINS").write_text(
        "\n".join(f"{digest}  detector/model.onnx" if "detector/model" in p else p for p in pins)
    )
    with pytest.raises(ModelError, match="does not load"):
        OnnxPlateDetector(folder=copied_models)


@pytest.mark.parametrize("part", ["reader", "detector"])
def test_models_are_small_and_have_cards(part: str) -> None:
    """Each model has at most 6 MB and a card that names its data, licences and pin."""
    folder = MODELS_FOLDER / part
    assert (folder / "model.onnx").stat().st_size <= MODEL_BYTES_MAX
    card = (folder / "CARD.md").read_text("utf-8")
    pin = next(
        line
        for line in (MODELS_FOLDER / "PINS").read_text().splitlines()
        if f"{part}/model" in line
    )
    assert pin.split()[0] in card
    assert "licence" in card.lower()
