"""Corrections of reads and plates that were typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from alpr_core.correction import make_correction
from alpr_core.errors import StoreError
from alpr_core.manual_entry import MANUAL_CAMERA, manual_sighting
from alpr_core.read_query import ReadQuery, part_of_plate, whole_plate
from db.connection import StoreDatabase
from db.corrections import OUTBOX_CORRECTION, Corrections
from db.image_vault import ImageVault
from db.keys import KeyUse
from db.pictures import PictureKind
from db.read_search import ReadSearch
from db.sightings import Sightings
from db.store import DATABASE_FILE, Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import (
    FIRST_AT,
    ROOT_KEY,
    Outcomes,
    make_match,
    make_pixels,
    make_sighting,
)

ID = f"{1:032x}"


class Desk:
    """A store with one read, and what changes it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.outcomes = Outcomes()
        self.writer = store.writer(self.outcomes)
        self.writer.record(make_sighting(1), make_match())
        self.outcomes.wait_for(1)
        self.database = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
        sightings = Sightings(self.database, ImageVault(folder, None))  # type: ignore[arg-type]
        self.search = ReadSearch(self.database, sightings)
        self.corrections = Corrections(self.database, sightings)

    def correct(self, plate: str, state: str | None = "CA", reason: str = "glare") -> None:
        with self.database.writing():
            self.corrections.add(make_correction(ID, plate, state, "4711", reason, FIRST_AT))

    def plates_found(self, query: ReadQuery) -> list[str]:
        return [read.plate for read in self.search.find(query).reads]


@pytest.fixture
def desk(folder: Path, open_store: OpenStore) -> Iterator[Desk]:
    """Return a store with the read 7ABC123."""
    desk = Desk(open_store(), folder)
    yield desk
    desk.database.shut()


def test_a_corrected_read_keeps_its_reading(desk: Desk) -> None:
    """The corrected text is shown, the original beside it, and every correction with editor and reason."""
    desk.correct("7A8C123", reason="B and 8")
    desk.correct("7A8C128", None, "3 and 8")
    read = desk.store.sightings.get(ID)
    assert read is not None
    assert (read.plate, read.state) == ("7A8C128", None)
    assert (read.original_plate, read.original_state) == ("7ABC123", "CA")
    assert desk.store.sightings.latest(1) == (read,)
    first, second = desk.corrections.of(ID)
    assert (first.was_plate, first.correction.plate) == ("7ABC123", "7A8C123")
    assert (second.was_plate, second.was_state) == ("7A8C123", "CA")
    assert (second.correction.editor, second.correction.reason) == ("4711", "3 and 8")


def test_a_corrected_read_is_found_by_both_texts(desk: Desk) -> None:
    """A search by the text as read and one by the corrected text find the same read, once."""
    desk.correct("8XYZ128")
    for query in (
        ReadQuery(whole_plate("7ABC123")),
        ReadQuery(part_of_plate("ABC")),
        ReadQuery(whole_plate("8XYZ128")),
        ReadQuery(part_of_plate("YZ1")),
        ReadQuery(whole_plate("*12*")),
        ReadQuery(whole_plate("8XYZ128"), hotlist="SVS"),
    ):
        assert desk.plates_found(query) == ["8XYZ128"]


def test_a_correction_goes_out_with_its_transaction(desk: Desk) -> None:
    """It waits to be sent once, in canonical JSON, and is undone together with a failing entry."""
    desk.correct("7A8C123")
    sighting, correction = desk.store.outbox.unsent(10)
    assert (sighting.kind, correction.kind) == ("sighting", OUTBOX_CORRECTION)
    content = json.loads(correction.payload)
    assert (content["plate"], content["was_plate"], content["editor"]) == (
        "7A8C123",
        "7ABC123",
        "4711",
    )
    with pytest.raises(StoreError, match="log"), desk.database.writing():
        desk.corrections.add(make_correction(ID, "1XX", None, "4711", "glare", FIRST_AT))
        raise StoreError("the log is full")
    assert len(desk.corrections.of(ID)) == 1
    assert desk.plates_found(ReadQuery(whole_plate("1XX"))) == []
    assert desk.store.outbox.unsent_count() == 2


def test_a_correction_of_nothing_or_outside_a_transaction_is_refused(desk: Desk) -> None:
    """An unknown sighting is told, and without a transaction nothing is written."""
    correction = make_correction("f" * 32, "1XX", None, "4711", "glare", FIRST_AT)
    with pytest.raises(StoreError, match="no sighting"), desk.database.writing():
        desk.corrections.add(correction)
    with pytest.raises(RuntimeError, match="inside the transaction"):
        desk.corrections.add(correction)


def test_a_typed_plate_is_stored_matched_and_found(desk: Desk) -> None:
    """A manual entry needs no picture; it is shown as such and found by its camera."""
    typed = manual_sighting(f"{2:032x}", "8xyz 999", None, FIRST_AT, "4711")
    desk.writer.record(typed, make_match("8XYZ999"))
    desk.outcomes.wait_for(2)
    assert not desk.outcomes.refusals
    read = desk.store.sightings.get(typed.sighting_id)
    assert read is not None
    assert (read.plate, read.state, read.camera, read.hotlist) == (
        "8XYZ999",
        None,
        MANUAL_CAMERA,
        "SVS",
    )
    assert read.box == (0.0, 0.0, 0.0, 0.0)
    for kind in PictureKind:
        assert desk.store.sightings.picture(typed.sighting_id, kind) is None
    assert desk.plates_found(ReadQuery(camera=MANUAL_CAMERA)) == ["8XYZ999"]
    assert json.loads(desk.store.outbox.unsent(2)[1].payload)["pictures"] == {}


def test_a_typed_plate_may_have_a_picture(desk: Desk) -> None:
    """A picture that goes with a manual entry is kept as its overview."""
    typed = manual_sighting(f"{2:032x}", "8XYZ999", "CA", FIRST_AT, "4711", make_pixels())
    desk.writer.record(typed, None)
    desk.outcomes.wait_for(2)
    assert desk.store.sightings.picture(typed.sighting_id, PictureKind.OVERVIEW) is not None
    assert desk.store.sightings.picture(typed.sighting_id, PictureKind.FRAME) is None


def test_a_typed_plate_is_stored_with_its_own_entry(desk: Desk) -> None:
    """The caller's audit entry stands in for the box's own; if it fails, only that plate is refused."""
    told: list[str] = []
    typed = manual_sighting(f"{2:032x}", "8XYZ999", "CA", FIRST_AT, "4711")
    desk.writer.record_entered(typed, None, lambda: told.append("entered"))
    assert told == ["entered"]
    assert desk.outcomes.stored_ids[-1] == typed.sighting_id

    def refuse() -> None:
        raise StoreError("The log takes no entry.")

    other = manual_sighting(f"{3:032x}", "8XYZ998", "CA", FIRST_AT, "4711")
    with pytest.raises(StoreError, match="takes no entry"):
        desk.writer.record_entered(other, None, refuse)
    assert desk.store.sightings.get(other.sighting_id) is None
    assert desk.store.sightings.count() == 2
