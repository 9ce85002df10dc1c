from __future__ import annotations

import base64
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alpr_core.audit.entry import TimeQuality
from alpr_core.fix import FixQuality
from alpr_tui.demo_past import READ_AGE
from db.audit_records import EntryFilter
from db.keys import read_key_file
from db.store import Store

ROOT = Path(__file__).resolve().parents[2]
ALPR = [sys.executable, "-P", "-m", "alpr_tui"]
KILLS = 6


def demo_lines(folder: Path, seconds: float) -> list[dict[str, object]]:
    told = subprocess.run(
        [*ALPR, "demo", "--headless", "--seconds", str(seconds), "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


@pytest.fixture(scope="module")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, object]]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, demo_lines(folder, 14)


def traces_of(plate: str) -> list[bytes]:
    """How a plate would look in a file: plain, UTF-16, and base64 at each of its three alignments.

    Of base64 only the letters that the plate alone decides; traces under six bytes turn up by chance.
    """
    plain = plate.encode()
    shifted = [
        base64.b64encode(b"x" * lead + plain + b"x" * 3)[
            -(-8 * lead // 6) : 8 * (lead + len(plain)) // 6
        ]
        for lead in range(3)
    ]
    return [trace for trace in (plain, plate.encode("utf-16-le"), *shifted) if len(trace) >= 6]


@pytest.mark.parametrize("lead", range(3))
def test_the_scan_would_find_a_plate(lead: int) -> None:
    """A plate in plain text, UTF-16 or base64, wherever it begins, is found by the scan below."""
    plate = "8ABC123"
    for leak in (plate.encode(), plate.encode("utf-16-le")):
        assert any(trace in b"?" * lead + leak for trace in traces_of(plate))
    hidden = base64.b64encode(b"?" * lead + plate.encode() + b"!!")
    assert any(trace in hidden for trace in traces_of(plate))


def test_the_demo_reads_plates_without_a_terminal(
    demo_run: tuple[Path, list[dict[str, object]]],
) -> None:
    """Without a terminal the demo prints reads as JSON lines and closes with its counters."""
    _, lines = demo_run
    stored = [line for line in lines if line["event"] == "stored"]
    assert len(stored) >= 3
    assert lines[-1]["event"] == "stopped"
    assert lines[-1]["stored"] == len(stored)
    assert lines[-1]["not_recorded"] == 0


def test_everything_told_is_in_the_store(demo_run: tuple[Path, list[dict[str, object]]]) -> None:
    """Every read that was called stored is in the store, with its text, pictures and outbox row."""
    folder, lines = demo_run
    told = {line["id"]: line["plate"] for line in lines if line["event"] == "stored"}
    store = Store.open(folder / "store", read_key_file(folder / "demo.key"))
    try:
        # The demo begins with a few reads of its past.
        today = datetime.now(UTC) - READ_AGE / 2
        kept = {
            sighting.sighting_id: sighting.plate
            for sighting in store.sightings.latest(1000)
            if sighting.seen_at > today
        }
        assert kept == told
        kinds = [record.kind for record in store.outbox.unsent(1000)]
        assert (kinds.count("sighting"), kinds.count("shift")) == (len(told), 2)
    finally:
        store.close()


def test_reads_of_the_demo_have_place_and_trusted_time(
    demo_run: tuple[Path, list[dict[str, object]]],
) -> None:
    """The simulated receiver gives reads their place in Westminster and audit entries GPS time."""
    folder, _ = demo_run
    store = Store.open(folder / "store", read_key_file(folder / "demo.key"))
    try:
        places = [sighting.position for sighting in store.sightings.latest(1000)]
        entries = store.audit.records.latest(EntryFilter(action="live.see"), 1000)
        qualities = {record.entry.quality for record in entries}
    finally:
        store.close()
    known = [place for place in places if place is not None]
    assert len(known) >= 3
    assert all(
        33.75 < place.lat_deg < 33.76 and place.quality is FixQuality.AUTONOMOUS for place in known
    )
    assert TimeQuality.GPS in qualities


def test_no_file_of_the_demo_shows_a_plate_or_a_picture(
    demo_run: tuple[Path, list[dict[str, object]]],
) -> None:
    """A scan of every byte that the demo wrote finds no plate in any coding and no JPEG header."""
    folder, lines = demo_run
    plates = [str(line["plate"]) for line in lines if line["event"] == "stored"]
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert sum(map(len, written)) > 50_000
    for plate in plates:
        for trace in traces_of(plate):
            assert not any(trace in content for content in written)
    assert not any(b"\xff\xd8\xff\xe0" in content for content in written)


def test_killed_demos_lose_nothing_acknowledged(tmp_path: Path) -> None:
    """Demos killed at random moments from their start on: the store opens, its audit log verifies, and all
    that was called stored is there. (`alpr bench crash` does it 500 times.)
    """
    chance = random.Random(462)
    told: set[str] = set()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    for number in range(KILLS):
        running = subprocess.Popen(
            [*ALPR, "demo", "--headless", "--seconds", "60", "--folder", str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        assert running.stdout is not None
        # Half of them before they are ready or soon after, the others some reads later.
        printed = ""
        while number % 2 and '"stored"' not in printed and (line := running.stdout.readline()):
            printed += line
        time.sleep(chance.uniform(0.3, 3.0))
        running.send_signal(signal.SIGKILL)
        printed += running.stdout.read()
        running.stdout.close()
        running.wait()
        for line in printed.splitlines():
            if line.endswith("}"):
                event = json.loads(line)
                if event["event"] == "stored":
                    told.add(event["id"])
        if not (tmp_path / "demo.key").exists():
            continue
        store = Store.open(tmp_path / "store", read_key_file(tmp_path / "demo.key"))
        store.audit.verify()
        kept = {sighting.sighting_id for sighting in store.sightings.latest(10_000)}
        store.close()
        assert told <= kept
    assert len(told) >= KILLS // 2


def test_a_demo_whose_reader_goes_away_ends_quietly(tmp_path: Path) -> None:
    """A closed pipe on stdout is no traceback and no lost read."""
    running = subprocess.Popen(
        [*ALPR, "demo", "--headless", "--seconds", "4", "--folder", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout is not None and running.stderr is not None
    running.stdout.close()
    words = running.stderr.read()
    running.stderr.close()
    assert running.wait() == 0
    assert "Traceback" not in words
