"""What a receiver's thread tells the box. Frozen, safe across threads."""

from __future__ import annotations

from dataclasses import dataclass

from alpr_core.fix import Fix


@dataclass(frozen=True, slots=True)
class FixReceived:
    """An epoch came in; one with the same time as the last one renews it."""

    fix: Fix


@dataclass(frozen=True, slots=True)
class GpsLost:
    """The receiver or gpsd is gone or silent; it is opened again by itself."""

    source: str
    why: str


@dataclass(frozen=True, slots=True)
class GpsBack:
    source: str


GpsEvent = FixReceived | GpsLost | GpsBack
