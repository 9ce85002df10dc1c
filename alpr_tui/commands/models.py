"""`alpr models`: bring your own reader or detector, pinned by SHA-256."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from alpr_core.errors import AlprError, UsageError
from alpr_tui.configuration import DEFAULT_FILE
from alpr_vision.model_choice import EyesChoice, ModelPin
from alpr_vision.model_files import MODELS_FOLDER, PINS, file_digest, pinned_model_file, read_pins
from alpr_vision.model_hub import HubModel, fetch_files, hub_model, hub_models, install_fetched
from alpr_vision.model_store import (
    MODEL_FILE,
    OWN,
    InstalledModel,
    ModelKind,
    ModelStore,
    default_models_folder,
    model_in,
    verify,
)

_SHOWN_DIGITS = 16


def add_to(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--models", type=Path, metavar="DIR", help="folder of installed models")

    listing = actions.add_parser("list", parents=[shared], help="what is here, what can be fetched")
    listing.set_defaults(command=list_models)

    fetch = actions.add_parser("fetch", parents=[shared], help="fetch a hub's model, once")
    fetch.add_argument("name", metavar="NAME")
    fetch.add_argument("--pin", metavar="SHA256", help="digest of the model's ONNX file")
    fetch.add_argument("--settings-pin", metavar="SHA256", help="digest of a reader's YAML file")
    fetch.add_argument("--url", help="fetch the ONNX file from here instead")
    fetch.add_argument("--settings-url", metavar="URL", help="fetch the YAML file from here")
    fetch.add_argument(
        "--show-pins", action="store_true", help="print the digests of what is there; keep nothing"
    )
    fetch.set_defaults(command=fetch_model)

    check = actions.add_parser("verify", parents=[shared], help="check models against their pins")
    check.add_argument("names", nargs="*", metavar="NAME", help="all if none is named")
    check.set_defaults(command=verify_models)

    use = actions.add_parser("use", parents=[shared], help="put a model into the configuration")
    use.add_argument("model", metavar="NAME|FOLDER", help=f"{OWN} goes back to our own")
    use.add_argument("--name", help="name for a model that comes in a folder")
    use.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"write it there, such as {DEFAULT_FILE}; without it the lines are printed",
    )
    use.set_defaults(command=use_model)


def list_models(options: argparse.Namespace) -> int:
    """Print our models, the installed ones and the hubs', one a line."""
    for kind in ModelKind:
        print(_line(OWN, kind, file_digest(MODELS_FOLDER / PINS), "in the package"))
    installed = _store(options).models()
    for model in installed:
        print(_line(model.name, model.kind, model.digest, "installed"))
    names = {model.name for model in installed}
    for hub in hub_models():
        if hub.name not in names:
            print(_line(hub.name, hub.kind, "", "can be fetched"))
    return 0


def fetch_model(options: argparse.Namespace) -> int:
    """Fetch a model whose digests are named and install it.

    Raises:
        UsageError: a digest is missing.
        ModelError: it cannot be fetched, or is not what was pinned; nothing was installed.
    """
    model = _hub_model(options)
    pins = {MODEL_FILE: options.pin, model.kind.value: options.settings_pin}
    if options.show_pins:
        for name, content in fetch_files(model).items():
            print(f"{hashlib.sha256(content).hexdigest()}  {name}")
        return 0
    missing = [name for name in model.urls() if not pins[name]]
    if missing:
        raise UsageError(
            f"No SHA-256 was named for {' and '.join(missing)} of {model.name}.",
            "Name it with --pin and --settings-pin; --show-pins prints what the hub has now.",
        )
    installed = install_fetched(_store(options), model, fetch_files(model), pins)
    _say_installed(installed)
    return 0


def verify_models(options: argparse.Namespace) -> int:
    """Check our models and the installed ones; the exit code is that of the last refusal."""
    store = _store(options)
    exit_code = 0
    if not options.names:
        for file in read_pins(MODELS_FOLDER):
            pinned_model_file(file)
        print(f"{OWN}: as pinned")
    for name in options.names or [model.name for model in store.models()]:
        try:
            model = store.find(name)
            verify(model)
            print(f"{name}: as pinned, digest {model.digest}")
        except AlprError as refused:
            exit_code = refused.exit_code
            print(f"alpr: {refused}", file=sys.stderr)
    return exit_code


def use_model(options: argparse.Namespace) -> int:
    """Name a model in the configuration, after installing it if it comes in a folder.

    Raises:
        ModelError: it cannot be used; nothing was changed.
        ConfigError: the configuration cannot be read or written.
    """
    from alpr_tui.vision_settings import (
        VisionSettings,
        read_settings,
        settings_text,
        write_settings,
    )

    settings = VisionSettings() if options.config is None else read_settings(options.config)
    if options.model == OWN:
        settings = replace(settings, choice=EyesChoice())
    else:
        folder = (options.models or settings.models_folder or default_models_folder()).resolve()
        model = _brought(ModelStore(folder), options.model, options.name)
        pin = ModelPin(model.name, model.digest)
        choice = (
            replace(settings.choice, reader=pin)
            if model.kind is ModelKind.READER
            else replace(settings.choice, detector=pin)
        )
        settings = VisionSettings(folder, choice)
    if options.config is None:
        print(settings_text(settings), end="")
    else:
        write_settings(options.config, settings)
        print("The configuration names it; it is used from the next start on.", file=sys.stderr)
    return 0


def _brought(store: ModelStore, named: str, name: str | None) -> InstalledModel:
    """The model of a name, or of a folder, which is installed first."""
    folder = Path(named)
    if not folder.is_dir():
        if name is not None:
            raise UsageError("--name is for a model that comes in a folder.")
        model = store.find(named)
        verify(model)
        return model
    kind, files = model_in(folder)
    model = store.install(name or folder.resolve().name, kind, files)
    _say_installed(model)
    return model


def _hub_model(options: argparse.Namespace) -> HubModel:
    """The hub's model, from other addresses if they are named."""
    model = hub_model(options.name)
    return replace(
        model,
        model_url=options.url or model.model_url,
        settings_url=model.settings_url and (options.settings_url or model.settings_url),
    )


def _store(options: argparse.Namespace) -> ModelStore:
    return ModelStore(options.models or default_models_folder())


def _say_installed(model: InstalledModel) -> None:
    words: Sequence[str] = (
        f"{model.name} is installed, a {model.kind.word}; its digest is",
        model.digest,
        f"Compare it: alpr bench vision --{model.kind.word} {model.name}",
    )
    for line in words:
        print(line, file=sys.stderr)


def _line(name: str, kind: ModelKind, digest: str, where: str) -> str:
    return f"{name:36}  {kind.word:8}  {digest[:_SHOWN_DIGITS]:{_SHOWN_DIGITS}}  {where}"
