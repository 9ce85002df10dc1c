"""What happened to a device or part, in words for the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alpr_core.board_events import (
    BoardForeign,
    BoardLost,
    BoardReady,
    BoardSaid,
    IgnitionChanged,
    SupplyChanged,
)
from alpr_core.events import BoxEvent, CameraBack, CameraLost, FaultRaised, SourceEnded, StopAsked
from alpr_core.gps_events import GpsBack, GpsLost

FAULT_SHOWN_S = 30.0


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    words: str
    severity: Literal["information", "warning", "error"] = "information"
    shown_s: float | None = None
    """None is the screen's usual time."""
    is_loud: bool = True
    """False: it stands on the page of devices and disturbs nobody."""


def notice_of(event: BoxEvent) -> Notice | None:
    """Return how to tell an event; None for reads, which are shown in another way."""
    return _of_board(event) or _of_others(event)


def _of_others(event: BoxEvent) -> Notice | None:  # noqa: PLR0911  one per event
    match event:
        case CameraLost(camera=camera, why=why):
            return Notice("Camera lost", f"{camera}: {why}", "error")
        case CameraBack(camera=camera):
            return Notice("Camera", f"{camera} is back.")
        case SourceEnded(camera=camera, frames=frames):
            return Notice("End", f"{camera}: all {frames} frames read.")
        case GpsLost(why=why):
            return Notice("GPS lost", why, "error")
        case GpsBack(source=source):
            return Notice("GPS", f"{source} is back.")
        case FaultRaised(part=part, why=why):
            return Notice("Fault", f"{part}: {why}", "error", FAULT_SHOWN_S)
    return None


def _of_board(event: BoxEvent) -> Notice | None:  # noqa: PLR0911  one per event
    match event:
        case BoardLost(why=why):
            return Notice("Board lost", why, "error")
        case BoardForeign():
            words = "Its firmware has other tables than this program; nothing is sent to it."
            return Notice("Board refused", words, "error", FAULT_SHOWN_S)
        case BoardReady(corrected=()):
            return Notice("Board", "The trigger board is ready.")
        case BoardReady(corrected=corrected):
            return Notice("Board", f"Ready; set again: {', '.join(corrected)}.", "warning")
        case IgnitionChanged(is_on=is_on):
            return Notice("Ignition", "on" if is_on else "off", "warning")
        case SupplyChanged(is_low=True, supply_v=supply_v):
            words = f"Supply is low, {supply_v:.1f} V: the box may lose power."
            return Notice("Brown-out", words, "error", FAULT_SHOWN_S)
        case SupplyChanged(supply_v=supply_v):
            return Notice("Supply", f"{supply_v:.1f} V again.")
        case BoardSaid(text=text):
            return Notice("Board says", text, is_loud=False)
        case StopAsked(why=why):
            return Notice("Stopping", f"The box stops: {why}.", "warning")
    return None
