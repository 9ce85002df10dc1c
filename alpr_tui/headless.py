"""The box without a screen: one JSON line per event on stdout, until it ends or is stopped."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from time import monotonic
from types import FrameType

from alpr_core.board_events import (
    BoardForeign,
    BoardLost,
    BoardReady,
    BoardSaid,
    IgnitionChanged,
    SupplyChanged,
)
from alpr_core.errors import UsageError
from alpr_core.events import (
    BoxEvent,
    CameraBack,
    CameraLost,
    FaultRaised,
    SightingNotRecorded,
    SightingStored,
    SourceEnded,
    StopAsked,
)
from alpr_core.gps_events import GpsBack, GpsLost
from alpr_core.position import Position
from alpr_core.sighting import Match, Sighting
from alpr_core.text_certainty import text_certainty
from alpr_tui.box import Box
from alpr_tui.event_relay import EventRelay

LOOK_S = 0.2
"""Seconds between two looks whether it is time to stop."""

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run_headless(box: Box, relay: EventRelay, seconds: float | None = None) -> None:
    """Print events until every source has ended, `seconds` have passed, or a stop signal came.

    The box is stopped, and all it saw is stored, before this returns.
    """
    printer = _LinePrinter()
    deadline_s = None if seconds is None else monotonic() + seconds
    with _stop_signals() as stopping:

        def hear(event: BoxEvent) -> None:
            printer.print(_fields(event))
            if isinstance(event, StopAsked):
                stopping.set()

        relay.attach(hear)
        box.start_unattended()
        try:
            while not stopping.is_set() and not box.wait_until_over(LOOK_S):
                if deadline_s is not None and monotonic() >= deadline_s:
                    break
        finally:
            status = box.stop()
            printer.print(
                {
                    "event": "stopped",
                    "frames": status.frames,
                    "dropped": status.dropped,
                    "reads": status.sightings,
                    "stored": status.stored,
                    "not_recorded": status.not_recorded,
                    "unsent": status.unsent,
                }
            )
    printer.check()


class _LinePrinter:
    """Prints whole lines from several threads; if nobody can be told, the box goes on all the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._broken: OSError | None = None

    def print(self, fields: dict[str, object]) -> None:
        with self._lock:
            if self._broken is not None or sys.stdout is None:
                return
            try:
                sys.stdout.write(json.dumps(fields, ensure_ascii=True) + "\n")
                sys.stdout.flush()
            except OSError as error:
                self._broken = error

    def check(self) -> None:
        """Say at the end that not every line could be printed; a reader who went away is no error."""
        if self._broken is not None and not isinstance(self._broken, BrokenPipeError):
            raise UsageError(
                f"Lines could not be printed ({self._broken.strerror}).", "All reads were stored."
            )
        if self._broken is not None:
            raise self._broken


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that a stop signal sets; the handlers that were there come back afterwards."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in _STOP_SIGNALS}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _fields(event: BoxEvent) -> dict[str, object]:
    match event:
        case SightingStored(sighting=sighting, match=found, seen_by=watcher):
            fields = _sighting_fields(sighting, found, is_seen=watcher is not None)
            return {"event": "stored", **fields}
        case SightingNotRecorded(sighting=sighting, match=found, why=why):
            fields = _sighting_fields(sighting, found, is_seen=False)
            return {"event": "not_recorded", "why": why, **fields}
        case CameraLost(camera=camera, at=at, why=why):
            return {"event": "camera_lost", "camera": camera, "at": at.isoformat(), "why": why}
        case CameraBack(camera=camera, at=at):
            return {"event": "camera_back", "camera": camera, "at": at.isoformat()}
        case _:
            return {"event": _NAMES[type(event)], **asdict(event)}


_NAMES: dict[type[BoxEvent], str] = {
    SourceEnded: "source_ended",
    FaultRaised: "fault",
    GpsLost: "gps_lost",
    GpsBack: "gps_back",
    BoardReady: "board_ready",
    BoardLost: "board_lost",
    BoardForeign: "board_foreign",
    BoardSaid: "board_said",
    IgnitionChanged: "ignition",
    SupplyChanged: "supply",
    StopAsked: "stop_asked",
}
"""Of events whose fields are printed as they are."""


def _sighting_fields(
    sighting: Sighting, found: Match | None, *, is_seen: bool
) -> dict[str, object]:
    """Return one read as printed; what nobody may see is left out and stands as null."""
    reading = sighting.reading
    return {
        "id": sighting.sighting_id,
        "camera": sighting.camera,
        "seen_at": sighting.seen_at.isoformat(),
        "plate": reading.text if is_seen else None,
        "weakest": round(reading.weakest, 3),
        "whole_text": round(text_certainty(reading), 3),
        "state": reading.state if is_seen else None,
        "alternatives": list(reading.alternatives) if is_seen else [],
        "looks": sighting.frame_count,
        "supersedes": sighting.supersedes,
        "position": _position_fields(sighting.position) if sighting.position else None,
        "hit": _hit_fields(shown) if found and (shown := found.first_shown) else None,
    }


def _position_fields(position: Position) -> dict[str, object]:
    return {
        "lat": round(position.lat_deg, 7),
        "lon": round(position.lon_deg, 7),
        "speed_mps": _rounded(position.speed_mps),
        "track_deg": _rounded(position.track_deg),
        "quality": position.quality.value,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _hit_fields(found: Match) -> dict[str, object]:
    return {
        "list": found.entry.hotlist,
        "class": found.entry.hotlist_class.value,
        "state_agrees": found.state_agrees,
        "possible": found.is_possible,
    }
