"""What the RP2040 runs when it starts. Copied to the board as `main.py`, with the package beside it.

The key is the file `board.key`, 32 bytes, put there over USB by whoever sets the board up.
"""

import select
import sys

import micropython

from firmware_bridge.firmware.board import Board
from firmware_bridge.firmware.board_pins import BoardPins
from firmware_bridge.firmware.parameter_store import FileStorage

READ_BYTES = 256
WAIT_MS = 1


def read_key() -> "bytes | None":
    """Return the key, None if the board has none yet."""
    try:
        with open("board.key", "rb") as file:  # noqa: PTH123  MicroPython has no pathlib
            return file.read()
    except OSError:
        return None


def run() -> None:
    """Speak on the USB port for ever."""
    micropython.kbd_intr(-1)  # a byte 3 on the line is data
    pins = BoardPins()
    board = Board(pins, FileStorage(""), read_key(), pins.now_us())
    poll = select.poll()
    poll.register(sys.stdin, select.POLLIN)
    while True:
        data = b""
        ready = poll.poll(WAIT_MS)
        while ready and len(data) < READ_BYTES:
            data += sys.stdin.buffer.read(1)
            ready = poll.poll(0)
        board.feed(data, pins.now_us())
        out = board.tick(pins.now_us())
        if out:
            sys.stdout.buffer.write(out)


run()
