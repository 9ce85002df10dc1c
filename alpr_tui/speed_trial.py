"""The demo, its road at another pace, with stopwatches in it: `python -m alpr_tui.speed_trial FPS SECONDS FILE`.

Run by `alpr bench speed` on a pseudo-terminal: everything is as in `alpr demo`, screen, store and eyes
included. What was counted is written to FILE as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

from alpr_core.pipeline import Pipeline
from alpr_tui.__main__ import main
from alpr_tui.box import Box
from bench.memory import peak_memory_mb
from hw.simulated_drive import SimulatedDrive, drive


class _Stopwatch:
    """Counts calls and the processor time of the calling thread within them."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.calls = 0
        self.busy_s = 0.0
        self.first: tuple[float, float] | None = None
        """Clock and processor time of the whole process when the first call began."""
        self.last = (0.0, 0.0)
        """The same when the last one ended."""

    def bound(self) -> Callable[..., Any]:
        """Return the function to put in the place of the watched method."""

        def watched(instance: object, *arguments: Any) -> Any:
            began_s = thread_time()
            self.first = self.first or (perf_counter(), process_time())
            answer = self._function(instance, *arguments)
            self.busy_s += thread_time() - began_s
            self.last = (perf_counter(), process_time())
            self.calls += 1
            return answer

        return watched


def run_trial(fps: float, seconds: float, file: Path) -> int:
    """Run the demo on this terminal; returns its exit code.

    Args:
        fps: Frames a second that the road offers; those for which there is no time are dropped.
    """
    looks, frames = _Stopwatch(Pipeline.take), _Stopwatch(SimulatedDrive._painted)
    stop = Box.stop
    last: dict[str, int] = {}

    def stop_and_tell(box: Box) -> Any:
        status = stop(box)
        last.update(
            frames=status.frames,
            dropped=status.dropped,
            stored=status.stored,
            not_recorded=status.not_recorded,
        )
        return status

    _put(drive, "FPS", fps)
    _put(Pipeline, "take", looks.bound())
    _put(SimulatedDrive, "_painted", frames.bound())
    _put(Box, "stop", stop_and_tell)
    exit_code = main(["demo", "--seconds", str(seconds)])
    first_s, first_busy_s = looks.first or looks.last
    told = {
        "looks": looks.calls,
        "looks_s": looks.last[0] - first_s,
        "look_busy_s": looks.busy_s,
        "road_busy_s": frames.busy_s,
        "all_busy_s": looks.last[1] - first_busy_s,
        "peak_mb": peak_memory_mb(),
        **last,
    }
    file.write_text(json.dumps(told), encoding="utf-8")
    return exit_code


def _put(place: object, name: str, value: object) -> None:
    setattr(place, name, value)


if __name__ == "__main__":
    sys.exit(run_trial(float(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])))
