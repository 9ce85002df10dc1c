from __future__ import annotations

import csv
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from alpr_tui.__main__ import main
from hw.simulated_drive import SimulatedDrive

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def street() -> tuple[np.ndarray, str]:  # type: ignore[type-arg]
    """A frame of the simulated drive with one large plate, and that plate."""
    drive = SimulatedDrive(seed=462, vehicles=10, is_live=False, loops=False)
    vehicle = next(v for v in drive.vehicles if v.plate == "5574HKA")
    return drive.render(vehicle.last_frame)[0], vehicle.plate


@pytest.fixture
def photo(tmp_path: Path, street: tuple[np.ndarray, str]) -> Path:  # type: ignore[type-arg]
    file = tmp_path / "street.png"
    cv2.imwrite(str(file), street[0])
    return file


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_photograph_as_a_table(photo: Path, capsys: Said) -> None:
    """A photograph gives its plate with box, confidence and milliseconds; words stay off stdout."""
    assert main(["read", str(photo), "--csv", "-"]) == 0
    row = next(r for r in rows_of(capsys.readouterr().out) if r["plate"] == "5574HKA")
    assert row["image"] == "street.png"
    assert float(row["w"]) > 60 and float(row["ms"]) > 0
    assert 0 < float(row["confidence"]) <= 1


def test_crops(tmp_path: Path, street: tuple[np.ndarray, str], capsys: Said) -> None:  # type: ignore[type-arg]
    """With --crops a picture is one plate, whatever its size, and its box is the whole picture."""
    from alpr_vision.eyes import Eyes
    from hw.photograph import photograph

    file = tmp_path / "street.png"
    cv2.imwrite(str(file), street[0])
    (box,) = (r.box for r in Eyes.open().look(photograph(file)) if r.text == "5574HKA")
    crop = street[0][int(box.y) : int(box.y + box.h), int(box.x) : int(box.x + box.w)]
    cv2.imwrite(str(tmp_path / "crop.png"), crop)
    assert main(["read", str(tmp_path / "crop.png"), "--crops", "--csv", "-"]) == 0
    (row,) = rows_of(capsys.readouterr().out)
    assert row["plate"] == "5574HKA"
    assert (float(row["x"]), float(row["w"])) == (0.0, float(crop.shape[1]))


def test_bad_pictures_do_not_stop_the_good_ones(photo: Path, tmp_path: Path, capsys: Said) -> None:
    """Damaged files in a folder are named on stderr and set the exit code; the others are read."""
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "words.jpg").write_text("no picture")
    (tmp_path / "short.png").write_bytes(photo.read_bytes()[:5000])
    Image.new("L", (64, 64), 90).save(tmp_path / "plain.png")
    table = tmp_path / "out.csv"
    assert main(["read", str(tmp_path), "--csv", str(table)]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    for name in ("empty.jpg", "words.jpg", "short.png"):
        assert name in said.err
    assert "Traceback" not in said.err
    plates = {(row["image"], row["plate"]) for row in rows_of(table.read_text())}
    assert {("plain.png", ""), ("street.png", "5574HKA")} <= plates
    assert {image for image, _ in plates} == {"plain.png", "street.png"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["missing.jpg"], 3, "missing.jpg cannot be found"),
        (["."], 3, "holds no photographs"),
        (["note.mp4", "--crops"], 3, "--crops takes pictures"),
        (["note.mp4"], 3, "text, not a video"),
        (["x.png", "--annotate", "note.mp4"], 2, "cannot be made"),
        (["x.png", "--csv", "nowhere/out.csv"], 8, "cannot be written"),
    ],
)
def test_impossible_requests(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Said,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    """Each impossible request is one clear line with its exit code, and leaves no file behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.mp4").write_text("words")
    if "x.png" in arguments:
        Image.new("L", (64, 64), 90).save(tmp_path / "x.png")
    before = sorted(tmp_path.iterdir())
    assert main(["read", *arguments]) == code
    said = capsys.readouterr()
    assert words in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert sorted(tmp_path.iterdir()) == before


def test_a_hostile_file_name_is_made_harmless(tmp_path: Path, capsys: Said) -> None:
    """A file name with an escape sequence never reaches the terminal as it is."""
    Image.new("L", (64, 64), 90).save(tmp_path / "a\x1b[2Jb.png")
    (tmp_path / "c\x1b]0;x\x07.png").write_text("no picture")
    assert main(["read", str(tmp_path)]) == 3
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err


def test_annotated_pictures(photo: Path, tmp_path: Path) -> None:
    """--annotate saves the picture in colour with something drawn round the plate, in its old size."""
    assert main(["read", str(photo), "--annotate", str(tmp_path / "seen")]) == 0
    picture = np.asarray(Image.open(tmp_path / "seen" / "street.png"))
    assert picture.shape == (720, 1280, 3)
    assert np.any(picture[..., 0] != picture[..., 1])


def test_a_video_gives_one_row_per_vehicle(tmp_path: Path, capsys: Said) -> None:
    """A vehicle seen in many pictures of a video is one row."""
    drive = SimulatedDrive(seed=462, vehicles=10, is_live=False, loops=False)
    vehicle = next(v for v in drive.vehicles if v.plate == "5574HKA")
    film = cv2.VideoWriter(
        str(tmp_path / "drive.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 20, (1280, 720)
    )
    for number in range(vehicle.first_frame, vehicle.last_frame + 1):
        film.write(cv2.cvtColor(drive.render(number)[0], cv2.COLOR_GRAY2BGR))
    film.release()
    assert main(["read", str(tmp_path / "drive.avi"), "--csv", "-"]) == 0
    plates = [row["plate"] for row in rows_of(capsys.readouterr().out)]
    assert plates.count("5574HKA") == 1
