"""`alpr selftest` and `alpr doctor`: what is sound is said to be sound, what is broken is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from alpr_core.errors import InputError
from alpr_tui.__main__ import main
from alpr_tui.self_test import secrecy
from alpr_tui.self_test.known_answers import KnownAnswer, ask, expect
from db.keys import make_demo_key_file, read_key_file
from db.store import Store

Said = pytest.CaptureFixture[str]


def test_all_known_answers_are_right(capsys: Said) -> None:
    """A sound installation gives every known answer, each with its source, and exits with 0."""
    assert main(["selftest"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok ") for line in lines[:-1])
    assert "RFC 6238" in "\n".join(lines) and lines[-1].startswith("All ")


def test_a_wrong_answer_is_named(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """One wrong answer is shown with what came out, the others go on, and the exit code says so."""
    altered = KnownAnswer("a sum", "arithmetic", lambda: expect("two and two", 2 + 2, 5))
    monkeypatch.setattr(secrecy, "ANSWERS", (altered, *secrecy.ANSWERS))
    assert main(["selftest"]) == 10
    said = capsys.readouterr()
    assert "WRONG a sum" in said.out and "two and two is 4 instead of 5" in said.out
    assert "ok    one-time codes" in said.out
    assert "1 of " in said.err


def _refuse() -> None:
    raise InputError("the file is gone.")


def _break() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("check", "words"), [(_refuse, "the file is gone."), (_break, "unexpected ZeroDivisionError")]
)
def test_a_broken_part_is_a_wrong_answer(check: Callable[[], None], words: str) -> None:
    """A part that raises, ours or a library's, is a finding and never a traceback."""
    (answered,) = ask([KnownAnswer("part", "", check)])
    assert answered.fault == words


@pytest.fixture
def box_file(tmp_path: Path) -> Path:
    """A box whose camera is a folder with one grey photograph."""
    make_demo_key_file(tmp_path / "box.key")
    (tmp_path / "photos").mkdir()
    cv2.imwrite(str(tmp_path / "photos" / "1.png"), np.full((720, 1280), 90, np.uint8))
    file = tmp_path / "box.toml"
    file.write_text(
        '[box]\nname = "unit 12"\nstore = "store"\nkey_file = "box.key"\n'
        '[[camera]]\nname = "front"\nsource = "photos"\n'
    )
    return file


def diagnose(file: Path) -> int:
    return main(["doctor", "--config", str(file)])


def test_a_sound_box_is_told_piece_by_piece(box_file: Path, capsys: Said) -> None:
    """Computer, key, models and each camera are looked at, and nothing is made or left behind."""
    assert diagnose(box_file) == 0
    said = capsys.readouterr().out
    assert "ok    Camera front: 1280 x 720, mean grey 90." in said
    assert "note  Key: DEMO key file: protects nothing." in said
    assert "Detector and reader are the pinned ones" in said
    assert not (box_file.parent / "store").exists()


def test_what_is_missing_says_stop(box_file: Path, capsys: Said) -> None:
    """A lost key file and a camera that is not there are both named, and the exit code says so."""
    (box_file.parent / "box.key").unlink()
    (box_file.parent / "photos" / "1.png").unlink()
    assert diagnose(box_file) == 10
    said = capsys.readouterr()
    assert "STOP  There is no key file at" in said.out and "STOP  Camera front" in said.out
    assert "2 checks say STOP" in said.err


def test_a_covered_lens_is_noticed(box_file: Path, capsys: Said) -> None:
    """A picture in which nothing can be seen is a note that says where to look."""
    cv2.imwrite(str(box_file.parent / "photos" / "1.png"), np.zeros((720, 1280), np.uint8))
    assert diagnose(box_file) == 0
    assert "Lens cap" in capsys.readouterr().out


def test_a_running_box_is_not_disturbed(box_file: Path, capsys: Said) -> None:
    """While the box runs, its cameras are left alone."""
    folder = box_file.parent
    store = Store.open(folder / "store", read_key_file(folder / "box.key"))
    try:
        assert diagnose(box_file) == 0
    finally:
        store.close()
    said = capsys.readouterr().out
    assert "The box is running" in said and "Camera front" not in said
