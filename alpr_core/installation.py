"""What is found when a car's devices are set up: facts of a pre-installation report. No plate but a test plate.

Source: policy 462.2 (installation and maintenance of ALPR equipment).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alpr_core.aiming import SeenTestPlate
from alpr_core.badge import Badge
from alpr_core.device_profile import DeviceProfile
from alpr_core.fix import Fix


@dataclass(frozen=True, slots=True)
class TriggerLatency:
    """From trigger to frame, over the newest paired frames."""

    frames: int
    least_ms: float
    middle_ms: float
    most_ms: float


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """One device as it was found."""

    badge: Badge
    words: str

    @property
    def is_fine(self) -> bool:
        """Tell whether nothing has to be done about it; a device that is not fitted is fine."""
        return not self.badge.light.is_warning


@dataclass(frozen=True, slots=True)
class Installation:
    """One car's devices at one moment."""

    car: str
    organisation: str
    technician: str
    """Name and badge."""
    made_at: datetime
    devices: tuple[FoundDevice, ...]
    parameters: tuple[tuple[str, str, str, str], ...]
    """Name, value, unit and limits of the board's parameters; empty without a board."""
    camera: tuple[tuple[str, str], ...]
    """Settings read from the plate camera; empty if it has no control line."""
    latency: TriggerLatency | None
    """None if no frame was paired."""
    fix: Fix | None
    test_plate: SeenTestPlate | None
    """None if none was held before the camera."""
    profile: DeviceProfile
    """What the car keeps for its devices."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Names of devices that are not fine."""
        return tuple(found.badge.name for found in self.devices if not found.is_fine)
