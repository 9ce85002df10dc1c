"""The board's parameters, kept through a power cut: two slots, each with a checksum, written in turn.

A slot that was being written when the power went fails its checksum, and the other one still holds the
values from before.
"""

import binascii
import struct

from firmware_bridge.firmware.board_tables import PARAMETERS, TABLE_DIGEST

SLOTS = 2
_HEAD = "<4sIIIQ"
"""Mark, number of the writing, table digest, starts so far, newest time stamp."""
_MARK = b"ALB1"


class Storage:
    """Where slots lie. This one forgets; `FileStorage` does not."""

    def __init__(self) -> None:
        self.slots: list[bytes] = [b"", b""]

    def read(self, slot: int) -> bytes:
        """Return what was written, empty if nothing."""
        return self.slots[slot]

    def write(self, slot: int, data: bytes) -> None:
        """Keep the bytes."""
        self.slots[slot] = data


class FileStorage(Storage):
    """Two files in a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def read(self, slot: int) -> bytes:
        """Return the file's bytes, empty if there is none."""
        try:
            with open(self._name(slot), "rb") as file:  # noqa: PTH123  MicroPython has no pathlib
                return file.read()
        except OSError:
            return b""

    def write(self, slot: int, data: bytes) -> None:
        """Write the file."""
        with open(self._name(slot), "wb") as file:  # noqa: PTH123
            file.write(data)

    def _name(self, slot: int) -> str:
        return self._folder + "/board" + str(slot) + ".bin"


class ParameterStore:
    """Values by index, checked against the table. Opening counts one start and writes it down."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._writings = 0
        self.starts = 0
        self.newest_10us = 0
        """Newest time stamp of a signature, for `Signing`."""
        self.values = [row[3] for row in PARAMETERS]
        for slot in range(SLOTS):
            self._load(storage.read(slot))
        self.starts += 1
        self.save(self.newest_10us)

    def get(self, name: str) -> float:
        """Return a value."""
        return self.values[self.index_of(name)]

    def index_of(self, name: str) -> int:
        """Return a parameter's place, -1 if there is none of that name."""
        for index, row in enumerate(PARAMETERS):
            if row[0] == name:
                return index
        return -1

    def accepts(self, index: int, value: float) -> bool:
        """Set a value if the table allows it; `save` keeps it. NaN and infinities are refused."""
        _, low, high, _, is_whole = PARAMETERS[index]
        if not low <= value <= high or (is_whole and value != int(value)):
            return False
        self.values[index] = value
        return True

    def reset(self) -> None:
        """Go back to the defaults."""
        self.values = [row[3] for row in PARAMETERS]

    def save(self, newest_10us: int) -> None:
        """Write everything into the older slot."""
        self.newest_10us = newest_10us
        self._writings += 1
        data = struct.pack(_HEAD, _MARK, self._writings, TABLE_DIGEST, self.starts, newest_10us)
        data += struct.pack("<" + "f" * len(self.values), *self.values)
        data += struct.pack("<I", binascii.crc32(data))
        self._storage.write(self._writings % SLOTS, data)

    def _load(self, data: bytes) -> None:
        if len(data) < struct.calcsize(_HEAD) + 4 or data[:4] != _MARK:
            return
        if struct.pack("<I", binascii.crc32(data[:-4])) != data[-4:]:
            return
        _, writings, digest, starts, newest_10us = struct.unpack_from(_HEAD, data)
        if writings <= self._writings:
            return
        self._writings, self.starts, self.newest_10us = writings, starts, newest_10us
        self.values = [row[3] for row in PARAMETERS]
        body = data[struct.calcsize(_HEAD) : -4]
        if digest == TABLE_DIGEST and len(body) == 4 * len(PARAMETERS):
            for index, value in enumerate(struct.unpack("<" + "f" * len(PARAMETERS), body)):
                self.accepts(index, value)
