"""Finds the models and refuses altered ones.

`models/PINS` lists the SHA-256 of every model file in the format of `sha256sum`; a file that is missing,
unlisted or different is refused before ONNX Runtime sees it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import onnxruntime

from alpr_core.errors import ModelError

MODELS_FOLDER = Path(__file__).parent / "models"

VISION_THREADS = 1
"""Threads of one ONNX session. One core reads a frame in time; the other draws the screen."""


def pinned_model_file(name: str, folder: Path = MODELS_FOLDER) -> Path:
    """Return the path of a model file after checking it against its pin.

    Args:
        name: Path below `folder`, for example `reader/model.onnx`.

    Raises:
        ModelError: missing, not pinned, or not the pinned bytes.
    """
    path = folder / name
    pins = _read_pins(folder)
    if name not in pins:
        raise ModelError(f"{name} is not pinned in {folder.name}/PINS.")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{name} cannot be read ({error.strerror}).") from error
    if digest != pins[name]:
        raise ModelError(f"{name} was altered: its SHA-256 is {digest[:16]}…, not the pinned one.")
    return path


def bounded_session_options(threads: int = VISION_THREADS) -> onnxruntime.SessionOptions:
    """Return options that keep a session on `threads` cores and let them sleep between frames."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # fatal only: nothing may write on the screen
    return options


def _read_pins(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / "PINS").read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise ModelError(f"The list of pinned models cannot be read ({error.strerror}).") from error
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {name.strip(): digest for digest, name in pairs}
