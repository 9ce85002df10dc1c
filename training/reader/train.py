"""Train the plate reader: `python -m training.reader.train --run NAME`.

The same command resumes after a stop (SIGTERM saves first). A decay branch starts from another
run's checkpoint, reads that run's pictures and leaves it undisturbed: `--run NAME-decay
--branch-of NAME --decay-minutes 6`. Runs live in the git-ignored `training/runs/`.
"""

import argparse
import datetime
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf

from training.plates.sample import ReaderSampler
from training.reader.checkpoint import load_checkpoint, save_checkpoint
from training.reader.learner import Labels, Learner
from training.reader.network import build_reader
from training.reader.schedule import PEAK_RATE, Decay, decay_ending, rate_at, seconds_until
from training.reader.shards import (
    Shard,
    ShardPool,
    load_shard,
    make_shard,
    save_shard,
    start_worker,
)
from training.reader.shipped import load_exported
from training.reader.start_weights import look_left_to_right

RUNS_FOLDER = Path(__file__).parents[1] / "runs"
CHECKPOINT_NAME = "last.npz"
SHIPPED_MODEL = Path(__file__).parents[2] / "alpr_vision" / "models" / "reader" / "model.onnx"

BATCH = 128
REGION_WEIGHT = 1.0
"""Weight of the state's loss."""

SHARDS_MIXED = 4
"""So many shards are mixed before batches are cut."""

SAVE_EVERY_S = 120
VALIDATE_EVERY_S = 480
LOG_EVERY_STEPS = 100
VALIDATION_SEED, VALIDATION_SIZE = 990001, 3000

GAIN_SPREAD, OFFSET_SPREAD, SHIFT_PX = 0.15, 18.0, 2
"""Random contrast, brightness and place at every showing, so that repeated pictures differ."""


def train(
    run: Path,
    data: Path,
    parent: Path | None,
    decay: Decay | None,
    *,
    workers: int,
    seed: int,
    region_weight: float,
    peak_rate: float,
) -> None:
    """Train until the decay ends, or for ever.

    Args:
        data: run folder whose `shards` are read.
        parent: checkpoint to branch from, or exported model to go on from; None: resume this run
            or start afresh.
    """
    learner = Learner(region_weight)
    step, images = _start(learner, run, parent, seed)
    processes = [
        start_worker(data / "shards", seed + 100_000 * (i + 1), begins_easy=parent is None)
        for i in range(workers)
    ]
    validation = _validation(data)
    pool = ShardPool(data / "shards", seed)
    log = _Log(run)
    saved = validated = time.monotonic()
    losses: list[tf.Tensor] = []
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    for pictures, labels in _batches(learner, pool, seed + step):
        now = time.monotonic()
        rate = rate_at(step, now, decay, peak_rate)
        losses.append(learner.learn(pictures, labels, rate, step))
        step, images = step + 1, images + len(pictures)
        if step % LOG_EVERY_STEPS == 0:
            number, state, spelling = np.mean([loss.numpy() for loss in losses], axis=0)
            log.write(
                step,
                images,
                f"loss {number:.4f} state {state:.4f} letters {spelling:.4f}"
                f" uses {pool.mean_uses():.1f}",
            )
            losses.clear()
        done = stop.is_set() or (decay is not None and now >= decay.end_mono_s)
        if done or now - saved > SAVE_EVERY_S:
            save_checkpoint(learner.checkpoint(step, images), run / CHECKPOINT_NAME)
            saved = now
        if done or now - validated > VALIDATE_EVERY_S:
            found = learner.validate(validation)
            log.write(
                step, images, "validation " + " ".join(f"{k} {v:.4f}" for k, v in found.items())
            )
            validated = now
        if done:
            break
    for process in processes:
        process.terminate()


def _start(learner: Learner, run: Path, parent: Path | None, seed: int) -> tuple[int, int]:
    """Return step and pictures shown of the state the learner now has."""
    own = run / CHECKPOINT_NAME
    source = own if own.is_file() else parent
    if source is None:
        look_left_to_right(learner.model, seed)
        learner.average_from_here()
        return 0, 0
    if source.suffix == ".onnx":
        exported = build_reader()
        load_exported(exported, source)
        learner.model.set_weights(exported.get_weights())
        learner.average_from_here()
        card = json.loads((source.parent / "card.json").read_text(encoding="utf-8"))
        return 0, card["training"]["images"]
    checkpoint = load_checkpoint(source)
    learner.restore(checkpoint)
    return checkpoint.step, checkpoint.images


def _validation(data: Path) -> Shard:
    path = data / "validation.npz"
    if not path.is_file():
        save_shard(make_shard(ReaderSampler(VALIDATION_SEED), VALIDATION_SIZE), path)
    return load_shard(path)


def _batches(learner: Learner, pool: ShardPool, seed: int) -> Iterator[tuple[np.ndarray, Labels]]:
    """Yield batches of pictures and their labels for ever."""
    numbers = np.random.default_rng(seed)
    while True:
        shards = [pool.next_shard() for _ in range(SHARDS_MIXED)]
        parts = [learner.labels(shard) for shard in shards]
        labels = Labels(
            np.concatenate([part.slots for part in parts]),
            np.concatenate([part.regions for part in parts]),
            np.concatenate([part.letters for part in parts]),
        )
        pictures = np.concatenate([shard.pictures for shard in shards])
        order = numbers.permutation(len(pictures))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[start : start + BATCH]
            yield _shown_anew(pictures[chosen], numbers), labels.of(chosen)


def _shown_anew(pictures: np.ndarray, numbers: np.random.Generator) -> np.ndarray:
    """Move a batch a little and change contrast and brightness of each picture; uint8 in and out."""
    rows, columns = pictures.shape[1:3]
    down, right = numbers.integers(0, 2 * SHIFT_PX + 1, 2)
    around = ((0, 0), (SHIFT_PX, SHIFT_PX), (SHIFT_PX, SHIFT_PX), (0, 0))
    moved = np.pad(pictures, around, "edge")[:, down : down + rows, right : right + columns]
    shape = (len(pictures), 1, 1, 1)
    gain = numbers.uniform(1 - GAIN_SPREAD, 1 + GAIN_SPREAD, shape).astype(np.float32)
    offset = numbers.uniform(-OFFSET_SPREAD, OFFSET_SPREAD, shape).astype(np.float32)
    return np.clip((moved - np.float32(128)) * gain + (128 + offset), 0, 255).astype(np.uint8)


class _Log:
    """Writes lines with time, step and pictures shown to `log.txt` of the run and to the screen."""

    def __init__(self, run: Path) -> None:
        run.mkdir(parents=True, exist_ok=True)
        self._path = run / "log.txt"

    def write(self, step: int, images: int, text: str) -> None:
        line = f"{datetime.datetime.now():%H:%M:%S} step {step} images {images} {text}"
        with self._path.open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)


def _decay_of(options: argparse.Namespace) -> Decay | None:
    now = time.monotonic()
    length = options.decay_minutes * 60 if options.decay_minutes else None
    if options.decay_until is None:
        return None if length is None else Decay(now, now + length)
    end = now + seconds_until(options.decay_until, datetime.datetime.now())
    return decay_ending(end, length, now)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True, help="name of the run's folder")
    parser.add_argument("--branch-of", help="start from this run's checkpoint and use its pictures")
    parser.add_argument(
        "--from-shipped",
        action="store_true",
        help="a new run starts from the weights of the model in the product",
    )
    parser.add_argument(
        "--decay-minutes", type=float, help="length of the final decay; alone: starts at once"
    )
    parser.add_argument("--decay-until", metavar="HH:MM", help="end of the decay and of the run")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw pictures")
    parser.add_argument("--rate", type=float, default=PEAK_RATE, help="highest learning rate")
    parser.add_argument("--region-weight", type=float, default=REGION_WEIGHT)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.nice(5)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    run = RUNS_FOLDER / options.run
    parent = RUNS_FOLDER / options.branch_of if options.branch_of else None
    workers = 0 if parent else options.workers
    shipped = SHIPPED_MODEL if options.from_shipped else None
    train(
        run,
        parent or run,
        parent / CHECKPOINT_NAME if parent else shipped,
        _decay_of(options),
        workers=workers,
        seed=options.seed,
        region_weight=options.region_weight,
        peak_rate=options.rate,
    )


if __name__ == "__main__":
    main()
