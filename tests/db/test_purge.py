"""Purges: exactly what is due goes, held and unreceipted reads stay, and nothing of what went is left."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.correction import make_correction
from alpr_core.look_alikes import fold_look_alikes
from alpr_core.purge_certificate import certificate_text, parse_certificate
from db.audit_records import EntryFilter
from db.keys import KeyUse
from db.page_scan import scan_pages
from db.pictures import PictureKind
from db.store import DATABASE_FILE
from tests.db.interrupted_purge import is_purged, kill_at_every_write, make_sample
from tests.db.purging import (
    DAY,
    HIT_DAYS,
    READ_DAYS,
    SUBJECT_DAYS,
    PurgeWorld,
    at_cut_off,
    plate_of,
)
from tests.db.sample_sightings import ROOT_KEY, image_files

SECOND = timedelta(seconds=1)
WRITES_MIN = 40
"""Fewer would mean that the watcher no longer sees the writes."""

KEY = ROOT_KEY.derive(KeyUse.DATABASE)


@pytest.fixture
def world(folder: Path) -> Iterator[PurgeWorld]:
    world = PurgeWorld(folder)
    yield world
    world.close()


def around(at: datetime) -> list[datetime]:
    return [at - SECOND, at - timedelta(microseconds=1), at, at + SECOND]


def found_in_pages(folder: Path, *plates: str) -> frozenset[str]:
    texts = frozenset({*plates, *map(fold_look_alikes, plates)})
    return scan_pages(folder / DATABASE_FILE, KEY, texts).found


def test_the_boundary_is_exact(world: PurgeWorld) -> None:
    """A read goes if it was seen before the midnight of its class, to the microsecond, and not at it or later."""
    reads = world.record(around(at_cut_off(READ_DAYS)))
    hits = world.record(around(at_cut_off(HIT_DAYS)), hits=True)
    world.receipt()
    world.take_rules()
    certificate = world.purge()
    assert world.stored() == {*reads[2:], *hits[2:]}
    assert (certificate.reads, certificate.hits, certificate.pictures) == (2, 2, 8)
    assert certificate.oldest == at_cut_off(HIT_DAYS) - SECOND
    assert certificate.newest == at_cut_off(READ_DAYS) - timedelta(microseconds=1)


def test_held_and_unreceipted_reads_all_stay(world: PurgeWorld, folder: Path) -> None:
    """Of due reads, every held one and every one without a receipt stays, with pictures that still open."""
    seen = [at_cut_off(READ_DAYS) - number * timedelta(hours=1) for number in range(1, 31)]
    ids = world.record(seen)
    held, unreceipted, gone = ids[:10], ids[10:20], ids[20:]
    world.receipt(*held, *gone)
    world.hold(*held)
    world.take_rules()
    certificate = world.purge()
    assert world.stored() == {*held, *unreceipted}
    assert (certificate.reads, certificate.held, certificate.unreceipted) == (10, 10, 10)
    assert certificate.holds == ((f"{1:012x}", "26-012345"),)
    for sighting_id in (*held, *unreceipted):
        for kind in (PictureKind.PLATE, PictureKind.FRAME):
            assert world.store.sightings.picture_jpeg(sighting_id, kind)
    assert len(image_files(folder)) == 40
    assert certificate.resealed > 0
    assert certificate.is_proven


def test_a_hold_that_is_over_or_lifted_keeps_nothing(world: PurgeWorld) -> None:
    """From the end of a hold on the rules count again for its reads."""
    ids = world.record([at_cut_off(READ_DAYS) - DAY] * 2)
    world.receipt()
    world.take_rules()
    world.hold(ids[0], until=world.now + SECOND)
    world.hold(ids[1], number=2)
    world.now += SECOND
    assert world.purge().holds == ((f"{2:012x}", "26-012345"),)
    assert world.stored() == {ids[1]}


def test_nothing_of_a_purged_read_is_left(world: PurgeWorld, folder: Path) -> None:
    """Decrypted page by page past SQLite, with the key in hand, purged plates are nowhere; before they were."""
    gone = world.record([at_cut_off(READ_DAYS) - DAY + SECOND * n for n in range(60)])
    world.record([at_cut_off(HIT_DAYS) - DAY] * 3, hits=True)
    kept = world.record([world.now - DAY])
    plates = [plate_of(number) for number in range(1, 64)]
    scene = world.store.sightings.picture_jpeg(gone[0], PictureKind.FRAME)
    before = found_in_pages(folder, *plates)
    assert set(plates) <= before and {fold_look_alikes(plate) for plate in plates} <= before
    world.receipt()
    world.take_rules()
    certificate = world.purge()
    assert found_in_pages(folder, *plates) == frozenset()
    assert found_in_pages(folder, plate_of(64)) != frozenset()
    assert certificate.texts >= 63 and certificate.pages > 10
    assert (certificate.remnants, certificate.still_recorded) == (0, 1)  # 7A8C123, of all samples
    assert scene is not None and image_files(folder) != [] and world.stored() == set(kept)
    for day, kind, key_id in certificate.day_keys:
        assert world.execute("SELECT 1 FROM day_key WHERE day = ? AND kind = ?", day, kind) == []
        assert len(key_id) == 16
    assert world.execute("PRAGMA integrity_check") == [("ok",)]
    assert world.execute("INSERT INTO read_trigram (read_trigram) VALUES ('integrity-check')") == []


def test_the_log_keeps_its_proofs(world: PurgeWorld) -> None:
    """Where the rules say so the plates of old entries are unreadable; every entry and proof is as it was."""
    long_ago = world.now
    world.now = long_ago - (SUBJECT_DAYS + 2) * DAY
    world.record([world.now])
    world.now = long_ago - (SUBJECT_DAYS - 2) * DAY
    world.record([world.now])
    world.now = long_ago
    world.receipt()
    world.take_rules()
    records = world.store.audit.records
    assert len(records.latest(EntryFilter(plate=plate_of(1)))) == 1
    size = world.store.audit.head().size
    certificate = world.purge()
    checked = world.store.audit.verify()
    assert checked.now.size >= size and len(certificate.subject_keys) == 1
    first, second = records.latest(EntryFilter(action="sighting.record"))[::-1]
    assert first.subject is None and first.entry.sealed is not None
    assert second.subject is not None and second.subject.plates == (plate_of(2),)


def test_a_held_read_keeps_the_log_of_its_time(world: PurgeWorld) -> None:
    """While a read is held, no plates of the log are destroyed from its day on."""
    then = world.now
    world.now = then - (SUBJECT_DAYS + 2) * DAY
    ids = world.record([world.now, world.now])
    world.now = then
    world.receipt()
    world.hold(ids[0])
    world.take_rules()
    assert world.purge().subject_keys == ()


def test_the_certificate_reconciles(world: PurgeWorld) -> None:
    """Counts add up, the entry on the log carries its digest, and the server gets it."""
    import hashlib

    ids = world.record([at_cut_off(READ_DAYS) - DAY] * 5 + [world.now])
    world.receipt(*ids)
    world.hold(ids[0])
    world.take_rules()
    head = world.store.audit.head()
    certificate = world.purge()
    assert certificate.stored_before == 5 and certificate.stored_after == 1
    assert certificate.reads + certificate.held + certificate.unreceipted == 5
    assert certificate.log_origin == head.origin and certificate.log_size > head.size
    text = certificate_text(certificate)
    assert parse_certificate(text) == certificate
    entry = world.store.audit.records.latest(EntryFilter(action="purge.done"))[0].entry
    assert entry.fact("sha256") == hashlib.sha256(text.encode()).hexdigest()
    assert entry.fact("certificate") == certificate.number == "unit 12-P0001"
    sent = [record for record in world.store.outbox.unsent(99) if record.kind == "purge"]
    assert [record.payload for record in sent] == [text]
    assert world.store.retention.certificates() == (certificate,)
    assert world.store.retention.open_notice() is None


def test_reads_are_recorded_while_a_purge_is_under_way(world: PurgeWorld) -> None:
    """A read that comes between two steps of a purge is stored, and not taken for one that should be gone."""
    world.record([at_cut_off(READ_DAYS) - DAY] * 4)
    world.receipt()
    world.take_rules()
    world.begin()
    fresh: list[str] = []
    certificate = world.store.purge.finish(
        lambda *_: fresh.extend(world.record([world.now])) if not fresh else None
    )
    assert world.stored() == set(fresh) and len(fresh) == 1
    assert certificate is not None and certificate.is_proven


def test_a_read_under_purge_cannot_be_held(world: PurgeWorld) -> None:
    """From the beginning of a purge on its reads go; whoever wants to hold one is told."""
    ids = world.record([at_cut_off(READ_DAYS) - DAY])
    world.receipt()
    world.take_rules()
    world.begin()
    with pytest.raises(Exception, match="being purged at this moment"):
        world.hold(*ids)
    assert world.store.purge.finish() is not None
    assert world.store.holds.all() == ()


def test_only_what_was_foreseen_keeps_a_read(world: PurgeWorld) -> None:
    """Every table that refers to a read goes with it, but for the outbox and holds."""
    tables = world.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    keeping = {
        name
        for (name,) in tables
        for key in world.execute(f'PRAGMA foreign_key_list("{name}")')
        if key[2] == "sighting" and key[6] != "CASCADE"
    }
    assert keeping == {"outbox", "hold_read"}


def test_a_purge_killed_at_any_write_is_old_or_new(tmp_path: Path) -> None:
    """Killed before any statement, commit or change to a file, the next start finds all of it or nothing of it."""
    sample = make_sample(tmp_path / "sample")
    ends = [is_purged(folder) for folder in kill_at_every_write(sample, tmp_path / "box")]
    assert len(ends) >= WRITES_MIN
    # Old up to one write and new from there on: there is one moment that decides.
    assert ends == sorted(ends)
    assert set(ends) == {False, True}


def test_a_read_corrected_under_purge_stays(world: PurgeWorld) -> None:
    """What is recorded about a read after its purge was begun goes to the server first, and the read stays."""
    ids = world.record([at_cut_off(READ_DAYS) - DAY] * 3)
    world.receipt()
    world.take_rules()
    world.begin()
    correction = make_correction(
        ids[1], "7XYZ999", "CA", "4711", "misread the first sign", world.now
    )
    with world.store.ledger.writing():
        world.store.read_shelf.correct(correction)
    certificate = world.store.purge.finish()
    assert certificate is not None and certificate.is_proven
    assert world.stored() == {ids[1]}
    assert (certificate.reads, certificate.pictures, certificate.unreceipted) == (2, 4, 1)
    assert world.store.sightings.picture_jpeg(ids[1], PictureKind.PLATE)


def test_another_read_of_the_vehicle_is_no_trace(world: PurgeWorld) -> None:
    """A plate that a younger read has too is found in the pages, by right, as read and as folded for search."""
    world.record([at_cut_off(READ_DAYS) - DAY, world.now], plate="8OGM626")
    world.receipt()
    world.take_rules()
    certificate = world.purge()
    assert certificate.is_proven
    assert certificate.still_recorded >= 2


def test_whatever_the_mixture_exactly_the_rule_goes(world: PurgeWorld) -> None:
    """Of 120 reads of all ages, with and without hit, hold and receipt, exactly those go that the rule names."""
    chance = random.Random(34090)
    spread = [at_cut_off(READ_DAYS) + chance.randint(-3, 2) * DAY + SECOND * n for n in range(60)]
    seen = dict(zip(world.record(spread), spread, strict=True))
    older = [at_cut_off(HIT_DAYS) + chance.randint(-3, 2) * DAY + SECOND * n for n in range(60)]
    hits = dict(zip(world.record(older, hits=True), older, strict=True))
    ids = [*seen, *hits]
    receipted, held = set(chance.sample(ids, 90)), set(chance.sample(ids, 30))
    world.receipt(*receipted)
    world.hold(*held)
    world.take_rules()
    gone = {read for read, at in seen.items() if at < at_cut_off(READ_DAYS)}
    gone |= {read for read, at in hits.items() if at < at_cut_off(HIT_DAYS)}
    gone &= receipted - held
    certificate = world.purge()
    assert world.stored() == set(ids) - gone and 10 < len(gone) < 60
    assert certificate.goes == len(gone) and certificate.is_proven
    assert certificate.stored_before - certificate.stored_after == len(gone)
    for read in sorted(set(ids) - gone)[::5]:
        assert world.store.sightings.picture_jpeg(read, PictureKind.FRAME)
