"""What the box's end makes of words that a damaged or foreign board says."""

from __future__ import annotations

import math

import pytest

from alpr_core.board_events import BoardNumber, IgnitionChanged
from firmware_bridge.board_session import BoardSession
from firmware_bridge.catalogue import BOARD_COMPONENT, BOARD_SYSTEM, PARAMETERS
from firmware_bridge.firmware.mavlink_fields import pack_fields
from firmware_bridge.firmware.mavlink_frames import build_frame

NAMED_VALUE_FLOAT, PARAM_VALUE = 251, 22


def framed(number: int, *values: int | float | bytes) -> bytes:
    return build_frame(
        number, pack_fields(number, *values), 1, BOARD_SYSTEM, BOARD_COMPONENT, False
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_tells_nothing(value: float) -> None:
    """NaN and infinities for starts, ignition, a measurement or a parameter are passed over, and raise nothing."""
    session = BoardSession(None, 0, {})
    session.begin(0.0)
    for name in (b"BOOT", b"IGN", b"TEMP_C"):
        assert session.feed(framed(NAMED_VALUE_FLOAT, 0, value, name), 0.1) == []
    name = PARAMETERS[0].name.encode()
    assert session.feed(framed(PARAM_VALUE, value, len(PARAMETERS), 0, name, 9), 0.1) == []
    assert session.parameters == {}


def test_a_number_is_told() -> None:
    """What is a number is told, and what it says of the ignition."""
    session = BoardSession(None, 0, {})
    session.begin(0.0)
    told = session.feed(framed(NAMED_VALUE_FLOAT, 0, 0.0, b"IGN"), 0.1)
    assert told == [BoardNumber("IGN", 0.0), IgnitionChanged(False)]
