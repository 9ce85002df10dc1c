"""One camera's way through the box: camera thread, mailbox, vision worker, pipeline."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from time import monotonic

from alpr_core.events import BoxEvent, FaultRaised
from alpr_core.frame import Frame
from alpr_core.pipeline import Pipeline
from alpr_core.ports import FrameSource, Matcher, Recorder
from alpr_core.sighting import new_sighting_id
from alpr_core.tracker import PassTracker, TrackerSettings
from alpr_tui.box_status import CameraStatus
from alpr_tui.capture_gate import CaptureGate
from alpr_vision.eyes import Eyes
from alpr_vision.watched_area import WatchedArea, WatchingDetector
from hw.camera_thread import CameraThread
from hw.mailbox import Mailbox

IDLE_S = 1.0
"""Without a frame for so long, the passes under way are ended."""

REST_S = 0.1
"""A file whose shift has not begun looks so often whether the box stops."""

_log = logging.getLogger(__name__)


class Lane:
    """One camera's thread, mailbox, worker and pipeline.

    Args:
        gate: While it is closed no frame is looked at: a live camera's are let go, a file waits.
    """

    def __init__(
        self,
        source: FrameSource,
        eyes: Eyes,
        area: WatchedArea,
        matcher: Matcher,
        recorder: Recorder,
        tell: Callable[[BoxEvent], None],
        gate: CaptureGate,
    ) -> None:
        self._name = source.camera
        self._gate = gate
        self._is_stopping = False
        self._is_at_rest = threading.Event()
        self._is_live = source.is_live
        self._tell = tell
        self._mailbox = Mailbox()
        self._camera = CameraThread(source, self._mailbox, tell)
        tracker = PassTracker(
            TrackerSettings(), lambda at: new_sighting_id(at, secrets.token_bytes(10))
        )
        detector = WatchingDetector(eyes.detector, area)
        self._pipeline = Pipeline(detector, eyes.reader, tracker, matcher, recorder)
        self._worker = threading.Thread(target=self._work, name=f"vision {self._name}")
        self._failures = 0

    def start(self) -> None:
        """Open the camera; frames are looked at once the gate is open."""
        self._worker.start()
        self._camera.start()

    def wait_until_at_rest(self, limit_s: float) -> bool:
        """Wait until the passes under way are ended after the gate was closed; False if `limit_s` passed."""
        return self._is_at_rest.wait(limit_s)

    def stop(self) -> None:
        self._is_stopping = True
        self._camera.stop()
        if self._worker.is_alive():
            self._worker.join()

    def wait_until_over(self, deadline_s: float | None) -> bool:
        self._worker.join(None if deadline_s is None else max(0.0, deadline_s - monotonic()))
        return not self._worker.is_alive()

    def last_frame(self) -> Frame | None:
        """Return the newest picture, looked at or not; None before the first."""
        return self._camera.last_frame

    def status(self) -> CameraStatus:
        return CameraStatus(
            name=self._name,
            is_lost=self._camera.is_lost,
            is_blind=self._failures > 0,
            is_over=not self._is_live and self._mailbox.is_over,
            last_frame_age_s=self._camera.last_frame_age_s(),
            frames=self._camera.frames,
            dropped=self._mailbox.dropped,
            is_live=self._is_live,
        )

    def _work(self) -> None:
        while not self._mailbox.is_over:
            is_kept_back = not (self._is_live or self._is_stopping or self._gate.is_open)
            frame = None if is_kept_back else self._mailbox.take(IDLE_S)
            self._is_at_rest.clear()
            looked_at = frame if self._gate.is_open else None
            try:
                if looked_at is None:
                    self._pipeline.finish()
                else:
                    self._pipeline.take(looked_at)
                    self._failures = 0
            except Exception as error:  # noqa: BLE001  outermost loop: the next frame may do
                self._report_failure(error)
            if looked_at is None and not self._gate.is_open:
                self._is_at_rest.set()
            if is_kept_back:
                self._gate.wait_until_open(REST_S)
        self._pipeline.finish()
        self._is_at_rest.set()

    def _report_failure(self, error: Exception) -> None:
        """Tell the first failure of a row; the camera's badge shows that it lasts."""
        self._failures += 1
        if self._failures == 1:
            _log.error("vision of %s failed", self._name, exc_info=error)
            self._tell(FaultRaised(f"vision of {self._name}", f"unexpected {type(error).__name__}"))
