"""`alpr bench vision`: our eyes over the photo sets, beside RapidOCR on the same pictures, one thread each."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from alpr_core.errors import InputError
from alpr_vision.eyes import Eyes
from bench.looking import FalseBoxes, SetLooks, false_boxes, our_looks, peer_looks
from bench.memory import peak_memory_mb
from bench.peers import rapidocr_looks
from bench.photo_sets import (
    CROP_SETS,
    SCENE_SETS,
    background_files,
    has_photo_set,
    load_photo_set,
)
from bench.report import Json
from bench.scoring import misread
from bench.vision_tables import looks_figures, vision_tables
from hw.picture_file import shown_name


@dataclass(frozen=True, slots=True)
class NamedEyes:
    """One row of the tables."""

    name: str
    eyes: Eyes


@dataclass(slots=True)
class VisionResults:
    """What was measured, in the order in which it is shown."""

    looks: list[SetLooks] = field(default_factory=list)
    backgrounds: list[tuple[str, FalseBoxes]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Sets that were left out since their folder is not there."""
    peak_mb: float = 0.0
    """Most memory that this process held, peers not counted."""


def bench_vision(
    readers: Sequence[NamedEyes],
    photos: Path,
    backgrounds: Path | None,
    *,
    with_peer: bool,
    show_wrong: bool,
) -> Json:
    """Print the tables and return their figures; times hold for this machine, ratios are what matters.

    Args:
        readers: Eyes to compare, at least one.
        backgrounds: Folder of pictures without plates; None leaves that count out.
        with_peer: Also run RapidOCR, in an environment of its own.
        show_wrong: Name each misread picture and each false box on stderr.

    Raises:
        InputError: there is no set at all, or one with a picture that we cannot use.
    """
    cv2.setNumThreads(1)
    results = _measured(readers, photos, backgrounds, with_peer=with_peer)
    print(f"{platform.machine()}, Python {platform.python_version()}, one thread per reader,")
    print("processor time (not wall time), decoding of the files not counted\n")
    for table in vision_tables(results.looks, results.backgrounds, results.peak_mb):
        print(table)
    for name in results.missing:
        print(f"{name} is not there and was left out.", file=sys.stderr)
    if show_wrong:
        _show_wrong(results)
    return {
        "machine": platform.machine(),
        "sets": [looks_figures(looks) for looks in results.looks],
        "backgrounds": [
            {"reader": name, "pictures": b.pictures, "boxes": b.boxes, "shown": b.shown}
            for name, b in results.backgrounds
        ],
        "missing": results.missing,
        "peak_mb": round(results.peak_mb, 1),
    }


def _measured(
    readers: Sequence[NamedEyes], photos: Path, backgrounds: Path | None, *, with_peer: bool
) -> VisionResults:
    results = VisionResults()
    for name in (*CROP_SETS, *SCENE_SETS):
        if not has_photo_set(photos, name):
            results.missing.append(name)
            continue
        photo_set = load_photo_set(photos, name)
        results.looks += [our_looks(each.eyes, each.name, name, photo_set) for each in readers]
        if with_peer:
            looks = rapidocr_looks([photo.file for photo in photo_set])
            results.looks.append(peer_looks(name, photo_set, looks))
    if backgrounds is not None:
        files = background_files(backgrounds)
        if files:
            results.backgrounds = [(each.name, false_boxes(each.eyes, files)) for each in readers]
        else:
            results.missing.append("backgrounds")
    if not results.looks and not results.backgrounds:
        raise InputError(
            f"No photo set is in {shown_name(photos)}.", "Name its folder with --photos."
        )
    results.peak_mb = peak_memory_mb()
    return results


def _show_wrong(results: VisionResults) -> None:
    for looks in results.looks:
        for image, truth, answer in misread(looks.outcomes):
            read = answer or "nothing"
            print(f"  {looks.reader}: {image}: {truth} read as {read}", file=sys.stderr)
    for name, found in results.backgrounds:
        for image, text in found.worst:
            print(f"  {name}: {image}: no plate, read as {text}", file=sys.stderr)
