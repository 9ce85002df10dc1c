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
