"""A technician and an administrator at a real terminal, played by a program; shows how long it takes.

Run as `python -m tests.alpr_tui.provisioning_at_a_terminal FOLDER` to see the whole conversation.
"""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from alpr_core.accounts.one_time_code import code_at, secret_of

ROOT = Path(__file__).parents[2]
ANSWER_LIMIT_S = 60.0
PASSWORD = "tulip kestrel mosaic"
PASSPHRASE = "walnut lantern breeze copper anchor"

Reply = str | Callable[[str], str]
"""What is typed; or what is made of everything that was shown so far."""


class Terminal:
    """A command on a pseudo-terminal of 100 columns and 60 lines."""

    def __init__(self, words: Sequence[str]) -> None:
        self.shown = ""
        self._read_to = 0
        self._child, self._master = pty.fork()
        if self._child == 0:
            os.chdir(ROOT)
            os.environ.update(TERM="xterm-256color", COLUMNS="100", LINES="60", PYTHONUTF8="1")
            os.execv(sys.executable, [sys.executable, "-P", "-m", "alpr_tui", *words])

    def expect(self, words: str) -> None:
        """Read on until these words are shown after what was expected before."""
        deadline_mono_s = time.monotonic() + ANSWER_LIMIT_S
        while words not in self.shown[self._read_to :]:
            assert time.monotonic() < deadline_mono_s, f"no {words!r} in {self.shown!r}"
            if not self._read_more():
                raise AssertionError(f"ended without {words!r}: {self.shown!r}")
        self._read_to += self.shown[self._read_to :].index(words) + len(words)

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())

    def finish(self) -> int:
        """Read to the end and return the exit code."""
        while self._read_more():
            pass
        os.close(self._master)
        return os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])

    def interrupt(self) -> None:
        os.write(self._master, b"\x03")

    def _read_more(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], ANSWER_LIMIT_S)
        assert ready, f"nothing more after {self.shown!r}"
        try:
            content = os.read(self._master, 65_536)
        except OSError:  # the other end is closed
            return False
        self.shown += content.decode("utf-8", errors="replace")
        return bool(content)


def code_of_the_screen(shown: str) -> str:
    """Return what an authenticator app shows after the typed form of the secret was entered."""
    groups = re.findall(r"6 digits\): ([A-Z2-7 ]+)", shown)[-1]
    secret = secret_of("otpauth://totp/x?secret=" + groups.replace(" ", ""))
    return code_at(secret, datetime.now(UTC))


def conversation(escrow_public: Path) -> list[tuple[str, Reply]]:
    """Return the questions of `alpr provision` and what is typed, mistakes included."""
    return [
        ("Name of this car or unit", "unit 12"),
        ("Camera", ""),
        ("Kept by", "safe"),
        ("Answer with one of these words", ""),
        ("Kept by", "passphrase"),
        ("Passphrase (not shown)", "too short"),
        ("the same again", "too short"),
        ("at least 15 signs", ""),
        ("Passphrase (not shown)", PASSPHRASE),
        ("the same again", PASSPHRASE),
        ("File of the public key", str(escrow_public)),
        ("Badge number", "A 1!"),
        ("is no badge number", ""),
        ("Badge number", "A-1"),
        ("Name", "Ines Vega"),
        ("Title", ""),
        ("Agency", ""),
        ("Named designee by", "Chief of Police"),
        ("department data", ""),
        ("Course", ""),
        ("Given by", "Sgt. Lee"),
        ("On [", ""),
        ("Holds until", ""),
        ("Password (not shown)", "vega1234"),
        ("the same again", "vega1234"),
        ("It contains", ""),
        ("Password (not shown)", PASSWORD),
        ("the same again", PASSWORD),
        ("app shows now", "000000"),
        ("not the code of this moment", ""),
        ("app shows now", code_of_the_screen),
        ("locked away? yes/no", "yes"),
    ]


def play(terminal: Terminal, questions: list[tuple[str, Reply]]) -> None:
    """Wait for each question and type its answer; what is no question only has to be shown."""
    for words, reply in questions:
        terminal.expect(words)
        if words.endswith(("words", "signs", "number", "contains", "moment")) and not reply:
            continue
        terminal.type(reply if isinstance(reply, str) else reply(terminal.shown))


def main() -> None:
    folder = Path(sys.argv[1])
    words = ["provision", "--folder", str(folder / "data"), "--config", str(folder / "box.toml")]
    terminal = Terminal(words)
    started_mono_s = time.monotonic()
    play(terminal, conversation(folder / "public.pem"))
    code = terminal.finish()
    sys.stdout.write(terminal.shown)
    sys.stdout.write(f"\nexit code {code}, {time.monotonic() - started_mono_s:.1f} s\n")


if __name__ == "__main__":
    main()
