"""Receiver and position in words, the same on every page."""

from __future__ import annotations

from alpr_core.fix import FixMode, FixQuality
from alpr_core.position import Position

MPH_PER_MPS = 2.236936
"""Officers read miles per hour."""

FIX_WORDS = {
    FixMode.UNKNOWN: "?",
    FixMode.NO_FIX: "no fix",
    FixMode.FIX_2D: "2D",
    FixMode.FIX_3D: "3D",
}
_DOUBTFUL = {FixQuality.SUSPECT, FixQuality.ESTIMATED, FixQuality.MANUAL, FixQuality.SIMULATED}
_COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def speed_words(position: Position | None) -> str:
    """Return how fast the box drove; empty if nobody knows."""
    if position is None or position.speed_mps is None:
        return ""
    return f"{position.speed_mps * MPH_PER_MPS:.0f} mph"


def position_words(position: Position | None) -> str:
    """Return where the box was, in one line."""
    if position is None:
        return "place unknown"
    words = [f"{position.lat_deg:.5f} {position.lon_deg:.5f}"]
    if speed := speed_words(position):
        words.append(speed)
    if position.track_deg is not None:
        words.append(f"to {compass(position.track_deg)}")
    if position.quality in _DOUBTFUL:
        words.append(f"({position.quality.value})")
    return " ".join(words)


def compass(track_deg: float) -> str:
    """Return the nearest of eight directions."""
    return _COMPASS[round(track_deg / 45.0) % 8]
