"""Turn a run's checkpoint into the model of the car: `python -m training.reader.export --run NAME`.

Goes through fast-plate-ocr's own ONNX export, refuses a file that is too large, differs from Keras
or does not load with the library, and only then replaces the model folder's files and card.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
from fast_plate_ocr.cli.export import export_onnx

from training.plates.states import UNKNOWN_STATE
from training.reader.calibration import Calibration, calibrate
from training.reader.card import RunFacts, write_card
from training.reader.checkpoint import Checkpoint, load_checkpoint
from training.reader.network import PLATE_CONFIG_FILE, LabelCoder, build_reader, plate_config
from training.reader.picture_start import with_early_shape
from training.reader.reading import acceptances, open_reader, read_crops, score_groups
from training.reader.shards import Shard, load_shard
from training.reader.timing import milliseconds_per_plate

MODEL_FOLDER = Path(__file__).parents[2] / "alpr_vision" / "models" / "reader"
RUNS_FOLDER = Path(__file__).parents[1] / "runs"
MAX_MODEL_BYTES = 6_000_000
MAX_DIFFERENCE = 1e-3
"""Largest difference of one probability between Keras and ONNX."""

COMPARED_PICTURES = 64


class BadExportError(RuntimeError):
    """The exported file is not the trained model, or not fit for the car."""


def better_weights(
    model: keras.Model, checkpoint: Checkpoint, validation: Shard
) -> tuple[str, float]:
    """Load the better of last and averaged weights into the model; return which, and its
    validation accuracy."""
    found = {}
    for name in ("averaged", "weights"):
        model.set_weights(getattr(checkpoint, name))
        found[name] = _accuracy(model, validation)
    best = max(found, key=found.__getitem__)
    model.set_weights(getattr(checkpoint, best))
    return best, found[best]


def _accuracy(model: keras.Model, validation: Shard) -> float:
    coder = LabelCoder(plate_config())
    answers = model.predict(validation.pictures, batch_size=250, verbose=0)["plate"]
    return float(np.mean(np.all(answers.argmax(-1) == coder.slots_of(validation.texts), axis=1)))


def calibrated(model: keras.Model, validation: Shard) -> Calibration:
    """Divide the logits of both heads by temperatures that make their probabilities honest."""
    coder = LabelCoder(plate_config())
    answers = model.predict(validation.pictures, batch_size=250, verbose=0)
    found = calibrate(
        answers["plate"],
        coder.slots_of(validation.texts),
        answers["region"],
        coder.regions_of(validation.states),
        int(coder.regions_of(np.array([UNKNOWN_STATE]))[0]),
    )
    for head, temperature in (
        ("plate", found.number_temperature),
        ("region", found.state_temperature),
    ):
        layer = model.get_layer(head)
        layer.set_weights([weights / temperature for weights in layer.get_weights()])
    return found


def export_checked(model: keras.Model, target: Path, pictures: np.ndarray) -> None:
    """Export to an ONNX file and compare it with Keras.

    Raises:
        BadExportError: too large, or another answer than Keras.
    """
    export_onnx(model, plate_config(), target, simplify=True, dynamic_batch=True)
    _tidy(target)
    if target.stat().st_size > MAX_MODEL_BYTES:
        raise BadExportError(f"{target.stat().st_size} bytes, allowed are {MAX_MODEL_BYTES}")
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    answers = dict(zip(names, session.run(names, {"input": pictures}), strict=True))
    expected = model.predict(pictures, verbose=0)
    for head in ("plate", "region"):
        difference = float(
            np.abs(answers[head].reshape(expected[head].shape) - expected[head]).max()
        )
        if difference > MAX_DIFFERENCE:
            raise BadExportError(f"{head}: ONNX and Keras differ by {difference}")


def _tidy(file: Path) -> None:
    """Take the shapes of inner values out, a tenth of the file that nobody needs; shape the picture first."""
    exported = onnx.load(file)
    del exported.graph.value_info[:]
    onnx.save(with_early_shape(exported), file)


def export_run(
    run: Path, validation_file: Path, *, photographs: Path | None, target: Path, note: str
) -> None:
    """Export a run, check it, measure it and write it with its card into the model folder."""
    checkpoint = load_checkpoint(run / "last.npz")
    validation = load_shard(validation_file)
    model = build_reader()
    chosen, accuracy = better_weights(model, checkpoint, validation)
    calibration = calibrated(model, validation)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        export_checked(model, folder / "model.onnx", validation.pictures[:COMPARED_PICTURES])
        shutil.copy(PLATE_CONFIG_FILE, folder / "plate.yaml")
        crops = read_crops(open_reader(folder), photographs) if photographs else []
        facts = RunFacts(
            run=run.name,
            steps=checkpoint.step,
            images=checkpoint.images,
            weights=chosen,
            parameters=model.count_params(),
            validation_accuracy=accuracy,
            validation_count=len(validation.texts),
            calibration=calibration,
            milliseconds=milliseconds_per_plate(folder / "model.onnx"),
            note=note,
            scores=score_groups(crops) if crops else {},
            acceptances=acceptances(crops) if crops else [],
        )
        write_card(folder, facts)
        target.mkdir(parents=True, exist_ok=True)
        for name in ("model.onnx", "plate.yaml", "card.json", "CARD.md"):
            shutil.copy(folder / name, target / (name + ".part"))
            (target / (name + ".part")).replace(target / name)
    print(f"{chosen} weights, {checkpoint.images} pictures, synthetic {accuracy:.4f}")
    print(calibration)
    for name, found in facts.scores.items():
        right = f"exact {found.exact:5.1f} folded {found.folded:5.1f} state {found.state:5.1f}"
        print(f"{name:14} {found.count:4} {right}")


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True)
    parser.add_argument(
        "--data-run", help="run whose validation pictures are used; default: the run itself"
    )
    parser.add_argument("--photographs", type=Path, help="folder with truth.csv; only measured")
    parser.add_argument("--note", default="", help="what differed from the README's commands")
    parser.add_argument("--target", type=Path, default=MODEL_FOLDER)
    options = parser.parse_args()
    validation_file = RUNS_FOLDER / (options.data_run or options.run) / "validation.npz"
    export_run(
        RUNS_FOLDER / options.run,
        validation_file,
        photographs=options.photographs,
        target=options.target,
        note=options.note,
    )


if __name__ == "__main__":
    main()
