"""Receivers as makers build them: which sentences, in which order, how fast, and what else is on the cable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from alpr_core.fix import Fix, FixMode, FixQuality
from alpr_core.trusted_clock import TrustedClock
from hw.gps.nmea_decoder import NmeaDecoder
from hw.gps.nmea_lines import sentence_bytes
from tests.hw.gps.nmea_text import fixes_in

EPOCHS = 6
BEFORE_MIDNIGHT = datetime(2024, 12, 31, 23, 59, 57, tzinfo=UTC)
KNOTS, SPEED_MPS = 40.0, 20.578
UBX = bytes.fromhex("B562 0107 0400 2445 0D0A 8C32")
SIRF = bytes.fromhex("A0A2 0004 2424 0D0A 0053 B0B3")
AIS = b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\r\n"


@dataclass(frozen=True, slots=True)
class Epoch:
    """One instant of a car that drives north, and the sentences that can be said of it."""

    at: datetime
    number: int
    talker: str = "GP"

    @property
    def lat_deg(self) -> float:
        return 33.75 + self.number / 6000

    def rmc(self, status: str = "A", end: str = ",,,A", date: str = "%d%m%y") -> str:
        return (
            f"{self.talker}RMC,{self.time},{status},{self.place},{KNOTS},0.0,{self.at:{date}}{end}"
        )

    def gga(self, quality: int = 1) -> str:
        return f"{self.talker}GGA,{self.time},{self.place},{quality},08,0.9,30.0,M,-33.0,M,,"

    def gns(self, modes: str = "AN", status: str = "") -> str:
        return f"{self.talker}GNS,{self.time},{self.place},{modes},09,0.8,30.0,-33.0,,{status}"

    def gll(self) -> str:
        return f"{self.talker}GLL,{self.place},{self.time},A,A"

    def gsa(self, system: str = "", dimensions: int = 3) -> str:
        return f"{self.talker}GSA,A,{dimensions},01,02,03,04,,,,,,,,,1.8,0.9,1.5{system}"

    def vtg(self) -> str:
        return f"{self.talker}VTG,0.0,T,,M,{KNOTS},N,{KNOTS * 1.852:.3f},K,A"

    def zda(self) -> str:
        return f"{self.talker}ZDA,{self.time},{self.at:%d,%m,%Y},00,00"

    @property
    def time(self) -> str:
        return f"{self.at:%H%M%S}.{self.at.microsecond // 10_000:02d}"

    @property
    def place(self) -> str:
        return f"3345.{self.number:02d}0000,N,11754.000000,W"


STYLES: dict[str, Callable[[Epoch], list[str]]] = {
    "RMC alone": lambda e: [e.rmc()],
    "RMC of NMEA 2, without mode": lambda e: [e.rmc(end=",,")],
    "u-blox": lambda e: [e.rmc(), e.vtg(), e.gga(), e.gsa(), e.gll()],
    "u-blox, NMEA 4.11": lambda e: [
        e.rmc(end=",,,A,V"), e.vtg(), e.gns("AANA", "V"), e.gsa(",1"), e.gsa(",2"), e.gll(),
    ],
    "SiRF": lambda e: [e.gga(), e.gsa(), e.rmc(), e.vtg()],
    "MediaTek": lambda e: [e.gga(), e.gsa(), e.gll(), e.rmc(), e.vtg(), e.zda()],
    "SkyTraq": lambda e: [e.gga(), e.gll(), e.gsa(), e.rmc(), e.vtg(), e.zda(), "PSTI,00,2,0,0,,"],
    "Garmin": lambda e: [e.rmc(end=",7.1,W,A"), e.gga(), e.gsa(), "PGRME,15.0,M,45.0,M,25.0,M"],
    "date before the place": lambda e: [e.zda(), e.gga(), e.gsa(), e.vtg()],
    "one system has none": lambda e: [e.rmc(), e.gsa(), e.gsa(dimensions=1).replace("GP", "GL")],
}  # fmt: skip


def drive(
    style: Callable[[Epoch], list[str]],
    rate_hz: int = 1,
    talker: str = "GP",
    began_at: datetime = BEFORE_MIDNIGHT,
) -> list[bytes]:
    """Return the sentences of a short drive."""
    step = timedelta(seconds=1 / rate_hz)
    epochs = [Epoch(began_at + number * step, number, talker) for number in range(EPOCHS)]
    return [sentence_bytes(body) for epoch in epochs for body in style(epoch)]


def assert_driven(fixes: list[Fix], rate_hz: int = 1) -> None:
    """Every instant once, over midnight, with its place and speed."""
    step = timedelta(seconds=1 / rate_hz)
    assert [fix.at for fix in fixes] == [BEFORE_MIDNIGHT + n * step for n in range(EPOCHS)]
    for number, fix in enumerate(fixes):
        assert fix.place() == pytest.approx((33.75 + number / 6000, -117.9), abs=1e-7)
    assert {round(fix.speed_mps or 0.0, 3) for fix in fixes[1:]} == {SPEED_MPS}


@pytest.mark.parametrize("talker", ["GP", "GN", "GL", "GA", "GB", "BD", "GQ", "QZ", "GI", "IN"])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_gives_the_drive(style: str, talker: str) -> None:
    """Any maker's sentences in their order, of any talker, over midnight and the year's end."""
    assert_driven(fixes_in(b"".join(drive(STYLES[style], talker=talker))))


@pytest.mark.parametrize("rate_hz", [5, 10])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_heard_fast(style: str, rate_hz: int) -> None:
    """Fractions of a second over midnight are epochs of their own."""
    assert_driven(fixes_in(b"".join(drive(STYLES[style], rate_hz))), rate_hz)


@pytest.mark.parametrize(
    "dress",
    [
        lambda line: line.replace(b"\r\n", b"\n"),
        lambda line: line[:-5] + b"\r\n",
        lambda line: line[:-4] + line[-4:].lower(),
        lambda line: line[:-2] + b"  \r\n",
        lambda line: UBX + line,
        lambda line: SIRF + line,
        lambda line: AIS + line,
        lambda line: b"\x00\xff\x00" + line,
        lambda line: b"$PUBX,00," + b"1," * 120 + b"0*00\r\n" + line,
        lambda line: line + b"$PMTK010,001*2E\r\n$PSRF103,00,01,00,01*25\r\n",
        lambda line: line + b"$HCHDG,101.1,,,7.1,W*3C\r\n$GPTXT,01,01,02,ANTSTATUS=OK*3B\r\n",
        lambda line: line + b"[spam]\r\n# note\r\n",
    ],
)
@pytest.mark.parametrize("style", ["u-blox, NMEA 4.11", "SiRF"])
def test_what_else_is_on_the_cable_changes_nothing(
    style: str, dress: Callable[[bytes], bytes]
) -> None:
    """Other line ends, no or lower-case checksums, binary protocols, ships and makers' own sentences."""
    assert_driven(fixes_in(b"".join(dress(line) for line in drive(STYLES[style]))))


def test_date_that_comes_rarely_holds() -> None:
    """A receiver that sends its date once in five seconds has a time for every epoch after the first date."""
    fixes = fixes_in(
        b"".join(drive(lambda e: [*([e.zda()] if e.number % 5 == 0 else []), e.gga()]))
    )
    assert [fix.at for fix in fixes] == [
        BEFORE_MIDNIGHT + timedelta(seconds=n) for n in range(EPOCHS)
    ]


@pytest.mark.parametrize("style", [lambda e: [e.gll()], lambda e: [e.gga()], lambda e: [e.gns()]])
def test_place_without_any_date(style: Callable[[Epoch], list[str]]) -> None:
    """A receiver that never sends a date gives places, and no time that somebody could believe."""
    fixes = fixes_in(b"".join(drive(style)))
    assert [fix.at for fix in fixes] == [None] * EPOCHS
    assert all(fix.has_position for fix in fixes)


@pytest.mark.parametrize(
    ("quality", "mode", "expected"),
    [
        (2, "D", FixQuality.DIFFERENTIAL), (3, "P", FixQuality.PRECISE),
        (4, "R", FixQuality.RTK_FIXED), (5, "F", FixQuality.RTK_FLOAT),
        (6, "E", FixQuality.ESTIMATED), (7, "M", FixQuality.MANUAL),
        (8, "S", FixQuality.SIMULATED), (9, "D", FixQuality.DIFFERENTIAL),
    ],
)  # fmt: skip
def test_kind_of_fix_is_named_and_guesses_give_no_time(
    quality: int, mode: str, expected: FixQuality
) -> None:
    """Dead reckoning, typed and simulated places say so, and never set the box's clock."""
    guesses = {FixQuality.ESTIMATED, FixQuality.MANUAL, FixQuality.SIMULATED}
    for style in (
        lambda e: [e.rmc(end=f",,,{mode}"), e.gga(quality)],
        lambda e: [e.gga(quality), e.rmc(end=f",,,{mode}")],
    ):
        fixes = fixes_in(b"".join(drive(style)))
        assert {fix.quality for fix in fixes} == {expected}
        clock = TrustedClock(BEFORE_MIDNIGHT - timedelta(days=1))
        for number, fix in enumerate(fixes):
            clock.hear_fix(replace(fix, arrived_mono_s=float(number)))
        assert (clock.stamp(float(EPOCHS)) is None) == (expected in guesses)


@pytest.mark.parametrize("end", [",,,N", ",,,N,V"])
def test_valid_with_mode_n_is_no_place(end: str) -> None:
    """RMC that calls itself valid and its mode "none" has no position, and neither has its epoch."""
    fixes = fixes_in(b"".join(drive(lambda e: [e.rmc(end=end), e.gga(), e.gsa()])))
    assert {fix.mode for fix in fixes} == {FixMode.NO_FIX}


def test_receiver_that_counts_whole_seconds_and_sends_more() -> None:
    """Two rounds of RMC and GGA with the same second are a fix; their second place is the later one."""
    lines = drive(STYLES["SiRF"])
    twice = [line for n in range(EPOCHS) for line in lines[4 * n : 4 * n + 4] * 2]
    fixes = fixes_in(b"".join(twice))
    assert len(fixes) == 2 * EPOCHS
    assert all(fix.has_position for fix in fixes)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (datetime(1999, 8, 22), datetime(2019, 4, 7)),
        (datetime(2005, 4, 16), datetime(2024, 11, 30)),
        (datetime(1987, 2, 1), datetime(2026, 5, 3)),
        (datetime(2024, 2, 29), datetime(2024, 2, 29)),
    ],
)
def test_missed_roll_overs_are_made_good(said: datetime, meant: datetime) -> None:
    """Dates of receivers that forgot one or two roll-overs of the week, in either way to write a year."""
    for style in (lambda e: [e.rmc(), e.gga()], lambda e: [e.zda(), e.gga(), e.gsa()]):
        lines = drive(style, began_at=said.replace(tzinfo=UTC))
        decoder = NmeaDecoder()
        events = [*decoder.feed(b"".join(lines)), *decoder.end()]
        (first, *_) = [event for event in events if isinstance(event, Fix)]
        assert first.at == meant.replace(tzinfo=UTC)
