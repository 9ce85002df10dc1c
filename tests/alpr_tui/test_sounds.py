"""The sounds of hits: a program or the bell, distinct, and the alarm never muted."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from alpr_core.errors import ConfigError
from alpr_core.hotlists.class_rules import Sound
from alpr_tui.sound_settings import sound_commands
from alpr_tui.sounds import BELLS, HitSounds


def test_without_a_player_the_bell_tells_the_sounds_apart() -> None:
    """Each sound has its own number of strokes, and silence has none."""
    strokes: list[int] = []
    sounds = HitSounds({}, strokes.append)
    for sound in Sound:
        sounds.play(sound)
    assert strokes == [3, 2, 1] == sorted({BELLS[sound] for sound in Sound} - {0}, reverse=True)


def test_low_sounds_can_be_muted_and_the_alarm_cannot() -> None:
    """Muted, only the alarm sounds."""
    strokes: list[int] = []
    sounds = HitSounds({}, strokes.append)
    sounds.are_low_ones_muted = True
    for sound in Sound:
        sounds.play(sound)
    assert strokes == [3]


def test_a_player_is_run_with_its_arguments(tmp_path: Path) -> None:
    """The configured program plays the sound, and the bell is silent."""
    played = tmp_path / "played"
    command = (sys.executable, "-c", f"import pathlib; pathlib.Path({str(played)!r}).touch()")
    rung = threading.Event()
    HitSounds({Sound.ALARM: command}, lambda _strokes: rung.set())._run(command, Sound.ALARM)
    assert played.exists() and not rung.is_set()


@pytest.mark.parametrize("command", [("/no/such/player",), (sys.executable, "-c", "exit(1)")])
def test_a_player_that_fails_is_replaced_by_the_bell(command: tuple[str, ...]) -> None:
    """A program that is not there or fails costs no alarm."""
    rung = threading.Event()
    HitSounds({Sound.ALARM: command}, lambda _strokes: rung.set()).play(Sound.ALARM)
    assert rung.wait(30)


def test_the_configuration_names_players() -> None:
    """A list of words is a player; another sound or anything else is refused in words."""
    assert sound_commands({"sounds": {"alarm": ["play", "a.wav"]}}, "box.toml [sounds]") == {
        Sound.ALARM: ("play", "a.wav")
    }
    assert sound_commands({}, "") == {}
    for wrong in ({"siren": ["x"]}, {"alarm": "play a.wav"}, {"alarm": []}, {"silent": ["x"]}, 7):
        with pytest.raises(ConfigError, match=r"box\.toml"):
            sound_commands({"sounds": wrong}, "box.toml [sounds]")
