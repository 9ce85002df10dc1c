from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from alpr_core.errors import ModelError
from alpr_vision.chosen_eyes import choice_of_names, open_eyes
from alpr_vision.hub_reader import HubPlateReader
from alpr_vision.model_choice import EyesChoice, ModelPin
from alpr_vision.model_files import PINS
from alpr_vision.model_hub import HubModel, fetch_files, hub_model, hub_models, install_fetched
from alpr_vision.model_store import (
    ModelKind,
    ModelStore,
    default_models_folder,
    model_in,
    open_model,
    verify,
)
from alpr_vision.yolo_detector import YoloPlateDetector
from tests.alpr_vision.made_models import bright_patch_detector, our_reader_files


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server that gives what lies in `tmp_path / "hub"`."""
    (tmp_path / "hub").mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "hub"))
    ) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def detector_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "yolo.onnx").write_bytes(bright_patch_detector())
    return folder


def installed_reader(store: ModelStore, tmp_path: Path) -> ModelPin:
    model = store.install("mine", *model_in(our_reader_files(tmp_path / "brought")))
    return ModelPin(model.name, model.digest)


def test_a_brought_reader_is_installed_pinned_and_used(store: ModelStore, tmp_path: Path) -> None:
    """A folder with ONNX and YAML becomes a pinned model that `sha256sum -c` accepts and the eyes load."""
    pin = installed_reader(store, tmp_path)
    (model,) = store.models()
    assert (model.name, model.kind, model.digest) == ("mine", ModelKind.READER, pin.digest)
    subprocess.run(["sha256sum", "-c", "--quiet", PINS], cwd=model.folder, check=True)
    assert isinstance(open_eyes(store, EyesChoice(reader=pin)).reader, HubPlateReader)


def test_a_brought_detector_needs_no_settings(store: ModelStore, tmp_path: Path) -> None:
    """An ONNX file alone is a detector; it gets the settings that its makers use."""
    kind, files = model_in(detector_folder(tmp_path / "brought"))
    model = store.install("yolo", kind, files)
    assert kind is ModelKind.DETECTOR
    assert "threshold: 0.25" in (model.folder / "detector.yaml").read_text()
    choice = EyesChoice(detector=ModelPin("yolo", model.digest))
    assert isinstance(open_eyes(store, choice).detector, YoloPlateDetector)


@pytest.mark.parametrize("file", ["model.onnx", "plate.yaml", PINS])
def test_an_altered_model_is_refused(store: ModelStore, tmp_path: Path, file: str) -> None:
    """One changed bit in model, settings or the list of pins is refused before anything is loaded."""
    pin = installed_reader(store, tmp_path)
    path = store.find("mine").folder / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError):
        open_eyes(store, EyesChoice(reader=pin))


def test_another_model_under_the_same_name_is_refused(store: ModelStore, tmp_path: Path) -> None:
    """A model that was replaced whole, with pins of its own, is not the one that the configuration names."""
    pin = installed_reader(store, tmp_path)
    kind, files = model_in(tmp_path / "brought")
    store.install("mine", kind, {**files, "plate.yaml": files["plate.yaml"] + b"\n# another\n"})
    with pytest.raises(ModelError, match="not the model that the configuration names"):
        open_eyes(store, EyesChoice(reader=pin))


def test_a_reader_is_no_detector(store: ModelStore, tmp_path: Path) -> None:
    """A model in the other's place is refused by name."""
    pin = installed_reader(store, tmp_path)
    with pytest.raises(ModelError, match="mine is no detector but a reader"):
        open_eyes(store, EyesChoice(detector=pin))
    with pytest.raises(ModelError, match="No model other is installed"):
        choice_of_names(store, "other", None)


def test_a_model_that_does_not_run_changes_nothing(store: ModelStore, tmp_path: Path) -> None:
    """A model is tried before it takes its place: what was installed stays, and nothing is left over."""
    pin = installed_reader(store, tmp_path)
    kind, files = model_in(tmp_path / "brought")
    with pytest.raises(ModelError, match="does not load"):
        store.install("mine", kind, {**files, "model.onnx": b"not a model"})
    assert store.find("mine").digest == pin.digest
    assert [path.name for path in store.folder.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    "name", ["", "alpr", "../evil", "a/b", ".hidden", "A", "x" * 65, "a\x1b[2J"]
)
def test_names_cannot_lead_elsewhere(store: ModelStore, name: str) -> None:
    """A model's name is a plain word; anything else is refused before a file is touched."""
    with pytest.raises(ModelError, match="cannot be a model's name"):
        store.find(name)


def test_a_folder_must_hold_one_model(tmp_path: Path) -> None:
    """No ONNX file, or two, are refused: which one was meant is not guessed."""
    folder = our_reader_files(tmp_path / "brought")
    (folder / "second.onnx").write_bytes(b"x")
    with pytest.raises(ModelError, match="2 ONNX"):
        model_in(folder)
    for file in folder.glob("*.onnx"):
        file.unlink()
    with pytest.raises(ModelError, match="0 ONNX"):
        model_in(folder)


def test_pins_of_foreign_files_do_not_verify(store: ModelStore, tmp_path: Path) -> None:
    """A list of pins that names other files is not that of a model."""
    installed_reader(store, tmp_path)
    model = store.find("mine")
    with (model.folder / PINS).open("a") as pins:
        pins.write(f"{'0' * 64}  ../../other\n")
    with pytest.raises(ModelError, match="none of its own"):
        verify(store.find("mine"))


def test_fetched_files_are_checked_against_their_pins(
    store: ModelStore, server: str, tmp_path: Path
) -> None:
    """A hub's reader is installed if its files are the pinned ones, and refused with its digest if not."""
    folder = our_reader_files(tmp_path / "hub" / "release")
    model = HubModel(
        "cct-xs-v2-global-model",
        ModelKind.READER,
        f"{server}/release/reader.onnx",
        f"{server}/release/reader_config.yaml",
    )
    pins = {
        "model.onnx": digest((folder / "reader.onnx").read_bytes()).upper(),
        "plate.yaml": digest((folder / "reader_config.yaml").read_bytes()),
    }
    with pytest.raises(ModelError, match=pins["plate.yaml"]):
        install_fetched(store, model, fetch_files(model), {**pins, "plate.yaml": "0" * 64})
    assert store.models() == ()
    installed = install_fetched(store, model, fetch_files(model), pins)
    assert isinstance(open_model(installed), HubPlateReader)


def test_a_fetched_detector_comes_alone(store: ModelStore, server: str, tmp_path: Path) -> None:
    """A hub's detector has no settings file; it gets the usual ones."""
    detector_folder(tmp_path / "hub" / "release")
    model = HubModel("yolo-test", ModelKind.DETECTOR, f"{server}/release/yolo.onnx", None)
    pins = {"model.onnx": digest(bright_patch_detector())}
    assert store.models() == ()
    assert open_model(install_fetched(store, model, fetch_files(model), pins))


@pytest.mark.parametrize(
    "url",
    ["{server}/none.onnx", "http://127.0.0.1:9/x.onnx", "ftp://x/y.onnx", "file:///none.onnx", "x"],
)
def test_what_cannot_be_fetched_is_said(server: str, url: str) -> None:
    """A missing file, a silent server and a strange address are a ModelError with a way out."""
    model = HubModel("m", ModelKind.DETECTOR, url.format(server=server), None)
    with pytest.raises(ModelError, match=r"cannot be fetched|no address"):
        fetch_files(model)


def test_hubs_are_known_by_name() -> None:
    """The library's readers and the usual detectors can be named; each has an address that is encrypted."""
    names = [model.name for model in hub_models()]
    assert "cct-s-v2-global-model" in names
    assert "yolo-v9-t-384-license-plate-end2end" in names
    assert len(set(names)) == len(names)
    assert all(url.startswith("https://") for m in hub_models() for url in m.urls().values())
    assert hub_model("cct-xs-v2-global-model").kind is ModelKind.READER
    with pytest.raises(ModelError, match="No hub"):
        hub_model("none\x1b[2J")


def test_models_lie_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_DATA_HOME decides if it is an absolute path, as its specification says."""
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert default_models_folder() == Path("/somewhere/alpr/models")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert default_models_folder() == Path("/home/somebody/.local/share/alpr/models")
