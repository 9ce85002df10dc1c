"""A simulated camera on a port, for a `with` statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hw.simulated_port import SimulatedPort
from hw.visca.simulated_camera import SimulatedCamera


@contextmanager
def running_camera() -> Iterator[tuple[str, SimulatedCamera]]:
    """Yield the port's name and the camera behind it."""
    camera = SimulatedCamera()
    port = SimulatedPort(camera)
    port.start()
    try:
        yield port.name, camera
    finally:
        port.stop()
