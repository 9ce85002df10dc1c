"""A rotating pool of freshly drawn pictures on disk, filled by worker processes.

A worker writes shard after shard for ever and deletes the oldest, so that the training always
finds pictures it has seen only a few times. A shard is complete as soon as its name is there (it
is renamed into place).
"""

import multiprocessing
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.plates.sample import NAME_COLUMNS, READER_HEIGHT, READER_WIDTH, ReaderSampler

SHARD_SIZE = 2000
"""Pictures per file (16 MB uncompressed)."""

POOL_SHARDS = 100
"""Shards kept; the oldest are deleted."""

EASY_SHARDS = 12
"""The first shards of a run are easy: hardness rises from EASY_HARDNESS to 1 over them."""

EASY_HARDNESS = 0.3
EASY_EVERY = 2
EASY_HARDNESS_MAX = 0.5
"""Later on one shard in EASY_EVERY is easy, because most plates a camera finds are clean, and state
names can be learned from clean ones only."""

WORKER_NICENESS = 2
"""Above the training's own: pictures may be shown a few times, but the training should not wait."""

SHARDS_PER_DIE_SET = 6
"""After so many shards a worker invents other dies."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Some thousand labelled pictures."""

    pictures: np.ndarray
    """uint8, count x height x width x 1."""
    texts: np.ndarray
    """str, '' for a non-plate."""
    states: np.ndarray
    """str, state codes or '??'."""
    letters: np.ndarray
    """uint8, count x NAME_COLUMNS: the letter of the state's name in each column, 1 for A; 0: none."""


def make_shard(sampler: ReaderSampler, size: int, hardness: float = 1.0) -> Shard:
    """Draw one shard."""
    pictures = np.empty((size, READER_HEIGHT, READER_WIDTH, 1), np.uint8)
    letters = np.empty((size, NAME_COLUMNS), np.uint8)
    texts, states = [], []
    for i in range(size):
        sample = sampler.sample(hardness)
        pictures[i, :, :, 0] = sample.picture
        texts.append(sample.text)
        states.append(sample.state)
        letters[i] = sample.letters
    return Shard(pictures, np.array(texts, "U8"), np.array(states, "U2"), letters)


def save_shard(shard: Shard, path: Path) -> None:
    """Write a shard so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            pictures=shard.pictures,
            texts=shard.texts,
            states=shard.states,
            letters=shard.letters,
        )
    unfinished.replace(path)


def load_shard(path: Path) -> Shard:
    """Read a shard back."""
    with np.load(path) as arrays:
        return Shard(arrays["pictures"], arrays["texts"], arrays["states"], arrays["letters"])


def pool_of(folder: Path) -> list[Path]:
    """Return the complete shards, oldest first."""
    return sorted(folder.glob("*.npz"))


class ShardPool:
    """Draws random shards from the pool, each a limited number of times while others are
    fresher."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._rng = random.Random(seed)
        self._uses: dict[Path, int] = {}

    def next_shard(self) -> Shard:
        """Return one of the least used shards; waits for the first one."""
        while True:
            names = pool_of(self._folder)
            if not names:
                time.sleep(1.0)
                continue
            least = min(self._uses.get(name, 0) for name in names)
            choice = self._rng.choice([n for n in names if self._uses.get(n, 0) == least])
            self._uses[choice] = least + 1
            try:
                return load_shard(choice)
            except FileNotFoundError:  # the worker has just rotated it out
                continue

    def mean_uses(self) -> float:
        """Return how often the shards seen so far were shown."""
        return sum(self._uses.values()) / max(1, len(self._uses))


def start_worker(folder: Path, seed: int, *, begins_easy: bool) -> multiprocessing.Process:
    """Start a process that keeps filling the folder until its parent ends."""
    worker = multiprocessing.get_context("spawn").Process(
        target=_work, args=(folder, seed, begins_easy, os.getpid()), daemon=True
    )
    worker.start()
    return worker


def _work(folder: Path, seed: int, begins_easy: bool, parent_pid: int) -> None:
    os.nice(WORKER_NICENESS)
    fill_pool(folder, seed, lambda: os.getppid() == parent_pid, begins_easy=begins_easy)


def fill_pool(folder: Path, seed: int, go_on: Callable[[], bool], *, begins_easy: bool) -> None:
    """Write numbered shards and delete the oldest as long as go_on() says so.

    Args:
        begins_easy: false for a network that can read already; the numbers begin after EASY_SHARDS.
    """
    number = max(_last_number(folder), 0 if begins_easy else EASY_SHARDS)
    sampler = None
    while go_on():
        number += 1
        if sampler is None or number % SHARDS_PER_DIE_SET == 0:
            sampler = ReaderSampler(seed + number)
        hardness = min(1.0, EASY_HARDNESS + (1 - EASY_HARDNESS) * (number - 1) / EASY_SHARDS)
        if number % EASY_EVERY == 0:
            hardness = random.Random(seed + number).uniform(0, EASY_HARDNESS_MAX)
        save_shard(make_shard(sampler, SHARD_SIZE, hardness), folder / f"{number:06}.npz")
        for old in pool_of(folder)[:-POOL_SHARDS]:
            old.unlink(missing_ok=True)


def _last_number(folder: Path) -> int:
    names = pool_of(folder)
    return int(names[-1].stem) if names else 0
