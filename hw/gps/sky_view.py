"""The satellites in view, put together from GSV sentences that come in parts and GSA sentences beside them."""

from __future__ import annotations

from dataclasses import dataclass

from alpr_core.fix import Satellite
from hw.gps.nmea_reading import Kind, Reading, SeenSatellite

LISTS_LIMIT = 24
"""Lists kept at once: six systems with a few signals each."""

PARTS_LIMIT = 9
"""Sentences of one list; the standard allows nine."""

LIST_LIFE_EPOCHS = 30
"""A list that was not sent again for so many epochs is dropped; slow receivers send one in ten."""

_TALKER_SYSTEM = {
    "GP": "GPS", "GL": "GLONASS", "GA": "Galileo", "GB": "BeiDou", "BD": "BeiDou", "GQ": "QZSS",
    "QZ": "QZSS", "PQ": "QZSS", "GI": "NavIC",
}  # fmt: skip
_NMEA_SYSTEM = {
    "1": "GPS", "2": "GLONASS", "3": "Galileo", "4": "BeiDou", "5": "QZSS", "6": "NavIC",
}  # fmt: skip
_NUMBER_RANGES = (
    (33, 64, "SBAS"), (65, 96, "GLONASS"), (120, 158, "SBAS"), (193, 202, "QZSS"),
    (203, 263, "BeiDou"), (301, 336, "Galileo"), (401, 437, "BeiDou"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _SkyList:
    seen: tuple[SeenSatellite, ...]
    epoch: int


class SkyView:
    """Collects satellites; a list counts only when all its parts came in order."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], _SkyList] = {}
        self._unfinished: list[SeenSatellite] = []
        self._unfinished_key: tuple[str, str, int] | None = None
        self._used: set[tuple[str, int]] = set()
        self._used_epoch = -1
        self._epoch = 0

    def begin_epoch(self) -> None:
        """Drop what has not been renewed for long."""
        self._epoch += 1
        oldest = self._epoch - LIST_LIFE_EPOCHS
        self._lists = {key: kept for key, kept in self._lists.items() if kept.epoch >= oldest}
        if self._used_epoch < oldest:
            self._used = set()

    def take(self, reading: Reading) -> None:
        """Take one GSV or GSA sentence; others are ignored."""
        if reading.kind is Kind.GSA:
            self._take_used(reading)
        elif reading.kind is Kind.GSV:
            self._take_part(reading)

    def satellites(self) -> tuple[Satellite, ...]:
        """Return all satellites in view, each once, by system and number."""
        found: dict[tuple[str, int], Satellite] = {}
        for (talker, _), kept in self._lists.items():
            for seen in kept.seen:
                system = _system(talker, "", seen.number)
                known = found.get((system, seen.number))
                if known is None or (known.snr_db or 0) < (seen.snr_db or 0):
                    found[system, seen.number] = Satellite(
                        system=system,
                        number=seen.number,
                        elevation_deg=seen.elevation_deg,
                        azimuth_deg=seen.azimuth_deg,
                        snr_db=seen.snr_db,
                        is_used=(system, seen.number) in self._used,
                    )
        return tuple(found[key] for key in sorted(found))

    def _take_used(self, reading: Reading) -> None:
        if self._used_epoch != self._epoch:
            self._used, self._used_epoch = set(), self._epoch
        if len(self._used) < 256:
            for number in reading.used_numbers:
                self._used.add((_system(reading.talker, reading.system_id, number), number))

    def _take_part(self, reading: Reading) -> None:
        key = (reading.talker, reading.system_id, reading.part)
        if reading.part == 1:
            self._unfinished = []
        elif self._unfinished_key != (reading.talker, reading.system_id, reading.part - 1):
            self._unfinished_key = None
            return
        self._unfinished_key = key
        self._unfinished.extend(reading.seen)
        is_last = reading.part == min(reading.parts, PARTS_LIMIT)
        list_key = (reading.talker, reading.system_id)
        if is_last and (list_key in self._lists or len(self._lists) < LISTS_LIMIT):
            self._lists[list_key] = _SkyList(tuple(self._unfinished), self._epoch)


def _system(talker: str, system_id: str, number: int) -> str:
    """Name the system: by its id if given, by a number that only one system has, or by the talker."""
    if system_id in _NMEA_SYSTEM:
        return "SBAS" if system_id == "1" and 33 <= number <= 64 else _NMEA_SYSTEM[system_id]
    for first, last, system in _NUMBER_RANGES:
        if first <= number <= last:
            return system
    return _TALKER_SYSTEM.get(talker, "GPS" if talker == "GN" and number <= 32 else "?")
