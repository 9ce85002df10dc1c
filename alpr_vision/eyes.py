"""Detector and reader together, for whoever has a picture and wants its plates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alpr_core.frame import Frame
from alpr_core.plate import PlateBox, PlateReading
from alpr_vision.model_files import SessionDetector, SessionReader
from alpr_vision.plate_detector import OnnxPlateDetector
from alpr_vision.plate_evidence import is_reportable
from alpr_vision.plate_reader import OnnxPlateReader


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both models, loaded and checked."""

    detector: SessionDetector
    reader: SessionReader

    @classmethod
    def open(cls) -> Eyes:
        """Load the models of the package.

        Raises:
            ModelError: one of them is missing or altered.
        """
        return cls(OnnxPlateDetector(), OnnxPlateReader())

    def look(self, frame: Frame) -> Sequence[PlateReading]:
        """Return what is worth reporting of one frame, best box first."""
        readings = self.reader.read_plates(frame, self.detector.find_plates(frame))
        return tuple(reading for reading in readings if is_reportable(reading))

    def look_at_crop(self, frame: Frame) -> Sequence[PlateReading]:
        """Return the one reading of a picture that is a cut-out plate; nothing if it is no plate."""
        whole = PlateBox(0.0, 0.0, float(frame.width_px), float(frame.height_px), 1.0)
        return tuple(r for r in self.reader.read_plates(frame, (whole,)) if r.text)
