"""`alpr bench speed`: frames a second with the live screen on, in a terminal of its own, and memory.

The whole demo runs as a process: simulated road, detector, reader, tracker, matching, encrypted store, audit log
and screen. Wall time depends on what else the machine does, so processor time is told as well: the vision
thread's time per frame bounds what one camera can have, all threads' time what the machine can have.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alpr_core.errors import InstallError
from alpr_core.terminal_text import clean_text
from bench.areas import area_costs, area_figures, area_table
from bench.report import Json, Table

OFFERED_FPS = 40.0
"""Frames a second of the simulated road; more than a camera gives, so that the box is the limit."""

SECONDS, QUICK_SECONDS = 30.0, 8.0
ROWS_COLUMNS = (45, 160)
CORES = 2
"""Processor cores of the box."""

FPS_BAR = 25.0
MEMORY_BAR_MB = 400.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What one run of the demo counted."""

    looks: int
    """Frames that went the whole line."""
    looks_s: float
    """Seconds from the first to the last of them, on the clock."""
    look_busy_s: float
    """Processor time of the vision thread within the line."""
    road_busy_s: float
    """Processor time of drawing the road, which a car does not need."""
    all_busy_s: float
    """Processor time of the whole process in these seconds."""
    frames: int
    """Frames that the road gave."""
    dropped: int
    """Of those, replaced by a newer one before anybody looked."""
    stored: int
    not_recorded: int
    peak_mb: float

    @property
    def fps(self) -> float:
        """Frames a second on the clock."""
        return self.looks / self.looks_s if self.looks_s else 0.0

    @property
    def look_ms(self) -> float:
        return self.look_busy_s / max(1, self.looks) * 1000

    @property
    def all_ms(self) -> float:
        """Processor time of everything but the road, per frame, milliseconds."""
        return (self.all_busy_s - self.road_busy_s) / max(1, self.looks) * 1000

    @property
    def possible_fps(self) -> float:
        """What CORES idle cores allow: one thread looks, the others do the rest."""
        return min(1000 / self.look_ms, CORES * 1000 / self.all_ms) if self.looks else 0.0


def bench_speed(*, quick: bool = False) -> Json:
    """Run the demo on a pseudo-terminal and print what it sustained.

    Raises:
        InstallError: the demo ended with an error.
    """
    trial = run_trial(OFFERED_FPS, QUICK_SECONDS if quick else SECONDS)
    print(speed_table(trial))
    areas = area_costs()
    print(area_table(areas))
    return {
        "offered_fps": OFFERED_FPS,
        "fps": round(trial.fps, 2),
        "possible_fps": round(trial.possible_fps, 2),
        "look_ms": round(trial.look_ms, 2),
        "all_ms": round(trial.all_ms, 2),
        "looks": trial.looks,
        "dropped": trial.dropped,
        "stored": trial.stored,
        "not_recorded": trial.not_recorded,
        "peak_mb": round(trial.peak_mb, 1),
        "load": os.getloadavg()[0],
        "areas": area_figures(areas),
    }


def speed_table(trial: Trial) -> Table:
    """Return what is printed."""
    table = Table("The demo with its live screen, 160 x 45", ("what", "figure", "bar"))
    table.add("frames looked at", str(trial.looks), "")
    table.add("frames a second on the clock", f"{trial.fps:.1f}", f">= {FPS_BAR:.0f}")
    table.add("frames a second by processor time", f"{trial.possible_fps:.1f}", f">= {FPS_BAR:.0f}")
    table.add("vision thread, ms a frame", f"{trial.look_ms:.1f}", "")
    table.add("all threads but the road, ms a frame", f"{trial.all_ms:.1f}", "")
    table.add("reads stored / not recorded", f"{trial.stored} / {trial.not_recorded}", "")
    table.add("most memory, MB", f"{trial.peak_mb:.0f}", f"<= {MEMORY_BAR_MB:.0f}")
    table.note(
        f"The road offers {OFFERED_FPS:.0f} frames a second and draws them on the same cores. "
        f"Load of the machine now: {os.getloadavg()[0]:.1f}. By processor time: what {CORES} idle cores "
        "would allow, drawing of the road not counted."
    )
    return table


def run_trial(fps: float, seconds: float) -> Trial:
    """Run the demo in a terminal of its own.

    Raises:
        InstallError: it ended with an error.
    """
    with tempfile.TemporaryDirectory(prefix="alpr-speed-") as folder:
        file = Path(folder) / "told.json"
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *ROWS_COLUMNS, 0, 0))
        shown = bytearray()
        running = subprocess.Popen(
            [sys.executable, "-P", "-m", "alpr_tui.speed_trial", str(fps), str(seconds), str(file)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)
        _drain(master, shown)
        exit_code = running.wait()
        os.close(master)
        if exit_code != 0 or not file.exists():
            words = clean_text(shown.decode("utf-8", "replace")[-200:])
            raise InstallError(f"The demo ended with {exit_code}.", words)
        return Trial(**json.loads(file.read_text(encoding="utf-8")))


def _drain(master: int, shown: bytearray) -> None:
    """Take what the screen paints, as a terminal would; keep the end of it."""
    with suppress(OSError):  # the other end is closed
        while piece := os.read(master, 65536):
            shown += piece
            del shown[:-4096]
