"""How receiver and board are now, for status lines and pages. Frozen, safe across threads."""

from __future__ import annotations

from dataclasses import dataclass

from alpr_core.audit.entry import TimeQuality
from alpr_core.fix import Fix


@dataclass(frozen=True, slots=True)
class GpsStatus:
    source: str
    """Port, file or gpsd, as shown."""
    is_lost: bool
    """Gone or silent; it is opened again by itself."""
    fix: Fix | None
    """The last epoch; None means that none has come yet."""
    fix_age_s: float | None
    """Since the last epoch with a position; None means that there was none."""
    time_quality: TimeQuality
    """Of the time that goes on record now."""


@dataclass(frozen=True, slots=True)
class BoardStatus:
    port: str
    """As configured."""
    is_lost: bool
    """Unplugged, silent or foreign; it is looked for by itself."""
    is_ready: bool
    """Identified, with the wanted parameters."""
    are_triggers_on: bool
    ready_age_s: float | None
    """Since it got ready; None while it is not."""
    last_trigger_age_s: float | None
    """None means that there was none since it got ready."""
    why: str
    """Why it was lost or refused last; empty if it never was."""
    numbers: tuple[tuple[str, float], ...]
    """What it tells each second: TEMP_C, IGN, LOST, SHOTS, ... (`firmware_bridge/catalogue.py`)."""
    drift_ppm: float
    paired: int
    unpaired: int
    """Frames whose trigger could not be told."""

    def number(self, name: str) -> float | None:
        """Return one of its numbers; None if it has not said it."""
        return dict(self.numbers).get(name)
