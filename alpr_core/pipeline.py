"""The line a plate goes along, from the camera's frame to the store.

Frame -> PlateBox* -> PlateReading* -> Sighting -> Match? -> stored -> alert. The recorder answers with an
event after the commit; the alert is shown then, or at once and marked NOT RECORDED if the store refuses.
"""

from __future__ import annotations

from collections.abc import Sequence

from alpr_core.frame import Frame
from alpr_core.plate import PlateReading
from alpr_core.ports import Matcher, PlateDetector, PlateReader, Recorder
from alpr_core.sighting import Sighting
from alpr_core.tracker import PassTracker


class Pipeline:
    """The line of one camera. Used by one thread."""

    def __init__(
        self,
        detector: PlateDetector,
        reader: PlateReader,
        tracker: PassTracker,
        matcher: Matcher,
        recorder: Recorder,
    ) -> None:
        self._detector = detector
        self._reader = reader
        self._tracker = tracker
        self._matcher = matcher
        self._recorder = recorder

    def take(self, frame: Frame) -> Sequence[PlateReading]:
        """Send one frame along the line; return what was read in it."""
        boxes = self._detector.find_plates(frame)
        readings = self._reader.read_plates(frame, boxes)
        self._record(self._tracker.follow(frame, readings))
        return readings

    def finish(self) -> None:
        """End the passes under way; call when the source ended or was lost."""
        self._record(self._tracker.finish())

    def _record(self, sightings: Sequence[Sighting]) -> None:
        for sighting in sightings:
            self._recorder.record(sighting, self._matcher.match(sighting.reading))
