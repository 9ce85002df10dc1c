"""Our eyes, or a peer's, over the photographs: what each answered, and what it cost on one core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

from alpr_core.frame import Frame
from alpr_core.plate import PlateReading
from alpr_core.text_certainty import text_certainty
from alpr_vision.eyes import Eyes
from bench.peers import PeerLook
from bench.photo_sets import LabelledPhoto
from bench.scoring import Answer, Outcome
from hw.photograph import photograph

USUAL_SIZE = (1280, 720)
"""Width and height of the frames whose time is quoted."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time per picture, milliseconds; decoding of the file is not in it."""

    line_ms: float
    """The whole line."""
    raw_ms: float | None = None
    """Of that, inside ONNX Runtime; None where it was not measured."""
    usual_line_ms: float | None = None
    """The line's mean over pictures of USUAL_SIZE; None without any."""
    usual_raw_ms: float | None = None


@dataclass(frozen=True, slots=True)
class SetLooks:
    """One reader over one photo set."""

    reader: str
    photo_set: str
    outcomes: tuple[Outcome, ...]
    cost: Cost


@dataclass(frozen=True, slots=True)
class FalseBoxes:
    """Over pictures without any plate."""

    pictures: int
    boxes: int
    """By the detector alone, at its default threshold."""
    shown: int
    """Of those, what is reported after reading."""
    worst: tuple[tuple[str, str], ...]
    """File name and text of each shown one."""


class TimedSession:
    """Counts the CPU time that a session of ONNX Runtime uses."""

    def __init__(self, session: Any) -> None:  # ONNX Runtime carries no types
        self.inner = session
        self.busy_s = 0.0

    def run(self, *arguments: Any) -> Any:
        began_s = process_time()
        answer = self.inner.run(*arguments)
        self.busy_s += process_time() - began_s
        return answer


def our_looks(eyes: Eyes, reader: str, photo_set: str, photos: Sequence[LabelledPhoto]) -> SetLooks:
    """Let the eyes look at every photograph of a set; the first one twice, to warm up.

    Raises:
        InputError: a photograph is no picture that we can use.
    """
    sessions = (eyes.detector.wrap_session(TimedSession), eyes.reader.wrap_session(TimedSession))
    look = eyes.look_at_crop if photos[0].box is None else eyes.look
    look(photograph(photos[0].file))
    outcomes: list[Outcome] = []
    times: list[tuple[bool, float, float]] = []
    for photo in photos:
        frame = photograph(photo.file)
        raw_before_s, began_s = sum(s.busy_s for s in sessions), process_time()
        shown = look(frame)
        line_s = process_time() - began_s
        raw_s = sum(session.busy_s for session in sessions) - raw_before_s
        times.append(((frame.width_px, frame.height_px) == USUAL_SIZE, line_s, raw_s))
        seen = shown if photo.box is None else _all_readings(eyes, frame)
        outcomes.append(Outcome(photo, _answers(shown, seen)))
    eyes.detector.wrap_session(lambda _: sessions[0].inner)
    eyes.reader.wrap_session(lambda _: sessions[1].inner)
    return SetLooks(reader, photo_set, tuple(outcomes), _cost(times))


def peer_looks(
    photo_set: str, photos: Sequence[LabelledPhoto], looks: Sequence[PeerLook]
) -> SetLooks:
    """RapidOCR names no plates: its tallest line counts in crops, any of its lines in scenes."""
    by_name = {look.image: look for look in looks}
    outcomes = []
    for photo in photos:
        plates = by_name[photo.file.name].plates
        if photo.box is not None and photo.plate in plates:
            plates = (photo.plate,)
        outcomes.append(Outcome(photo, tuple(Answer(plate) for plate in plates[:1])))
    cpu_ms = sum(look.cpu_ms for look in looks) / len(photos)
    return SetLooks("RapidOCR", photo_set, tuple(outcomes), Cost(cpu_ms))


def false_boxes(eyes: Eyes, files: Sequence[Path]) -> FalseBoxes:
    """Count what is found in pictures without plates.

    Raises:
        InputError: a file is no picture that we can use.
    """
    boxes, worst = 0, []
    for file in files:
        frame = photograph(file)
        found = eyes.detector.find_plates(frame)
        boxes += len(found)
        if found:
            worst += [(file.name, reading.text) for reading in eyes.look(frame)]
    return FalseBoxes(len(files), boxes, len(worst), tuple(worst))


def _all_readings(eyes: Eyes, frame: Frame) -> Sequence[PlateReading]:
    return eyes.reader.read_plates(frame, eyes.detector.find_plates(frame))


def _answers(shown: Sequence[PlateReading], seen: Sequence[PlateReading]) -> tuple[Answer, ...]:
    """What is reported first, then what was seen but is too doubtful."""
    boxes = {reading.box for reading in shown}
    hidden = [reading for reading in seen if reading.box not in boxes]
    return tuple(_answer(r, is_shown=True) for r in shown) + tuple(
        _answer(r, is_shown=False) for r in hidden
    )


def _answer(reading: PlateReading, *, is_shown: bool) -> Answer:
    box = reading.box
    return Answer(
        plate=reading.text,
        state=reading.state,
        box=(box.x, box.y, box.w, box.h),
        weakest=reading.weakest,
        certainty=text_certainty(reading),
        confidences=reading.confidences,
        is_shown=is_shown,
    )


def _cost(times: Sequence[tuple[bool, float, float]]) -> Cost:
    usual = [(line_s, raw_s) for is_usual, line_s, raw_s in times if is_usual]
    return Cost(
        line_ms=_mean_ms([line_s for _, line_s, _ in times]),
        raw_ms=_mean_ms([raw_s for _, _, raw_s in times]),
        usual_line_ms=_mean_ms([line_s for line_s, _ in usual]) if usual else None,
        usual_raw_ms=_mean_ms([raw_s for _, raw_s in usual]) if usual else None,
    )


def _mean_ms(seconds: Sequence[float]) -> float:
    return sum(seconds) / len(seconds) * 1000
