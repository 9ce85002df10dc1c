"""Search of the stored reads: every question against a plain look through all reads."""

from __future__ import annotations

import fnmatch
import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.hit import hits_of
from alpr_core.look_alikes import fold_look_alikes
from alpr_core.plate import ALPHABET
from alpr_core.read_query import (
    PlatePattern,
    ReadQuery,
    make_area,
    part_of_plate,
    whole_plate,
)
from alpr_core.sighting import Match
from db.connection import StoreDatabase
from db.hit_models import HitRow
from db.hit_rows import hit_fields
from db.image_vault import ImageVault
from db.instants import to_micros
from db.keys import KeyUse
from db.migrations import bring_up_to_date
from db.read_search import PAGE_ROWS_MAX, ReadSearch, _statement
from db.sightings import Sightings
from db.store import DATABASE_FILE
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import (
    FIRST_AT,
    ROOT_KEY,
    Outcomes,
    make_entry,
    make_match,
    make_sighting,
)

READS = 400
SOME_PLATES = ("AB8", "A88", "OA0OA", "OOO0A", "0000A")
CENTRE = (33.7513, -117.9939)


class Searched:
    """A store with reads made by chance, and what is known of them."""

    def __init__(self, database: StoreDatabase) -> None:
        self.database = database
        sightings = Sightings(database, ImageVault(Path(), None))  # type: ignore[arg-type]
        self.search = ReadSearch(database, sightings)
        self.reads: dict[str, tuple[str, int, str, str | None, float]] = {}
        """Id to plate, second, camera, list, metres from CENTRE."""

    def fill(self) -> None:
        chance = random.Random(462)
        for number in range(READS):
            by_chance = "".join(chance.choices("0OAB8", k=chance.choice((2, 5, 7))))
            signs = SOME_PLATES[number] if number < len(SOME_PLATES) else by_chance
            second, camera = chance.randrange(READS // 4), chance.choice(("front", "rear"))
            hotlist = "SVS" if number % 10 == 0 else None
            metres, bearing = chance.uniform(0, 3_000), chance.uniform(0, 2 * math.pi)
            lat = CENTRE[0] + metres * math.cos(bearing) / 111_195
            lon = CENTRE[1] + metres * math.sin(bearing) / 111_195 / math.cos(
                math.radians(CENTRE[0])
            )
            sighting_id = f"{number:032x}"
            add_read(self.database, sighting_id, signs, second, camera, (lat, lon))
            if hotlist is not None:
                entry = make_entry(signs, hotlist)
                twice = Match(entry, None, others=(Match(entry, None),))
                for hit in hits_of(sighting_id, twice, at(second)):
                    HitRow.insert(hit_fields(hit)).execute(self.database)
            self.reads[sighting_id] = (signs, second, camera, hotlist, metres)

    def found(self, query: ReadQuery, limit: int = 7) -> list[str]:
        """Return the ids of all pages."""
        ids: list[str] = []
        end = None
        while True:
            page = self.search.find(query, limit, end)
            ids += [read.sighting_id for read in page.reads]
            end = page.end
            if end is None:
                return ids
            assert len(page.reads) == limit

    def expected(self, query: ReadQuery) -> list[str]:
        """Return what a look at every read says."""
        chosen = [
            (second, read_id)
            for read_id, (plate, second, camera, hotlist, metres) in self.reads.items()
            if _fits(query, plate)
            and (query.since is None or at(second) >= query.since)
            and (query.until is None or at(second) < query.until)
            and query.camera in (None, camera)
            and query.hotlist in (None, hotlist)
            and (query.area is None or metres <= query.area.radius_m)
        ]
        return [read_id for _, read_id in sorted(chosen, reverse=True)]


def at(second: int) -> datetime:
    return FIRST_AT + timedelta(seconds=second)


def _fits(query: ReadQuery, plate: str) -> bool:
    if query.plate is None:
        return True
    pattern = query.plate.text
    if query.with_look_alikes:
        pattern, plate = fold_look_alikes(pattern), fold_look_alikes(plate)
    return fnmatch.fnmatchcase(plate, pattern)


def add_read(
    database: StoreDatabase,
    sighting_id: str,
    plate: str,
    second: int,
    camera: str = "front",
    place: tuple[float, float] | None = None,
) -> None:
    lat, lon = (None, None) if place is None else (round(place[0] * 1e7), round(place[1] * 1e7))
    database.execute_sql(
        "INSERT INTO sighting (id, camera, source, first_seen_at, seen_at, plate, confidences, state,"
        " state_confidence, alternatives, frame_count, box_x, box_y, box_w, box_h, box_score, corners,"
        " frame_width_px, frame_height_px, lat_e7, lon_e7, position_quality)"
        " VALUES (?, ?, '', 0, ?, ?, '[]', 'CA', 0.9, '[]', 1, 0, 0, 1, 1, 0.9, '[]', 320, 200, ?, ?, ?)",
        (sighting_id, camera, to_micros(at(second)), plate, lat, lon, place and "autonomous"),
    )


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    """Return a store of READS reads."""
    file = tmp_path_factory.mktemp("search") / DATABASE_FILE
    file.touch()
    database = StoreDatabase(file, ROOT_KEY.derive(KeyUse.DATABASE))
    bring_up_to_date(database)
    store = Searched(database)
    with database.writing():
        store.fill()
    yield store
    database.shut()


@pytest.fixture
def database(folder: Path, open_store: OpenStore) -> Iterator[StoreDatabase]:
    """Return a second connection to an open store."""
    open_store()
    database = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    yield database
    database.shut()


PATTERNS: tuple[PlatePattern | None, ...] = (
    None,
    *map(whole_plate, ("0O", "AB8", "0??A*", "*B8", "A?B?*", "*0*8", "OA*OA")),
    *map(part_of_plate, ("0O8", "AAA", "B8B8", "A?A0", "OOO0A", "ZZZ")),
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("with_look_alikes", [False, True])
def test_a_search_finds_exactly_what_fits(
    searched: Searched, pattern: PlatePattern | None, with_look_alikes: bool
) -> None:
    """Each pattern, alone and with each other element, finds the reads that a look at all finds."""
    others: tuple[dict[str, object], ...] = (
        {},
        {"since": at(20)},
        {"until": at(70)},
        {"since": at(20), "until": at(70), "camera": "rear"},
        {"hotlist": "SVS"},
        {"hotlist": "none"},
        {"area": make_area(*CENTRE, 1_000)},
        {"area": make_area(*CENTRE, 2_000), "camera": "front", "hotlist": "SVS"},
    )
    total = 0
    for other in others:
        query = ReadQuery(pattern, with_look_alikes, **other)  # type: ignore[arg-type]
        expected = searched.expected(query)
        assert searched.found(query) == expected
        total += len(expected)
    assert (total > 0) == (pattern != part_of_plate("ZZZ"))


@pytest.mark.parametrize("limit", [1, 3, PAGE_ROWS_MAX])
def test_pages_of_any_size_hold_each_read_once(searched: Searched, limit: int) -> None:
    """Paging across equal times gives every read once, newest first, and says when it is over."""
    query = ReadQuery(whole_plate("*A?*A*"))
    assert searched.found(query, limit) == searched.expected(query)
    for wrong in (0, PAGE_ROWS_MAX + 1):
        with pytest.raises(RuntimeError, match="a page has"):
            searched.search.find(query, wrong)


def test_questions_are_answered_by_index(searched: Searched) -> None:
    """A plate, a part of one, a list, a camera and the newest page do not read all reads."""
    queries = {
        "read_text_folded": ReadQuery(whole_plate("AB8")),
        "VIRTUAL TABLE INDEX": ReadQuery(part_of_plate("AB8")),
        "sighting_place": ReadQuery(area=make_area(*CENTRE, 500)),
        "sighting_camera": ReadQuery(camera="rear"),
        "hit_hotlist": ReadQuery(hotlist="SVS"),
        "sighting_newest": ReadQuery(since=at(3)),
    }
    for index, query in queries.items():
        statement = _statement(query, 50, None)
        steps = str(
            searched.database.execute_sql(
                f"EXPLAIN QUERY PLAN {statement.text}", statement.values
            ).fetchall()
        )
        assert index in steps
        assert "SCAN s" not in steps or "sighting_newest" in steps
        assert "SCAN t" not in steps


def test_the_store_folds_as_the_core_does(database: StoreDatabase) -> None:
    """The folded text that the database computes is that of the look-alike table, for every sign."""
    add_read(database, "1" * 32, ALPHABET, 1)
    rows = database.execute_sql("SELECT folded FROM read_text").fetchall()
    assert rows == [(fold_look_alikes(ALPHABET),)]


def test_a_read_is_found_once_it_is_stored(open_store: OpenStore, folder: Path) -> None:
    """What the writer calls stored is found by plate, part and list at once."""
    outcomes = Outcomes()
    open_store().writer(outcomes).record(make_sighting(1), make_match())
    outcomes.wait_for(1)
    database = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    search = Searched(database).search
    part = part_of_plate("BC1")
    for query in (ReadQuery(whole_plate("7ABC123")), ReadQuery(part), ReadQuery(hotlist="SVS")):
        assert [read.plate for read in search.find(query).reads] == ["7ABC123"]
    assert search.find(ReadQuery(part, hotlist="LOCAL")).reads == ()
    database.shut()


def test_a_deleted_read_leaves_no_trace_in_the_index(database: StoreDatabase) -> None:
    """After a purge neither texts nor trigrams of the plate are left, in no page of the tables."""
    for number in range(300):
        add_read(database, f"{number:032x}", f"7ABC{number:03d}", number)
    trigrams = "SELECT block FROM read_trigram_data"
    assert any(b"a8c" in bytes(block) for (block,) in database.execute_sql(trigrams))
    with database.writing():
        database.execute_sql("DELETE FROM sighting")
    assert database.execute_sql("SELECT count(*) FROM read_text").fetchone() == (0,)
    blocks = [bytes(block) for (block,) in database.execute_sql(trigrams)]
    assert not any(sign in block for block in blocks for sign in (b"a8c", b"8c", b"7a"))
    terms = [bytes(term) for (term,) in database.execute_sql("SELECT term FROM read_trigram_idx")]
    assert not any(terms)
    database.execute_sql("INSERT INTO read_trigram (read_trigram) VALUES ('integrity-check')")
