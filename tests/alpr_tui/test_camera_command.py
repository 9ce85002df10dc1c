"""`alpr camera`: one setting of a camera, and a simulated camera."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from alpr_tui.__main__ import main
from tests.hw.visca.running_camera import running_camera


def test_settings_are_set_got_and_inquired(capsys: pytest.CaptureFixture[str]) -> None:
    """Each word does what it says and prints only data on stdout."""
    with running_camera() as (port, _):
        for words, printed in (
            (["set", "exposure", "manual"], "manual\n"),
            (["set", "shutter", "0x0B"], "11\n"),
            (["get", "shutter"], "11\n"),
            (["inquire", "shutter"], "80 09 04 4A FF\t00 00 00 0B\n"),
            (["inquire", "version"], "80 09 00 02 FF\t00 20 04 67 01 00 02\n"),
        ):
            assert main(["camera", "--port", port, *words]) == 0
            assert capsys.readouterr().out == printed


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        (["set", "shutter", "3"], 4, "present mode"),
        (["set", "shutter", "99"], 2, "0 to 21"),
        (["get", "colour"], 2, "no such setting"),
    ],
)
def test_refusals_are_words_and_exit_codes(
    words: list[str], code: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the camera or the table refuses is said on stderr with the class's exit code."""
    with running_camera() as (port, _):
        assert main(["camera", "--port", port, *words]) == code
    out, err = capsys.readouterr()
    assert (out, word in err) == ("", True)


def test_without_a_port_nothing_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    """The port has to be named, and has to be there."""
    assert main(["camera", "get", "zoom"]) == 2
    assert main(["camera", "--port", "/dev/alpr-no-port", "get", "zoom"]) == 4
    assert capsys.readouterr().out == ""


def test_simulated_camera_is_a_program_of_its_own() -> None:
    """`camera sim` names its port first, then traces each frame in both directions."""
    command = [sys.executable, "-P", "-m", "alpr_tui", "camera"]
    simulation = subprocess.Popen(
        [*command, "sim", "--pty", "--trace"], stdout=subprocess.PIPE, text=True
    )
    assert simulation.stdout is not None
    try:
        port = simulation.stdout.readline().strip()
        assert Path(port).exists()
        assert main(["camera", "--port", port, "get", "power"]) == 0
        trace = [simulation.stdout.readline().strip() for _ in range(6)]
        assert trace == [
            "> 88 30 01 FF",
            "> 88 01 00 01 FF",
            "< 88 30 02 FF",
            "< 88 01 00 01 FF",
            "> 81 09 04 00 FF",
            "< 90 50 02 FF",
        ]
    finally:
        simulation.terminate()
        simulation.communicate()
