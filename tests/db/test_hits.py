"""Hits in the store: all matches of a sighting, what was said about them, and nothing of covert ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.hit import Hit, HitOrigin, hits_of
from alpr_core.hotlist import HotlistClass, ListedVehicle
from alpr_core.precision import JudgedHit
from alpr_core.read_query import ReadQuery
from alpr_core.sighting import Alerting, Match, MatchKind
from alpr_core.verification import (
    Answer,
    CletsResult,
    Deed,
    Disposition,
    HitAction,
    Verification,
    make_checks,
)
from db.store import Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import FIRST_AT, Outcomes, make_entry, make_match, make_sighting

ALL = tuple(DataAuthorisation)
SECRET = Match(make_entry("7ABC123", "Tracker", is_covert=True), True)
POSSIBLE = Match(
    make_entry(
        "7A8C123",
        "Local",
        hotlist_class=HotlistClass.BOLO,
        vehicle=ListedVehicle("Ford", "Focus", "white", "2015"),
        reference="N-17",
        source_agency="Westminster PD",
    ),
    False,
    MatchKind.LOOK_ALIKE,
    (2,),
    timedelta(hours=30),
    is_stale=True,
)
CHECKS = make_checks(
    Answer.YES,
    Answer.YES,
    Answer.UNSEEN,
    CletsResult.CONFIRMED,
    "4711",
    "FCN 1",
    Disposition.ACCEPTED,
)


def recorded(store: Store, *matches: Match | None) -> None:
    """Record a sighting for each match."""
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number, match in enumerate(matches, start=1):
        writer.record(make_sighting(number), match)
    outcomes.wait_for(len(matches))


def all_hits(store: Store, number: int) -> list[str]:
    """Ids of all hits of a sighting, covert ones too."""
    rows = store._database.execute_sql(
        "SELECT id FROM hit WHERE sighting_id = ? ORDER BY place", (f"{number:032x}",)
    )
    return [hit_id for (hit_id,) in rows]


def verified(hit: Hit, **changes: object) -> Verification:
    said = Verification(hit.hit_id, CHECKS, "", "4711", FIRST_AT, timedelta(seconds=9.5))
    return replace(said, **changes)  # type: ignore[arg-type]


def test_every_match_is_kept_as_it_was(open_store: OpenStore) -> None:
    """A sighting on three lists has three hits, each with list, rule and doubt as of that moment."""
    store = open_store()
    recorded(store, replace(make_match(), others=(POSSIBLE, SECRET)))
    assert all_hits(store, 1) == [f"{1:032x}-{place}" for place in range(3)]
    stolen, possible = store.hits.of_sighting(f"{1:032x}")
    assert stolen.is_alert and not possible.is_alert
    assert possible.match == replace(POSSIBLE, rule=possible.rule)
    assert (possible.rule.response_line, possible.match.priority) == (
        "Read the entry. Not by itself a reason to stop.",
        11,
    )
    (row,) = store.outbox.unsent(5)
    sent = json.loads(row.payload)["hits"]
    assert [(hit["hotlist"], hit["is_covert"], hit["is_alert"]) for hit in sent] == [
        ("SVS", False, True),
        ("Local", False, False),
        ("Tracker", True, False),
    ]


def test_a_covert_list_shows_nowhere(open_store: OpenStore) -> None:
    """A covert hit alone is on record and in no read, search, queue, ledger or entry of the log."""
    store = open_store()
    recorded(store, SECRET)
    assert all_hits(store, 1) == [f"{1:032x}-0"]
    read = store.sightings.get(f"{1:032x}")
    assert read is not None and read.hotlist is None
    assert not store.read_shelf.find(ReadQuery(hotlist="Tracker"), 5, None).reads
    assert not store.hits.waiting(ALL, 5) and not store.hits.waiting_count(ALL)
    assert store.hits.get(f"{1:032x}-0") is None
    assert not store.hits.judged()
    assert "Tracker" not in str(store.audit.records.latest(limit=5))


def test_the_queue_is_by_urgency_and_by_authorisation(open_store: OpenStore) -> None:
    """Alerts wait by urgency, for those who may see their data; a pass again does not wait twice."""
    store = open_store()
    felony = replace(make_match(), entry=make_entry(hotlist_class=HotlistClass.FELONY))
    recorded(store, POSSIBLE, felony, replace(felony, alerting=Alerting.SILENT), None)
    waiting = store.hits.waiting(ALL, 5)
    assert [int(hit.sighting_id, 16) for hit in waiting] == [2, 1]
    assert store.hits.waiting(ALL, 1, 1) == waiting[1:]
    assert store.hits.waiting_count(ALL) == 2
    assert store.hits.waiting((DataAuthorisation.DEPARTMENT,), 5) == waiting[1:]


def test_a_verification_takes_a_hit_off_the_queue_and_is_sent(open_store: OpenStore) -> None:
    """Verified and acted on, a hit waits no more; both are read back as said and wait to be sent."""
    store = open_store()
    recorded(store, make_match())
    (hit,) = store.hits.waiting(ALL, 5)
    action = HitAction(hit.hit_id, Deed.STOP, "two units", "4711", FIRST_AT)
    with pytest.raises(RuntimeError, match="inside the transaction"):
        store.hits.verify(verified(hit))
    with store.ledger.writing():
        store.hits.verify(verified(hit))
        store.hits.act(action)
    assert not store.hits.waiting(ALL, 5)
    assert store.hits.handled(ALL, FIRST_AT, 5) == (hit,)
    assert store.hits.verifications(hit.hit_id)[-1:] == (verified(hit),)
    assert store.hits.actions(hit.hit_id) == (action,)
    _, said, done = store.outbox.unsent(5)
    assert (said.kind, done.kind) == ("verification", "hit_action")
    content = json.loads(said.payload)
    assert (content["hit_id"], content["clets"], content["after_alert_ms"]) == (
        hit.hit_id,
        "confirmed",
        9500,
    )
    assert json.loads(done.payload)["action"] == "stop"


def test_what_is_found_afterwards_is_a_hit_of_the_past(open_store: OpenStore) -> None:
    """A new entry's hit on a stored read comes once, after the live ones, and says that it is of the past."""
    store = open_store()
    recorded(store, make_match())
    with store.ledger.writing():
        past = store.own_lists.add_past(f"{1:032x}", POSSIBLE_WITH_RULE, FIRST_AT)
        assert store.own_lists.add_past(f"{1:032x}", POSSIBLE_WITH_RULE, FIRST_AT) is None
    assert past is not None
    assert (past.hit_id, past.origin, past.is_alert) == (f"{1:032x}-1", HitOrigin.PAST, True)
    sent = store.outbox.unsent(5)[-1]
    assert (sent.kind, json.loads(sent.payload)["origin"]) == ("past_hit", "past")


def test_the_ledger_counts_the_newest_word(open_store: OpenStore) -> None:
    """Of two verifications of a hit the later one is counted, with the pair of signs that differ."""
    store = open_store()
    recorded(store, POSSIBLE)
    (hit,) = store.hits.waiting(ALL, 5)
    with store.ledger.writing():
        store.hits.verify(verified(hit))
        store.hits.verify(verified(hit, checks=replace(CHECKS, disposition=Disposition.MISREAD)))
    assert store.hits.judged() == (
        JudgedHit("Local", "front", "7ABC123", "7A8C123", (2,), Disposition.MISREAD),
    )


POSSIBLE_WITH_RULE = hits_of("", POSSIBLE, FIRST_AT)[0].match
