"""Questions to a technician at a terminal, or to an answers file; secrets without echo, or from a descriptor.

A secret is never taken from the command line or the environment, where other programs read it.
"""

from __future__ import annotations

import getpass
import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from alpr_core.errors import ConfigError, InputError, UsageError
from alpr_core.terminal_text import clean_text

SECRET_CHARS_MAX = 4096
T = TypeVar("T")


class Dialogue:
    """Asks; what the answers file or a descriptor answers is not asked.

    Args:
        answers: By name, such as `administrator.badge`.
        descriptors: Open file descriptors by the name of the secret that one line of theirs holds.
    """

    def __init__(
        self, answers: Mapping[str, str] | None = None, descriptors: Mapping[str, int] | None = None
    ) -> None:
        self._answers = dict(answers or {})
        self._descriptors = dict(descriptors or {})

    def say(self, text: str = "") -> None:
        """Show words; they go where errors go, standard output carries data."""
        if sys.stderr is not None:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def answer(
        self,
        name: str,
        question: str,
        read: Callable[[str], T],
        default: str = "",
    ) -> T:
        """Return what was answered, as `read` understands it; asked again while it refuses.

        Args:
            read: Raises InputError or KeyFileError with the reason.
            name: Also of a descriptor, for a code that is known only later.
            default: Taken when only Enter is pressed; empty means that there is none.

        Raises:
            UsageError: nobody is there to ask.
            AlprError: as `read`, if the refused answer came from the answers file.
        """
        if name in self._answers:
            return read(self._answers[name])
        if name in self._descriptors:
            return read(_line_of(self._descriptors[name], name))
        while True:
            shown = f" [{default}]" if default else ""
            typed = self._ask_line(name, f"{question}{shown}: ").strip()
            try:
                return read(typed or default)
            except InputError as refused:
                self.say(f"  {refused.what} {refused.hint}")

    def secret(self, name: str, question: str, read: Callable[[str], T], *, twice: bool) -> T:
        """Return a secret as `read` understands it.

        Args:
            twice: Have it typed twice; a new one that was mistyped would lock its owner out.
        """
        if name in self._descriptors:
            return read(_line_of(self._descriptors[name], name))
        while True:
            typed = self._ask_hidden(name, f"{question}: ")
            try:
                if twice and self._ask_hidden(name, "  the same again: ") != typed:
                    raise InputError("The two are not the same.", "Type both again.")
                return read(typed)
            except InputError as refused:
                self.say(f"  {refused.what} {refused.hint}")

    def is_scripted(self, name: str) -> bool:
        """Tell whether this secret comes from a descriptor."""
        return name in self._descriptors

    def _ask_line(self, name: str, prompt: str) -> str:
        _refuse_nobody(name)
        sys.stderr.write(prompt)
        sys.stderr.flush()
        typed = sys.stdin.readline()
        if not typed:
            raise UsageError("The input ended.", "Nothing was set up.")
        return typed

    def _ask_hidden(self, name: str, prompt: str) -> str:
        _refuse_nobody(name)
        try:
            return getpass.getpass(prompt, sys.stderr)
        except EOFError as fault:
            raise UsageError("The input ended.", "Nothing was changed.") from fault


def read_answers(file: Path | None) -> dict[str, str]:
    """Return the answers of a TOML file by `table.name`; none without a file.

    Raises:
        ConfigError: it cannot be read, or an answer is no text, date, number or truth value.
    """
    if file is None:
        return {}
    shown = clean_text(file.name)
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{shown} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise ConfigError(f"{shown}: {clean_text(str(error))}.") from error
    answers = {}
    for table, content in tables.items():
        if not isinstance(content, dict):
            raise ConfigError(f"{shown}: {clean_text(table)} must be a table.")
        for name, value in content.items():
            if isinstance(value, dict | list):
                raise ConfigError(f"{shown}: {clean_text(f'{table}.{name}')} must be one answer.")
            answers[f"{table}.{name}"] = (
                ("yes" if value else "no") if isinstance(value, bool) else str(value)
            )
    return answers


def read_text(typed: str) -> str:
    """Return a typed text; InputError if it is empty or hides signs."""
    text = clean_text(typed)
    if not text or text != typed.strip():
        raise InputError("Something readable is needed here.", "Type it again.")
    return text


def read_yes(typed: str) -> bool:
    """Return whether yes was typed; InputError if neither yes nor no was."""
    word = typed.strip().casefold()
    if word not in {"y", "yes", "n", "no"}:
        raise InputError("Answer yes or no.", "")
    return word in {"y", "yes"}


def _refuse_nobody(name: str) -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            f"{name} is not answered, and there is no terminal to ask at.",
            "Name an answers file with --answers and descriptors for the secrets.",
        )


def _line_of(descriptor: int, name: str) -> str:
    """Return the next line of a descriptor; read sign by sign, because others may follow for others."""
    line = bytearray()
    try:
        while (sign := os.read(descriptor, 1)) not in {b"", b"\n"}:
            line += sign
            if len(line) > SECRET_CHARS_MAX:
                raise UsageError(f"The line for {name} is too long.")
        return line.decode("utf-8")
    except OSError as fault:
        raise UsageError(f"The descriptor for {name} cannot be read ({fault.strerror}).") from fault
    except UnicodeDecodeError as fault:
        raise UsageError(f"The line for {name} is no UTF-8 text.") from fault
