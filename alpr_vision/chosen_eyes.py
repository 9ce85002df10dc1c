"""Eyes with the models that a configuration names in the place of ours."""

from __future__ import annotations

from typing import Any

from alpr_core.errors import ModelError
from alpr_core.terminal_text import clean_text
from alpr_vision.eyes import Eyes
from alpr_vision.model_choice import EyesChoice, ModelPin
from alpr_vision.model_store import ModelKind, ModelStore, open_model


def choice_of_names(store: ModelStore, reader: str | None, detector: str | None) -> EyesChoice:
    """Return a choice of installed models as they are now.

    Raises:
        ModelError: one is not installed.
    """
    pins = [
        None if name is None else ModelPin(name, store.find(name).digest)
        for name in (reader, detector)
    ]
    return EyesChoice(*pins)


def open_eyes(store: ModelStore, choice: EyesChoice) -> Eyes:
    """Load the chosen models; what is not chosen is ours.

    Raises:
        ModelError: one is missing, altered, of the other kind or no longer the pinned one.
    """
    eyes = Eyes.open()
    reader = _chosen(store, choice.reader, ModelKind.READER) or eyes.reader
    detector = _chosen(store, choice.detector, ModelKind.DETECTOR) or eyes.detector
    return Eyes(detector, reader)


def _chosen(store: ModelStore, pin: ModelPin | None, kind: ModelKind) -> Any:
    """The chosen model; `Eyes` takes whatever finds or reads plates."""
    if pin is None:
        return None
    model = store.find(pin.name)
    if model.digest != pin.digest.lower():
        raise ModelError(
            f"{model.name} is not the model that the configuration names:"
            f" its digest is {model.digest[:16]}…, not {clean_text(pin.digest)[:16]}…",
            "Name it again with `alpr models use` if the change was meant.",
        )
    if model.kind is not kind:
        raise ModelError(f"{model.name} is no {kind.word} but a {model.kind.word}.")
    return open_model(model)
