"""gpsd's reports to fixes: any split, damage, hostile values."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.fix import Fix, FixMode, FixQuality, TimeSource
from hw.gps.gpsd_reports import LINE_LIMIT_BYTES, GpsdReports
from hw.gps.nmea_decoder import DecoderEvent
from hw.gps.nmea_lines import DamagedBytes

TPV = {
    "class": "TPV", "mode": 3, "time": "2026-03-01T12:00:00.500Z", "lat": 33.5, "lon": -117.25,
    "alt": 12.0, "altMSL": 11.0, "speed": 20.0, "track": 361.0, "status": 2,
}  # fmt: skip
SKY = {
    "class": "SKY", "hdop": 0.9, "uSat": 1,
    "satellites": [{"PRN": 5, "gnssid": 0, "svid": 5, "el": 40.4, "az": 80.0, "ss": 41.0, "used": True},
                   {"PRN": 70, "gnssid": 6, "svid": 6, "el": 1.0, "az": 2.0, "used": False}],
}  # fmt: skip


def line(report: object) -> bytes:
    return json.dumps(report).encode("utf-8") + b"\r\n"


def fixes(events: list[DecoderEvent]) -> list[Fix]:
    return [event for event in events if isinstance(event, Fix)]


def test_position_and_sky_become_one_fix() -> None:
    """A TPV report carries the satellites of the SKY report before it."""
    (fix,) = fixes(GpsdReports("gpsd").feed(line(SKY) + line(TPV), 7.0))
    assert (fix.at, fix.place()) == (datetime(2026, 3, 1, 12, 0, 0, 500_000, UTC), (33.5, -117.25))
    assert (fix.alt_m, fix.speed_mps, fix.track_deg, fix.hdop) == (11.0, 20.0, 1.0, 0.9)
    assert (fix.quality, fix.time_source) == (FixQuality.DIFFERENTIAL, TimeSource.FIX)
    assert (fix.satellites_used, fix.arrived_mono_s) == (1, 7.0)
    seen = [(one.system, one.number, one.snr_db, one.is_used) for one in fix.satellites]
    assert seen == [("GPS", 5, 41, True), ("GLONASS", 6, None, False)]


@pytest.mark.parametrize(
    "change",
    [{"mode": 1}, {"mode": 0}, {"mode": "3"}, {"mode": True}, {"lat": None}, {"lat": 91.0},
     {"lon": "x"}, {"lat": [1]}, {"lon": 1e400}],
)  # fmt: skip
def test_what_is_no_fix_is_no_position(change: dict[str, object]) -> None:
    """No mode, no place, an impossible place: the fix has none."""
    (fix,) = fixes(GpsdReports().feed(line(TPV | change)))
    assert fix.mode <= FixMode.NO_FIX
    assert fix.lat_deg is None


@pytest.mark.parametrize(
    "data",
    [b"{\n", b"[1]\n", b'{"class":7}\n', b"\xff\xfe\n", b"[" * 3000 + b"\n", b"x" * 40_000 + b"\n"],
)
def test_damage_is_an_event(data: bytes) -> None:
    """What is no report is said once, and the next report is read."""
    events = GpsdReports().feed(data + line(TPV))
    assert len([event for event in events if isinstance(event, DamagedBytes)]) == 1
    assert len(fixes(events)) == 1


@given(st.lists(st.integers(0, 600), max_size=6), st.binary(max_size=60))
def test_any_split_gives_the_same(cuts: list[int], noise: bytes) -> None:
    """However the bytes are cut, the events are the same, and memory is bounded."""
    data = line(SKY) + noise + b"\n" + line(TPV)
    reports, found, at = GpsdReports(), list[DecoderEvent](), 0
    for cut in [*sorted(cuts), len(data)]:
        found += reports.feed(data[at:cut])
        at = max(at, cut)
        assert len(reports._line) <= LINE_LIMIT_BYTES
    assert found == GpsdReports().feed(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*TPV, *SKY]), inner),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_values_are_survived(values: object) -> None:
    """Reports of the right class with values of any kind give a fix or none, never an error."""
    odd = values if isinstance(values, dict) else {"satellites": values, "time": values}
    for base in (TPV, SKY):
        GpsdReports().feed(line(base | odd | {"class": base["class"]}))
