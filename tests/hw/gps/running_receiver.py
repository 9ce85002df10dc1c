"""A simulated receiver on a port that keeps its name, ten times faster than in life."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from hw.gps.simulated_receiver import DrivingReceiver, SimulatedReceiver
from hw.simulated_port import SimulatedPort

PACE = 10.0


class RunningReceiver:
    """Its port is a link that stays the same over replugging, as names under /dev/serial/by-id do."""

    def __init__(self, folder: Path) -> None:
        self._link = folder / "receiver"
        self.receiver = SimulatedReceiver(datetime.now(UTC))
        self._line = SimulatedPort(DrivingReceiver(self.receiver, pace=PACE))

    @property
    def port(self) -> str:
        return str(self._link)

    def __enter__(self) -> RunningReceiver:
        self._link.symlink_to(self._line.name)
        self._line.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.stop()

    def plug_in(self) -> None:
        self._line.plug_in()
        self._link.symlink_to(self._line.name)

    def unplug(self) -> None:
        self._link.unlink()
        self._line.unplug()
