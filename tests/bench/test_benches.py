"""The benches themselves, over small sets made here."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from alpr_core.errors import ModelError
from alpr_core.sighting import Sighting
from alpr_tui.__main__ import main
from alpr_vision.eyes import Eyes
from alpr_vision.model_store import ModelStore, model_in
from bench.calibration import calibration_error
from bench.fusion import FusionCount, fusion_tables
from bench.lap import lap_table, score_lap
from bench.passes import LOOKS, drawn_plates, simulated_passes
from bench.report import WIDTH, Table, share, write_json
from bench.speed import Trial, run_trial, speed_table
from bench.vision import NamedEyes, bench_vision
from hw.simulated_drive import SimulatedDrive
from hw.simulated_drive.plate_stock import stocked_plates
from tests.alpr_core.made_readings import frame_at, reading_of
from tests.alpr_vision.made_models import our_reader_files

CROPS = 6
Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sets like the labelled photographs: drawn plates as crops, frames of the drive as scenes."""
    folder = tmp_path_factory.mktemp("shared") / "photos"
    crops, scenes = folder / "crops_us", folder / "scenes_us"
    for made in (crops, scenes, folder.parent / "backgrounds"):
        made.mkdir(parents=True)
    rows = ["image,state,plate"]
    for number, plate in enumerate(stocked_plates()[:CROPS]):
        cv2.imwrite(str(crops / f"{number}.png"), plate.levels()[0])
        rows.append(f"{number}.png,{plate.state.lower()},{plate.text}")
    (crops / "truth.csv").write_text("\n".join(rows))
    drive = SimulatedDrive(seed=7, vehicles=12, is_live=False, loops=False)
    number, (place,) = next(
        (n, places)
        for n in range(drive.lap_frames)
        if len(places := drive.plates_in(n)) == 1 and places[0].width_px > 110
    )
    cv2.imwrite(str(scenes / "scene.png"), drive.render(number)[0])
    (x, y), (right, lower) = np.min(place.corners, axis=0), np.max(place.corners, axis=0)
    (scenes / "truth.csv").write_text(
        f"image,x,y,w,h,plate\nscene.png,{x},{y},{right - x},{lower - y},{place.vehicle.plate}\n"
    )
    cv2.imwrite(str(folder.parent / "backgrounds" / "grey.png"), np.full((480, 640), 99, np.uint8))
    return folder


def test_vision_bench_measures_and_fits_the_screen(photos: Path, capsys: Said) -> None:
    """All topics are told in at most 80 columns, missing sets are left out, and JSON says the same."""
    figures = bench_vision(
        [NamedEyes("alpr", Eyes.open()), NamedEyes("installed", Eyes.open())],
        photos,
        photos.parent / "backgrounds",
        with_peer=False,
        show_wrong=True,
    )
    said = capsys.readouterr()
    assert max(map(len, said.out.splitlines())) <= WIDTH
    for topic in (
        "Cut-out plates",
        "State",
        "Whole scenes",
        "without plates",
        "Confidence",
        "time",
    ):
        assert topic in said.out
    assert "scenes_eu is not there and was left out." in said.err
    told = json.loads(json.dumps(figures))
    first, second, scenes = told["sets"][:3]
    assert (first["set"], first["all"]["photos"]) == ("crops_us", CROPS)
    assert first["all"]["folded"] == second["all"]["folded"] >= 0.5
    assert (scenes["set"], scenes["scenes"]["recall"]) == ("scenes_us", 1.0)
    assert scenes["line_ms"] >= scenes["raw_ms"] > 0
    assert told["backgrounds"][0] == {"reader": "alpr", "pictures": 1, "boxes": 0, "shown": 0}


def test_bench_command_writes_json(photos: Path, tmp_path: Path, capsys: Said) -> None:
    """`alpr bench vision --json` writes the figures; a file that cannot be written is an error in words."""
    words = ["bench", "vision", "--photos", str(photos), "--quick", "--no-peer", "--json"]
    assert main([*words, str(tmp_path / "figures.json")]) == 0
    assert json.loads((tmp_path / "figures.json").read_text())["backgrounds"] == []
    assert main([*words, str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert main(["bench", "vision", "--photos", str(tmp_path), "--quick"]) == 3
    assert "No photo set" in capsys.readouterr().err


def test_an_installed_reader_stands_beside_ours(photos: Path, tmp_path: Path, capsys: Said) -> None:
    """`--reader NAME` puts an installed model into the same tables; our own, brought back, reads the same."""
    models = tmp_path / "models"
    ModelStore(models).install("mine", *model_in(our_reader_files(tmp_path / "mine")))
    words = ["bench", "vision", "--photos", str(photos), "--quick", "--no-peer"]
    file = tmp_path / "figures.json"
    chosen = ["--reader", "mine", "--models", str(models), "--json", str(file)]
    assert main([*words, *chosen]) == 0
    assert "installed: reader mine" in capsys.readouterr().out
    ours, installed, *_ = json.loads(file.read_text())["sets"]
    assert (ours["reader"], installed["reader"]) == ("alpr", "installed")
    assert ours["all"] == installed["all"]
    assert main([*words, "--detector", "none", "--models", str(models)]) == ModelError.exit_code


def test_tables_are_straight() -> None:
    """Columns line up, and a row of another length is our own mistake."""
    table = Table("Title", ("what", "figure"))
    table.add("one", share(1, 3))
    table.note("A note.")
    assert str(table).splitlines() == ["Title", "-----", "what  figure", "one    33.3%", "A note."]
    assert share(0, 0) == "-"
    with pytest.raises(RuntimeError):
        table.add("one")


def test_json_is_written_whole(tmp_path: Path) -> None:
    """What is written can be read back."""
    write_json(tmp_path / "a.json", {"a": {"b": [1, 2.5, None]}})
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": {"b": [1, 2.5, None]}}


def test_fusion_counts() -> None:
    """A pass that only fusion reads right, and one that nobody does, are counted as such."""
    count = FusionCount()
    count.add(
        "8ABC123",
        [
            reading_of("8ABC1Z3", weak={5: ("2", 0.4, 0.55)}),
            reading_of("BABC123", weak={0: ("8", 0.4, 0.5)}),
            reading_of("8ABG123", weak={3: ("C", 0.4, 0.5)}),
        ],
    )
    count.add("7XYZ987", [reading_of("8ABC123"), reading_of("8ABC123")])
    assert (count.passes, count.best_right, count.fused_right, count.any_right) == (2, 0, 1, 0)
    assert count.errors_left == 0.5
    assert (count.errors_left_of_surest, count.errors_left_of_any) == (0.5, 0.5)
    shown = "\n".join(map(str, fusion_tables({"simulated": count})))
    assert max(map(len, shown.splitlines())) <= WIDTH


def test_a_lap_is_scored_by_what_was_given_last() -> None:
    """A first sighting that was wrong and then corrected counts as corrected, and the vehicle as right."""

    def given(number: int, text: str, supersedes: str | None = None) -> Sighting:
        frame, reading = frame_at(number), reading_of(text)
        return Sighting(
            f"{number}", "front", frame.taken_at, frame.taken_at, reading, frame, 3, supersedes
        )

    lap = score_lap(
        ["8ABC123", "7XYZ987", "5KLM321"],
        [given(1, "8ABC12"), given(2, "8ABC123", "1"), given(3, "7XYZ987")],
    )
    assert (lap.vehicles, lap.sightings, lap.superseding) == (3, 3, 1)
    assert (lap.first_right, lap.firsts, lap.vehicles_right) == (1, 2, 2)
    assert max(map(len, str(lap_table(lap)).splitlines())) <= WIDTH


def test_quick_fusion_bench_runs_whole(photos: Path, capsys: Said) -> None:
    """`alpr bench fusion --quick` tells all kinds of passes and a lap of the drive."""
    assert main(["bench", "fusion", "--quick", "--photos", str(photos)]) == 0
    said = capsys.readouterr().out
    for kind in (
        "drawn plates",
        "photographed plates",
        "those read at rest",
        "simulated drive",
        "A lap",
    ):
        assert kind in said


def test_simulated_passes_are_honest() -> None:
    """Passes repeat with their seed, differ with it, come nearer, and no look is a copy of another."""
    plates = drawn_plates()[:4]
    one, again, other = (list(simulated_passes(plates, 1, seed)) for seed in (1, 1, 2))
    for a, b, c in zip(one, again, other, strict=True):
        assert len(a.looks) == LOOKS
        for x, y in zip(a.looks, b.looks, strict=True):
            assert np.array_equal(x.frame.pixels, y.frame.pixels)
        assert not np.array_equal(a.looks[0].frame.pixels, c.looks[0].frame.pixels)
        widths = [look.box.w for look in a.looks]
        assert widths[0] < widths[2] < widths[-1]
        assert 30 < widths[0] < 110 and 70 < widths[-1] < 200


def test_fusion_beats_the_best_look_on_simulated_passes() -> None:
    """Over passes of drawn plates, fusion reads more right than the best look and knows better how sure it is."""
    eyes, count = Eyes.open(), FusionCount()
    for simulated in simulated_passes(drawn_plates(), 1, seed=5):
        looks = [eyes.reader.read_plates(look.frame, (look.box,))[0] for look in simulated.looks]
        if with_signs := [look for look in looks if look.text]:
            count.add(simulated.plate, with_signs)
    assert count.passes > 230
    assert count.fused_right > count.best_right > count.middle_right
    assert calibration_error(count.fused_judged) < 0.1


def test_the_demo_can_be_timed() -> None:
    """The speed bench runs the real demo in a terminal of its own and counts what went the whole line."""
    trial = run_trial(20.0, 4.0)
    assert trial.looks > 5
    assert 0 < trial.look_busy_s < trial.all_busy_s
    assert trial.looks + trial.dropped <= trial.frames + 1
    assert 50 < trial.peak_mb < 1000


def test_speed_is_bounded_by_one_thread_and_by_all() -> None:
    """One camera's vision cannot use two cores, and all threads together cannot use more than there are."""
    slow_looks = Trial(100, 5.0, 4.0, 1.0, 6.0, 120, 20, 9, 0, 300.0)
    assert (slow_looks.fps, slow_looks.look_ms, slow_looks.all_ms) == (20.0, 40.0, 50.0)
    assert slow_looks.possible_fps == 25.0
    busy_screen = Trial(100, 5.0, 1.0, 0.0, 10.0, 120, 20, 9, 0, 300.0)
    assert busy_screen.possible_fps == 20.0
    assert max(map(len, str(speed_table(busy_screen)).splitlines())) <= WIDTH
