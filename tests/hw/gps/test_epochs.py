"""Sentences of one instant to one fix: orders, talkers, gaps, clocks."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from alpr_core.fix import Fix, FixMode, FixQuality, TimeSource
from hw.gps.nmea_decoder import NmeaDecoder
from tests.hw.gps.nmea_text import GGA, GSA, PLACE, RMC, fixes_of, stream

NOON = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
GLL = f"GPGLL,{PLACE},120000.00,A,A"
VTG = "GPVTG,90.0,T,,M,1.00,N,1.85,K,A"
ZDA = "GPZDA,120000.00,01,06,2024,00,00"


@pytest.mark.parametrize("order", list(itertools.permutations([RMC, GGA, GSA, GLL])))
def test_order_of_sentences_does_not_matter(order: tuple[str, ...]) -> None:
    """Every order of the same sentences gives one epoch with the same values."""
    (fix,) = fixes_of(*order)
    assert (fix.at, fix.mode, fix.alt_m, fix.track_deg) == (NOON, FixMode.FIX_3D, 100.0, 90.0)
    assert fix.speed_mps == pytest.approx(0.514, abs=1e-3)
    assert (fix.satellites_used, fix.hdop, fix.quality) == (8, 0.9, FixQuality.AUTONOMOUS)


@pytest.mark.parametrize("talker", ["GP", "GN", "GL", "GA", "GB", "BD", "QZ", "GQ", "GI", "II"])
def test_any_talker_is_heard(talker: str) -> None:
    """The position is read whatever system or instrument says it."""
    (fix,) = fixes_of(talker + RMC[2:], talker + GGA[2:])
    assert fix.has_position


def test_somebody_has_to_vouch_for_a_place() -> None:
    """GGA with too few satellites, or without a quality, counts only with GSA or RMC beside it."""
    for doubtful in (GGA.replace(",1,08", ",1,00"), GGA.replace(",1,08", ",,08")):
        assert not fixes_of(ZDA, doubtful)[0].has_position
        assert fixes_of(ZDA, doubtful, GSA)[0].has_position
        assert fixes_of(doubtful, RMC)[0].has_position


@pytest.mark.parametrize("kind", ["RMC", "GGA", "GNS", "GLL", "GSA", "VTG", "ZDA", "GSV"])
@pytest.mark.parametrize("fields", ["", ",", ",,,,", "," * 40, ",x" * 30, ",-1" * 20, ",9e9" * 20])
def test_sentences_of_any_length_are_survived(kind: str, fields: str) -> None:
    """Too few, too many, empty and foreign fields give no position."""
    assert not any(fix.has_position for fix in fixes_of(f"GP{kind}{fields}"))


def test_half_a_date_is_no_time() -> None:
    """A ZDA without its date says nothing and is no epoch."""
    assert fixes_of("GPZDA,120000.00,,,,00,00") == []
    assert fixes_of("GPZDA,120000.00,31,02,2024,00,00") == []


def test_receivers_without_rmc() -> None:
    """GGA with ZDA is enough for place and time; GNS and GLL do as well."""
    (fix,) = fixes_of(ZDA, GGA)
    assert (fix.at, fix.mode) == (NOON, FixMode.FIX_3D)
    (fix,) = fixes_of(ZDA, f"GNGNS,120000.00,{PLACE},AAN,09,0.8,100.0,-20.0,,,S")
    assert (fix.mode, fix.satellites_used) == (FixMode.FIX_3D, 9)
    (fix,) = fixes_of(GLL)
    assert (fix.at, fix.mode) == (None, FixMode.FIX_2D)
    assert fix.time_source is TimeSource.NONE


def test_speed_is_derived_where_none_is_sent() -> None:
    """A receiver without RMC and VTG gets its speed from its way, and the fix says so."""
    later = GGA.replace("120000", "120001").replace("4404.1400", "4404.1508")
    first, second = fixes_of(ZDA, GGA, later)
    assert first.speed_mps is None
    assert second.speed_mps == pytest.approx(20.0, abs=0.05)
    assert second.is_speed_derived


@pytest.mark.parametrize(
    "bodies",
    [
        (RMC.replace(",A,", ",V,", 1),),
        (GGA.replace(",1,08", ",0,00"),),
        (GGA.replace(",1,08", ",,08"),),
        (RMC, GGA.replace(",1,08", ",0,08")),
        (RMC.replace(",A,", ",V,", 1), GGA, GSA),
        (GGA, GSA.replace("A,3", "A,1")),
        (GGA, GLL.replace("A,A", "V,N")),
        (RMC[:-1] + "N",),
        ("GNRMC,120000.00,A,0000.0000,,00000.0000,,,,010624,,,A",),
        ("GPGGA,120000.00,9144.1400,N,12118.8500,W,1,08,0.9,100.0,M,-20.0,M,,",),
        ("GPGGA,120000.00,4460.1400,N,12118.8500,W,1,08,0.9,100.0,M,-20.0,M,,",),
        ("GPRMC,000416.984,V,36000.0000,N,72000.0000,E,0.000000,,260120,,",),
        (f"GNGNS,120000.00,{PLACE},NNN,09,0.8,100.0,-20.0,,,S",),
        (f"GNGNS,120000.00,{PLACE},AAN,09,0.8,100.0,-20.0,,,U",),
        ("GPRMC,,V,,,,,,,,,,N",),
    ],
)
def test_no_fix_is_never_a_position(bodies: tuple[str, ...]) -> None:
    """One word of "invalid", an impossible angle or a missing side, and there is no place."""
    assert all(fix.mode is FixMode.NO_FIX and fix.lat_deg is None for fix in fixes_of(*bodies))


def test_lost_fix_takes_nothing_from_the_second_before() -> None:
    """The first "invalid" belongs to its own second; the clock of a receiver without a fix is not believed."""
    lost = RMC.replace("120000", "120001").replace(",A,", ",V,", 1)
    first, second = fixes_of(RMC, GGA, GSA, lost)
    assert (first.at, first.mode) == (NOON, FixMode.FIX_3D)
    assert (second.at, second.mode) == (None, FixMode.NO_FIX)
    gone = GGA.replace("120000", "120001").replace(",1,08", ",0,00")
    assert fixes_of(RMC, GGA, lost, gone)[1].at == NOON.replace(second=1)


def test_receiver_whose_time_stands_still_has_no_fix() -> None:
    """A second GGA with the same time means that the receiver repeats itself; another talker's does not."""
    assert [fix.has_position for fix in fixes_of(RMC, GGA, GSA, GGA, GSA)] == [True, False]
    assert [fix.has_position for fix in fixes_of(RMC, GGA, "GL" + GGA[2:])] == [True]


def test_fix_whose_time_stands_still_goes_on_ageing() -> None:
    """Repeating one second for ever does not make its position fresh."""
    decoder, fixes = NmeaDecoder(), []
    for second in range(8):
        events = [*decoder.feed(stream(RMC, GGA, GSA), float(second)), *decoder.pause()]
        fixes += [event for event in events if isinstance(event, Fix)]
    assert {fix.arrived_mono_s for fix in fixes} == {0.0}
    assert fixes[-1].is_stale(7.0)


def test_midnight_belongs_to_the_next_day() -> None:
    """A time without a date that falls back over midnight is of the next day, before RMC says so."""
    before = RMC.replace("120000", "235959").replace("010624", "311224")
    after = GGA.replace("120000", "000000")
    assert [fix.at for fix in fixes_of(before, after)] == [
        datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
    ]


def test_leap_second_is_an_epoch_of_its_own() -> None:
    """23:59:60 does not end the recording and time never goes back."""
    bodies = [
        RMC.replace("120000", time).replace("010624", day)
        for time, day in (("235959", "311224"), ("235960", "311224"), ("000000", "010125"))
    ]
    at = [fix.at for fix in fixes_of(*bodies)]
    assert at == [
        datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
    ]


def test_week_roll_over_is_set_right() -> None:
    """A date that today's satellites cannot send is moved on by 1024 weeks, unless the log says when it was."""
    old = RMC.replace("010624", "180315")
    assert fixes_of(old)[0].at == datetime(2034, 11, 1, 12, 0, tzinfo=UTC)
    decoder = NmeaDecoder(trusts_headers=True)
    events = [*decoder.feed(b"# Date: 2015-03-18\n" + stream(old)), *decoder.end()]
    assert getattr(events[-1], "at", None) == datetime(2015, 3, 18, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", ["2208-1", "000024", "310224", "1234567", "1_0_24", ""])
def test_damaged_date_gives_no_time(day: str) -> None:
    """A date that is none leaves the position without a time."""
    (fix,) = fixes_of(RMC.replace("010624", day))
    assert (fix.at, fix.mode) == (None, FixMode.FIX_2D)


def test_estimated_position_says_so() -> None:
    """Dead reckoning is a fix whose quality is named."""
    (fix,) = fixes_of(RMC[:-1] + "E", GGA.replace(",1,08", ",6,08"))
    assert fix.quality is FixQuality.ESTIMATED


def test_pause_tells_the_epoch_and_late_sentences_renew_it() -> None:
    """A live fix does not wait for the next second; what comes later is told with the same time."""
    decoder = NmeaDecoder()
    assert not any(hasattr(event, "mode") for event in decoder.feed(stream(RMC), 10.0))
    (first,) = decoder.pause()
    assert decoder.pause() == []
    decoder.feed(stream(GGA), 10.4)
    (second,) = decoder.pause()
    assert getattr(first, "mode", None) is FixMode.FIX_2D
    assert getattr(second, "mode", None) is FixMode.FIX_3D
    assert getattr(first, "at", 1) == getattr(second, "at", 2)
    assert getattr(second, "arrived_mono_s", None) == 10.0


def test_satellites_are_put_together() -> None:
    """Lists in parts of several systems become one view with signals and use; a part without its first is left."""
    (fix,) = fixes_of(
        RMC,
        "GNGSA,A,3,01,66,,,,,,,,,,,1.8,0.9,1.5",
        "GPGSV,2,1,05,01,40,083,46,02,17,308,,12,07,344,39,14,22,228,45",
        "GPGSV,2,2,05,46,10,100,30",
        "GLGSV,1,1,01,66,37,078,26",
        "GAGSV,2,2,05,07,10,100,30",
    )
    seen = {(one.system, one.number): (one.snr_db, one.is_used) for one in fix.satellites}
    assert seen == {
        ("GPS", 1): (46, True),
        ("GPS", 2): (None, False),
        ("GPS", 12): (39, False),
        ("GPS", 14): (45, False),
        ("SBAS", 46): (30, False),
        ("GLONASS", 66): (26, True),
    }


@pytest.mark.parametrize("rate_hz", [1, 5, 10, 20])
def test_fast_receivers_give_every_epoch(rate_hz: int) -> None:
    """Fractions of a second are epochs of their own."""
    bodies = []
    for number in range(rate_hz * 2):
        whole, part = divmod(number * 100 // rate_hz, 100)
        time = f"1200{whole:02d}.{part:02d}"
        bodies += [RMC.replace("120000.00", time), GGA.replace("120000.00", time)]
    assert len({fix.at for fix in fixes_of(*bodies)}) == rate_hz * 2
