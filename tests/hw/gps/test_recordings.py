"""Recorded receivers, against what gpsd made of them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alpr_core.fix import Fix
from hw.gps.nmea_decoder import NmeaDecoder
from tests.hw.gps.nmea_text import fixes_in

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "gps"
LOGS = sorted(FOLDER.glob("*.log"))
WITHOUT_FIX = {"skytraq.log", "tn200.log"}
NOISE_SHARE = 0.05


@pytest.fixture(params=LOGS or [None], ids=lambda log: "none" if log is None else log.stem)
def log(request: pytest.FixtureRequest) -> Path:
    if request.param is None:
        pytest.skip("the recorded receivers of gpsd's suite are not beside the checkout")
    path: Path = request.param
    return path


def gpsd_epochs(log: Path) -> dict[datetime, dict[str, Any]]:
    """Return gpsd's last word on every epoch that carries a time."""
    found = {}
    for line in log.with_suffix(".log.chk").read_text("utf-8", "replace").splitlines():
        if line.startswith('{"class":"TPV"'):
            report = json.loads(line)
            if "time" in report:
                found[datetime.fromisoformat(report["time"])] = report
    return found


def noisy_pieces(data: bytes, seed: int) -> Iterator[bytes]:
    """Yield the recording in 1 to 64 bytes, a line of noise after one line in twenty."""
    rng = random.Random(seed)
    noisy = b""
    for line in data.splitlines(keepends=True):
        noisy += line
        if rng.random() < NOISE_SHARE:
            noisy += rng.randbytes(rng.randrange(1, 90)) + b"\r\n"
    at = 0
    while at < len(noisy):
        size = rng.randrange(1, 65)
        yield noisy[at : at + size]
        at += size


def assert_as_gpsd(fixes: list[Fix], log: Path) -> None:
    ours = {fix.at: fix for fix in fixes if fix.at is not None}
    for at, report in gpsd_epochs(log).items():
        nearest = min(ours, key=lambda time: abs(time - at))
        assert abs((nearest - at).total_seconds()) <= 0.010
        fix = ours[nearest]
        assert fix.has_position == ("lat" in report), at
        if "lat" in report:
            lat_deg, lon_deg = fix.place()
            assert lat_deg == pytest.approx(report["lat"], abs=2e-6)
            assert lon_deg == pytest.approx(report["lon"], abs=2e-6)
        if "speed" in report:
            assert fix.speed_mps == pytest.approx(report["speed"], abs=0.1)


def test_every_epoch_is_as_gpsd_has_it(log: Path) -> None:
    """Each timed epoch of gpsd's output is there, with the same place, time, speed and validity."""
    fixes = fixes_in(log.read_bytes())
    assert fixes
    assert_as_gpsd(fixes, log)
    if log.name in WITHOUT_FIX:
        assert not any(fix.has_position for fix in fixes)


def test_noise_and_splits_change_nothing(log: Path) -> None:
    """In random pieces with noise between the lines every fix is the same as from the clean bytes."""
    clean = fixes_in(log.read_bytes())
    for seed in range(2):
        decoder = NmeaDecoder(trusts_headers=True)
        events = [
            event for piece in noisy_pieces(log.read_bytes(), seed) for event in decoder.feed(piece)
        ]
        events += decoder.end()
        assert [event for event in events if isinstance(event, Fix)] == clean
