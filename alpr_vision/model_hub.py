"""Foreign models by name, fetched once and on demand only; never while plates are read.

Readers are those of fast-plate-ocr's hub, detectors those of open-image-models. Neither library checks what it
fetches, so nothing is installed unless its SHA-256 was named beforehand by whoever answers for it.
"""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException

from fast_plate_ocr.inference.hub import AVAILABLE_ONNX_MODELS

from alpr_core.errors import ModelError
from alpr_core.terminal_text import clean_text
from alpr_vision.model_store import (
    MODEL_BYTES_MAX,
    MODEL_FILE,
    InstalledModel,
    ModelKind,
    ModelStore,
    default_detector_settings,
)

FETCH_LIMIT_S = 60.0
"""Longest silence of a server, seconds."""

_DETECTORS_URL = "https://github.com/ankandrew/open-image-models/releases/download/assets"
_DETECTORS = ("s-608", "t-640", "t-512", "t-416", "t-384", "t-256")
_SCHEMES = ("https://", "http://", "file://")


@dataclass(frozen=True, slots=True)
class HubModel:
    name: str
    kind: ModelKind
    model_url: str
    settings_url: str | None
    """None for a detector, which has no settings of its own."""

    def urls(self) -> dict[str, str]:
        """Return the address of each file by the name it gets here."""
        urls = {MODEL_FILE: self.model_url}
        if self.settings_url is not None:
            urls[self.kind.value] = self.settings_url
        return urls


def hub_models() -> tuple[HubModel, ...]:
    """Return all models that can be fetched by name."""
    readers = (
        HubModel(name, ModelKind.READER, model_url, settings_url)
        for name, (model_url, settings_url) in AVAILABLE_ONNX_MODELS.items()
    )
    detectors = (
        HubModel(
            f"yolo-v9-{size}-license-plate-end2end",
            ModelKind.DETECTOR,
            f"{_DETECTORS_URL}/yolo-v9-{size}-license-plates-end2end.onnx",
            None,
        )
        for size in _DETECTORS
    )
    return (*readers, *detectors)


def hub_model(name: str) -> HubModel:
    """Return one model.

    Raises:
        ModelError: no hub has it.
    """
    for model in hub_models():
        if model.name == name:
            return model
    raise ModelError(f"No hub has a model {clean_text(name)}.", "`alpr models list` names them.")


def fetch_files(model: HubModel) -> dict[str, bytes]:
    """Fetch a model's files, unchecked.

    Raises:
        ModelError: a file cannot be fetched or is too large.
    """
    return {name: _fetched(url) for name, url in model.urls().items()}


def install_fetched(
    store: ModelStore, model: HubModel, files: Mapping[str, bytes], pins: Mapping[str, str]
) -> InstalledModel:
    """Install fetched files that are the pinned ones.

    Args:
        pins: SHA-256 of each file, 64 hexadecimal digits.

    Raises:
        ModelError: a file is not the pinned one, or is no such model; nothing was changed.
    """
    for name, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        if digest != pins[name].lower():
            raise ModelError(
                f"{name} of {model.name} is not the pinned file: its SHA-256 is {digest}.",
                "Nothing was installed. Ask whoever named the pin.",
            )
    extra = {} if model.settings_url else default_detector_settings()
    return store.install(model.name, model.kind, {**files, **extra})


def _fetched(url: str) -> bytes:
    if not url.startswith(_SCHEMES):
        raise ModelError(f"{clean_text(url)} is no address of a file.")
    try:
        with urllib.request.urlopen(url, timeout=FETCH_LIMIT_S) as answer:
            content: bytes = answer.read(MODEL_BYTES_MAX + 1)
    except (OSError, ValueError, HTTPException) as error:  # URLError is an OSError
        reason = clean_text(str(getattr(error, "reason", error)), 80)
        raise ModelError(
            f"{clean_text(url)} cannot be fetched ({reason}).",
            "Check the network, or bring the files in a folder: `alpr models use FOLDER`.",
        ) from error
    if len(content) > MODEL_BYTES_MAX:
        raise ModelError(f"{clean_text(url)} is larger than {MODEL_BYTES_MAX} bytes.")
    return content
