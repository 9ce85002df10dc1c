"""A store with very many reads, made quickly: what a fleet of weeks leaves behind, for the figures of search.

The rows go through the store's own tables and triggers, so that every index is as the writer would have made
it; pictures, outbox and audit entries are left out, which no search by plate looks at.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from alpr_core.sighting import new_sighting_id
from db.connection import StoreDatabase
from db.instants import to_micros

LAST_AT = datetime(2026, 11, 23, 20, 15, tzinfo=UTC)
SECONDS_BETWEEN = 2.0
CITY_DEG = (33.7513, -117.9939)
CITY_SPREAD_DEG = 0.05
VEHICLES_PER_READ = 0.4
"""Different plates per read: most vehicles are met more than once."""

_INSERT = (
    "INSERT INTO sighting (id, camera, source, first_seen_at, seen_at, plate, confidences, state,"
    " state_confidence, alternatives, frame_count, box_x, box_y, box_w, box_h, box_score, corners,"
    " frame_width_px, frame_height_px, lat_e7, lon_e7, position_quality)"
    " VALUES (?, ?, 'drive.mp4', ?, ?, ?, ?, 'CA', 0.97, '[]', 6, 812.5, 410.25, 180.0, 60.0, 0.98,"
    " '[[812,410],[992,411],[991,470],[812,469]]', 1920, 1080, ?, ?, 'autonomous')"
)
_HIT = (
    "INSERT INTO hit (id, sighting_id, plate, raised_at, listed_at, place, is_alert, origin, hotlist, state,"
    " hotlist_class, reason, vehicle, reference, source_agency, person, is_covert, state_agrees, kind, differing,"
    " is_stale, class_priority, priority, sound, colour, response_line, data)"
    " VALUES (?1 || '-0', ?1, ?2, ?3, ?3, 0, 1, 'live', 'SVS', 'CA', 'stolen vehicle', 'Stolen in Oakland',"
    " '', '', '', '', 0, 1, 'exact', '[]', 0, 6, 6, 'alarm', 'red', '', 'state')"
)
_HIT_EVERY = 1_000
_ROWS_AT_ONCE = 20_000


def plate_by_chance(chance: random.Random) -> str:
    """Return a plate as met on Californian roads: three of four in the state's form, others in others'."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    if chance.random() < 0.75:
        first = chance.choice("456778899")
        return first + "".join(chance.choices(letters, k=3)) + f"{chance.randrange(1000):03d}"
    if chance.random() < 0.5:
        return f"{chance.randrange(10, 100)}" + f"{chance.randrange(100000):05d}"
    return "".join(chance.choices(letters, k=3)) + f"{chance.randrange(10000):04d}"


def load_reads(database: StoreDatabase, plates: list[str], count: int) -> None:
    """Put `count` reads of these plates into the store; in transactions of many."""
    chance = random.Random(count)
    rows = _rows(chance, plates, count)
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        with database.writing():
            cursor = database.cursor()
            cursor.executemany(_INSERT, batch)
            cursor.executemany(_HIT, [(row[0], row[4], row[2]) for row in batch[::_HIT_EVERY]])


def _rows(
    chance: random.Random, plates: list[str], count: int
) -> Iterator[tuple[str, str, int, int, str, str, int, int]]:
    for number in range(count):
        seen_at = LAST_AT - timedelta(seconds=SECONDS_BETWEEN * (count - number))
        seen_us = to_micros(seen_at)
        plate = chance.choice(plates)
        shares = ",".join(f"{chance.uniform(0.7, 1):.4f}" for _ in plate)
        yield (
            new_sighting_id(seen_at, chance.randbytes(10)),
            "front" if number % 3 else "rear",
            seen_us - 250_000,
            seen_us,
            plate,
            f"[{shares}]",
            round(1e7 * (CITY_DEG[0] + chance.uniform(-1, 1) * CITY_SPREAD_DEG)),
            round(1e7 * (CITY_DEG[1] + chance.uniform(-1, 1) * CITY_SPREAD_DEG)),
        )
