"""The table `[sounds]` of the configuration: which program plays which sound.

[sounds]                    # without a line here the terminal's bell rings: three, two or one strokes
alarm = ["paplay", "/usr/share/sounds/alarm.oga"]   # program and arguments; the alarm cannot be muted
attention = ["paplay", "/usr/share/sounds/attention.oga"]
notice = ["paplay", "/usr/share/sounds/notice.oga"]
"""

from __future__ import annotations

from typing import Any

from alpr_core.errors import ConfigError
from alpr_core.hotlists.class_rules import Sound
from alpr_core.terminal_text import clean_text
from alpr_tui.sounds import SoundCommands

TABLE = "sounds"


def sound_commands(tables: dict[str, Any], where: str) -> SoundCommands:
    """Return the commands that the configuration names.

    Raises:
        ConfigError: a sound that does not exist, or a command that is no list of words.
    """
    table = tables.get(TABLE, {})
    names = {sound.value: sound for sound in Sound if sound is not Sound.SILENT}
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table.")
    commands: dict[Sound, tuple[str, ...]] = {}
    for name, command in table.items():
        if name not in names:
            raise ConfigError(
                f"{where} does not know {clean_text(name)}.", f"Known: {', '.join(names)}."
            )
        is_command = isinstance(command, list) and command and all(map(_is_word, command))
        if not is_command:
            raise ConfigError(f'{where} needs {name} = ["program", "argument", ...].')
        commands[names[name]] = tuple(command)
    return commands


def _is_word(part: object) -> bool:
    return isinstance(part, str) and bool(part) and "\0" not in part
