"""The thread that keeps one camera open and the mailbox fed, and says when the camera is gone or back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from alpr_core.errors import AlprError, DeviceError, InputError
from alpr_core.events import BoxEvent, CameraBack, CameraLost, FaultRaised, SourceEnded
from alpr_core.frame import Frame
from alpr_core.ports import FrameSource
from hw.clock import Clock, SystemClock
from hw.mailbox import Mailbox

FIRST_WAIT_S = 0.5
"""Pause before a lost camera is opened again; doubled after each failure."""

LONGEST_WAIT_S = 5.0
"""Longest such pause: an officer who plugs the cable back in will not wait longer."""

STOP_LIMIT_S = 1.0
"""How long `stop` waits; a network read that hangs longer ends by itself, its frames are refused."""

_log = logging.getLogger(__name__)


class CameraThread:
    """Feeds a mailbox from a source until the source ends or `stop` is called.

    A live source never waits and comes back by itself; a file is read in full, then `SourceEnded`
    is told and the mailbox closed, with the last frame still in it.

    Args:
        tell: Called from the camera's thread; must be quick and safe for that. What it raises is
            logged and does not stop the camera.
        first_wait_s: First pause before reopening, seconds.
        longest_wait_s: Longest pause, seconds.
    """

    def __init__(
        self,
        source: FrameSource,
        mailbox: Mailbox,
        tell: Callable[[BoxEvent], None],
        *,
        clock: Clock | None = None,
        first_wait_s: float = FIRST_WAIT_S,
        longest_wait_s: float = LONGEST_WAIT_S,
    ) -> None:
        self._source = source
        self._mailbox = mailbox
        self._tell = tell
        self._clock: Clock = clock or SystemClock()
        self._first_wait_s = first_wait_s
        self._longest_wait_s = longest_wait_s
        self._next_wait_s = first_wait_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"camera {source.camera}", daemon=True
        )
        self._frames = 0
        self._last_frame_mono_s: float | None = None
        self._is_lost = False
        self.last_frame: Frame | None = None
        """The newest picture, for aiming; None before the first."""

    @property
    def frames(self) -> int:
        """Frames received since `start`, over all reopenings, dropped ones included."""
        return self._frames

    @property
    def is_lost(self) -> bool:
        """True from `CameraLost` to `CameraBack`."""
        return self._is_lost

    def last_frame_age_s(self) -> float | None:
        """Return seconds since the last frame arrived; None means that there was none yet."""
        last_mono_s = self._last_frame_mono_s
        return None if last_mono_s is None else self._clock.mono_s() - last_mono_s

    def start(self) -> None:
        """Open the camera in the background. Once only."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the camera and close the mailbox, within STOP_LIMIT_S. Safe to call twice."""
        self._stopping.set()
        self._source.close()
        self._mailbox.close()
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if self._is_finished_after_one_opening():
                    break
                self._stopping.wait(self._next_wait_s)
                self._next_wait_s = min(2 * self._next_wait_s, self._longest_wait_s)
        finally:
            self._mailbox.close()

    def _is_finished_after_one_opening(self) -> bool:
        """Read the source until it ends or fails; return False if it should be opened again."""
        try:
            self._feed()
        except InputError as error:
            self._say(FaultRaised(part=self._source.camera, why=str(error)))
        except DeviceError as error:
            self._mark_lost(error.what)
            return False
        except AlprError as error:
            self._mark_lost(str(error))
            return False
        except Exception as error:  # noqa: BLE001  outermost loop of the thread, the box goes on
            _log.exception("camera %s failed", self._source.camera)
            self._mark_lost(f"unexpected {type(error).__name__}")
            return False
        if self._source.is_live and not self._stopping.is_set():
            self._mark_lost("its stream ended")
            return False
        if not self._stopping.is_set():
            self._say(SourceEnded(camera=self._source.camera, frames=self._frames))
        return True

    def _feed(self) -> None:
        put = self._mailbox.put_newest if self._source.is_live else self._mailbox.put_when_free
        for frame in self._source.frames():
            if self._stopping.is_set():
                return
            self._note(frame)
            if not put(frame):
                return

    def _note(self, frame: Frame) -> None:
        self._frames += 1
        self.last_frame = frame
        self._last_frame_mono_s = self._clock.mono_s()
        self._next_wait_s = self._first_wait_s
        if self._is_lost:
            self._is_lost = False
            self._say(CameraBack(camera=frame.camera, at=self._clock.utc()))

    def _mark_lost(self, why: str) -> None:
        if not self._is_lost and not self._stopping.is_set():
            self._is_lost = True
            self._say(CameraLost(camera=self._source.camera, at=self._clock.utc(), why=why))

    def _say(self, event: BoxEvent) -> None:
        try:
            self._tell(event)
        except Exception:  # noqa: BLE001  a listener's fault must not stop the camera
            _log.exception("the listener failed on %s", type(event).__name__)
