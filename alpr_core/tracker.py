"""One vehicle pass, one sighting: follows plates from frame to frame and fuses what was read.

A sighting is given out as soon as its text has settled, so that an alert is early; if later and larger
looks correct the text, a second sighting supersedes the first, so that no wanted plate hides behind an
early misreading. While each look still shows more signs, a plate is coming out from behind something and
has not settled. A plate that the picture's edge cuts off is followed, but what is read of it counts only
if it was never seen whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from alpr_core.frame import Frame
from alpr_core.fusion import ReadingFusion
from alpr_core.plate import PlateBox, PlateReading
from alpr_core.plate_syntax import PlateSyntax
from alpr_core.sighting import Sighting

REACH_WIDTHS = 1.5
"""How far, in plate widths, a plate of like text may be from its expected place."""

MISREAD_REACH_WIDTHS = 0.35
"""The same for a text that is not alike: only at nearly the same place it is the same plate, misread."""

ALIKE_FROM = 0.5
"""Share of common signs from which two texts are alike."""

CLEAR_FROM = 0.6
"""A look whose weakest sign is this certain is believed: another text is another vehicle."""

EDGE_WIDTHS = 0.04
"""A plate nearer to the picture's edge than this, in plate widths, may be cut off by it."""

BEST_FRAMES_MAX = 4
"""Texts of one vehicle whose best frame is kept; a frame is a megabyte, and a sign may be misread for hours."""


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """When two looks are one vehicle, and when its text has settled."""

    signs_min: int = 3
    """Shorter texts are badges and lamps more often than plates."""
    look_from: float = 0.2
    """Looks whose weakest sign is below this are not fused."""
    settled_frames: int = 3
    """Looks at the whole plate before a sighting is given out early."""
    settled_from: float = 0.9
    """Weakest fused sign for giving out early."""
    reported_from: float = 0.5
    """Weakest fused sign for giving out at the end of the pass."""
    lost_after_s: float = 0.6
    """Seconds without a look after which the vehicle has passed."""
    same_pass_s: float = 8.0
    """Seconds in which the same text on the same camera is still the same pass."""
    syntax: PlateSyntax | None = None
    """Breaks near ties between look-alikes; None lets the pixels alone decide."""
    form_tells_state: bool = True
    """The number's form speaks for the state too; False lets the pixels alone decide."""


class _Evidence:
    """What was seen of one vehicle, and the frames that show it best."""

    def __init__(self, settings: TrackerSettings) -> None:
        self.fusion = ReadingFusion(settings.syntax, form_tells_state=settings.form_tells_state)
        self._best_frames: dict[str, tuple[float, Frame, PlateBox]] = {}

    def add(self, frame: Frame, reading: PlateReading) -> None:
        self.fusion.add(reading)
        best = self._best_frames
        if reading.text not in best and len(best) >= BEST_FRAMES_MAX:
            worst_text = min(best, key=lambda text: best[text][0])
            if reading.weakest <= best[worst_text][0]:
                return
            del best[worst_text]
        if reading.text not in best or reading.weakest >= best[reading.text][0]:
            best[reading.text] = (reading.weakest, frame, reading.box)

    def best_frame(self, text: str) -> tuple[Frame, PlateBox]:
        """The clearest frame that was read as `text`; if there is none, the clearest of all."""
        _, frame, box = self._best_frames.get(text) or max(
            self._best_frames.values(), key=lambda best: best[0]
        )
        return frame, box


@dataclass(slots=True)
class _Track:
    box: PlateBox
    last_text: str
    last_mono_s: float
    first_seen_at: datetime
    whole: _Evidence
    """Looks at the whole plate."""
    cut: _Evidence
    """Looks at a plate at the picture's edge."""
    velocity: tuple[float, float] = (0.0, 0.0)
    """Pixels a second."""
    given: Sighting | None = None

    @property
    def evidence(self) -> _Evidence:
        return self.whole if self.whole.fusion.count else self.cut


class PassTracker:
    """Follows the plates of one camera. Not safe to share between threads.

    Args:
        new_id: Makes the id of a sighting from its time.
    """

    def __init__(self, settings: TrackerSettings, new_id: Callable[[datetime], str]) -> None:
        self._settings = settings
        self._new_id = new_id
        self._tracks: list[_Track] = []
        self._given_lately: dict[str, float] = {}

    def follow(self, frame: Frame, readings: Sequence[PlateReading]) -> tuple[Sighting, ...]:
        """Take the readings of one frame; return the sightings that settled or ended with it."""
        now_s = frame.taken_mono_s
        ended = self._end_passes(now_s)
        horizon_s = now_s - self._settings.same_pass_s
        self._given_lately = {k: at for k, at in self._given_lately.items() if at >= horizon_s}
        free = list(self._tracks)
        for reading in readings:
            if not self._is_usable(reading):
                continue
            track = _nearest_track(free, reading, now_s)
            if track is None:
                track = self._new_track(frame, reading)
                self._tracks.append(track)
            else:
                free.remove(track)
            _extend(track, frame, reading)
        settled = [
            sighting
            for track in self._tracks
            if track.last_mono_s == now_s and (sighting := self._settled(track))
        ]
        return (*ended, *settled)

    def finish(self) -> tuple[Sighting, ...]:
        """End all passes; call when the source ends."""
        return self._end_passes(math.inf)

    def _new_track(self, frame: Frame, reading: PlateReading) -> _Track:
        whole, cut = _Evidence(self._settings), _Evidence(self._settings)
        return _Track(
            reading.box, reading.text, frame.taken_mono_s, frame.taken_at, whole=whole, cut=cut
        )

    def _is_usable(self, reading: PlateReading) -> bool:
        return (
            len(reading.text) >= self._settings.signs_min
            and reading.weakest >= self._settings.look_from
        )

    def _settled(self, track: _Track) -> Sighting | None:
        if track.whole.fusion.count < self._settings.settled_frames:
            return None
        if track.given is not None and track.last_text == track.given.reading.text:
            return None  # one more look that agrees cannot correct what was given
        return self._give(track, self._settings.settled_from, len(track.last_text))

    def _end_passes(self, now_s: float) -> tuple[Sighting, ...]:
        ended = [t for t in self._tracks if now_s - t.last_mono_s > self._settings.lost_after_s]
        self._tracks = [t for t in self._tracks if t not in ended]
        return tuple(s for t in ended if (s := self._give(t, self._settings.reported_from)))

    def _give(self, track: _Track, weakest_min: float, signs_min: int = 0) -> Sighting | None:
        """Make the track's sighting, unless it is too weak or short, already given or the same pass again."""
        evidence = track.evidence
        fused = evidence.fusion.fused(track.box)
        if fused.weakest < weakest_min:
            return None
        if len(fused.text) < max(signs_min, self._settings.signs_min):
            return None
        earlier = track.given
        if earlier is not None and (
            earlier.reading.text == fused.text or fused.weakest <= earlier.reading.weakest
        ):
            return None
        seen_before = self._given_lately.get(fused.text)
        self._given_lately[fused.text] = track.last_mono_s
        if (
            seen_before is not None
            and track.last_mono_s - seen_before <= self._settings.same_pass_s
        ):
            return None
        frame, box = evidence.best_frame(fused.text)
        track.given = Sighting(
            sighting_id=self._new_id(frame.taken_at),
            camera=frame.camera,
            first_seen_at=track.first_seen_at,
            seen_at=frame.taken_at,
            reading=fused.at_box(box),
            frame=frame,
            frame_count=evidence.fusion.count,
            supersedes=earlier.sighting_id if earlier else None,
        )
        return track.given


def _extend(track: _Track, frame: Frame, reading: PlateReading) -> None:
    elapsed_s = frame.taken_mono_s - track.last_mono_s
    if elapsed_s > 0:
        (x0, y0), (x1, y1) = track.box.centre, reading.box.centre
        track.velocity = ((x1 - x0) / elapsed_s, (y1 - y0) / elapsed_s)
    track.box, track.last_text = reading.box, reading.text
    track.last_mono_s = frame.taken_mono_s
    evidence = track.cut if _may_be_cut(reading.box, frame) else track.whole
    evidence.add(frame, reading)


def _may_be_cut(box: PlateBox, frame: Frame) -> bool:
    """Say whether the plate is so near to the picture's edge that a part of it may be outside."""
    margin_px = EDGE_WIDTHS * box.w
    return (
        min(box.x, box.y) < margin_px
        or box.x + box.w > frame.width_px - margin_px
        or box.y + box.h > frame.height_px - margin_px
    )


def _nearest_track(tracks: list[_Track], reading: PlateReading, now_s: float) -> _Track | None:
    """The track this reading goes on with: near its expected place, alike in size and text."""
    candidates = [
        (distance, index)
        for index, track in enumerate(tracks)
        if (distance := _distance_widths(track, reading, now_s)) is not None
    ]
    return tracks[min(candidates)[1]] if candidates else None


def _distance_widths(track: _Track, reading: PlateReading, now_s: float) -> float | None:
    """Distance from the expected place in plate widths; None if it cannot be the same vehicle."""
    elapsed_s = now_s - track.last_mono_s
    if elapsed_s <= 0:
        return None
    growth = reading.box.w / max(track.box.w, 1.0)
    if not 0.6 <= growth <= 1.7:
        return None
    width = max(track.box.w, reading.box.w)
    x, y = track.box.centre
    expected = (x + track.velocity[0] * elapsed_s, y + track.velocity[1] * elapsed_s)
    distance = min(
        math.dist(expected, reading.box.centre), math.dist(track.box.centre, reading.box.centre)
    )
    likeness = SequenceMatcher(None, track.last_text, reading.text, autojunk=False).ratio()
    if likeness >= ALIKE_FROM:
        reach = REACH_WIDTHS
    elif reading.weakest < CLEAR_FROM:
        reach = MISREAD_REACH_WIDTHS
    else:
        return None
    return distance / width if distance <= reach * width else None
