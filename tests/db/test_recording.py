"""What one recording leaves behind: rows, pictures, outbox."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.events import SightingNotRecorded, SightingStored
from alpr_core.fix import FixQuality
from alpr_core.ports import Recorder
from alpr_core.position import Position
from alpr_core.sighting import StoredSighting
from db.pictures import PictureKind
from db.recording import canonical_payload
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import (
    Outcomes,
    image_files,
    make_match,
    make_pixels,
    make_sighting,
)


def test_a_sighting_comes_back_as_it_was(open_store: OpenStore) -> None:
    """Everything a stored sighting tells is what was recorded."""
    store = open_store()
    outcomes = Outcomes()
    recorder: Recorder = store.writer(outcomes)
    sighting, match = make_sighting(1), make_match()
    recorder.record(sighting, match)
    assert outcomes.wait_for(1) == (SightingStored(sighting, match),)
    assert store.sightings.get(sighting.sighting_id) == StoredSighting(
        sighting_id=sighting.sighting_id,
        camera="front",
        seen_at=sighting.seen_at,
        plate="7ABC123",
        confidences=sighting.reading.confidences,
        state="CA",
        alternatives=("7A8C123",),
        frame_count=6,
        box=(100.5, 80.25, 120.0, 40.0),
        hotlist="SVS",
        hotlist_data=DataAuthorisation.STATE,
    )
    assert store.sightings.get("f" * 32) is None


def test_a_sighting_keeps_its_place(open_store: OpenStore) -> None:
    """Where the box was comes back to a centimetre, and goes to the server in whole numbers."""
    store = open_store()
    outcomes = Outcomes()
    position = Position(33.7592412, -117.9939001, 8.75, 271.5, FixQuality.AUTONOMOUS)
    sighting = make_sighting(1, position=position)
    store.writer(outcomes).record(sighting, None)
    outcomes.wait_for(1)
    stored = store.sightings.get(sighting.sighting_id)
    assert stored is not None
    assert stored.position == position
    assert json.loads(canonical_payload(sighting, None, {}, b""))["position"] == {
        "lat_e7": 337592412,
        "lon_e7": -1179939001,
        "speed_mmps": 8750,
        "track_e2_deg": 27150,
        "quality": "autonomous",
    }


def test_pictures_come_back(folder: Path, open_store: OpenStore) -> None:
    """Plate, frame and overview are kept in one file each and look as they were taken."""
    store = open_store()
    outcomes = Outcomes()
    overview = make_pixels(400, 300, seed=9)
    sighting = make_sighting(1, overview=overview)
    store.writer(outcomes).record(sighting, None)
    outcomes.wait_for(1)
    wanted = {
        PictureKind.PLATE: sighting.plate_cutout(),
        PictureKind.FRAME: sighting.frame.pixels,
        PictureKind.OVERVIEW: overview,
    }
    for kind, taken in wanted.items():
        kept = store.sightings.picture(sighting.sighting_id, kind)
        assert kept is not None
        assert kept.shape == taken.shape
        assert np.abs(kept.astype(int) - taken.astype(int)).mean() < 4
    name = f"2026-11-23/{sighting.sighting_id}"
    assert image_files(folder) == [f"{name}.{kind}.img" for kind in ("frame", "overview", "plate")]


def test_a_picture_that_was_not_taken_is_none(open_store: OpenStore) -> None:
    """A sighting without overview has no overview picture, and that is no error."""
    store = open_store()
    outcomes = Outcomes()
    store.writer(outcomes).record(make_sighting(1), None)
    outcomes.wait_for(1)
    assert store.sightings.picture(f"{1:032x}", PictureKind.OVERVIEW) is None


def test_a_large_frame_is_kept_small_and_its_box_with_it(open_store: OpenStore) -> None:
    """A frame wider than 960 pixels is scaled down, the box given is of the kept picture."""
    store = open_store()
    outcomes = Outcomes()
    store.writer(outcomes).record(make_sighting(1, pixels=make_pixels(1920, 1080)), None)
    outcomes.wait_for(1)
    kept = store.sightings.picture(f"{1:032x}", PictureKind.FRAME)
    plate = store.sightings.picture(f"{1:032x}", PictureKind.PLATE)
    stored = store.sightings.get(f"{1:032x}")
    assert kept is not None
    assert plate is not None
    assert stored is not None
    assert kept.shape == (540, 960)
    assert plate.shape[1] > 120, "the plate is cut out at full sharpness"
    assert stored.box == pytest.approx((50.25, 40.125, 60.0, 20.0))


def test_the_outbox_has_exactly_one_row_per_sighting(open_store: OpenStore) -> None:
    """Each sighting waits once to be sent, in order, as JSON that names its pictures by digest."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    writer.record(make_sighting(1), make_match())
    writer.record(make_sighting(2, "8XYZ999", supersedes=f"{1:032x}"), None)
    outcomes.wait_for(2)
    first, second = store.outbox.unsent(10)
    assert (first.sighting_id, second.sighting_id) == (f"{1:032x}", f"{2:032x}")
    assert (first.kind, second.kind) == ("sighting", "sighting")
    assert first.sequence < second.sequence
    assert store.outbox.unsent_count() == 2
    content = json.loads(first.payload)
    assert content["plate"] == "7ABC123"
    (hit,) = content["hits"]
    assert hit["hit_id"] == f"{1:032x}-0"
    assert hit["class"] == "stolen vehicle"
    assert hit["state_agrees"] is True
    assert content["seen_at_us"] == 1795464901123456
    jpeg = store.sightings.picture_jpeg(first.sighting_id, PictureKind.PLATE)
    assert jpeg is not None
    assert content["pictures"]["plate"] == hashlib.sha256(jpeg).hexdigest()
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert first.payload == canonical
    assert json.loads(second.payload)["supersedes"] == first.sighting_id
    assert json.loads(second.payload)["hits"] == []
    assert store.outbox.unsent(1) == (first,)


def test_a_plate_outside_its_frame_is_stored_without_its_picture(open_store: OpenStore) -> None:
    """A box that hangs out of the frame never costs the read."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number, x in enumerate((-50.0, 300.0, 5000.0), start=1):
        sighting = make_sighting(number)
        box = replace(sighting.reading.box, x=x)
        writer.record(replace(sighting, reading=sighting.reading.at_box(box)), None)
    outcomes.wait_for(3)
    assert not outcomes.refusals
    assert store.sightings.picture(f"{2:032x}", PictureKind.PLATE) is not None
    assert store.sightings.picture(f"{3:032x}", PictureKind.FRAME) is not None


def test_a_file_name_that_is_no_text_does_not_cost_the_read(open_store: OpenStore) -> None:
    """A source named in bytes that are no UTF-8 is stored all the same."""
    store = open_store()
    outcomes = Outcomes()
    sighting = make_sighting(1)
    frame = replace(sighting.frame, source=b"drive-\xff.mp4".decode("utf-8", "surrogateescape"))
    store.writer(outcomes).record(replace(sighting, frame=frame), None)
    outcomes.wait_for(1)
    assert not outcomes.refusals


def test_a_picture_kept_is_a_jpeg(open_store: OpenStore) -> None:
    """What comes out of a sealed file is the JPEG that went in."""
    store = open_store()
    outcomes = Outcomes()
    store.writer(outcomes).record(make_sighting(1), None)
    assert not any(isinstance(event, SightingNotRecorded) for event in outcomes.wait_for(1))
    jpeg = store.sightings.picture_jpeg(f"{1:032x}", PictureKind.FRAME)
    assert jpeg is not None
    assert jpeg.startswith(b"\xff\xd8\xff")
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert decoded.shape == (200, 320)
