"""`alpr bench vision`: our eyes over the photo sets, beside RapidOCR on the same pictures, one thread each."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import cv2

from alpr_core.plate import PlateReading
from alpr_vision.eyes import Eyes
from bench.peers import rapidocr_looks
from bench.photo_sets import CROP_SETS, SCENE_SETS, LabelledPhoto, load_photo_set
from bench.scoring import Answer, Score
from hw.photograph import photograph


@dataclass(slots=True)
class _Line:
    """One row of the table."""

    photo_set: str
    reader: str
    score: Score
    cpu_ms: float
    """Per picture, decoding not counted."""
    raw_ms: float | None = None
    """Of that, inside ONNX Runtime; None where it was not measured."""


def bench_vision(photos: Path, *, with_peer: bool, show_wrong: bool) -> None:
    """Print the table; figures hold for this machine, ratios between the rows are what matters."""
    cv2.setNumThreads(1)
    eyes = Eyes.open()
    print(f"{platform.machine()}, Python {platform.python_version()}, one thread per reader\n")
    print(_HEAD)
    for name in (*CROP_SETS, *SCENE_SETS):
        photo_set = load_photo_set(photos, name)
        ours = _our_line(eyes, name, photo_set)
        print(_row(ours))
        if with_peer:
            peer = _peer_line(name, photo_set)
            print(_row(peer))
            print(
                f"{'':10} {'':9} CPU time ratio ours : RapidOCR = {ours.cpu_ms / peer.cpu_ms:.3f}"
            )
        if show_wrong:
            for image, truth, answer in ours.score.wrong:
                print(f"  {image}: {truth} read as {answer or 'nothing'}", file=sys.stderr)


class _TimedSession:
    """Counts the CPU time that a session of ONNX Runtime uses."""

    def __init__(self, session: Any) -> None:  # ONNX Runtime carries no types
        self._session = session
        self.busy_s = 0.0

    def run(self, *arguments: Any) -> Any:
        began_s = process_time()
        answer = self._session.run(*arguments)
        self.busy_s += process_time() - began_s
        return answer


def _our_line(eyes: Eyes, name: str, photo_set: tuple[LabelledPhoto, ...]) -> _Line:
    sessions = (eyes.detector.wrap_session(_TimedSession), eyes.reader.wrap_session(_TimedSession))
    score, busy_s = Score(), 0.0
    for photo in photo_set:
        frame = photograph(photo.file)
        began_s = process_time()
        readings = eyes.look_at_crop(frame) if photo.box is None else eyes.look(frame)
        busy_s += process_time() - began_s
        score.add(photo, [_answer(reading) for reading in readings])
    raw_s = sum(session.busy_s for session in sessions)
    count = len(photo_set)
    return _Line(name, "alpr", score, busy_s / count * 1000, raw_s / count * 1000)


def _answer(reading: PlateReading) -> Answer:
    box = reading.box
    return Answer(reading.text, reading.state, (box.x, box.y, box.w, box.h))


def _peer_line(name: str, photo_set: tuple[LabelledPhoto, ...]) -> _Line:
    """RapidOCR names no plates, so its tallest line counts in crops, and any of its lines in scenes."""
    looks = {look.image: look for look in rapidocr_looks([photo.file for photo in photo_set])}
    score = Score()
    for photo in photo_set:
        plates = looks[photo.file.name].plates
        if photo.box is not None and photo.plate in plates:
            plates = (photo.plate,)
        score.add(photo, [Answer(plate) for plate in plates[:1]])
    cpu_ms = sum(look.cpu_ms for look in looks.values()) / len(photo_set)
    return _Line(name, "RapidOCR", score, cpu_ms)


_HEAD = (
    f"{'set':10} {'reader':9} {'exact':>6} {'folded':>6} {'recall':>6} {'off/img':>7} "
    f"{'st.right':>8} {'of shown':>8} {'CPU ms':>7} {'in ONNX':>7}"
)


def _row(line: _Line) -> str:
    score = line.score
    is_scene = line.photo_set in SCENE_SETS and line.reader == "alpr"
    has_state = score.state_known and line.reader == "alpr"
    return (
        f"{line.photo_set:10} {line.reader:9} {_share(score.exact, score.photos)} "
        f"{_share(score.folded, score.photos)} "
        f"{_share(score.boxed, score.photos) if is_scene else '     -'} "
        f"{f'{score.off_plate_boxes / score.photos:7.2f}' if is_scene else '      -'} "
        f"{_share(score.state_right, score.state_known, 8) if has_state else '       -'} "
        f"{_share(score.state_right, score.state_shown, 8) if has_state else '       -'} "
        f"{line.cpu_ms:7.1f} "
        f"{f'{line.raw_ms / line.cpu_ms:7.0%}' if line.raw_ms is not None else '      -'}"
    )


def _share(count: int, of: int, width: int = 6) -> str:
    return f"{count / of if of else 0.0:{width}.1%}"
