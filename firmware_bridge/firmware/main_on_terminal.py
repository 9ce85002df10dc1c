"""The board on a computer's MicroPython:
`micropython -m firmware_bridge.firmware.main_on_terminal PORT FOLDER [KEY]`.

PORT is a terminal device, FOLDER keeps the parameters, KEY is a file of 32 bytes. With FOLDER `-` nothing
is kept. Unlike the board it says on stderr, at each heartbeat, how much memory is in use.
"""

import gc
import select
import sys
import time

from firmware_bridge.firmware.board import Board
from firmware_bridge.firmware.parameter_store import FileStorage, Storage
from firmware_bridge.firmware.simulated_pins import SimulatedPins

READ_BYTES = 256
WAIT_MS = 2
MEMORY_EVERY_US = 1_000_000
MASK = 0xFFFFFFFF


def now_us() -> int:
    """Return the 32-bit counter."""
    return (time.time_ns() // 1000) & MASK


def run(port_name: str, folder: str, key: "bytes | None") -> None:
    """Speak on the port until it is closed; then wait for nobody."""
    pins = SimulatedPins()
    storage = Storage() if folder == "-" else FileStorage(folder)
    board = Board(pins, storage, key, now_us())
    with open(port_name, "r+b", buffering=0) as port:  # noqa: PTH123  MicroPython has no pathlib
        poll = select.poll()
        poll.register(port, select.POLLIN)
        told_us = now_us()
        while not pins.reboots:
            events = poll.poll(WAIT_MS)
            if events and events[0][1] & select.POLLHUP:
                return
            data = b""
            while events and len(data) < READ_BYTES:
                data += port.read(1) or b""  # MicroPython's read(n) waits for all n
                events = poll.poll(0)
            board.feed(data, now_us())
            out = board.tick(now_us())
            while out:
                out = out[port.write(out) or 0 :]
            if (now_us() - told_us) & MASK >= MEMORY_EVERY_US:
                told_us = now_us()
                tell_memory()


def tell_memory() -> None:
    """Write the bytes in use to stderr, where the interpreter can tell."""
    gc.collect()
    if hasattr(gc, "mem_alloc"):
        sys.stderr.write(str(gc.mem_alloc()) + "\n")


if __name__ == "__main__":
    key_bytes = None
    if len(sys.argv) > 3:
        with open(sys.argv[3], "rb") as key_file:  # noqa: PTH123
            key_bytes = key_file.read()
    run(sys.argv[1], sys.argv[2], key_bytes)
