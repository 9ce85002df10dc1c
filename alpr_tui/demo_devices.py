"""The demo car's simulated devices: real protocols through the real code, over pseudo-terminals."""

from __future__ import annotations

from hw.box_clock import BoxClock
from hw.gps.serial_receiver import SerialReceiver
from hw.gps.simulated_receiver import DrivenPlace, DrivingReceiver, SimulatedReceiver
from hw.simulated_drive import SimulatedDrive
from hw.simulated_port import SimulatedPort

GPS_BAUD = 38_400
"""Means nothing on a pseudo-terminal; given, so that the speed need not be searched."""


class DemoDevices:
    """What hangs on the demo car's cables. `stop` when the box has stopped.

    Raises:
        DeviceError: the system has no pseudo-terminal left.
    """

    def __init__(self, drive: SimulatedDrive, clock: BoxClock) -> None:
        route, began_s = drive.route, clock.mono_s()

        def place_at(seconds: float) -> DrivenPlace:
            return route.place(drive.driven_s(began_s + seconds))

        began_at = clock.utc()
        self._receiver = SimulatedReceiver(began_at, place_at=place_at)
        self._gps_port = SimulatedPort(DrivingReceiver(self._receiver, began_s=began_s))
        self._gps_port.start()
        self.receiver = SerialReceiver(self._gps_port.name, GPS_BAUD, clock=clock)

    def stop(self) -> None:
        """Pull all cables."""
        self._gps_port.stop()
