"""Training pictures on disk, written by worker processes while the network learns from them.

A shard is a folder with `pictures.npy` (n, 256, 256 uint8) and `quads.npy` (n, 3, 4, 2 float32,
unused rows NaN). Once a checkpoint exists, a worker keeps every picture that the network gets wrong
and only a part of the others: hard-negative mining on drawn scenes and free pictures.
"""

import argparse
import os
import shutil
import time
from pathlib import Path
from random import Random

import cv2
import numpy as np
import torch

from training.detector.network import STRIDE_PX, PlateNetwork
from training.detector.scenes import CROP_PX, Scene, SceneArtist
from training.detector.sheets import draw_sheets
from training.detector.surroundings import PictureShelf

SHARD_SCENES = 1000
MOST_PLATES = 3
_FALSE_SCORE = 0.12
"""A score above this off every plate makes a picture hard."""
_FOUND_SCORE = 0.45
"""A plate whose best cell scores less than this makes a picture hard."""
_NICENESS = 10
"""Courtesy to other programs on the machine, the training itself among them."""
_KEEP_EASY = 0.35
"""Share of the easy pictures that are kept."""


class Judge:
    """Says which pictures the latest checkpoint of a run gets wrong."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._read_at = 0.0
        self._network: PlateNetwork | None = None

    def refresh(self) -> None:
        """Load the newest checkpoint if there is one and it has changed."""
        newest = max(self._run.glob("*.pt"), key=lambda p: p.stat().st_mtime, default=None)
        if newest is not None and newest.stat().st_mtime > self._read_at:
            self._read_at = newest.stat().st_mtime
            self._network = PlateNetwork().eval()
            state = torch.load(newest, weights_only=False)
            self._network.load_state_dict(state["average"])

    def keeps(self, scenes: list[Scene], rng: Random) -> list[bool]:
        """Return for each scene whether it goes into the shard."""
        if self._network is None:
            return [True] * len(scenes)
        pictures = torch.from_numpy(np.stack([scene.picture for scene in scenes])[:, None]).float()
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            scores = torch.sigmoid(self._network(pictures)[:, 0].float()).numpy()
        return [
            _is_hard(s, m) or rng.random() < _KEEP_EASY for s, m in zip(scenes, scores, strict=True)
        ]


def _is_hard(scene: Scene, score: np.ndarray) -> bool:
    off_plates = score.copy()
    for quad in scene.quads:
        low = np.floor(quad.min(0) / STRIDE_PX).astype(int) - 1
        high = np.ceil(quad.max(0) / STRIDE_PX).astype(int) + 1
        area = (slice(max(0, low[1]), high[1]), slice(max(0, low[0]), high[0]))
        if score[area].max(initial=0) < _FOUND_SCORE:
            return True
        off_plates[area] = 0
    return bool(off_plates.max() > _FALSE_SCORE)


def write_shard(folder: Path, artist: SceneArtist, judge: Judge, rng: Random) -> None:
    """Draw a shard and move it into place in one step."""
    judge.refresh()
    kept: list[Scene] = []
    while len(kept) < SHARD_SCENES:
        scenes = [artist.draw() for _ in range(64)]
        kept += [s for s, keep in zip(scenes, judge.keeps(scenes, rng), strict=True) if keep]
    kept = kept[:SHARD_SCENES]
    quads = np.full((len(kept), MOST_PLATES, 4, 2), np.nan, np.float32)
    for row, scene in zip(quads, kept, strict=True):
        row[: len(scene.quads)] = scene.quads[:MOST_PLATES]
    draft = folder.with_name(folder.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    np.save(draft / "pictures.npy", np.stack([scene.picture for scene in kept]))
    np.save(draft / "quads.npy", quads)
    draft.rename(folder)


class ShardPool:
    """The newest shards of a run, read without loading them whole."""

    def __init__(self, folder: Path, most: int) -> None:
        """Watch `folder`; keep the `most` newest shards and delete older ones."""
        self._folder, self._most = folder, most
        self._shards: dict[Path, tuple[np.ndarray, np.ndarray]] = {}

    def refresh(self) -> int:
        """Take up new shards, drop old ones; return how many there are."""
        paths = sorted(p for p in self._folder.glob("shard-*") if p.suffix != ".part")
        for path in paths[: -self._most]:
            self._shards.pop(path, None)
            shutil.rmtree(path, ignore_errors=True)
        for path in paths[-self._most :]:
            if path not in self._shards:
                pictures = np.load(path / "pictures.npy", mmap_mode="r")
                self._shards[path] = (pictures, np.load(path / "quads.npy"))
        return len(self._shards)

    def pick(self, count: int, rng: Random) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return `count` random pictures (uint8, n x 256 x 256) and the corners in each."""
        pictures = np.empty((count, CROP_PX, CROP_PX), np.uint8)
        quads = []
        shards = list(self._shards.values())
        for k in range(count):
            shard, corners = rng.choice(shards)
            at = rng.randrange(len(shard))
            pictures[k] = shard[at]
            rows = corners[at]
            quads.append(rows[~np.isnan(rows[:, 0, 0])])
        return pictures, quads


def main() -> None:
    """Command line: `python -m training.detector.shards RUN` draws shards until stopped."""
    parser = argparse.ArgumentParser(description="Draw training pictures until stopped.")
    parser.add_argument("run", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sheets", type=int, default=3000, help="plates drawn per stock")
    parser.add_argument("--every", type=float, default=0.0, help="least seconds per shard")
    parser.add_argument("--parent", type=int, default=0, help="stop when this process is gone")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    os.nice(max(0, _NICENESS - os.nice(0)))
    shelf, judge = PictureShelf(), Judge(options.run)
    while True:
        seed = options.seed * 100_003 + int(time.time())
        rng = Random(seed)
        artist = SceneArtist(seed, draw_sheets(options.sheets, seed), shelf)
        for _ in range(12):
            if options.parent and os.getppid() != options.parent:
                return
            started = time.monotonic()
            name = f"shard-{time.time_ns():020}-{options.seed}"
            write_shard(options.run / "shards" / name, artist, judge, rng)
            time.sleep(max(0.0, options.every - (time.monotonic() - started)))


if __name__ == "__main__":
    main()
