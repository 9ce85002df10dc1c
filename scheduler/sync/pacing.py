"""How fast sync may send, how long it waits, how often it tries again. Time and chance come in as arguments."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CHUNK_BYTES = 16 * 1024
"""Sent at once; between two of them a cancelled run ends and the bandwidth limit waits."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What somebody may set about a run of sync."""

    limit_bytes_per_s: float | None = None
    """Of what is sent; None means as fast as the link."""
    answer_limit_s: float = 30.0
    """Longest silence of the server."""
    connect_limit_s: float = 10.0
    tries: int = 6
    """Of one step, before the run ends; the next run goes on there."""
    first_wait_s: float = 0.5
    longest_wait_s: float = 60.0

    def wait_s(self, failures: int, chance: float, asked_s: float | None = None) -> float:
        """Return how long to wait after so many failures in a row.

        Args:
            chance: 0 to 1; half of the wait is up to it, so that a fleet does not come back all at once.
            asked_s: What the server asked for (429, 503); None if it did not.
        """
        grown_s = min(self.longest_wait_s, self.first_wait_s * 2.0 ** (failures - 1))
        jittered_s = grown_s * (0.5 + 0.5 * chance)
        return jittered_s if asked_s is None else max(jittered_s, min(asked_s, self.longest_wait_s))


class Meter:
    """Hands out content in chunks, all of it together no faster than the limit. For any number of threads.

    Args:
        mono_s: Gives monotonic seconds.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        limit_bytes_per_s: float | None,
        mono_s: Callable[[], float],
        sleep: Callable[[float], None],
        on_chunk: Callable[[], None] = lambda: None,
    ) -> None:
        self._limit = limit_bytes_per_s
        self._mono_s = mono_s
        self._sleep = sleep
        self._on_chunk = on_chunk
        self._free_at_mono_s = 0.0
        self.sent_bytes = 0
        """Of content handed out so far."""
        self.steps = 0
        """Requests that the server has done, and parts of packages that have come."""
        self._guard = threading.Lock()

    def chunks(self, content: bytes) -> Iterator[bytes]:
        """Yield the content chunk by chunk, waiting between them."""
        for start in range(0, len(content), CHUNK_BYTES):
            chunk = content[start : start + CHUNK_BYTES]
            self._on_chunk()
            wait_s = self._take(len(chunk))
            if wait_s > 0:
                self._sleep(wait_s)
            yield chunk

    def count_step(self) -> None:
        """Note that something has come to its end."""
        with self._guard:
            self.steps += 1

    def _take(self, size: int) -> float:
        """Note that so many bytes are sent next; return how long they have to wait."""
        with self._guard:
            self.sent_bytes += size
            if self._limit is None:
                return 0.0
            now = self._mono_s()
            begins = max(now, self._free_at_mono_s)
            self._free_at_mono_s = begins + size / self._limit
            return begins - now
