"""A device on a line with a plug: heard, answered, traced, unplugged."""

from __future__ import annotations

import os
import time

import pytest

from hw.simulated_port import SimulatedPort

ENOUGH_S = 20.0


class Echo:
    """Says what it heard, and falls over once on "!"."""

    def __init__(self) -> None:
        self._heard: list[bytes] = []

    def feed(self, data: bytes, now_s: float) -> list[str]:
        if data == b"!":
            raise ZeroDivisionError
        if data:
            self._heard.append(data)
        return self.shown(data) if data else []

    def output(self, now_s: float) -> list[bytes]:
        heard, self._heard = self._heard, []
        return heard

    def next_due_s(self) -> float | None:
        return None

    def shown(self, data: bytes) -> list[str]:
        return [data.decode("ascii")]


def read_within(descriptor: int, size: int) -> bytes:
    """Read so many bytes, however long a busy computer takes."""
    found, end_s = b"", time.monotonic() + ENOUGH_S
    while len(found) < size and time.monotonic() < end_s:
        try:
            found += os.read(descriptor, size)
        except BlockingIOError:
            os.sched_yield()
    return found


def opened(port: SimulatedPort) -> int:
    return os.open(port.name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)


def test_device_is_heard_and_traced(caplog: pytest.LogCaptureFixture) -> None:
    """Bytes reach the device and come back, the trace tells both ways, and a fault does not end it."""
    lines: list[str] = []
    port = SimulatedPort(Echo(), trace=lines.append)
    port.start()
    other = opened(port)
    os.write(other, b"one")
    assert read_within(other, 3) == b"one"
    os.write(other, b"!")
    end_s = time.monotonic() + ENOUGH_S
    while "failed" not in caplog.text and time.monotonic() < end_s:
        os.sched_yield()
    os.write(other, b"two")
    assert read_within(other, 3) == b"two"
    port.stop()
    os.close(other)
    assert lines == ["> one", "< one", "> two", "< two"]


def test_cable_can_be_pulled_and_put_back() -> None:
    """Unplugged, the other program reads the line's end; plugged in again, under whatever name, it works."""
    port = SimulatedPort(Echo())
    port.start()
    for _ in range(3):
        other = opened(port)
        os.write(other, b"x")
        assert read_within(other, 1) == b"x"
        port.unplug()
        assert os.read(other, 1) == b""
        os.close(other)
        port.plug_in()
    port.stop()
    port.stop()
