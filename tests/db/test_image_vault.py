"""What was done to a picture file, and that it is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alpr_core.errors import StoreError
from db.connection import StoreDatabase
from db.keys import KeyUse
from db.pictures import PictureKind
from db.store import DATABASE_FILE, Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import FIRST_AT, ROOT_KEY, Outcomes, make_sighting

FIRST, SECOND = f"{1:032x}", f"{2:032x}"
DAY = "2026-11-23"


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """Return a store with two sightings of one day."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number in (1, 2):
        writer.record(make_sighting(number, overview=make_sighting(9).frame.pixels), None)
    outcomes.wait_for(2)
    return store


def flip(place: int) -> Callable[[Path], None]:
    def change(day: Path) -> None:
        file = day / f"{FIRST}.frame.img"
        content = bytearray(file.read_bytes())
        content[place] ^= 1
        file.write_bytes(content)

    return change


def cut(kept_bytes: int) -> Callable[[Path], None]:
    def change(day: Path) -> None:
        file = day / f"{FIRST}.frame.img"
        file.write_bytes(file.read_bytes()[:kept_bytes])

    return change


def swap(first: str, second: str) -> Callable[[Path], None]:
    def change(day: Path) -> None:
        (day / first).rename(day / "third")
        (day / second).rename(day / first)
        (day / "third").rename(day / second)

    return change


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (flip(0), "altered"),
        (flip(7), "altered"),
        (flip(8), "altered"),
        (flip(20), "altered"),
        (flip(-1), "altered"),
        (cut(0), "altered"),
        (cut(8), "altered"),
        (cut(30), "altered"),
        (cut(-1), "altered"),
        (lambda day: (day / f"{FIRST}.frame.img").unlink(), "missing"),
        (swap(f"{FIRST}.frame.img", f"{SECOND}.frame.img"), "another's place"),
        (swap(f"{FIRST}.frame.img", f"{FIRST}.plate.img"), "another's place"),
        (swap(f"{FIRST}.frame.img", f"{FIRST}.overview.img"), "another's place"),
    ],
    ids=[
        "format",
        "version",
        "nonce",
        "text",
        "tag",
        "empty",
        "no nonce",
        "no tag",
        "last byte",
        "removed",
        "of another sighting",
        "plate for frame",
        "overview for frame",
    ],
)
def test_a_tampered_picture_is_refused(
    folder: Path, store: Store, tamper: Callable[[Path], None], words: str
) -> None:
    """A picture that was altered, cut, removed or swapped is never shown."""
    tamper(folder / "images" / DAY)
    with pytest.raises(StoreError, match=words) as refusal:
        store.sightings.picture(FIRST, PictureKind.FRAME)
    assert FIRST in refusal.value.what


def test_a_picture_is_bound_to_its_time(folder: Path, store: Store) -> None:
    """A sighting whose time was changed in the database no longer shows its picture."""
    database = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    database.execute_sql("UPDATE sighting SET seen_at = seen_at + 1 WHERE id = ?", (FIRST,))
    database.shut()
    with pytest.raises(StoreError, match="another's place"):
        store.sightings.picture(FIRST, PictureKind.FRAME)
    assert store.sightings.picture(SECOND, PictureKind.FRAME) is not None


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM day_key WHERE kind = 'frame'", "is gone"),
        ("UPDATE day_key SET wrapped = zeroblob(60) WHERE kind = 'frame'", "was altered"),
        ("UPDATE day_key SET wrapped = x'' WHERE kind = 'frame'", "was altered"),
        (
            "UPDATE day_key SET wrapped = (SELECT wrapped FROM day_key WHERE kind = 'plate')"
            " WHERE kind = 'frame'",
            "was altered",
        ),
    ],
    ids=["destroyed", "zeroed", "emptied", "key of another kind"],
)
def test_a_picture_dies_with_its_day_key(
    folder: Path, store: Store, statement: str, words: str
) -> None:
    """Without its own day key a picture cannot be opened; other kinds are not affected."""
    database = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    database.execute_sql(statement)
    database.shut()
    with pytest.raises(StoreError, match=words):
        store.sightings.picture(FIRST, PictureKind.FRAME)
    assert store.sightings.picture(FIRST, PictureKind.PLATE) is not None


def test_each_day_and_kind_has_its_own_key(folder: Path, store: Store) -> None:
    """Two sightings of a day share its keys, and the keys lie wrapped in the database."""
    database = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    rows = database.execute_sql("SELECT day, kind, wrapped FROM day_key ORDER BY kind").fetchall()
    database.shut()
    assert [row[:2] for row in rows] == [(DAY, "frame"), (DAY, "overview"), (DAY, "plate")]
    assert {len(row[2]) for row in rows} == {12 + 32 + 16}
    assert len({row[2] for row in rows}) == 3


def test_midnight_in_utc_begins_a_day(folder: Path, open_store: OpenStore) -> None:
    """The day of a picture is the UTC day, whatever the car's own time zone."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    midnight = FIRST_AT.replace(hour=0, minute=0, second=0, microsecond=0)
    writer.record(make_sighting(1, seen_at=midnight), None)
    writer.record(make_sighting(2, seen_at=midnight.replace(day=22, hour=23, minute=59)), None)
    outcomes.wait_for(2)
    days = {path.parent.name for path in (folder / "images").rglob("*.img")}
    assert days == {"2026-11-22", "2026-11-23"}
    assert store.sightings.picture(SECOND, PictureKind.PLATE) is not None
