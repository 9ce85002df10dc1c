"""A pause of the reading: asked for with a reason, seen by everybody, over with the shift at the latest.

Cameras and shift go on; no frame is looked at. Without its entry on the log nothing is paused, and a pause that
cannot be ended on the log is ended all the same: reading is what the box is for.

Source: design.md section 3; policy 462.3(a), 462.5(a); issue "live screen".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alpr_core.audit.entry import Subject
from alpr_core.desk.desk import Desk
from alpr_core.errors import AuditError, InputError, StoreError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text

WHERE = "live screen"

REASON_CHARS_MIN, REASON_CHARS_MAX = 4, 120
"""A word at least, and one line of a narrow screen."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Why nothing is read now."""

    reason: str
    badge: str
    """Who asked for it."""
    since: datetime
    """Aware UTC time."""


class Valve(Protocol):
    """What lets frames through, see `alpr_tui.capture_gate.CaptureGate`."""

    @property
    def is_in_shift(self) -> bool: ...

    @property
    def current_pause(self) -> Pause | None: ...

    def pause(self, pause: Pause) -> None: ...

    def resume(self) -> None: ...


class Pauses:
    """Pauses for whoever is at the desk. Every method raises AccessRefused, StoreError or AuditError."""

    def __init__(self, desk: Desk, valve: Valve, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._valve = valve
        self._now = now

    @property
    def current(self) -> Pause | None:
        """The pause under way; None while plates are read, or no shift runs."""
        return self._valve.current_pause

    def begin(self, reason: str) -> Pause:
        """Read nothing from now on.

        Raises:
            InputError: no reason, no shift, or a pause already.
        """
        user = self._desk.require(Action.PAUSE_CAPTURE, WHERE)
        words = clean_text(reason, REASON_CHARS_MAX)
        if len(words) < REASON_CHARS_MIN:
            raise InputError("A pause needs its reason.", "Say in a few words why nothing is read.")
        if not self._valve.is_in_shift:
            raise InputError("No shift runs, so nothing is read.", "There is nothing to pause.")
        if self._valve.current_pause is not None:
            raise InputError("The reading is paused already.", "One pause at a time.")
        pause = Pause(words, user.badge, self._now())
        subject = Subject(note=words)
        with self._desk.doing(Action.PAUSE_CAPTURE, WHERE, subject=subject, by=user, deed="pause"):
            pass
        self._valve.pause(pause)
        return pause

    def end(self) -> None:
        """Read again. Anybody who may pause may end a pause, whoever began it.

        Raises:
            InputError: nothing is paused.
        """
        pause = self._valve.current_pause
        if pause is None:
            raise InputError("The reading is not paused.", "There is nothing to end.")
        user = self._desk.require(Action.PAUSE_CAPTURE, WHERE)
        seconds = max(0, int((self._now() - pause.since).total_seconds()))
        try:
            with self._desk.doing(Action.PAUSE_CAPTURE, WHERE, by=user, deed="resume") as record:
                record.facts.update(begun_by=pause.badge, seconds=str(seconds))
        except (StoreError, AuditError):
            self._valve.resume()
            raise
        self._valve.resume()
