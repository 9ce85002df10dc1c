"""The messages and the parameters of the board: one table, from which the firmware's and the document's come.

Nothing else in the project states a message number, a field, a range or a default.

Source: MAVLink `common` dialect (mavlink.io/en/messages/common.html); serialisation and CRC_EXTRA:
mavlink.io/en/guide/serialization.html. Comparison with pymavlink: tests/firmware_bridge/test_codec.py.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_SIGNS = {"uint8_t": "B", "int8_t": "b", "uint16_t": "H", "int16_t": "h", "uint32_t": "I",
          "int32_t": "i", "uint64_t": "Q", "int64_t": "q", "float": "f", "char": "s"}  # fmt: skip

BOARD_SYSTEM, BOARD_COMPONENT = 1, 158
"""Who the board is on the line: MAV_COMP_ID_PERIPHERAL."""

BOX_SYSTEM, BOX_COMPONENT = 255, 191
"""Who the box is: MAV_COMP_ID_ONBOARD_COMPUTER."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the dialect that both ends know."""

    number: int
    name: str
    fields: str
    """`type name` pairs in the dialect's order; `|` before the extensions."""
    use: str
    """Who sends it, when, and what its fields mean here."""

    def _parts(self) -> tuple[list[tuple[str, int, str]], list[tuple[str, int, str]]]:
        """Return (type, array length, name) of the basic fields in wire order, and of the extensions."""
        basic, _, extra = self.fields.partition("|")
        parts = []
        for half in (basic, extra):
            pairs = [pair.split() for pair in half.split(",") if pair.strip()]
            parts.append([(*_kind(kind), name) for kind, name in pairs])
        parts[0].sort(key=lambda part: -struct.calcsize("=" + _SIGNS[part[0]]))
        return parts[0], parts[1]

    @property
    def layout(self) -> str:
        """The payload as `struct` writes it."""
        basic, extra = self._parts()
        return "<" + "".join(
            f"{size}s" if kind == "char" else _SIGNS[kind] for kind, size, _ in basic + extra
        )

    @property
    def field_names(self) -> tuple[str, ...]:
        """Fields in wire order."""
        basic, extra = self._parts()
        return tuple(name for _, _, name in basic + extra)

    @property
    def length_bytes(self) -> int:
        """Longest payload."""
        return struct.calcsize(self.layout)

    @property
    def crc_extra(self) -> int:
        """Checksum of the definition, without extensions; it ends every frame's CRC."""
        crc = _crc16(f"{self.name} ".encode(), 0xFFFF)
        for kind, size, name in self._parts()[0]:
            crc = _crc16(f"{kind} {name} ".encode(), crc)
            if size:
                crc = _crc16(bytes([size]), crc)
        return (crc & 0xFF) ^ (crc >> 8)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that the board keeps."""

    name: str
    """At most 16 characters."""
    unit: str
    """Empty for a choice or a count."""
    low: float
    high: float
    default: float
    is_whole: bool
    meaning: str


def _kind(text: str) -> tuple[str, int]:
    name, _, size = text.partition("[")
    return name, int(size.rstrip("]")) if size else 0


def _crc16(data: bytes, crc: int) -> int:
    """CRC-16/MCRF4XX, the X.25 checksum of MAVLink."""
    for byte in data:
        low = (byte ^ crc) & 0xFF
        low = (low ^ (low << 4)) & 0xFF
        crc = (crc >> 8) ^ (low << 8) ^ (low << 3) ^ (low >> 4)
    return crc


MESSAGES = (
    Message(0, "HEARTBEAT", "uint8_t type, uint8_t autopilot, uint8_t base_mode, uint32_t custom_mode, "
            "uint8_t system_status, uint8_t mavlink_version",
            "Both, 10 a second from the box, 4 a second from the board. The board's custom_mode is the digest of these "
            "tables; base_mode 128 says that triggers are enabled."),
    Message(20, "PARAM_REQUEST_READ", "uint8_t target_system, uint8_t target_component, char[16] param_id, "
            "int16_t param_index", "Box: one parameter, by index, or by name with index -1."),
    Message(21, "PARAM_REQUEST_LIST", "uint8_t target_system, uint8_t target_component", "Box: all parameters."),
    Message(22, "PARAM_VALUE", "char[16] param_id, float param_value, uint8_t param_type, uint16_t param_count, "
            "uint16_t param_index", "Board: what it has, after a question and after PARAM_SET. Type is REAL32 throughout."),
    Message(23, "PARAM_SET", "uint8_t target_system, uint8_t target_component, char[16] param_id, "
            "float param_value, uint8_t param_type",
            "Box. A value out of range changes nothing; the answer is the value kept, and a STATUSTEXT."),
    Message(76, "COMMAND_LONG", "uint8_t target_system, uint8_t target_component, uint16_t command, "
            "uint8_t confirmation, float param1, float param2, float param3, float param4, float param5, "
            "float param6, float param7",
            "Box. param7 is the request's number: the same number is answered again and not done again; 0 has no number."),
    Message(77, "COMMAND_ACK", "uint16_t command, uint8_t result | uint8_t progress, int32_t result_param2, "
            "uint8_t target_system, uint8_t target_component", "Board: result_param2 repeats the request's number."),
    Message(111, "TIMESYNC", "int64_t tc1, int64_t ts1",
            "Box asks with tc1 = 0; the board repeats ts1 and puts its time into tc1: microseconds of a 32-bit "
            "counter, times 1000."),
    Message(112, "CAMERA_TRIGGER", "uint64_t time_usec, uint32_t seq",
            "Board, after each trigger: time_usec is the 32-bit counter at the edge; seq has the number in bits "
            "0-29, overview fired in bit 30, strobe fired in bit 31."),
    Message(125, "POWER_STATUS", "uint16_t Vcc, uint16_t Vservo, uint16_t flags",
            "Board, twice a second: supply and lamp supply in mV; flag 1 = supply above SUP_LOW_V, flag 2 = lamp "
            "supply above it."),
    Message(251, "NAMED_VALUE_FLOAT", "uint32_t time_boot_ms, char[10] name, float value",
            "Board, once a second each: BOOT (starts so far), RESET (cause), LOST, REFUSED, TEMP_C, IGN (0/1), SHOTS, "
            "DARKENED (strobes shortened or refused by the lamp's limits)."),
    Message(253, "STATUSTEXT", "uint8_t severity, char[50] text | uint16_t id, uint8_t chunk_seq",
            "Board: words for a person; nothing depends on them."),
)  # fmt: skip

PARAMETERS = (
    Parameter("TRG_MODE", "", 0, 3, 1, True, "0 never, 1 at TRG_RATE_HZ, 2 by speed, 3 on the external input"),
    Parameter("TRG_RATE_HZ", "Hz", 1, 60, 15, False, "Triggers a second in mode 1"),
    Parameter("TRG_SPACING_M", "m", 0.1, 10, 0.5, False, "Way between two triggers in mode 2"),
    Parameter("TRG_MIN_HZ", "Hz", 1, 60, 5, False, "Slowest rate in mode 2; also when the speed is older than 2 s"),
    Parameter("TRG_MAX_HZ", "Hz", 1, 60, 30, False, "Fastest rate in modes 2 and 3"),
    Parameter("TRG_WIDTH_US", "us", 10, 2000, 100, True, "Length of the camera's trigger pulse"),
    Parameter("TRG_IGN", "", 0, 1, 1, True, "1: no triggers while the ignition is off"),
    Parameter("STB_DELAY_US", "us", 0, 5000, 0, True, "From the trigger's edge to the strobe"),
    Parameter("STB_WIDTH_US", "us", 0, 2000, 300, True, "Strobe's length; 0 is no strobe"),
    Parameter("STB_DARK_EVERY", "", 0, 60, 0, True, "Each so-many-th frame is taken without strobe; 0 none, 2 alternates"),
    Parameter("OVW_EVERY", "", 0, 60, 5, True, "Each so-many-th trigger also fires the overview camera; 0 never"),
    Parameter("OVW_WIDTH_US", "us", 10, 2000, 100, True, "Length of the overview camera's pulse"),
    Parameter("LMP_ON_MAX_US", "us", 0, 2000, 1000, True, "Longest strobe the lamp may get"),
    Parameter("LMP_DUTY_PCT", "%", 0, 10, 5, False, "Share of time the lamp may be lit; at most 1.1 times that in any second"),
    Parameter("LMP_HOT_C", "°C", 30, 85, 70, False, "No strobe from this temperature until 5 °C less"),
    Parameter("IGN_HOLD_S", "s", 0.05, 10, 0.5, False, "So long must the ignition line stay before it counts"),
    Parameter("SUP_LOW_V", "V", 5, 30, 10.5, False, "Below this the supply is called low; back above it by 0.5 V"),
)  # fmt: skip

MESSAGE_OF_NAME = {message.name: message for message in MESSAGES}
PARAMETER_OF_NAME = {parameter.name: parameter for parameter in PARAMETERS}


def table_digest() -> int:
    """Return 32 bits that two ends must have in common before the first command."""
    rows = [f"{one.number} {one.name} {one.crc_extra} {one.layout} {one.use}" for one in MESSAGES]
    rows += [
        f"{one.name} {one.unit} {one.low} {one.high} {one.default} {one.is_whole} {one.meaning}"
        for one in PARAMETERS
    ]
    return zlib.crc32("\n".join(rows).encode())
