"""`alpr gps`: recordings to JSON lines, a simulated receiver, a live one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from alpr_tui.__main__ import main
from tests.hw.gps.nmea_text import GGA, GSA, RMC, stream

KEYS = ["time", "mode", "lat", "lon", "alt_m", "speed_mps", "track_deg"]


def test_replay_prints_one_line_per_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each epoch is one JSON object with the promised keys, null where nothing is known."""
    log = tmp_path / "drive.log"
    lost = RMC.replace(",A,", ",V,", 1).replace("120000", "120001")
    log.write_bytes(b"# a drive\r\n" + stream(RMC, GGA, GSA, lost, "GPGGA,120001,,,,,0,00,,,,,,,"))
    assert main(["gps", "replay", str(log), "--jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(line) for line in lines] == [KEYS, KEYS]
    assert lines[0] == {
        "time": "2024-06-01T12:00:00.000Z",
        "mode": 3,
        "lat": 44.069,
        "lon": -121.314166667,
        "alt_m": 100.0,
        "speed_mps": 0.514,
        "track_deg": 90.0,
    }
    assert lines[1] == dict.fromkeys(KEYS) | {"time": "2024-06-01T12:00:01.000Z", "mode": 1}


def test_replay_reads_stdin_and_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dash reads standard input; without --jsonl the lines are for people."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stream(RMC)))))
    assert main(["gps", "replay", "-"]) == 0
    assert "2D  44.069000 -121.314167  0.5 m/s" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "word"), [(None, "cannot be read"), (b"\x1b[2J hello", "no NMEA"), (b"", "no NMEA")]
)
def test_replay_of_no_recording_is_refused(
    content: bytes | None, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file, an empty one and a foreign one are named on stderr with exit code 3."""
    log = tmp_path / "x.log"
    if content is not None:
        log.write_bytes(content)
    assert main(["gps", "replay", str(log), "--jsonl"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert word in err
    assert "x.log" in err


def test_simulated_receiver_is_monitored() -> None:
    """`gps sim` names its port first and traces sentences; `gps monitor` shows fixes from that port."""
    command = [sys.executable, "-P", "-m", "alpr_tui", "gps"]
    simulation = subprocess.Popen(
        [*command, "sim", "--pty", "--rate", "10", "--trace"], stdout=subprocess.PIPE, text=True
    )
    assert simulation.stdout is not None
    try:
        port = simulation.stdout.readline().strip()
        assert Path(port).exists()
        assert simulation.stdout.readline().startswith("< $GNRMC,")
        monitor = subprocess.run(
            [*command, "monitor", "--port", port, "--seconds", "1", "--satellites"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "  3D  33.7" in monitor.stdout
        assert "GPS       12 * ######### 47" in monitor.stdout
    finally:
        simulation.terminate()
        simulation.communicate()


def test_monitor_without_receiver_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is missing is told once; a port of gpsd that is none is refused."""
    assert main(["gps", "monitor", "--port", "/dev/alpr-no-port", "--seconds", "0.3"]) == 0
    assert capsys.readouterr().err.count("is not there") == 1
    assert main(["gps", "monitor", "--gpsd", "127.0.0.1:x", "--seconds", "0.3"]) == 2
