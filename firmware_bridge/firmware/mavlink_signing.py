"""Signatures of frames: who has the key may speak, and no frame is taken twice.

A frame's time stamp counts only after its signature proved right; each link of each sender must move on
from its newest stamp, and a link not heard before from the newest stamp of all that was kept.

Source: mavlink.io/en/guide/message_signing.html.
"""

import hashlib

from firmware_bridge.firmware.mavlink_frames import Frame

KEY_BYTES = 32
LINK = 0
STREAMS_MAX = 4
"""Senders remembered; the box, and a technician's laptop."""

STREAM_BACKLOG_10US = 6_000_000
"""A link not heard before may be so much behind the newest stamp: 60 s, as the guide has it."""


class Signing:
    """One key, one's own time stamps, and those of others.

    Args:
        key: 32 bytes.
        newest_10us: Stamp that nobody may go back behind, from before the restart; 10 us since 2015.
    """

    def __init__(self, key: bytes, newest_10us: int = 0) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        self._key = key
        self._floor_10us = newest_10us
        self.newest_10us = newest_10us
        self._heard: dict[int, int] = {}

    def sign(self, frame: bytes) -> bytes:
        """Return the frame with its signature."""
        self.newest_10us += 1
        signed = frame + bytes((LINK,)) + self.newest_10us.to_bytes(6, "little")
        return signed + hashlib.sha256(self._key + signed).digest()[:6]

    def accepts(self, frame: Frame) -> bool:
        """Check a frame's signature and that it is not a repetition; remember its stamp if both hold."""
        if not frame.is_signed:
            return False
        data = frame.data
        if hashlib.sha256(self._key + data[:-6]).digest()[:6] != data[-6:]:
            return False
        stamp_10us = int.from_bytes(data[-12:-6], "little")
        stream = data[-13] << 16 | frame.system << 8 | frame.component
        heard_10us = self._heard.get(stream)
        if heard_10us is None:
            heard_10us = max(self._floor_10us, self.newest_10us - STREAM_BACKLOG_10US)
            if len(self._heard) >= STREAMS_MAX:
                self._forget_oldest()
        if stamp_10us <= heard_10us:
            return False
        self._heard[stream] = stamp_10us
        self.newest_10us = max(self.newest_10us, stamp_10us)
        return True

    def _forget_oldest(self) -> None:
        """Make room; whoever was forgotten must not come back with an old stamp."""
        oldest = min(self._heard, key=lambda stream: self._heard[stream])
        self._floor_10us = max(self._floor_10us, self._heard.pop(oldest))
