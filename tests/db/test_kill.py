"""SIGKILL at any moment costs nothing that was acknowledged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from threading import Timer

from db.pictures import PictureKind
from tests.db.conftest import OpenStore

ROUNDS = 10
FROM_ROOT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def record_until_killed(folder: Path, delay_s: float) -> list[str]:
    """Return what a recording process acknowledged; it is killed `delay_s` after its first."""
    order = [sys.executable, "-m", "tests.db.endless_recorder", str(folder)]
    with subprocess.Popen(order, env=FROM_ROOT, stdout=subprocess.PIPE, text=True) as box:
        assert box.stdout is not None
        first = box.stdout.readline()
        killer = Timer(delay_s, box.kill)
        killer.start()
        rest = box.stdout.read()
        killer.join()
    assert box.returncode == -9
    return [line for line in (first + rest).splitlines(keepends=False) if len(line) == 32]


def test_a_killed_box_loses_nothing_it_acknowledged(folder: Path, open_store: OpenStore) -> None:
    """After each of ten kills the store opens with every acknowledged sighting and its pictures."""
    moments = random.Random(462)
    acknowledged: set[str] = set()
    for _ in range(ROUNDS):
        acknowledged.update(record_until_killed(folder, moments.uniform(0.0, 0.3)))
        store = open_store()
        stored = {sighting.sighting_id for sighting in store.sightings.latest(100_000)}
        assert acknowledged <= stored
        for sighting_id in stored:
            for kind in (PictureKind.PLATE, PictureKind.FRAME):
                assert store.sightings.picture_jpeg(sighting_id, kind) is not None
        assert len(list((folder / "images").rglob("*.img"))) == 2 * len(stored)
        assert not list((folder / "images" / "incoming").iterdir())
        assert store.outbox.unsent_count() == len(stored)
        store.close()
    assert len(acknowledged) > ROUNDS
