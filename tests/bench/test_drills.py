"""The drills of `alpr bench crash`, `powercut` and `login`, with smaller numbers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from time import time

import pytest

from bench.crash import crash_drill
from bench.drill_box import DRILL_KEY, FastClock, drill_database
from bench.drill_check import Acknowledged, check_drill
from bench.login import bench_login
from bench.power_cut import power_cut_drill
from db.store import Store
from tests.bench.tracing import needs_strace

KILLS = 10
CUTS = 6


def test_killed_boxes_lose_nothing_that_they_called_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kills at random over capture, login, search and correction: all is there, whole, verified, soon open."""
    figures = crash_drill(tmp_path, KILLS)
    assert capsys.readouterr().err == ""
    assert figures.is_sound
    assert figures.kills == KILLS
    assert figures.done > KILLS


@needs_strace
def test_a_disk_that_forgets_loses_nothing_that_was_called_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cuts of a disk that keeps only what was flushed: all that the box had said is there, and whole."""
    figures = power_cut_drill(tmp_path, CUTS, reads_per_life=30, cuts_per_life=3)
    assert capsys.readouterr().err == ""
    assert figures.is_sound
    assert figures.cuts == CUTS
    assert figures.done > CUTS


@needs_strace
def test_the_drill_fails_on_a_disk_that_does_not_flush(tmp_path: Path) -> None:
    """If the flushes of the WAL do nothing, acknowledged rows are lost and the drill says so."""
    assert not power_cut_drill(tmp_path, CUTS, reads_per_life=30, deaf_to="-wal").is_sound


def test_the_check_sees_what_is_lost_and_what_is_half(tmp_path: Path) -> None:
    """A read that was called done and is not there, and one without its outbox row, are both named."""
    folder = tmp_path / "store"
    clock = FastClock(time())
    Store.open(folder, DRILL_KEY, clock, "drill").close()
    done = Acknowledged()
    done.take(["stored " + "a" * 32, "search 26-000001", "login", f"corrected {'a' * 32} 7ABC123"])
    lost = check_drill(folder, done, clock() + timedelta(hours=1)).lost
    assert {line.split()[0] for line in lost} == {"sighting", "search", "correction", "1"}
    database = drill_database(folder)
    database.execute_sql(
        "INSERT INTO sighting (id, camera, source, first_seen_at, seen_at, plate, confidences,"
        " state_confidence, alternatives, frame_count, box_x, box_y, box_w, box_h, box_score, corners,"
        " frame_width_px, frame_height_px)"
        " VALUES ('b', 'front', '', 0, 0, '7ABC123', '[]', 0, '[]', 1, 0, 0, 0, 0, 0, '[]', 1, 1)"
    )
    database.shut()
    finding = check_drill(folder, Acknowledged(), clock() + timedelta(hours=2))
    assert not finding.is_sound
    assert any("without outbox row" in line for line in finding.broken)
    assert any("without their entry" in line for line in finding.broken)
    assert any("without pictures" in line for line in finding.broken)


def test_login_bench_compares_both_refusals(capsys: pytest.CaptureFixture[str]) -> None:
    """A known badge's refusal stands beside an unknown badge's, which did the work of a hash as well."""
    figures = bench_login(pairs=3)
    known_ms, unknown_ms = (float(str(figures[name])) for name in ("known_ms", "unknown_ms"))
    assert unknown_ms > known_ms / 5
    assert "unknown badge" in capsys.readouterr().out
