from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from alpr_core.errors import AlprError, InputError, KeyFileError
from alpr_tui import command_line
from alpr_tui.__main__ import main
from db.keys import read_key_file

Said = pytest.CaptureFixture[str]


def let_commands_raise(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(_options: argparse.Namespace) -> int:
        raise fault

    monkeypatch.setattr(command_line, "parse", lambda _: argparse.Namespace(command=fail))


def test_our_own_faults_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """An exception that nobody expected is one line with its type, and exit code 1."""
    let_commands_raise(monkeypatch, ZeroDivisionError("secret\x1b[2J"))
    assert main([]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("alpr: Something went wrong: ZeroDivisionError")
    assert said.err.count("\n") == 1
    assert "secret" not in said.err


def test_the_error_line_is_clean(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """Whatever an error carries, the terminal gets one line that it does not obey."""
    let_commands_raise(monkeypatch, InputError("a\x1b]0;pwned\x07\nb"))
    assert main([]) == 3
    said = capsys.readouterr()
    assert "\x1b" not in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("text", ["a=" + "[" * 5000, "a=" + "9" * 5000])
def test_a_configuration_that_wears_the_parser_out(tmp_path: Path, capsys: Said, text: str) -> None:
    """Brackets or digits by the thousand are a refused configuration, not a traceback."""
    (tmp_path / "box.toml").write_text(text)
    assert main(["run", "--headless", "--config", str(tmp_path / "box.toml")]) == 9
    said = capsys.readouterr()
    assert "box.toml" in said.err
    assert said.err.count("\n") == 1


def test_key_file_names_are_clean(tmp_path: Path) -> None:
    """The name of a key file never reaches the terminal as it is."""
    file = tmp_path / "k\x1b]0;x\x07"
    for content in (None, "words", "ALPR-DEMO-KEY-1 12"):
        if content is not None:
            file.write_text(content)
        with pytest.raises(KeyFileError) as refusal:
            read_key_file(file)
        assert "\x1b" not in str(refusal.value)
        assert "k\ufffd" in str(refusal.value)


def test_hints_name_commands_that_exist() -> None:
    """No class of errors sends the user to a command that is not there."""
    classes = [AlprError]
    for error_class in classes:
        classes.extend(error_class.__subclasses__())
        assert "alpr doctor" not in error_class.hint


@pytest.mark.parametrize(
    ("arguments", "redirection", "code", "words"),
    [
        ("read one.png", ">/dev/full", 2, "Standard output cannot be written (No space left"),
        ("read one.png --csv -", ">&-", 2, "Standard output is closed"),
        ("read one.png", ">&-", 2, "Standard output is closed"),
        ("--help", ">/dev/full", 2, "Standard output cannot be written"),
        ("read missing.png", "2>/dev/full", 3, ""),
        ("run --headless --config missing.toml", "2>&-", 9, ""),
    ],
)
def test_an_output_that_takes_nothing(
    tmp_path: Path, arguments: str, redirection: str, code: int, words: str
) -> None:
    """A full or closed stdout or stderr is one clear line, if there is where to, and an exit code."""
    Image.new("L", (64, 64), 90).save(tmp_path / "one.png")
    told = subprocess.run(
        ["sh", "-c", f'"$0" -P -m alpr_tui {arguments} {redirection}', sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
        stdin=subprocess.DEVNULL,
    )
    assert told.returncode == code, told.stderr
    assert words in told.stderr
    assert told.stderr.count("\n") == bool(words)
    assert told.stdout == ""


def test_commands_load_no_screens() -> None:
    """The words of the command line are read without the screens, which ask the terminal when they are loaded."""
    modules = ", ".join(f"alpr_tui.commands.{name}" for name in command_line.COMMANDS)
    asked = f"import sys, {modules}; print({{'textual.app', 'textual_image'}} & {{*sys.modules}})"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


def test_the_list_of_commands_loads_none_of_them() -> None:
    """`alpr --help` names every command without loading one: together they take seconds."""
    asked = "import sys, atexit; from alpr_tui.command_line import parse; atexit.register(lambda: print(sorted("
    asked += (
        "name for name in sys.modules if name.startswith('alpr_tui.commands')))); parse(['--help'])"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    *words, loaded = said.stdout.splitlines()
    assert loaded == "[]"
    assert all(any(line.split()[:1] == [name] for line in words) for name in command_line.COMMANDS)
