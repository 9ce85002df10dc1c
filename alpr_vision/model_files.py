"""Finds the models and refuses altered ones.

A folder of models has a file `PINS` that lists the SHA-256 of every model file in the format of `sha256sum`;
a file that is missing, unlisted or different is refused before ONNX Runtime sees it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import onnxruntime

from alpr_core.errors import ModelError
from alpr_core.ports import PlateDetector, PlateReader
from alpr_core.terminal_text import clean_text

MODELS_FOLDER = Path(__file__).parent / "models"

PINS = "PINS"
"""Name of the list of digests."""

VISION_THREADS = 1
"""Threads of one ONNX session. One core reads a frame in time; the other draws the screen."""

WrappedT = TypeVar("WrappedT")


class HasSession(Protocol):
    """A part of the eyes that runs one ONNX session."""

    def wrap_session(self, wrap: Callable[[Any], WrappedT]) -> WrappedT:
        """Put `wrap(session)` in the place of the session and return it; for benches that time it."""
        ...


class SessionDetector(PlateDetector, HasSession, Protocol):
    """A detector, ours or a foreign one."""


class SessionReader(PlateReader, HasSession, Protocol):
    """A reader, ours or a foreign one."""


def pinned_model_file(name: str, folder: Path = MODELS_FOLDER) -> Path:
    """Return the path of a model file after checking it against its pin.

    Args:
        name: Path below `folder`, for example `reader/model.onnx`.

    Raises:
        ModelError: missing, not pinned, or not the pinned bytes.
    """
    path = folder / name
    pins = read_pins(folder)
    if name not in pins:
        raise ModelError(f"{name} is not pinned in {clean_text(folder.name)}/{PINS}.")
    digest = file_digest(path)
    if digest != pins[name]:
        raise ModelError(f"{name} was altered: its SHA-256 is {digest[:16]}…, not the pinned one.")
    return path


def check_package_models() -> None:
    """Check every pinned file of the package's models.

    Raises:
        ModelError: one of them is missing or altered.
    """
    for name in read_pins(MODELS_FOLDER):
        pinned_model_file(name)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, 64 hexadecimal digits.

    Raises:
        ModelError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{clean_text(path.name)} cannot be read ({error.strerror}).") from error


def read_pins(folder: Path) -> dict[str, str]:
    """Return the digest of each listed file.

    Raises:
        ModelError: the list is missing or no text.
    """
    try:
        lines = (folder / PINS).read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise ModelError(f"The list of pinned models cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ModelError("The list of pinned models is no plain text.") from error
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ModelError("The list of pinned models has a line that is not `digest  name`.")
    return {name.strip(): digest for digest, name in pairs}


def bounded_session_options(threads: int = VISION_THREADS) -> onnxruntime.SessionOptions:
    """Return options that keep a session on `threads` cores and let them sleep between frames."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # fatal only: nothing may write on the screen
    return options
