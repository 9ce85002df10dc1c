"""A frame's payload to values by name, and back."""

import struct

from firmware_bridge.firmware.board_tables import MESSAGES
from firmware_bridge.firmware.mavlink_frames import Frame


def unpack_fields(frame: Frame) -> "dict[str, int | float | bytes]":
    """Return the fields; zeros cut off at the end are put back, unknown extensions left out.

    Texts are bytes up to their zero.
    """
    _, layout, length, names = MESSAGES[frame.message]
    payload = frame.payload[:length]
    values = struct.unpack(layout, payload + bytes(length - len(payload)))
    fields = {}
    for name, value in zip(names, values):
        fields[name] = value.split(b"\x00")[0] if isinstance(value, bytes) else value
    return fields


def pack_fields(message: int, *values: "int | float | bytes") -> bytes:
    """Return the payload of values in wire order; extensions left out are zero."""
    _, layout, _, names = MESSAGES[message]
    missing = (0,) * (len(names) - len(values))
    return struct.pack(layout, *values, *missing)
