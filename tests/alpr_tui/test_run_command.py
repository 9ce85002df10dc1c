from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from alpr_tui.__main__ import main
from db.keys import make_demo_key_file, read_key_file
from db.store import Store
from hw.simulated_drive import SimulatedDrive

ALPR = (sys.executable, "-P", "-m", "alpr_tui")
Said = pytest.CaptureFixture[str]


@pytest.fixture
def box_folder(tmp_path: Path) -> Path:
    """A configured box whose camera is a folder with six photographs of one vehicle."""
    make_demo_key_file(tmp_path / "box.key")
    (tmp_path / "photos").mkdir()
    drive = SimulatedDrive(seed=462, vehicles=10, is_live=False, loops=False)
    vehicle = next(v for v in drive.vehicles if v.plate == "5574HKA")
    for number in range(vehicle.last_frame - 5, vehicle.last_frame + 1):
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.png"), drive.render(number)[0])
    (tmp_path / "box.toml").write_text(
        '[box]\nname = "unit 12"\nstore = "store"\nkey_file = "box.key"\n'
        '[[camera]]\nname = "front"\nsource = "photos"\n'
    )
    return tmp_path


def run(folder: Path) -> int:
    return main(["run", "--headless", "--config", str(folder / "box.toml")])


def test_a_folder_is_read_to_its_end(box_folder: Path, capsys: Said) -> None:
    """A box on a folder reads it, stores what it saw, says how it ended and stops with 0."""
    assert run(box_folder) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "5574HKA" in [line["plate"] for line in lines if line["event"] == "stored"]
    assert {"event": "source_ended", "camera": "front", "frames": 6} in lines
    assert lines[-1]["event"] == "stopped"
    assert lines[-1]["frames"] == 6 and lines[-1]["dropped"] == 0


def test_missing_configuration_and_terminal(tmp_path: Path, capsys: Said) -> None:
    """No configuration, and no terminal for the screen, are clear refusals."""
    assert run(tmp_path) == 9
    assert main(["run", "--config", str(tmp_path / "box.toml")]) == 2
    assert "--headless" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "code", "words"),
    [
        (None, 6, "box.key"),
        ("", 6, "box.key"),
        ("ALPR-DEMO-KEY-1 1234\n", 6, "box.key"),
        ("ALPR-DEMO-KEY-1 " + "ab" * 32 + "\n", 7, "key"),
    ],
)
def test_missing_and_wrong_keys(
    box_folder: Path, capsys: Said, key: str | None, code: int, words: str
) -> None:
    """A missing, empty, short or wrong key is named, and the store is not changed by a byte."""
    assert run(box_folder) == 0
    store = {
        path: path.read_bytes() for path in (box_folder / "store").rglob("*") if path.is_file()
    }
    (box_folder / "box.key").unlink()
    if key is not None:
        (box_folder / "box.key").write_text(key)
    capsys.readouterr()
    assert run(box_folder) == code
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said
    assert store == {
        path: path.read_bytes() for path in (box_folder / "store").rglob("*") if path.is_file()
    }


def test_altered_model_is_refused_before_anything_is_opened(
    box_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    """With an altered model the box does not start, names the file and makes no store."""
    import shutil

    from alpr_vision import eyes, model_files

    models = shutil.copytree(model_files.MODELS_FOLDER, box_folder / "models")
    (models / "reader" / "model.onnx").write_bytes(b"altered")
    monkeypatch.setattr(eyes.OnnxPlateReader.__init__, "__defaults__", (models,))
    assert run(box_folder) == 5
    assert "reader/model.onnx was altered" in capsys.readouterr().err
    assert not (box_folder / "store").exists()


def test_a_box_whose_store_cannot_be_made(box_folder: Path, capsys: Said) -> None:
    """A store folder that is a file is one clear error and no traceback."""
    (box_folder / "store").write_text("in the way")
    assert run(box_folder) in (7, 8)
    assert "Traceback" not in capsys.readouterr().err


def test_a_full_disk_under_stdout_does_not_stop_the_reads(box_folder: Path) -> None:
    """If the JSON lines cannot be printed, the folder is read and stored all the same, and the end says so."""
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [*ALPR, "run", "--headless", "--config", str(box_folder / "box.toml")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert told.returncode == 2
    assert "Lines could not be printed" in told.stderr and "Traceback" not in told.stderr
    store = Store.open(box_folder / "store", read_key_file(box_folder / "box.key"))
    assert store.sightings.count() >= 1
    store.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_stop_signals_store_what_was_seen(tmp_path: Path, number: signal.Signals) -> None:
    """A stop signal ends the box in order: all that was told as stored is there, exit code 0."""
    running = subprocess.Popen(
        [
            *ALPR,
            *("demo", "--headless"),
            *("--seconds", "60", "--folder", str(tmp_path)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert running.stdout is not None
    first = ""
    while '"stored"' not in first and (line := running.stdout.readline()):
        first += line
    running.send_signal(number)
    lines = [json.loads(line) for line in (first + running.stdout.read()).splitlines()]
    running.stdout.close()
    assert running.wait() == 0
    assert lines[-1]["event"] == "stopped"
    store = Store.open(tmp_path / "store", read_key_file(tmp_path / "demo.key"))
    told = {line["id"] for line in lines if line["event"] == "stored"}
    assert told <= {sighting.sighting_id for sighting in store.sightings.latest(1_000)}
    assert len(told) == lines[-1]["stored"] >= 1
    store.close()
