"""The [vision] table of a box's configuration: which models, and where they are installed.

[vision]
models = "/var/lib/alpr/models"
reader = "cct-s-v2-global-model"
reader_sha256 = "..."            # digest of the model's PINS, as `alpr models use` writes it

The table is the only one that the program writes itself; the rest of the file is kept byte for byte.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alpr_core.errors import ConfigError
from alpr_core.terminal_text import clean_text
from alpr_vision.model_choice import EyesChoice, ModelPin
from hw.picture_file import shown_name

TABLE = "vision"

_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_TABLE_LINES = re.compile(r"^\[vision\][^\n]*(?:\n[ \t]*\w+[ \t]*=[^\n]*)*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class VisionSettings:
    models_folder: Path | None = None
    """None means this user's own."""
    choice: EyesChoice = field(default_factory=EyesChoice)


def vision_settings(tables: dict[str, Any], where: str, folder: Path) -> VisionSettings:
    """Return the settings of a configuration's tables; ours if it has no [vision].

    Args:
        where: How to call the table in a refusal.
        folder: Relative paths are taken from here.

    Raises:
        ConfigError: a word is unknown or of the wrong kind, or a model is named without its digest.
    """
    table = tables.get(TABLE, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table.")
    known = {"models", "reader", "reader_sha256", "detector", "detector_sha256"}
    if unknown := sorted(set(table) - known):
        raise ConfigError(f"{where} does not know {clean_text(', '.join(unknown))}.")
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise ConfigError(f'{where} needs {key} = "...".')
    models = folder / table["models"] if "models" in table else None
    choice = EyesChoice(_pin(table, "reader", where), _pin(table, "detector", where))
    return VisionSettings(models, choice)


def read_settings(file: Path) -> VisionSettings:
    """Return the [vision] settings of a configuration file.

    Raises:
        ConfigError: it cannot be read, is no TOML, or its table is wrong.
    """
    return vision_settings(_tables(_text(file), file), f"{shown_name(file)} [vision]", file.parent)


def write_settings(file: Path, settings: VisionSettings) -> None:
    """Put the settings into a configuration file; everything else in it stays as it is.

    Raises:
        ConfigError: the file cannot be read or written, or is written in a way that we cannot keep.
    """
    text = _text(file)
    before = _tables(text, file)
    kept = _TABLE_LINES.sub("", text).rstrip("\n")
    changed = (
        f"{kept}\n\n{settings_text(settings)}" if settings != VisionSettings() else f"{kept}\n"
    )
    after = _tables(changed, file)
    before.pop(TABLE, None)
    after.pop(TABLE, None)
    if before != after:
        raise ConfigError(
            f"The [vision] table of {shown_name(file)} is written in a way that cannot be changed.",
            "Take it out of the file and try again.",
        )
    _replace(file, changed)


def settings_text(settings: VisionSettings) -> str:
    """Return the table as it stands in a file; only a comment if nothing is set."""
    lines = [f"[{TABLE}]"]
    if settings.models_folder is not None:
        lines.append(f"models = {json.dumps(str(settings.models_folder))}")
    for key, pin in (("reader", settings.choice.reader), ("detector", settings.choice.detector)):
        if pin is not None:
            lines += [f'{key} = "{pin.name}"', f'{key}_sha256 = "{pin.digest}"']
    return "\n".join(lines) + "\n"


def _pin(table: dict[str, str], key: str, where: str) -> ModelPin | None:
    name, digest = table.get(key), table.get(f"{key}_sha256")
    if name is None and digest is None:
        return None
    if name is None or digest is None or not _DIGEST.fullmatch(digest):
        raise ConfigError(
            f"{where} needs {key} and {key}_sha256 with 64 hexadecimal digits.",
            "`alpr models use NAME` prints both.",
        )
    return ModelPin(name, digest)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{shown_name(file)} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{shown_name(file)} is not UTF-8 text.") from error


def _tables(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{shown_name(file)}: {clean_text(str(error))}.") from error


def _replace(file: Path, text: str) -> None:
    """Write the file whole or not at all, with the rights it had."""
    target = file.resolve()
    part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.chmod(target.stat().st_mode & 0o777)
        part.replace(target)
    except OSError as error:
        raise ConfigError(f"{shown_name(file)} cannot be written ({error.strerror}).") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
