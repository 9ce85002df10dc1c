"""What a hit sounds like: a command of the configuration per sound, or the terminal's bell where there is none.

A player that hangs or fails never holds up the screen; if it fails, the bell rings instead.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping

from alpr_core.hotlists.class_rules import Sound

PLAYER_LIMIT_S = 10.0
"""A player that runs longer is ended; an alarm is a few seconds."""

BELLS: Mapping[Sound, int] = {
    Sound.ALARM: 3,
    Sound.ATTENTION: 2,
    Sound.NOTICE: 1,
    Sound.SILENT: 0,
}
"""Strokes of the bell: without a player too, urgent hits are told from others by ear."""

SoundCommands = Mapping[Sound, tuple[str, ...]]


class HitSounds:
    """Plays the sounds of hits. Used by the screen's loop alone.

    Args:
        commands: Program and arguments per sound; a sound without one rings the bell.
        ring: Rings the bell so many times; called from any thread.
    """

    def __init__(self, commands: SoundCommands, ring: Callable[[int], object]) -> None:
        self._commands = commands
        self._ring = ring
        self.are_low_ones_muted = False
        """The alarm cannot be muted."""

    def play(self, sound: Sound) -> None:
        """Play a sound, unless it is muted; returns at once."""
        if sound is Sound.SILENT or (self.are_low_ones_muted and sound is not Sound.ALARM):
            return
        command = self._commands.get(sound)
        if command is None:
            self._ring(BELLS[sound])
            return
        threading.Thread(
            target=self._run, args=(command, sound), name="hit sound", daemon=True
        ).start()

    def _run(self, command: tuple[str, ...], sound: Sound) -> None:
        try:
            subprocess.run(
                command,
                check=True,
                timeout=PLAYER_LIMIT_S,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, ValueError, subprocess.SubprocessError):
            self._ring(BELLS[sound])
