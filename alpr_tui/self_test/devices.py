"""Known answers of what comes over a cable: receiver, trigger board, camera."""

from __future__ import annotations

from datetime import UTC, datetime

from pymavlink.dialects.v20 import common

from alpr_core.fix import Fix
from alpr_tui.self_test.known_answers import KnownAnswer, WrongAnswer, expect
from firmware_bridge.firmware.mavlink_fields import pack_fields
from firmware_bridge.firmware.mavlink_frames import build_frame
from hw.gps.nmea_decoder import NmeaDecoder
from hw.visca.visca_settings import SETTINGS

_RMC = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
_BEAT = (18, 8, 0, 4, 3)


def _position() -> None:
    decoder = NmeaDecoder(earliest=None)
    fixes = [event for event in (*decoder.feed(_RMC), *decoder.end()) if isinstance(event, Fix)]
    if len(fixes) != 1 or not fixes[0].has_position:
        raise WrongAnswer("the sentence gives no position")
    latitude, longitude = fixes[0].place()
    expect("time", fixes[0].at, datetime(1994, 3, 23, 12, 35, 19, tzinfo=UTC))
    expect("latitude", round(latitude, 6), 48.1173)
    expect("longitude", round(longitude, 6), 11.516667)


def _board() -> None:
    number = common.MAVLINK_MSG_ID_HEARTBEAT
    payload = pack_fields(number, 0, *_BEAT)
    sent = common.MAVLink(None).decode(bytearray(build_frame(number, payload, 7, 1, 1, False)))
    expect("message", sent.get_type(), "HEARTBEAT")
    told = (sent.type, sent.autopilot, sent.base_mode, sent.system_status, sent.mavlink_version)
    expect("its fields", told, _BEAT)


def _camera() -> None:
    expect(
        "zoom command",
        SETTINGS["zoom"].frames("4096"),
        (bytes.fromhex("80 01 04 47 01 00 00 00 FF"),),
    )


ANSWERS = (
    KnownAnswer("positions", "NMEA 0183, the sentence of every manual", _position),
    KnownAnswer("board's messages", "MAVLink 2, read by pymavlink", _board),
    KnownAnswer("camera's commands", "Sony VISCA, CAM_Zoom Direct", _camera),
)
