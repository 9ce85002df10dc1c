"""Train the plate network: `nice -n 5 python -m training.detector.train RUN`.

The learning rate warms up, stays, and falls only in a cool-down that is asked for (`--cool-down
MINUTES`), so a good model can be had at any time from the last checkpoint. A run lives in
`training/runs/RUN` (git-ignored), is resumed when started again, and starts its own scene worker.
A cool-down reads `checkpoint.pt`, leaves it as it is and writes `cooled.pt`. `--go-on-from MODEL`
starts a run without a checkpoint at an exported model (`unfolding`) instead of at random weights.
"""

import argparse
import copy
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import cv2
import numpy as np
import torch
from torch import Tensor

from training.detector.loss import plate_loss
from training.detector.network import PlateNetwork
from training.detector.scenes import SceneArtist
from training.detector.shards import ShardPool
from training.detector.sheets import draw_sheets
from training.detector.surroundings import PictureShelf
from training.detector.targets import make_targets
from training.detector.unfolding import unfold, write_origin

RUNS_DIR = Path(__file__).parent.parent / "runs"
BATCH = 32
PEAK_RATE = 2e-3
"""From random weights; a run that goes on from a model takes less (`--rate`)."""
WARM_UP_STEPS = 300
LAST_RATE_SHARE = 0.02
WEIGHT_DECAY = 0.01
CLIP_NORM = 5.0
AVERAGE_DECAY = 0.998
"""Share of the running average of weights that survives a step."""
CHECKPOINT_STEPS = 150
CALIBRATION_SCENES = 256
"""Scenes that give an exported model its layer statistics back."""
ENLARGED_SHARE = 0.25
"""Share of joined pictures that show one picture at twice its size."""


class Trainer:
    """Network, running average and optimiser of one run."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.network = PlateNetwork().to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        matrices = [p for p in self.network.parameters() if p.ndim > 1]
        vectors = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}]
        groups.append({"params": vectors, "weight_decay": 0.0})
        self.optimiser = torch.optim.AdamW(groups, lr=PEAK_RATE)
        self.step = 0

    def go_on_from(self, model: Path, seed: int) -> None:
        """Take the weights of an exported model; the optimiser starts anew. The run remembers which."""
        write_origin(model, self.run)
        artist = SceneArtist(seed, draw_sheets(CALIBRATION_SCENES, seed), PictureShelf())
        scenes = [artist.draw().picture for _ in range(CALIBRATION_SCENES)]
        state = unfold(model, torch.from_numpy(np.stack(scenes)[:, None]).float()).state_dict()
        self.network.load_state_dict(state)
        self.average.load_state_dict(state)

    def load(self, path: Path) -> None:
        """Continue from a checkpoint."""
        state = torch.load(path, weights_only=False)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]

    def save(self, path: Path) -> None:
        """Write a checkpoint in one step."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        draft = path.with_suffix(".part")
        torch.save(state, draft)
        draft.replace(path)

    def learn(self, pictures: Tensor, quads: list[np.ndarray], rate: float) -> tuple[float, float]:
        """Take one step at a learning rate; return (score loss, corner loss)."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        targets = make_targets(quads, pictures.shape[2], pictures.shape[3])
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16):
            maps = self.network(pictures)
        score, corner = plate_loss(maps.float(), targets)
        self.optimiser.zero_grad(set_to_none=True)
        (score + corner).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP_NORM)
        self.optimiser.step()
        self.step += 1
        self._follow()
        return float(score.detach()), float(corner.detach())

    def _follow(self) -> None:
        keep = min(AVERAGE_DECAY, self.step / (self.step + 20))
        with torch.no_grad():
            own = self.network.state_dict()
            for name, value in self.average.state_dict().items():
                if value.dtype.is_floating_point:
                    value.lerp_(own[name], 1 - keep)
                else:
                    value.copy_(own[name])


def make_batch(pool: ShardPool, rng: Random) -> tuple[Tensor, list[np.ndarray]]:
    """Return pictures (n, 1, h, w float) with random exposure, and their corners.

    Every second batch joins four pictures to one, so that the network also learns far from borders
    and with several unlike things in view; a quarter of those shows instead, at twice its size, the picture
    of the four with the widest plate, for plates seen from near.
    """
    pictures, quads = pool.pick(BATCH, rng)
    gain = np.array([rng.uniform(0.6, 1.3) for _ in range(BATCH)], np.float32)
    lift = np.array([rng.uniform(-25, 25) for _ in range(BATCH)], np.float32)
    floats = np.clip(pictures * gain[:, None, None] + lift[:, None, None], 0, 255)
    if rng.random() < 0.5:
        return torch.from_numpy(floats[:, None]), quads
    side = floats.shape[1]
    tiles = floats.reshape(-1, 2, 2, side, side).transpose(0, 1, 3, 2, 4)
    joined = tiles.reshape(-1, 1, 2 * side, 2 * side)
    moved = []
    for k in range(0, BATCH, 4):
        if rng.random() < ENLARGED_SHARE:
            near = max(range(k, k + 4), key=lambda at: _widest(quads[at]))
            how = rng.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST))
            enlarged = cv2.resize(floats[near], None, fx=2, fy=2, interpolation=how)
            joined[k // 4, 0] = np.clip(enlarged, 0, 255)
            moved.append(quads[near] * 2)
            continue
        offsets = ((0, 0), (side, 0), (0, side), (side, side))
        moved.append(np.concatenate([quads[k + j] + np.float32(offsets[j]) for j in range(4)]))
    return torch.from_numpy(np.ascontiguousarray(joined)), moved


def _widest(quads: np.ndarray) -> float:
    """Return the width of the widest plate, in pixels; 0 without plates."""
    return max((float(np.ptp(quad[:, 0])) for quad in quads), default=0.0)


def learning_rate(peak: float, step: int, cooled: float) -> float:
    """Return the rate of a step: warm-up, level, linear fall; `cooled` is the share of the fall."""
    return peak * min(1.0, (step + 1) / WARM_UP_STEPS) * max(LAST_RATE_SHARE, 1 - cooled)


def _start_worker(run: Path, seed: int, every: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "training.detector.shards", str(run), "--seed", str(seed)]
    command += ["--every", str(every), "--parent", str(os.getpid())]
    return subprocess.Popen(command)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the plate network.")
    parser.add_argument("run", help="name of the run")
    parser.add_argument("--first-shards", type=int, default=3, help="shards to wait for")
    parser.add_argument("--most-shards", type=int, default=40, help="shards kept on disk")
    parser.add_argument("--every", type=float, default=20.0, help="least seconds per new shard")
    parser.add_argument("--cool-down", type=float, default=0, help="minutes of falling rate")
    parser.add_argument("--rate", type=float, default=PEAK_RATE, help="learning rate")
    parser.add_argument("--go-on-from", type=Path, help="exported model to start at")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    run = RUNS_DIR / options.run
    run.mkdir(parents=True, exist_ok=True)
    (RUNS_DIR / ".gitignore").write_text("*\n")
    trainer = Trainer(run)
    if (run / "checkpoint.pt").exists():
        trainer.load(run / "checkpoint.pt")
    elif options.go_on_from:
        trainer.go_on_from(options.go_on_from, options.seed)
        trainer.save(run / "checkpoint.pt")  # the scene worker judges with it from the start
    worker = _start_worker(run, options.seed, options.every)
    try:
        _train(trainer, options)
    finally:
        worker.terminate()


def _train(trainer: Trainer, options: argparse.Namespace) -> None:
    pool = ShardPool(trainer.run / "shards", options.most_shards)
    while pool.refresh() < options.first_shards:
        time.sleep(2)
    rng = Random(options.seed * 7919 + trainer.step)
    began, cooled = time.monotonic(), 0.0
    target = trainer.run / ("cooled.pt" if options.cool_down else "checkpoint.pt")
    scores, corners, started = [], [], time.monotonic()
    while cooled < 1:
        if options.cool_down:
            cooled = (time.monotonic() - began) / 60 / options.cool_down
        rate = learning_rate(options.rate, trainer.step, cooled)
        score, corner = trainer.learn(*make_batch(pool, rng), rate)
        scores.append(score)
        corners.append(corner)
        if trainer.step % CHECKPOINT_STEPS == 0:
            trainer.save(target)
            count = pool.refresh()
            print(
                f"{time.strftime('%H:%M:%S')} step {trainer.step} rate {rate:.5f}"
                f" score {np.mean(scores):.4f} corners {np.mean(corners):.4f} shards {count}"
                f" {len(scores) * BATCH / (time.monotonic() - started):.0f} pictures/s",
                flush=True,
            )
            scores, corners, started = [], [], time.monotonic()
    trainer.save(target)


if __name__ == "__main__":
    main()
