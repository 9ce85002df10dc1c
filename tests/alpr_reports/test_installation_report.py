"""The pre-installation report on paper."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

from pypdf import PdfReader

from alpr_core.aiming import SeenTestPlate
from alpr_core.badge import Badge, Light
from alpr_core.device_profile import DeviceProfile
from alpr_core.fix import Fix, FixMode, FixQuality, Satellite
from alpr_core.installation import FoundDevice, Installation, TriggerLatency
from alpr_reports.installation_report import installation_report_pdf

FOUND = Installation(
    car="unit 12",
    organisation="Westminster Police Department",
    technician="Pat T-20 (badge T-20)",
    made_at=datetime(2026, 11, 28, 3, 0, tzinfo=UTC),
    devices=(
        FoundDevice(Badge("front", Light.GOOD, "", 0.1, ""), "1200 frames, 0 dropped"),
        FoundDevice(Badge("board", Light.GOOD, "", 0.1, ""), "triggers on, 12.6 V"),
    ),
    parameters=(("TRG_RATE_HZ", "20", "Hz", "1 to 60"),),
    camera=(("icr", "on"),),
    latency=TriggerLatency(240, 29.8, 30.1, 30.4),
    fix=Fix(
        FixMode.FIX_3D,
        lat_deg=33.76,
        lon_deg=-117.99,
        quality=FixQuality.AUTONOMOUS,
        satellites=(Satellite("GPS", 12, 72, 20, 47, is_used=True),),
        satellites_used=7,
        hdop=0.9,
    ),
    test_plate=SeenTestPlate("TEST462", 120.0, 58.0, 0.92, 212.0),
    profile=DeviceProfile((("TRG_RATE_HZ", 20.0),)),
)


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_report_says_what_was_found() -> None:
    """Every device, setting and test stands in the report, and the same facts give the same bytes."""
    pdf = installation_report_pdf(FOUND)
    words = words_of(pdf)
    for said in (
        "Every device that is fitted was found working",
        "TRG_RATE_HZ",
        "58 px, high enough",
        "30.4 ms",
        "GPS 12",
        "T-20",
    ):
        assert said in words, said
    assert installation_report_pdf(FOUND) == pdf


def test_what_is_wrong_or_untested_is_said_first() -> None:
    """A lost device makes the car not ready, and a camera without a test plate is called untested."""
    lost = FoundDevice(Badge("GPS", Light.FAILED, "LOST", None, ""), "")
    words = words_of(
        installation_report_pdf(replace(FOUND, devices=(*FOUND.devices, lost), test_plate=None))
    )
    assert "NOT READY: GPS" in words
    assert "NOT tested" in words
