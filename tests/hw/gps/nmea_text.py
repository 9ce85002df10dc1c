"""Sentences for tests, written without their checksums."""

from __future__ import annotations

from alpr_core.fix import Fix
from hw.gps.nmea_decoder import NmeaDecoder
from hw.gps.nmea_lines import sentence_bytes

PLACE = "4404.1400,N,12118.8500,W"
RMC = f"GPRMC,120000.00,A,{PLACE},1.00,90.0,010624,,,A"
GGA = f"GPGGA,120000.00,{PLACE},1,08,0.9,100.0,M,-20.0,M,,"
GSA = "GPGSA,A,3,01,02,03,04,05,06,07,08,,,,,1.8,0.9,1.5"


def stream(*bodies: str) -> bytes:
    """Return the sentences as a receiver sends them."""
    return b"".join(sentence_bytes(body) for body in bodies)


def fixes_of(*bodies: str) -> list[Fix]:
    """Return the fixes of a whole recording."""
    return fixes_in(stream(*bodies))


def fixes_in(data: bytes) -> list[Fix]:
    """Return the fixes of a recording's bytes."""
    decoder = NmeaDecoder(trusts_headers=True)
    events = [*decoder.feed(data), *decoder.end()]
    return [event for event in events if isinstance(event, Fix)]
