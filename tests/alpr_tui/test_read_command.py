from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from alpr_core.errors import InputError, UsageError
from alpr_core.frame import Frame
from alpr_core.plate import PlateReading
from alpr_tui import looking
from alpr_tui.__main__ import main
from alpr_tui.annotation import annotated_picture, save_annotated
from alpr_tui.commands import read as read_command
from alpr_tui.look_report import LookReport
from hw.simulated_drive import SimulatedDrive
from tests.alpr_core.made_readings import box_at, frame_at, reading_of

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
        (["x.png", "--csv", "nowhere/out.csv"], 2, "its folder is not there"),
        (["x.png", "--csv", "a" * 300], 2, "cannot be written"),
        (["x.png", "--csv", ""], 2, "is empty"),
        (["x.png", "--csv", "."], 2, "is a folder"),
        (["x.png", "--csv", "/"], 2, "is a folder"),
        (["x.png", "--csv", "note.mp4"], 2, "picture or video"),
        (["x.png", "--csv", "new.JPG"], 2, "picture or video"),
        (["a" * 300 + ".jpg"], 3, "cannot be found"),
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
    assert "Traceback" not in said.err and "Store" not in said.err
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
    picture = np.asarray(Image.open(tmp_path / "seen" / "street.annotated.png"))
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


class BlindEyes:
    """Sees no plate in anything, at once."""

    @classmethod
    def open(cls) -> BlindEyes:
        return cls()

    def look(self, _frame: Frame) -> tuple[()]:
        return ()

    look_at_crop = look


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A grey picture, and eyes that need no model."""
    monkeypatch.setattr(read_command, "Eyes", BlindEyes)
    Image.new("L", (64, 64), 90).save(tmp_path / "one.png")
    return tmp_path / "one.png"


def test_annotating_replaces_nothing(blind: Path, tmp_path: Path) -> None:
    """Marked pictures get names of their own beside the originals, also when stems are equal."""
    original = blind.read_bytes()
    Image.new("L", (64, 64), 90).save(tmp_path / "one.jpg")
    (tmp_path / "b").mkdir()
    Image.new("L", (64, 64), 90).save(tmp_path / "b" / "one.png")
    folders = [str(tmp_path), str(tmp_path / "b")]
    assert main(["read", *folders, "--annotate", str(tmp_path)]) == 0
    assert blind.read_bytes() == original
    assert {file.name for file in tmp_path.glob("*.annotated*")} == {
        "one.annotated.png",
        "one.annotated-2.png",
        "one.annotated-3.png",
    }


def test_two_passes_with_the_same_best_picture(tmp_path: Path) -> None:
    """Two vehicles of a video in one picture give two files, and the longest name finds room."""
    report = LookReport("a" * 251 + ".avi", frame_at(7), (), 1.0)
    assert save_annotated(report, tmp_path) != save_annotated(report, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_is_no_matter_of_the_store(tmp_path: Path) -> None:
    """A picture that cannot be saved is told in words that fit."""
    with pytest.raises(UsageError, match="Annotated pictures cannot be written") as refusal:
        save_annotated(LookReport("a.png", frame_at(1), (), 1.0), tmp_path / "gone")
    assert "Store" not in str(refusal.value)


def test_a_link_is_followed(blind: Path, tmp_path: Path) -> None:
    """The table goes into the file that a link names, and the link stays one."""
    target, link = tmp_path / "plates.csv", tmp_path / "link.csv"
    target.touch()
    link.symlink_to(target.name)
    assert main(["read", str(blind), "--csv", str(link)]) == 0
    assert link.is_symlink()
    assert rows_of(target.read_text())[0]["image"] == "one.png"


def test_a_pipe_stays_a_pipe(blind: Path, tmp_path: Path) -> None:
    """A table for a named pipe goes through it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert main(["read", str(blind), "--csv", str(pipe)]) == 0
        assert pipe.is_fifo()
        assert rows_of(os.read(reader, 4096).decode())[0]["image"] == "one.png"
    finally:
        os.close(reader)


def test_a_bad_table_is_found_before_anything_is_read(
    blind: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that cannot be written costs no reading."""
    monkeypatch.setattr(read_command, "Eyes", None)
    assert main(["read", str(blind), "--csv", str(tmp_path)]) == 2
    assert main(["read", str(blind), "--csv", str(tmp_path / "no" / "a.csv")]) == 2


@pytest.mark.parametrize("name", ["e\x1b]0;x\x07.mp4", "e\x1b]0;x\x07.png"])
def test_hostile_names_in_errors_and_tables(blind: Path, capsys: Said, name: str) -> None:
    """A name with an escape sequence reaches neither stderr nor the table as it is."""
    file = blind.rename(blind.with_name(name))
    assert main(["read", "--crops", str(file), "--csv", "-"]) == (3 if name.endswith("4") else 0)
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "e\ufffd" in said.out + said.err


def test_an_empty_folder_does_not_stop_the_others(
    blind: Path, tmp_path: Path, capsys: Said
) -> None:
    """A folder without pictures is named and sets the exit code; the picture beside it is read."""
    (tmp_path / "void").mkdir()
    assert main(["read", str(tmp_path / "void"), str(blind)]) == 3
    said = capsys.readouterr()
    assert "one.png" in said.out
    assert "void holds no photographs" in said.err


def test_a_path_that_may_not_be_searched(
    blind: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    """A path below a folder that is closed to us is named like a missing one; the others are read."""
    is_dir, stat_of = Path.is_dir, Path.stat

    def closed_is_dir(path: Path) -> bool:
        if "closed" in path.parts:
            raise PermissionError(13, "Permission denied")
        return is_dir(path)

    def closed_stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if "closed" in path.parts:
            raise PermissionError(13, "Permission denied")
        return stat_of(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "is_dir", closed_is_dir)
    monkeypatch.setattr(Path, "stat", closed_stat)
    assert main(["read", "closed/a.png", str(blind)]) == 3
    said = capsys.readouterr()
    assert "a.png cannot be found or reached" in said.err
    assert "one.png" in said.out


class CutVideo:
    """A video that ends in an error after four pictures."""

    def __init__(self, _path: Path) -> None:
        pass

    def frames(self) -> Iterator[Frame]:
        yield from (frame_at(number / 20, number) for number in range(1, 5))
        raise InputError("The video is cut short.")


class TwoPlates(BlindEyes):
    """Sees one plate in every picture and from the third on another one."""

    def look(self, frame: Frame) -> tuple[PlateReading, ...]:  # type: ignore[override]
        early = reading_of("8ABC123", box_at(20.0))
        return (early,) if frame.number < 3 else (early, reading_of("7XYZ987", box_at(900.0)))


def test_a_cut_video_reports_its_passes_and_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen before the cut comes before the error; who stops listening gets no more of it."""
    monkeypatch.setattr(looking, "VideoFile", CutVideo)
    plates: list[str] = []
    with pytest.raises(InputError, match="cut short"):
        for report in looking._look_at_video(TwoPlates(), Path("a.avi")):  # type: ignore[arg-type]
            plates.append(report.readings[0].text)
    assert plates == ["8ABC123", "7XYZ987"]
    reports = looking._look_at_video(TwoPlates(), Path("a.avi"))  # type: ignore[arg-type]
    next(reports)
    reports.close()  # type: ignore[attr-defined]


def test_no_reading_is_certain(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the printed line nor the marked picture says 100 %."""
    labels: list[str] = []
    monkeypatch.setattr(
        "PIL.ImageDraw.ImageDraw.text", lambda _draw, _at, text, **_: labels.append(text)
    )
    reading = reading_of("8ABC123", box_at(20.0, 20.0), confidence=1.0)
    report = LookReport("a.png", frame_at(1), (reading,), 1.0)
    annotated_picture(report)
    read_command._print_report(report)
    said = capsys.readouterr().out + "".join(labels)
    assert said.count("99%") == 2
    assert "100" not in said
