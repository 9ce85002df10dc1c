"""One slot between the camera thread and the vision worker.

A live camera must never wait and vision must never work on an old picture, so the newest frame wins
and each frame that nobody saw is counted. A file is read in full instead: its frames wait until the
slot is free.
"""

from __future__ import annotations

import threading

from alpr_core.frame import Frame


class Mailbox:
    """A slot for one frame. One thread fills, one empties; any thread may look at the count."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Frames that were replaced by a newer one before anybody took them."""
        with self._changed:
            return self._dropped

    @property
    def is_over(self) -> bool:
        """True when it is closed and the last frame has been taken."""
        with self._changed:
            return self._closed and self._frame is None

    def put_newest(self, frame: Frame) -> bool:
        """Put the frame in at once; one that still lies there is dropped and counted.

        Returns:
            False if the mailbox is closed; the frame was not taken over.
        """
        with self._changed:
            if self._closed:
                return False
            self._dropped += self._frame is not None
            self._frame = frame
            self._changed.notify_all()
            return True

    def put_when_free(self, frame: Frame) -> bool:
        """Wait until the slot is free, then put the frame in; nothing is dropped.

        Returns:
            False if the mailbox was closed meanwhile; the frame was not taken over.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._frame is None)
            if self._closed:
                return False
            self._frame = frame
            self._changed.notify_all()
            return True

    def take(self, limit_s: float) -> Frame | None:
        """Take the frame out, waiting up to `limit_s` seconds for one.

        Returns:
            None when the time is up or the mailbox is over; `is_over` tells which.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._frame is not None, timeout=limit_s)
            frame, self._frame = self._frame, None
            self._changed.notify_all()
            return frame

    def close(self) -> None:
        """Let nothing more in; a frame that lies there can still be taken. Safe to call twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
