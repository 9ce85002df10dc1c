"""Reads single pictures and videos with the eyes alone: no store, no lists."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from alpr_core.errors import InputError
from alpr_core.frame import Frame
from alpr_core.sighting import Sighting, new_sighting_id
from alpr_core.tracker import PassTracker, TrackerSettings
from alpr_tui.look_report import LookReport
from alpr_vision.eyes import Eyes
from hw.photograph import photograph
from hw.picture_file import shown_name
from hw.picture_folder import pictures_in
from hw.video import VIDEO_SUFFIXES, VideoFile


def looks_at(paths: list[Path], on_refused: Callable[[InputError], None]) -> list[Path]:
    """Return all files to read: folders stand for the pictures in them.

    Args:
        on_refused: Told about each folder that cannot be read or holds no picture; the others go on.
    """
    files: list[Path] = []
    for path in paths:
        if not _is_folder(path):
            files.append(path)  # whether it is there and what it is shows when it is read
            continue
        try:
            files.extend(pictures_in(path))
        except InputError as refused:
            on_refused(refused)
    return files


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, or a folder above it that may not be searched
        return False


def look_at(eyes: Eyes, file: Path, *, is_crop: bool) -> Iterator[LookReport]:
    """Read one file; a video gives one report per vehicle pass.

    Raises:
        InputError: the file is no picture or video that we can use.
    """
    if file.suffix.lower() in VIDEO_SUFFIXES:
        if is_crop:
            raise InputError(f"{shown_name(file)} is a video; --crops takes pictures.")
        return _look_at_video(eyes, file)
    return iter((_look_at_picture(eyes, file, is_crop=is_crop),))


def _look_at_picture(eyes: Eyes, file: Path, *, is_crop: bool) -> LookReport:
    frame = photograph(file)
    began_s = perf_counter()
    readings = eyes.look_at_crop(frame) if is_crop else eyes.look(frame)
    return LookReport(file.name, frame, readings, (perf_counter() - began_s) * 1000)


def _look_at_video(eyes: Eyes, file: Path) -> Iterator[LookReport]:
    """Report every pass; a video that was cut short reports what it held before the error."""
    tracker = PassTracker(
        TrackerSettings(), lambda at: new_sighting_id(at, secrets.token_bytes(10))
    )
    frames, passes, busy_s = 0, 0, 0.0
    last_frame: Frame | None = None
    cut_short: InputError | None = None
    try:
        for last_frame in VideoFile(file).frames():
            began_s = perf_counter()
            settled = tracker.follow(last_frame, eyes.look(last_frame))
            busy_s += perf_counter() - began_s
            frames += 1
            for sighting in settled:
                passes += 1
                yield _pass_report(file, sighting, busy_s / frames)
    except InputError as error:
        cut_short = error
    for sighting in tracker.finish():
        passes += 1
        yield _pass_report(file, sighting, busy_s / max(frames, 1))
    if cut_short is not None:
        raise cut_short
    if not passes and last_frame is not None:
        yield LookReport(file.name, last_frame, (), busy_s / frames * 1000)


def _pass_report(file: Path, sighting: Sighting, look_s: float) -> LookReport:
    return LookReport(file.name, sighting.frame, (sighting.reading,), look_s * 1000)
