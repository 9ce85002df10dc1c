"""A folder of photographs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from alpr_core.errors import InputError
from hw.picture_folder import PictureFolder, pictures_in
from tests.hw.hand_clock import BEGAN_AT, HandClock


def add_pictures(folder: Path, *names: str) -> None:
    for name in names:
        Image.new("L", (8, 6), 90).save(folder / name)


def test_order_is_natural(tmp_path: Path) -> None:
    """car2 comes before car10, capital endings count, hidden files, folders and texts do not."""
    add_pictures(tmp_path, "car10.png", "car2.png", "Car1.JPG", ".hidden.png")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "deeper.png").mkdir()
    assert [path.name for path in pictures_in(tmp_path)] == ["Car1.JPG", "car2.png", "car10.png"]


def test_order_does_not_stumble_over_odd_names(tmp_path: Path) -> None:
    """Names of digits, letters and other scripts' digits in any mixture have an order."""
    names = ["1.png", "a1.png", "1a.png", "\u0663.png", "\u00b2.png", "9" * 60 + ".png", "01.png"]
    add_pictures(tmp_path, *names)
    assert sorted(path.name for path in pictures_in(tmp_path)) == sorted(names)


def test_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    """An empty folder is an error that says what would count."""
    with pytest.raises(InputError, match="holds no photographs"):
        pictures_in(tmp_path)


def test_no_folder_is_refused(tmp_path: Path) -> None:
    """A missing folder and a file in its place are told apart."""
    with pytest.raises(InputError, match="cannot be read"):
        pictures_in(tmp_path / "gone")
    add_pictures(tmp_path, "a.png")
    with pytest.raises(InputError, match="is not a folder"):
        pictures_in(tmp_path / "a.png")


def test_bad_picture_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    """One damaged photograph neither ends the folder nor passes unnoticed."""
    add_pictures(tmp_path, "1.png", "3.png")
    (tmp_path / "2.png").write_text("no picture")
    refused: list[InputError] = []
    frames = list(PictureFolder(tmp_path, refused.append, HandClock()).frames())
    assert [(frame.number, frame.source) for frame in frames] == [(1, "1.png"), (3, "3.png")]
    assert frames[0].taken_at == BEGAN_AT
    assert len(refused) == 1
    assert "2.png" in refused[0].what


def test_close_ends_the_folder(tmp_path: Path) -> None:
    """After `close` no further photograph is opened."""
    add_pictures(tmp_path, "1.png", "2.png")
    folder = PictureFolder(tmp_path, pytest.fail, camera="front")
    frames = folder.frames()
    assert next(frames).camera == "front"
    folder.close()
    assert list(frames) == []
