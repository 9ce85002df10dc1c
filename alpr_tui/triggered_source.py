"""A camera on the board's trigger line: its frames carry the instant of their trigger."""

from __future__ import annotations

from collections.abc import Iterator

from alpr_core.frame import Frame
from alpr_core.ports import FrameSource
from firmware_bridge.frame_stamping import FrameStamping


class TriggeredSource:
    """A FrameSource around another."""

    def __init__(self, source: FrameSource, stamping: FrameStamping) -> None:
        self.camera = source.camera
        self.is_live = source.is_live
        self._source = source
        self._stamping = stamping

    def frames(self) -> Iterator[Frame]:
        """Yield the camera's frames; errors as of the camera."""
        for frame in self._source.frames():
            yield from self._stamping.take(frame)

    def close(self) -> None:
        """Let go of the camera."""
        self._source.close()
