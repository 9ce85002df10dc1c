"""What a receiver or gpsd may say, for the fuzzer: our NMEA decoder and our reader of gpsd's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from alpr_core.fix import Fix
from alpr_core.position_track import PositionTrack
from bench.fuzzing import FuzzTarget
from hw.gps.gpsd_reports import GpsdReports
from hw.gps.nmea_decoder import DecoderEvent, NmeaDecoder
from hw.gps.nmea_lines import sentence_bytes
from hw.gps.simulated_receiver import GpsFault, SimulatedReceiver

_ODD_SENTENCES = (
    "GPGGA,235960.99,9000.0000,S,18000.0000,W,6,99,99.9,-99999.9,M,,M,,",
    "GNGNS,000000.000,0000.0001,N,00000.0001,E,NAD,00,,,,,,V",
    "GPZDA,235959.99,31,12,9999,00,00",
    "GPRMC,000000,D,0000.0,N,00000.0,E,9999.9,360.0,311299,,,R,V",
    "GNGSA,A,3,01,02,03,04,05,06,07,08,09,10,11,12,1.0,1.0,1.0,4",
    "GAGSV,9,9,36,36,90,359,99,,,,,07",
    "PUBX,00,081350.00,4717.113210,N,00833.915187,E,546.589,G3",
)
_RESEALED, _PAUSED = 1, 2
"""Bits of an input's first byte: give damaged sentences a right checksum, so that what is behind it is reached;
and let the line fall silent afterwards."""


def nmea_target() -> FuzzTarget:
    """Return the decoder with the track behind it."""
    decoder, track, fed = NmeaDecoder(trusts_headers=True), PositionTrack(), 0

    def take(data: bytes) -> None:
        nonlocal fed
        fed += 1
        how, data = data[:1] or b"\0", data[1:]
        if how[0] & _RESEALED:
            data = b"".join(_sealed(line) for line in data.split(b"\r\n"))
        _place(track, decoder.feed(data, float(fed)), fed)
        if how[0] & _PAUSED:
            _place(track, decoder.pause(), fed)

    return FuzzTarget(take, [bytes([how]) + seed for seed in _nmea_seeds() for how in range(4)])


def gpsd_target() -> FuzzTarget:
    """Return the reader of gpsd's reports with the track behind it; each input is a line."""
    reports, track, fed = GpsdReports(), PositionTrack(), 0

    def take(data: bytes) -> None:
        nonlocal fed
        fed += 1
        _place(track, reports.feed(data + b"\n", float(fed)), fed)

    return FuzzTarget(take, _gpsd_seeds())


def _place(track: PositionTrack, events: Iterable[DecoderEvent], fed: int) -> None:
    for event in events:
        if isinstance(event, Fix):
            track.add(event)
            track.at(float(fed))


def _sealed(line: bytes) -> bytes:
    """Give a line the right checksum, whatever it holds."""
    body = line.strip(b"$").split(b"*")[0].decode("ascii", "ignore")
    return sentence_bytes(body)


def _nmea_seeds() -> list[bytes]:
    receiver = SimulatedReceiver(datetime(2026, 3, 1, 23, 59, 50, tzinfo=UTC))
    seeds = [sentence_bytes(body) for body in _ODD_SENTENCES]
    for second in range(20):
        receiver.fault = GpsFault.NO_FIX if second % 5 == 4 else GpsFault.NONE
        epoch = receiver.epoch(float(second))
        seeds += epoch.splitlines(keepends=True)
    return seeds


def _gpsd_seeds() -> list[bytes]:
    reports: list[dict[str, object]] = [
        {"class": "TPV", "mode": 3, "time": "2026-03-01T12:00:00.500Z", "lat": 33.5, "lon": -117.2,
         "altMSL": 11.0, "speed": 20.0, "track": 361.0, "status": 2},
        {"class": "TPV", "mode": 1},
        {"class": "SKY", "hdop": 0.9, "uSat": 1, "satellites": [
            {"PRN": 5, "gnssid": 0, "svid": 5, "el": 40.4, "az": 80.0, "ss": 41.0, "used": True}]},
        {"class": "VERSION", "release": "3.22", "rev": "3.22", "proto_major": 3, "proto_minor": 14},
    ]  # fmt: skip
    return [json.dumps(report).encode("ascii") for report in reports]
