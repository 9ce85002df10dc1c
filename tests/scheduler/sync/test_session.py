"""Sync from a real box to a real server over real TLS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alpr_central.read_shelf import CentralReadShelf
from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.signed_note import parse_note
from alpr_core.errors import AuditError, LinkError
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.read_query import ReadQuery
from alpr_core.verification import Deed, HitAction
from db.outbox import put_in_outbox
from db.own_lists import OUTBOX_OWN_ENTRY, own_entry_content
from db.witnessed_log import witnessed_log
from scheduler.job import Course, JobCancelled, JobMustWait
from scheduler.sync.pacing import Meter, Pace
from scheduler.sync.session import SyncParts, run_sync, sync_if_enrolled
from tests.alpr_central.fleet import QUICK, Fleet, drive, fleet, own_pictures, sync
from tests.db.sample_sightings import make_entry, make_match


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Fleet]:
    with fleet(tmp_path) as one:
        yield one


def test_everything_arrives_once_and_only_receipts_empty_the_outbox(running: Fleet) -> None:
    """What the box stored is at the server byte for byte; the outbox is empty, with a receipt and an entry."""
    store = running.car("unit 12", reads=5)
    before = [(record.sequence, record.payload) for record in store.outbox.unsent(100)]
    assert sync(store).startswith("5 records brought, 0 wait")
    assert running.records_of() == before
    assert running.pictures() == own_pictures(store)
    state = store.sync.state()
    assert (state.unsent, state.receipts, state.is_offloaded) == (0, 1, True)
    assert state.witnessed_size > 0
    actions = [record.entry.action for record in store.audit.records.latest(limit=5)]
    assert "sync.receipt" in actions


def test_what_the_server_has_witnessed_is_checked_anew(running: Fleet) -> None:
    """The cosignature counts if it is the server's and the log goes on from what it saw; else it says why not."""
    store = running.car("unit 12", reads=1)
    assert witnessed_log(store.audit, store.sync) is None
    sync(store)
    drive(store, 2, first=5)
    store.audit.checkpoint()
    size, note = store.sync.witnessed()
    seen = witnessed_log(store.audit, store.sync)
    assert seen is not None and note is not None
    assert (seen.size, seen.name) == (size, "alpr-central.test/witness")
    checkpoint = Checkpoint.parse(parse_note(note).text)
    witness = running.identity.witness
    for told, words in (
        (replace(checkpoint, root=bytes(32)), "does not go on from"),
        (replace(checkpoint, size=size + 1000), "were witnessed; the log here has"),
    ):
        line = witness.cosignature_line(told.text, 0).encode()
        store.sync.keep_witnessed(told.size, told.text.encode() + b"\n" + line)
        with pytest.raises(AuditError, match=words):
            witnessed_log(store.audit, store.sync)
    store.sync.keep_witnessed(size, note.replace(b"alpr-central.test", b"alpr-central.tost"))
    with pytest.raises(AuditError, match="has not signed"):
        witnessed_log(store.audit, store.sync)


def test_what_comes_later_goes_in_the_next_run(running: Fleet) -> None:
    """A second run brings what was stored since, and nothing twice."""
    store = running.car("unit 12", reads=2)
    sync(store)
    drive(store, 3, first=10)
    sync(store)
    assert [sequence for sequence, _ in running.records_of()] == [1, 2, 3, 4, 5]
    assert running.alarms() == []


def test_what_was_done_because_of_a_hit_arrives(running: Fleet) -> None:
    """An action, a hit of the past and an own entry go the same way as reads, and hold nothing up."""
    store = running.car("unit 12", reads=3)
    hit_id, now = f"{store.sightings.latest(1)[0].sighting_id}-0", running.now()
    first = store.sightings.latest(3)[-1].sighting_id
    with store.ledger.writing():
        store.hits.act(HitAction(hit_id, Deed.STOP, "", "4711", now))
        entry = replace(make_entry("7ABC123"), hotlist="own", reason="wanted")
        match = replace(make_match(), entry=entry, rule=ClassRules().of(entry.hotlist_class))
        store.own_lists.add_past(first, match, now)
        content = own_entry_content(entry, "4711", now, is_removed=False)
        put_in_outbox(store._database, OUTBOX_OWN_ENTRY, content, now)
    assert "6 records brought, 0 wait" in sync(store)
    for kind in ("hit_action", "past_hit", "own_entry"):
        assert len(running.records_of(kind)) == 1


def test_a_record_that_is_never_taken_is_parked_and_the_others_go(running: Fleet) -> None:
    """Poison is kept, named with its reason, and sent again only when somebody asks."""
    store = running.car("unit 12", reads=2)
    with store.ledger.writing():
        put_in_outbox(store._database, "note", {"text": "x" * 300_000}, running.now())
    drive(store, 1, first=10)
    assert "3 records brought, 1 wait. 1 parked." in sync(store)
    (parked,) = store.sync.state().parked
    assert (parked.kind, "longer than" in parked.why) == ("note", True)
    assert not store.sync.state().is_offloaded
    assert [sequence for sequence, _ in running.records_of()] == [1, 2, 4]
    assert "0 records brought, 1 wait" in sync(store)
    with store.ledger.writing():
        assert store.sync.send_parked_again() == 1
    assert "1 parked" in sync(store)


@pytest.mark.parametrize("kind", ["sighting", "correction"])
def test_a_read_that_no_screen_could_show_is_parked(running: Fleet, kind: str) -> None:
    """A box that tells half a read, or one of other types, makes no page of the fleet's desk fail."""
    store = running.car("unit 12", reads=1)
    told = json.loads(store.outbox.unsent(1)[0].payload)
    for content in ({"sighting_id": "a"}, {**told, "plate": 7}, {**told, "box_e2_px": [1]}):
        with store.ledger.writing():
            put_in_outbox(store._database, kind, content, running.now())
    assert "1 records brought, 3 wait. 3 parked." in sync(store)
    assert "as the cars tell" in store.sync.state().parked[0].why
    shelf = CentralReadShelf(running.records, running.central.pictures)
    assert len(shelf.find(ReadQuery(camera="front"), 9, None).reads) == 1


def test_a_picture_that_is_lost_does_not_block_the_others(running: Fleet) -> None:
    """A picture that was removed from the box's disk is told as lost; the receipt counts it."""
    store = running.car("unit 12", reads=2)
    picture = next(iter(sorted((running.folder / "unit 12" / "images").glob("2*/*.img"))))
    picture.unlink()
    assert "2 records brought, 0 wait" in sync(store)
    entries = [record.entry for record in store.audit.records.latest(limit=9)]
    assert next(e for e in entries if e.action == "sync.receipt").fact("lost") == "1"
    assert any(event.action == "picture.lose" for event in running.events)


def test_a_cancelled_run_ends_and_the_next_goes_on(running: Fleet) -> None:
    """Cancelling breaks off between two chunks; nothing is lost and nothing is sent twice."""
    store = running.car("unit 12", reads=3)
    before = [(record.sequence, record.payload) for record in store.outbox.unsent(100)]
    course = Course(lambda progress: course.cancel() if "records" in str(progress) else None)
    parts = SyncParts(store, running.now, pace=QUICK, sleep=lambda _s: None)
    with pytest.raises(JobCancelled):
        run_sync(parts, course)
    sync(store)
    assert running.records_of() == before


def test_a_run_tells_how_far_it_is_within_a_batch(running: Fleet) -> None:
    """The share grows with each record whose pictures are there; a long batch does not stand at 0 %."""
    store, told = running.car("unit 12", reads=4), []
    parts = SyncParts(store, running.now, pace=QUICK, sleep=lambda _s: None)
    run_sync(parts, Course(lambda progress: told.append((progress.done, progress.total))))
    shares = [one for one in told if one[1] == 4]
    assert [done for done, _ in dict.fromkeys(shares)] == [0, 1, 2, 3, 4]


def test_a_server_that_is_away_is_no_fault_of_the_box(running: Fleet) -> None:
    """The timetable's run waits when nobody answers, in words without numbers; what refuses is a fault."""
    store = running.car("unit 12", reads=1)
    running.stop()
    parts = SyncParts(store, running.now, pace=QUICK, sleep=lambda _s: None)
    with pytest.raises(JobMustWait, match="failed: Connection refused"):
        sync_if_enrolled(parts, Course(lambda _progress: None))
    running.start()
    running.free_bytes = 0
    with pytest.raises(LinkError, match="no room"):
        sync_if_enrolled(parts, Course(lambda _progress: None))


def test_a_limit_on_the_bandwidth_is_kept() -> None:
    """Content is handed out no faster than the limit says, by hand-moved time."""
    at_s, waits_s = 0.0, []

    def sleep(seconds: float) -> None:
        nonlocal at_s
        waits_s.append(seconds)
        at_s += seconds

    meter = Meter(100_000.0, lambda: at_s, sleep)
    assert b"".join(meter.chunks(bytes(1_000_000))) == bytes(1_000_000)
    assert meter.sent_bytes == 1_000_000
    assert 9.5 < sum(waits_s) <= 10.0


def test_the_limit_is_one_for_everything_that_is_sent_at_a_time() -> None:
    """Two pictures under way together are no faster than one after the other."""
    at_s = 0.0

    def sleep(seconds: float) -> None:
        nonlocal at_s
        at_s += seconds

    meter = Meter(100_000.0, lambda: at_s, sleep)
    under_way = [meter.chunks(bytes(500_000)) for _ in range(2)]
    for _ in zip(*under_way, strict=True):
        pass
    assert 9.5 < at_s <= 10.0


def test_pauses_grow_and_the_servers_wish_counts() -> None:
    """Half of each pause is chance; Retry-After is kept, up to the longest pause."""
    pace = Pace(first_wait_s=1.0, longest_wait_s=60.0)
    assert [pace.wait_s(failures, 1.0) for failures in (1, 2, 3, 9)] == [1.0, 2.0, 4.0, 60.0]
    assert pace.wait_s(3, 0.0) == 2.0
    assert pace.wait_s(1, 0.0, asked_s=20.0) == 20.0
    assert pace.wait_s(1, 0.0, asked_s=86_400.0) == 60.0
