"""Which models a box uses, as its configuration says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelPin:
    """An installed model as a configuration names it."""

    name: str
    digest: str
    """SHA-256 of its PINS; any other is refused."""


@dataclass(frozen=True, slots=True)
class EyesChoice:
    """Which models to use; None stands for ours."""

    reader: ModelPin | None = None
    detector: ModelPin | None = None
