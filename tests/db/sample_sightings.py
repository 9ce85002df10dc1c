"""Real sightings, list entries and a log of outcomes: the values that the line itself makes."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from alpr_core.events import SightingNotRecorded, SightingStored
from alpr_core.frame import Frame, Pixels
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.plate import ALPHABET, STATES, PlateBox, PlateReading
from alpr_core.sighting import Match, Sighting
from db.keys import RootKey
from db.store_writer import RecordEvent

ROOT_KEY = RootKey(bytes(range(32)))
OTHER_KEY = RootKey(bytes(range(1, 33)))
FIRST_AT = datetime(2026, 11, 23, 20, 15, 0, 123456, tzinfo=UTC)
OUTCOME_LIMIT_S = 30.0
"""Longest wait for the writer; generous, because test machines are busy."""


def make_pixels(width_px: int = 320, height_px: int = 200, seed: int = 1) -> Pixels:
    """Return a smooth grey picture, different for each seed."""
    rows, columns = np.mgrid[0:height_px, 0:width_px]
    pixels: Pixels = ((rows * (seed % 5 + 1) + columns * 2 + seed * 17) % 256 // 2 + 40).astype(
        np.uint8
    )
    return pixels


def make_sighting(
    number: int = 1,
    plate: str = "7ABC123",
    *,
    pixels: Pixels | None = None,
    overview: Pixels | None = None,
    **changes: object,
) -> Sighting:
    """Return the sighting of one vehicle; a higher number is one second later."""
    seen_at = FIRST_AT + timedelta(seconds=number)
    frame = Frame(
        camera="front",
        number=number,
        taken_at=seen_at,
        taken_mono_s=float(number),
        pixels=make_pixels(seed=number) if pixels is None else pixels,
        source="drive.mp4",
        overview=overview,
    )
    reading = PlateReading(
        box=PlateBox(
            100.5, 80.25, 120.0, 40.0, 0.97, ((101, 81), (220, 82), (219, 120), (100, 119))
        ),
        text=plate,
        confidences=tuple(0.99 - 0.01 * index for index in range(len(plate))),
        state="CA",
        state_confidence=0.91,
        slot_probabilities=np.full((10, len(ALPHABET) + 1), 1 / 37, dtype=np.float32),
        state_probabilities=np.full(len(STATES) + 1, 1 / 52, dtype=np.float32),
        alternatives=("7A8C123",),
    )
    sighting = Sighting(
        sighting_id=f"{number:032x}",
        camera="front",
        first_seen_at=seen_at - timedelta(milliseconds=250),
        seen_at=seen_at,
        reading=reading,
        frame=frame,
        frame_count=6,
    )
    return replace(sighting, **changes)  # type: ignore[arg-type]  # names are checked by replace


def make_entry(plate: str = "7ABC123", hotlist: str = "SVS", **changes: object) -> HotlistEntry:
    """Return one entry of a list."""
    entry = HotlistEntry(
        hotlist=hotlist,
        plate=plate,
        state="CA",
        hotlist_class=HotlistClass.STOLEN,
        reason="Stolen in Oakland, white sedan",
        listed_at=FIRST_AT - timedelta(days=1),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]  # names are checked by replace


def make_match(plate: str = "7ABC123") -> Match:
    """Return a match of the plate with list SVS, the states agreeing."""
    return Match(make_entry(plate), state_agrees=True)


class Outcomes:
    """Collects what the writer tells, and waits for it."""

    def __init__(self) -> None:
        self._events: list[RecordEvent] = []
        self._changed = threading.Condition()

    def __call__(self, event: RecordEvent) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def wait_for(self, count: int) -> Sequence[RecordEvent]:
        """Return all events once there are `count` of them."""
        deadline_mono_s = time.monotonic() + OUTCOME_LIMIT_S
        with self._changed:
            while len(self._events) < count:
                left_s = deadline_mono_s - time.monotonic()
                assert left_s > 0, f"{count} outcomes expected, {self._events} came"
                self._changed.wait(left_s)
            return tuple(self._events)

    @property
    def stored_ids(self) -> list[str]:
        """Ids that were acknowledged, in order."""
        with self._changed:
            return [e.sighting.sighting_id for e in self._events if isinstance(e, SightingStored)]

    @property
    def refusals(self) -> list[SightingNotRecorded]:
        """Sightings that were NOT RECORDED, in order."""
        with self._changed:
            return [e for e in self._events if isinstance(e, SightingNotRecorded)]


def image_files(folder: Path) -> list[str]:
    """Return the picture files of a store, relative to its folder of images."""
    images = folder / "images"
    return sorted(str(path.relative_to(images)) for path in images.rglob("*.img"))
