"""Badges: what each part says of itself, and what is left of a row of them on a narrow screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.badge import Badge, Light, age_words, merged
from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.health import ListHealth
from alpr_core.jobs import JobOutcome, JobRun, JobStatus
from alpr_core.permissions import Action
from alpr_core.sync.state import ServerContact, ServerLink
from alpr_tui.badges import chain_badge, lists_badge, server_badge, store_badge
from alpr_tui.box_counters import BoxCounters, Counts
from alpr_tui.store_watch import StoreWatch
from alpr_tui.widgets.badge_row import BadgeRow
from tests.alpr_tui.watched_app import hit_of, seen, until, watched
from tests.db.staffed_store import NOW, staffed_store

COUNTS = Counts(5, 4, 1, 4, 1, is_refusing=False, stored_age_s=2.0)
LIST = ListHealth(
    "SVS", 9, 0, NOW - timedelta(hours=5), NOW, "svs.csv", 9, {}, {}, 0, timedelta(hours=24), "", None
)  # fmt: skip


def job(name: str, outcome: JobOutcome, hours_ago: float) -> JobStatus:
    at = NOW - timedelta(hours=hours_ago)
    run = JobRun(1, name, at, at, outcome, "Entry 7 was altered.")
    succeeded_at = at if outcome is JobOutcome.DONE else None
    return JobStatus(name, name, timedelta(1), Action.RUN_JOB, False, run, succeeded_at, None, None)


@pytest.mark.parametrize(
    ("badge", "light", "word"),
    [
        (store_badge(COUNTS, 20_000_000_000), Light.GOOD, ""),
        (store_badge(COUNTS, 90_000_000), Light.STALE, "FULL"),
        (store_badge(replace(COUNTS, is_refusing=True), 20), Light.FAILED, "REFUSES"),
        (chain_badge(None, None, NOW), Light.WAITING, ""),
        (chain_badge(job("checkpoint", JobOutcome.DONE, 0.01), None, NOW), Light.GOOD, ""),
        (chain_badge(job("checkpoint", JobOutcome.DONE, 1), None, NOW), Light.STALE, "UNSIGNED"),
        (chain_badge(None, job("integrity", JobOutcome.FAILED, 1), NOW), Light.FAILED, "BROKEN"),
        (lists_badge((), NOW), Light.STALE, "NONE"),
        (lists_badge((LIST,), NOW), Light.GOOD, ""),
        (lists_badge((LIST,), NOW + timedelta(days=2)), Light.STALE, "STALE"),
        (lists_badge((replace(LIST, failure="a cut file"),), NOW), Light.STALE, "IMPORT"),
    ],
)
def test_what_is_wrong_has_a_light_and_a_word(badge: Badge, light: Light, word: str) -> None:
    """Each state of store, audit log and lists has its light, its word and a sentence that ends."""
    assert (badge.light, badge.word) == (light, word)
    assert badge.meaning.endswith(".")


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(-1, "0.0 s"), (9.94, "9.9 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (200_000, "2 d")],
)  # fmt: skip
def test_ages_are_short(age_s: float, words: str) -> None:
    """An age is read at a glance."""
    assert age_words(age_s) == words


def test_a_part_that_is_joined_takes_the_place_of_its_absence() -> None:
    """A contributed badge stands where the box's own of that name stood, further ones at the end."""
    none = Badge("board", Light.OFF, "none", None, "None.")
    good, server = replace(none, light=Light.GOOD), replace(none, name="server")
    found = merged([replace(none, name="front"), none, replace(none, name="GPS"), good, server])
    assert [badge.name for badge in found] == ["front", "board", "GPS", "server"]
    assert found[1] is good


def test_reads_plates_and_hits_are_counted_apart() -> None:
    """One plate met twice is one plate; a covert match is no hit of the car's."""
    counters = BoxCounters()
    hit = hit_of(1, HotlistClass.STOLEN)
    assert hit.match is not None
    covert = replace(hit.match, entry=replace(hit.match.entry, is_covert=True))
    counters.take(seen(1), hit.match)
    counters.take(seen(1), covert)
    counters.take(seen(2), None)
    counters.note(hit)
    counts = counters.now()
    assert (counts.sightings, counts.distinct_plates, counts.hits) == (3, 2, 1)
    assert (counts.stored, counts.not_recorded, counts.is_refusing) == (1, 0, False)


HOURS_AGO = ServerContact("https://a", NOW - timedelta(hours=9), None)
FAILED = job("sync", JobOutcome.FAILED, 9.5)


@pytest.mark.parametrize(
    ("contact", "sync", "light", "words"),
    [
        (ServerContact(None, None, None), None, Light.OFF, "No server is set up; 7 records wait"),
        (ServerContact("https://a", None, None), FAILED, Light.WAITING, "not reached yet"),
        (HOURS_AGO, job("sync", JobOutcome.DONE, 1), Light.GOOD, "7 records wait"),
        (HOURS_AGO, FAILED, Light.STALE, "It answers and takes nothing now. Entry 7 was"),
        (HOURS_AGO, job("sync", JobOutcome.WAITING, 1), Light.WAITING, "Not reached now"),
        (
            ServerContact("https://a", NOW - timedelta(days=4), None),
            FAILED,
            Light.STALE,
            "for days",
        ),
        (
            ServerContact("https://a", NOW, "Box was revoked."),
            None,
            Light.FAILED,
            "Box was revoked.",
        ),
    ],
)
def test_the_servers_badge_says_how_it_stands(
    contact: ServerContact, sync: JobStatus | None, light: Light, words: str
) -> None:
    badge = server_badge(contact, sync, 7, NOW)
    assert badge.light is light
    assert words in badge.meaning


def test_the_watch_asks_the_store(tmp_path: Path) -> None:
    """After a look the badges say what store, log and lists say, and records that wait are counted."""

    class NoJobs:
        def statuses(self) -> tuple[JobStatus, ...]:
            return ()

    with staffed_store(tmp_path / "store") as staffed:
        watch = StoreWatch(staffed.store, BoxCounters(), NoJobs(), lambda: staffed.now)
        watch.look()
        assert [badge.name for badge in watch.badges()] == ["store", "chain", "lists", "server"]
        assert watch.unsent(3) == staffed.store.outbox.unsent_count() + 3
        assert watch.badges()[2].word == "NONE"
        assert watch.badges()[3].word == "none"
        link = ServerLink("https://a", "unit 12", "", "", "", b"", "", "", staffed.now)
        with staffed.store.ledger.writing():
            staffed.store.sync.enrol(link)
        staffed.store.sync.stop("Box was revoked.")
        watch.look()
        assert watch.badges()[3].word == "STOPPED"


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_what_is_wrong_is_never_cut_off(size: tuple[int, int]) -> None:
    """However many parts there are, the words of one that fails are on the screen, and its meaning by key."""
    parts = [
        Badge(name, Light.GOOD, "3D", 1.0, f"{name} is well.")
        for name in ("front", "rear", "GPS", "board", "store", "chain", "lists")
    ]
    failing = Badge("server", Light.FAILED, "REFUSED", 90.0, "The server refuses this car.")
    async with watched(size) as (world, pilot):
        world.badges = (*parts, failing)
        await until(pilot, lambda: "✗ server REFUSED 90 s" in world.text().splitlines()[1])
        await pilot.press("b")
        await until(pilot, lambda: "The server refuses this car." in world.text())
        assert "front is well." in world.text()
        await pilot.press("escape")
        await until(pilot, lambda: bool(world.app.screen.query(BadgeRow)))
