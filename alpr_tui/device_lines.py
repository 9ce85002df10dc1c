"""The pages of the devices in words and small plots: each function returns lines, none knows a widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alpr_core.aiming import PLATE_HEIGHT_MIN_PX, Aim, Exposure
from alpr_core.audit.entry import TimeQuality
from alpr_core.badge import Badge, Light
from alpr_core.device_status import BoardStatus, GpsStatus
from alpr_core.earth import LocalPlane
from alpr_core.fix import Fix
from alpr_tui.badges import board_badge, camera_badge, gps_badge
from alpr_tui.box_status import BoxStatus
from alpr_tui.device_words import FIX_WORDS, MPH_PER_MPS, compass, position_words
from alpr_tui.widgets.plate_line import percent
from alpr_tui.widgets.plot import Frame as PlotFrame
from alpr_tui.widgets.plot import dot_plot, frame_of
from firmware_bridge.catalogue import Parameter
from firmware_bridge.frame_stamping import PairingFigures
from hw.visca.visca_settings import SETTINGS

if TYPE_CHECKING:
    from alpr_tui.car_devices import CarDevices

TIME_WORDS = {
    TimeQuality.GPS: "from satellites",
    TimeQuality.SERVER: "from the server",
    TimeQuality.HELD: "carried on since the last trusted time",
    TimeQuality.UNTRUSTED: "UNTRUSTED: the computer's own",
}
METER_CELLS = 12
"""Length of a full meter."""

SIGNAL_MAX_DB = 50
"""Signal of a satellite overhead; a full bar."""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device in one line."""

    badge: Badge
    """Its health, as in the row of badges."""
    words: str
    """What a technician wants to know besides."""


def device_lines(status: BoxStatus, car: CarDevices) -> list[DeviceLine]:
    """Return every device of the car with its health and age."""
    lines = [
        DeviceLine(camera_badge(camera), f"{camera.frames} frames, {camera.dropped} dropped")
        for camera in status.cameras
    ]
    board = "" if status.board is None else board_words(status.board)
    lines.append(DeviceLine(board_badge(status.board), board))
    where = position_words(car.position_at(car.clock.mono_s()))
    lines.append(DeviceLine(gps_badge(status.gps), "" if status.gps is None else where))
    control = Light.OFF if car.camera is None else Light.GOOD
    port = "none" if car.camera is None else car.camera.port
    lines.append(DeviceLine(Badge("VISCA", control, "", None, ""), f"camera control: {port}"))
    stamp = car.clock.stamp()
    light = Light.STALE if stamp.quality is TimeQuality.UNTRUSTED else Light.GOOD
    words = f"{stamp.at:%Y-%m-%d %H:%M:%S} UTC, {TIME_WORDS[stamp.quality]}"
    lines.append(DeviceLine(Badge("clock", light, "", None, ""), words))
    return lines


def board_words(board: BoardStatus) -> str:
    """Return the board's health in one line."""
    if board.is_lost:
        return f"LOST: {board.why}"
    if not board.is_ready:
        return f"looking for it at {board.port}"
    words = [f"triggers {'on' if board.are_triggers_on else 'OFF'}"]
    for name, form in (
        ("SUPPLY_V", "{:.1f} V"),
        ("TEMP_C", "lamp {:.0f} °C"),
        ("SHOTS", "{:.0f} shots"),
    ):
        value = board.number(name)
        if value is not None:
            words.append(form.format(value))
    ignition = board.number("IGN")
    if ignition is not None:
        words.append(f"ignition {'on' if ignition else 'OFF'}")
    words += [f"{board.paired} frames paired, {board.unpaired} not", f"{board.drift_ppm:+.0f} ppm"]
    return ", ".join(words)


def parameter_words(row: Parameter) -> str:
    """Return what a parameter means, and its limits."""
    unit = f" {row.unit}" if row.unit else ""
    kind = "whole number, " if row.is_whole else ""
    limits = f"{kind}{row.low:g} to {row.high:g}{unit}, as shipped {row.default:g}"
    return f"{row.name}: {row.meaning} ({limits})"


def scope_lines(figures: PairingFigures, columns: int, rows: int) -> list[str]:
    """Return the trigger scope: how long each frame took after its trigger, newest at the right."""
    taken = figures.latencies
    if not taken:
        return ["Trigger scope", "No frame could be paired with its trigger yet."]
    times_ms = sorted(1e3 * one.latency_s for one in taken)
    middle_ms, low_ms, high_ms = times_ms[len(times_ms) // 2], times_ms[0], times_ms[-1]
    span_ms = max(high_ms - low_ms, 2.0)
    frame = PlotFrame(
        taken[0].at_mono_s, taken[-1].at_mono_s, low_ms - span_ms / 4, high_ms + span_ms / 4
    )
    points = [(one.at_mono_s, 1e3 * one.latency_s) for one in taken]
    return [
        f"Trigger to frame, {len(taken)} frames",
        f"{low_ms:.1f} to {high_ms:.1f} ms, middle {middle_ms:.1f}",
        f"{frame.high:.1f} ms",
        *dot_plot(points, frame, columns, max(2, rows - 5)),
        f"{frame.low:.1f} ms",
    ]


def fix_lines(gps: GpsStatus) -> list[str]:
    """Return the last fix in full."""
    fix, badge = gps.fix, gps_badge(gps)
    health = f"{badge.light.value} {badge.word}"
    if fix is None:
        return [f"{health}  {gps.source}"]
    at = "no time" if fix.at is None else f"{fix.at:%Y-%m-%d %H:%M:%S} UTC"
    lines = [f"{health}  {gps.source}", f"{FIX_WORDS[fix.mode]}, {fix.quality.value}, {at}"]
    if fix.has_position:
        lat_deg, lon_deg = fix.place()
        speed = "" if fix.speed_mps is None else f"  {fix.speed_mps * MPH_PER_MPS:.0f} mph"
        track = "" if fix.track_deg is None else f" to {compass(fix.track_deg)}"
        height = "" if fix.alt_m is None else f"  {fix.alt_m:.0f} m high"
        lines.append(f"{lat_deg:.6f} {lon_deg:.6f}{speed}{track}{height}")
    hdop = "?" if fix.hdop is None else f"{fix.hdop:.1f}"
    lines.append(
        f"{fix.satellites_used or 0} satellites used, HDOP {hdop}, time {TIME_WORDS[gps.time_quality]}"
    )
    return lines


def satellite_lines(fix: Fix | None, columns: int) -> list[str]:
    """Return the satellites with bars of their signals, the strongest first."""
    if fix is None or not fix.satellites:
        return ["No satellite in view yet: see that the antenna has the sky."]
    heading = "Satellites and signal: ● used"
    seen = sorted(fix.satellites, key=lambda one: -(one.snr_db or 0))
    room = max(5, columns - 22)
    return [
        heading,
        *(
            f"{'●' if one.is_used else '○'} {one.system:8}{one.number:4} "
            f"{'█' * round(min(one.snr_db or 0, SIGNAL_MAX_DB) / SIGNAL_MAX_DB * room)} "
            f"{one.snr_db or '-'} dB"
            for one in seen
        ),
    ]


def track_lines(fixes: Sequence[Fix], columns: int, rows: int) -> list[str]:
    """Return the way driven lately, north up, at one scale both ways."""
    if len(fixes) < 2:
        return ["Track", "Nothing driven yet."]
    plane = LocalPlane(*fixes[-1].place())
    ways = [plane.to_plane(fix.place()) for fix in fixes]
    tight = frame_of(ways)
    east_m, north_m = (tight.left + tight.right) / 2, (tight.low + tight.high) / 2
    width, height = max(10, columns), max(4, rows - 2)
    # A dot is as wide as it is high: a cell is two dots wide and four high.
    dot_m = max(
        (tight.right - tight.left) / (2 * width), (tight.high - tight.low) / (4 * height), 0.5
    )
    half_m = (width * dot_m, 2 * height * dot_m)
    frame = PlotFrame(
        east_m - half_m[0], east_m + half_m[0], north_m - half_m[1], north_m + half_m[1]
    )
    return [
        f"Track of {len(fixes)} fixes, {2 * half_m[0]:.0f} m, north up",
        *dot_plot(ways, frame, width, height),
    ]


def aim_lines(aim: Aim, sharpest: float) -> list[str]:
    """Return the meters of a camera being aimed.

    Args:
        sharpest: The highest sharpness seen since the page was opened.
    """
    share = aim.sharpness / sharpest if sharpest > 0 else 0.0
    lines = [
        f"focus  {'█' * round(METER_CELLS * share):<{METER_CELLS}} {aim.sharpness:.0f} of {sharpest:.0f}",
        f"light  mean {aim.mean_grey:.0f}, {100 * aim.blown:.1f} % white, {aim.covered} plates covered",
    ]
    if not aim.test_plates:
        return [*lines, "No test plate is read: hold TEST and three digits before the camera."]
    plate = aim.test_plates[0]
    cells = round(METER_CELLS * min(1.0, plate.height_px / (2 * PLATE_HEIGHT_MIN_PX)))
    verdict = "high enough" if plate.is_high_enough else f"TOO LOW, needs {PLATE_HEIGHT_MIN_PX}"
    return [
        *lines,
        f"plate  {'█' * cells:<{METER_CELLS}} {plate.height_px:.0f} px high: {verdict}",
        f"read   {plate.text}, weakest sign {percent(plate.weakest)}, contrast {plate.contrast:.0f}",
    ]


def new_setting_words(name: str) -> str:
    """Return what to type for a camera's setting."""
    return f"New value of {name}: {SETTINGS[name].takes}"


def exposure_words(tried: Exposure) -> str:
    """Return one step of the exposure sweep."""
    read = f"weakest sign {percent(tried.weakest)}" if tried.weakest else "not read"
    white = f"{100 * tried.blown:.1f} % white"
    return f"shutter {tried.shutter}, gain {tried.gain}: {read}, contrast {tried.contrast:.0f}, {white}"
