"""Models that an agency brings itself: one folder each, pinned when they are installed.

    FOLDER/NAME/model.onnx        the network, in one file
    FOLDER/NAME/plate.yaml        a reader's settings (fast-plate-ocr), or
    FOLDER/NAME/detector.yaml     a detector's (`threshold`)
    FOLDER/NAME/PINS              their SHA-256, as `sha256sum -c` checks them

A model's digest is the SHA-256 of its PINS, so that one number in the configuration holds all of it. A model is
installed whole and tried once, or not at all; nothing is ever fetched from here.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import yaml

from alpr_core.errors import ModelError
from alpr_core.terminal_text import clean_text
from alpr_vision.hub_reader import HubPlateReader
from alpr_vision.model_files import (
    PINS,
    SessionDetector,
    SessionReader,
    file_digest,
    pinned_model_file,
    read_pins,
)
from alpr_vision.yolo_detector import DEFAULT_THRESHOLD, YoloPlateDetector

MODEL_FILE = "model.onnx"
MODEL_BYTES_MAX = 200_000_000
SETTINGS_BYTES_MAX = 1_000_000

OWN = "alpr"
"""Stands for the models of the package; no installed model may have this name."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}")


class ModelKind(Enum):
    """What a model does; the value is the name of its settings file."""

    READER = "plate.yaml"
    DETECTOR = "detector.yaml"

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class InstalledModel:
    name: str
    kind: ModelKind
    folder: Path
    digest: str
    """SHA-256 of its PINS, 64 hexadecimal digits."""


class ModelStore:
    """The installed models below one folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def models(self) -> tuple[InstalledModel, ...]:
        """Return what is installed, by name; whether it is unaltered shows when it is opened."""
        if not self.folder.is_dir():
            return ()
        names = sorted(path.parent.name for path in self.folder.glob(f"*/{PINS}"))
        return tuple(self.find(name) for name in names if _NAME.fullmatch(name))

    def find(self, name: str) -> InstalledModel:
        """Return one model.

        Raises:
            ModelError: it is not installed.
        """
        folder = self.folder / checked_name(name)
        for kind in ModelKind:
            if (folder / kind.value).is_file() and (folder / PINS).is_file():
                return InstalledModel(name, kind, folder, file_digest(folder / PINS))
        raise ModelError(
            f"No model {name} is installed.", "`alpr models list` shows what there is."
        )

    def install(self, name: str, kind: ModelKind, files: Mapping[str, bytes]) -> InstalledModel:
        """Pin a model, try it, and put it in place of one of the same name.

        Args:
            files: Contents of MODEL_FILE and of the kind's settings file.

        Raises:
            ModelError: the name or the model cannot be used; nothing was changed.
        """
        checked_name(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=self.folder) as made:
                folder = Path(made) / name
                _write_pinned(folder, {file: files[file] for file in (MODEL_FILE, kind.value)})
                open_model(InstalledModel(name, kind, folder, file_digest(folder / PINS)))
                self._replace(folder, self.folder / name, Path(made) / "before")
        except OSError as error:
            raise ModelError(
                f"{name} cannot be installed ({error.strerror}).", "Name another folder."
            ) from error
        return self.find(name)

    def _replace(self, folder: Path, place: Path, before: Path) -> None:
        if place.exists():
            place.rename(before)
        folder.rename(place)


def open_model(model: InstalledModel) -> SessionReader | SessionDetector:
    """Load an installed model after checking every file against its pin.

    Raises:
        ModelError: a file is missing, altered or not pinned, or it is no such model.
    """
    network = pinned_model_file(MODEL_FILE, model.folder)
    settings = pinned_model_file(model.kind.value, model.folder)
    if model.kind is ModelKind.READER:
        return HubPlateReader(network, settings)
    return YoloPlateDetector(network, settings)


def verify(model: InstalledModel) -> None:
    """Check that a model's files are the pinned ones and that it loads.

    Raises:
        ModelError: they are not, or it does not.
    """
    extra = set(read_pins(model.folder)) - {MODEL_FILE, model.kind.value}
    if extra:
        raise ModelError(f"{model.name} pins files that are none of its own.")
    open_model(model)


def model_in(folder: Path) -> tuple[ModelKind, dict[str, bytes]]:
    """Return the kind and the files of a model that somebody brings: one ONNX file and at most one YAML.

    A YAML with an `alphabet` makes it a reader; without a YAML it is a detector.

    Raises:
        ModelError: it holds none, several, or one that is too large.
    """
    networks = sorted(folder.glob("*.onnx"))
    settings = sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))
    shown = clean_text(folder.name)
    if len(networks) != 1 or len(settings) > 1:
        raise ModelError(
            f"{shown} holds {len(networks)} ONNX and {len(settings)} YAML files.",
            "A model's folder has one ONNX file and at most one YAML file.",
        )
    network = _bounded_bytes(networks[0], MODEL_BYTES_MAX)
    if not settings:
        return ModelKind.DETECTOR, {MODEL_FILE: network, **default_detector_settings()}
    text = _bounded_bytes(settings[0], SETTINGS_BYTES_MAX)
    kind = kind_of_settings(text, clean_text(settings[0].name))
    return kind, {MODEL_FILE: network, kind.value: text}


def kind_of_settings(text: bytes, shown: str) -> ModelKind:
    """Say what a YAML's model is.

    Raises:
        ModelError: it is no YAML table.
    """
    try:
        table = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ModelError(f"{shown} is not readable YAML.") from error
    if not isinstance(table, dict):
        raise ModelError(f"{shown} is not a table of settings.")
    return ModelKind.READER if "alphabet" in table else ModelKind.DETECTOR


def default_detector_settings() -> dict[str, bytes]:
    """Return the settings of a detector that came without."""
    return {ModelKind.DETECTOR.value: f"threshold: {DEFAULT_THRESHOLD}\n".encode("ascii")}


def checked_name(name: str) -> str:
    """Return a model's name.

    Raises:
        ModelError: it is empty, too long, reserved or has other signs than a-z, 0-9 and . _ + -.
    """
    if not _NAME.fullmatch(name) or name == OWN:
        raise ModelError(
            f"{clean_text(name)} cannot be a model's name.",
            "Use small letters, digits and . _ + - and not the word alpr.",
        )
    return name


def default_models_folder() -> Path:
    """Return the folder of this user's models.

    Source: XDG Base Directory Specification 0.8, XDG_DATA_HOME.
    """
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else Path("~/.local/share").expanduser()
    return base / "alpr" / "models"


def _write_pinned(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    (folder / PINS).write_text("".join(lines), encoding="ascii")


def _bounded_bytes(file: Path, limit: int) -> bytes:
    try:
        if file.stat().st_size > limit:
            raise ModelError(f"{clean_text(file.name)} is larger than {limit} bytes.")
        return file.read_bytes()
    except OSError as error:
        raise ModelError(f"{clean_text(file.name)} cannot be read ({error.strerror}).") from error
