"""The pre-installation report: every device of a car as the technician leaves it; no plate but a test plate.

Source: policy 462.2 (installation and maintenance of ALPR equipment).
"""

from __future__ import annotations

import hashlib

from alpr_core.aiming import PLATE_HEIGHT_MIN_PX
from alpr_core.device_profile import profile_text
from alpr_core.installation import Installation
from alpr_reports.pdf import pdf_bytes
from alpr_reports.sheet import (
    Bar,
    BarChart,
    Block,
    Column,
    Heading,
    KeyValues,
    Notice,
    Sheet,
    Signatures,
    Table,
    Text,
)

_PARAMETERS = (
    Column("Parameter", 2, is_code=True), Column("Value"), Column("Unit"), Column("Limits", 1.5),
)  # fmt: skip
_CAMERA = (Column("Setting", 2, is_code=True), Column("Camera has"))
_DEVICES = (Column("Device"), Column("State"), Column("Found", 4))


def installation_report_pdf(found: Installation) -> bytes:
    """Return the report as PDF; the same facts give the same bytes."""
    sheet = Sheet(
        kind="Pre-installation report",
        title="Devices of a car, set up and tested",
        organisation=found.organisation,
        number=f"{found.car}-{found.made_at:%Y%m%d-%H%M}",
        made_at=found.made_at,
        made_by=found.technician,
        blocks=(
            _verdict(found),
            *_devices(found),
            *_camera(found),
            *_board(found),
            *_receiver(found),
            *_profile(found),
            Signatures(("Technician", "Professional Standards Unit")),
        ),
    )
    return pdf_bytes(sheet)


def _verdict(found: Installation) -> Block:
    if found.faults:
        return Notice(f"NOT READY: {', '.join(found.faults)}.")
    return Notice("Every device that is fitted was found working.")


def _devices(found: Installation) -> tuple[Block, ...]:
    rows = tuple(
        (one.badge.name, one.badge.word or ("good" if one.is_fine else "fault"), one.words)
        for one in found.devices
    )
    return Heading("Devices"), Table(_DEVICES, rows)


def _camera(found: Installation) -> tuple[Block, ...]:
    plate = found.test_plate
    if plate is None:
        tested: Block = Text(
            "No test plate was held before the camera: aim and exposure are NOT tested."
        )
    else:
        verdict = "high enough" if plate.is_high_enough else "TOO LOW"
        tested = KeyValues(
            (
                ("Test plate", plate.text),
                ("Height", f"{plate.height_px:.0f} px, {verdict} ({PLATE_HEIGHT_MIN_PX} at least)"),
                ("Weakest sign", f"{100 * plate.weakest:.0f} %"),
                ("Contrast", f"{plate.contrast:.0f} grey values"),
            )
        )
    settings = Table(_CAMERA, found.camera, "The camera has no control line.")
    return Heading("Plate camera"), tested, settings


def _board(found: Installation) -> tuple[Block, ...]:
    latency = found.latency
    if latency is None:
        scope: Block = Text("No frame was paired with its trigger.")
    else:
        scope = KeyValues(
            (
                ("Trigger to frame, least", f"{latency.least_ms:.1f} ms"),
                ("Middle", f"{latency.middle_ms:.1f} ms"),
                ("Most", f"{latency.most_ms:.1f} ms, over {latency.frames} frames"),
            )
        )
    return (
        Heading("Trigger board"),
        scope,
        Table(_PARAMETERS, found.parameters, "No board is fitted."),
    )


def _receiver(found: Installation) -> tuple[Block, ...]:
    fix = found.fix
    if fix is None or not fix.has_position:
        return Heading("GPS receiver"), Text("It had no position.")
    hdop = "" if fix.hdop is None else f"{fix.hdop:.1f}"
    bars = tuple(
        Bar(f"{one.system} {one.number}", float(one.snr_db))
        for one in fix.satellites
        if one.snr_db is not None
    )
    return (
        Heading("GPS receiver"),
        KeyValues(
            (
                ("Quality", fix.quality.value),
                ("HDOP", hdop),
                ("Used", str(fix.satellites_used or 0)),
            )
        ),
        BarChart("Signal of each satellite heard", bars, "dB"),
    )


def _profile(found: Installation) -> tuple[Block, ...]:
    digest = hashlib.sha256(profile_text(found.profile).encode()).hexdigest()
    count = len(found.profile.board) + len(found.profile.camera)
    return (
        Heading("Device profile"),
        KeyValues((("Settings kept", str(count)), ("SHA-256", digest))),
    )
