"""How `alpr ... sim` commands run a simulated device."""

from __future__ import annotations

import argparse
import contextlib
import time

from hw.simulated_port import SimulatedDevice, SimulatedPort


def run_simulation(device: SimulatedDevice, options: argparse.Namespace) -> None:
    """Print the port's name, then run the device until Ctrl-C or for `--seconds`, traced with `--trace`.

    Raises:
        DeviceError: the system has no pseudo-terminal left.
    """

    def trace(line: str) -> None:
        print(line, flush=True)

    port = SimulatedPort(device, trace=trace if options.trace else None)
    print(port.name, flush=True)
    port.start()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            if options.seconds is not None:
                time.sleep(options.seconds)
            while options.seconds is None:
                time.sleep(3600.0)
    finally:
        port.stop()
