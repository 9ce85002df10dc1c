"""A hit on the screen: over everything, verified by a few keys, never lost and never answered by accident."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual.widgets import Input

from alpr_core.events import SightingNotRecorded, SightingStored
from alpr_core.hotlist import HotlistClass
from alpr_core.permissions import Role
from alpr_core.plate import ALPHABET
from alpr_core.sighting import Alerting, MatchKind
from alpr_core.verification import Deed
from alpr_tui.screens import alert
from alpr_tui.screens.alert import AlertScreen
from alpr_tui.screens.hits import HitsScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.screens.lock import LockScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.verify import VerifyScreen
from alpr_tui.widgets.big_signs import ROWS, big_plate
from alpr_tui.widgets.hit_words import differing_places
from tests.alpr_core.made_readings import reading_of
from tests.alpr_tui.watched_app import (
    hit_of,
    on_page,
    pass_by,
    seen,
    until,
    until_worked,
    watched,
)

SIZES = [(80, 24), (160, 45)]
VERIFIED = ("y", "y", "y", "c", "enter", "enter", "enter")
"""Characters, state, vehicle, confirmed, by the user's own badge, no reference, accepted."""


@pytest.mark.parametrize("size", SIZES)
async def test_an_alert_says_what_the_officer_must_know(size: tuple[int, int]) -> None:
    """The alert shows both plates, the doubtful sign, state, class, list, age, response and the weakest sign."""
    async with watched(size) as (world, pilot):
        hit = hit_of(1, HotlistClass.STOLEN)
        assert hit.match is not None
        entry = replace(hit.match.entry, plate="8A8C001")
        possible = replace(hit.match, entry=entry, kind=MatchKind.LOOK_ALIKE, differing=(2,))
        await pass_by(world, pilot, replace(hit, match=possible))
        await on_page(pilot, AlertScreen)
        for words in (
            "POSSIBLE HIT  STOLEN VEHICLE",
            "READ 8ABC001",
            "LISTED 8A8C001 · CA",
            "≠",
            "█",
            "Verify through CLETS before acting.",
            "SVS · list 3 h old",
            "state agrees",
            "weakest sign",
            "position unknown",
            "front",
        ):
            await until(pilot, lambda words=words: words in world.text())  # type: ignore[misc]
        await until(pilot, lambda: world.bells == 3)


async def test_two_hits_in_one_second_are_verified_one_after_the_other() -> None:
    """Two hits at once: the more urgent one lies in front; a few keys verify each, with an entry of its own."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.BOLO), hit_of(2, HotlistClass.FELONY))
        await until(
            pilot, lambda: "FELONY VEHICLE" in world.text() and "+1 WAITING" in world.text()
        )
        await pilot.press("f6", *VERIFIED)
        await until(pilot, lambda: "Done" in world.text())
        await pilot.press("s")
        await until(pilot, lambda: "BE ON THE LOOKOUT" in world.text())
        await pilot.press("f6", "n", "y", "u", "u", "enter")
        await until(pilot, lambda: "Done" in world.text())
        await pilot.press("n")
        await on_page(pilot, LiveScreen)
        first, second = f"{2:032x}-0", f"{1:032x}-0"
        assert world.verified() == [(first, "accepted"), (second, "misread")]
        hits = world.staffed.store.hits
        assert [one.deed for one in hits.actions(first)] == [Deed.STOP]
        checks = hits.verifications(first)[0].checks
        assert checks is not None and checks.clets_by == "4711"


async def test_an_alert_that_is_not_drawn_yet_or_gone_at_once_breaks_nothing() -> None:
    """Hits that arrive while another one's alert is being drawn, or put away, are shown like any other."""
    async with watched() as (world, pilot):
        kinds = (HotlistClass.BOLO, HotlistClass.STOLEN, HotlistClass.FELONY)
        for number in range(1, 8):
            hit = hit_of(number, kinds[number % 3])
            world.keep(hit)
            world.relay.tell(replace(hit, seen_by=world.desk.watcher()))
            await asyncio.sleep(0.003 * (number % 4))
            page = world.app.screen
            if isinstance(page, AlertScreen):
                page.answer(is_now=False)
        await until(pilot, lambda: "8ABC" in world.text())
        assert world.app.is_running


async def test_keys_typed_for_another_page_answer_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An alert over a form takes no letter: typing goes on in the field, and nothing is answered or put away."""
    monkeypatch.setattr(alert, "GUARD_S", 1e9)
    async with watched() as (world, pilot):
        await pilot.press("f3")
        await on_page(pilot, PurposeScreen)
        field = world.app.screen.query_one("#case", Input)
        field.focus()
        await pilot.press("2", "6")
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        await pilot.press("-", "y", "q", "x", "backspace", "enter", "escape")
        assert isinstance(world.app.screen, AlertScreen)
        assert field.value == "26-yq"
        monkeypatch.setattr(alert, "GUARD_S", 0.0)
        await pilot.press("escape")
        await on_page(pilot, PurposeScreen)
        assert world.app.screen.focused is field
        assert world.verified() == []


async def test_the_queue_survives_a_restart_and_another_officer() -> None:
    """What was put off waits in the queue, counted on the live page, and is opened from it with its pictures."""
    async with watched() as (world, pilot):
        world.keep(hit_of(1, HotlistClass.STOLEN))
        await until(pilot, lambda: "▲1 F6" in world.text())
        await pilot.press("f6")
        await until(pilot, lambda: "8ABC001" in world.text() and "waits" in world.text())
        await pilot.press("enter")
        await on_page(pilot, VerifyScreen)
        await until(pilot, lambda: "Characters match?" in world.text())
        await pilot.press(*VERIFIED)
        await until(pilot, lambda: "Done" in world.text())
        await pilot.press("escape")
        await on_page(pilot, HitsScreen)
        await until(pilot, lambda: "0 waiting" in world.text())
        await pilot.press("2")
        await until(pilot, lambda: "accepted" in world.text())
        await pilot.press("3")
        await until(pilot, lambda: "100%" in world.text())


async def test_a_skip_asks_for_its_reason() -> None:
    """k asks why; without words nothing is skipped, with them the hit shows as skipped."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        await pilot.press("f6", "k", "enter")
        await until(pilot, lambda: "needs a reason" in world.text())
        await world.type(pilot, "lost it")
        await until(pilot, lambda: "Done" in world.text())
        assert world.verified() == [(f"{1:032x}-0", "skipped")]


async def test_a_key_before_its_field_is_ready_counts_once() -> None:
    """An Enter that comes before the field has the cursor answers its own question and not the next one too."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        await pilot.press("f6", "y", "y", "y", "c")
        world.app.screen.set_focus(None)
        await pilot.press("enter")
        await until(pilot, lambda: "▶ Reference" in world.text())
        await pilot.press("C", "enter", "a")
        await until(pilot, lambda: "Done" in world.text())
        checks = world.staffed.store.hits.verifications(f"{1:032x}-0")[0].checks
        assert checks is not None and checks.clets_reference == "C"


async def test_an_answer_can_be_taken_back() -> None:
    """Backspace takes back one answer, and a contradiction is refused with its reason."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        await pilot.press("f6", "n", "backspace", "n", "y", "y", "u", "a")
        await until(pilot, lambda: "cannot be accepted" in world.text())
        assert world.verified() == []
        await pilot.press("m")
        await until(pilot, lambda: world.verified() == [(f"{1:032x}-0", "misread")])


async def test_a_more_urgent_hit_comes_in_front_and_no_card_is_disturbed() -> None:
    """An alert gives way to a more urgent one; an open card stays and says how many wait."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.BOLO))
        await until(pilot, lambda: "BE ON THE LOOKOUT" in world.text())
        await pass_by(world, pilot, hit_of(2, HotlistClass.STOLEN))
        await until(pilot, lambda: "STOLEN VEHICLE" in world.text())
        await pilot.press("f6", "y")
        await pass_by(world, pilot, hit_of(3, HotlistClass.FELONY))
        await until(pilot, lambda: "+2 WAITING" in world.text())
        assert "STOLEN VEHICLE" in world.text() and "State matches?" in world.text()
        await pilot.press("escape")
        await until(pilot, lambda: "FELONY VEHICLE" in world.text())


async def test_a_lock_covers_an_alert_and_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locked in the middle of a card, the hit is there again after the unlock, unverified."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        await pilot.press("f6", "y", "y")
        world.desk.lock()
        await until(pilot, lambda: "1 HIT WAITING" in world.text())
        assert "8ABC001" not in world.text()
        await world.type(pilot, "tulip kestrel mosaic")
        await on_page(pilot, AlertScreen)
        await until(pilot, lambda: "READ 8ABC001" in world.text())
        assert world.verified() == []


async def test_a_hit_that_could_not_be_opened_is_tried_again_for_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A refusal of the store, or of whoever unlocked first, takes no alert away from the one after him."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    async with watched() as (world, pilot):
        world.desk.lock()
        await until(pilot, lambda: isinstance(pilot.app.screen, LockScreen))
        hit = hit_of(1, HotlistClass.STOLEN)
        await world.tell_unseen(pilot, hit)
        await world.type(pilot, "tulip kestrel mosaic")
        await on_page(pilot, LiveScreen)
        await until_worked(pilot)
        world.keep(hit)
        world.desk.lock()
        await until(pilot, lambda: "1 HIT WAITING" in world.text())
        await world.type(pilot, "tulip kestrel mosaic")
        await on_page(pilot, AlertScreen)


async def test_what_is_no_alert_is_none() -> None:
    """A pass again, a covert entry and a read without match bring no page and no sound."""
    async with watched() as (world, pilot):
        hit = hit_of(1, HotlistClass.FELONY)
        assert hit.match is not None
        covert = replace(hit.match, entry=replace(hit.match.entry, is_covert=True))
        again = replace(hit_of(2, HotlistClass.FELONY).match, alerting=Alerting.SILENT)  # type: ignore[type-var]
        await pass_by(world, pilot, replace(hit, match=covert))
        await pass_by(world, pilot, SightingStored(seen(2), again), SightingStored(seen(3), None))
        assert isinstance(world.app.screen, LiveScreen)
        assert world.bells == 0
        assert "SVS" not in world.text() and "▲HIT" not in world.text().splitlines()[-4]


async def test_a_corrected_hit_says_so() -> None:
    """When later frames read another plate, the alert says what they read."""
    async with watched() as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await on_page(pilot, AlertScreen)
        corrected = replace(seen(2, reading_of("8ABC999")), supersedes=f"{1:032x}")
        await world.tell_unseen(pilot, SightingStored(corrected, None))
        await until(pilot, lambda: "CORRECTED: later frames read 8ABC999" in world.text())


async def test_a_hit_that_is_not_recorded_is_shown_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The store refused it: it is alerted all the same, marked, and the look at it is noted."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    async with watched() as (world, pilot):
        hit = hit_of(1, HotlistClass.STOLEN)
        world.relay.tell(SightingNotRecorded(hit.sighting, hit.match, "disk full"))
        await on_page(pilot, AlertScreen)
        await until(pilot, lambda: "NOT RECORDED: disk full" in world.text())
        await pilot.press("f6")
        await on_page(pilot, LiveScreen)
        await until(pilot, lambda: world.staffed.newest()[0].entry.action == "hit.note")


async def test_an_unrecorded_hit_put_off_behind_a_lock_is_noted_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Locked just before it was put off, a hit that the store refused comes up again, and the look is noted."""
    monkeypatch.setattr(alert, "GUARD_S", 0.0)
    async with watched() as (world, pilot):
        hit = hit_of(1, HotlistClass.STOLEN)
        world.relay.tell(SightingNotRecorded(hit.sighting, hit.match, "disk full"))
        await on_page(pilot, AlertScreen)
        over = pilot.app.screen
        assert isinstance(over, AlertScreen)
        world.desk.lock()
        over.action_later()
        await on_page(pilot, LockScreen)
        await world.type(pilot, "tulip kestrel mosaic")
        await on_page(pilot, AlertScreen)
        await pilot.press("escape")
        await until(pilot, lambda: world.staffed.newest()[0].entry.action == "hit.note")


async def test_a_technician_is_shown_no_hit() -> None:
    """What the store refused is alerted to nobody whose role sees no hits, and waits."""
    async with watched(role=Role.TECHNICIAN) as (world, pilot):
        hit = hit_of(1, HotlistClass.STOLEN)
        world.relay.tell(SightingNotRecorded(hit.sighting, hit.match, "disk full"))
        await until(pilot, lambda: world.bells == 3)
        await pilot.pause()
        assert not isinstance(world.app.screen, AlertScreen)
        assert "8ABC001" not in world.text()


async def test_an_administrator_looks_and_does_not_verify() -> None:
    """The administrator sees a hit of the queue without the card's questions."""
    async with watched(role=Role.ADMINISTRATOR) as (world, pilot):
        world.keep(hit_of(1, HotlistClass.STOLEN))
        await pilot.press("f6")
        await until(pilot, lambda: "8ABC001" in world.text())
        await pilot.press("enter")
        await on_page(pilot, VerifyScreen)
        await until(pilot, lambda: "LISTED 8ABC001" in world.text())
        assert "Characters match?" not in world.text()


def test_every_sign_has_its_own_large_form() -> None:
    """No two signs look alike large, the stroke of the zero included, and each has all its rows."""
    forms = {sign: "\n".join(line.plain for line in big_plate(sign)) for sign in ALPHABET + "?*"}
    assert len(set(forms.values())) == len(forms)
    assert all(form.strip() and form.count("\n") == ROWS - 1 for form in forms.values())


@pytest.mark.parametrize(
    ("read", "listed", "places"),
    [("8ABC123", "8A8C12?", (2,)), ("8ABC123", "8AB*", ()), ("8ABC123", "8ABC123", ())],
)
def test_what_differs_is_found(read: str, listed: str, places: tuple[int, ...]) -> None:
    """Signs that differ are marked; what the list leaves open differs from nothing."""
    assert differing_places(read, listed) == places


async def test_the_first_paint_of_an_alert_says_it_all() -> None:
    """An officer waits for nothing but the first paint: plate, class and response line stand in it."""
    async with watched((160, 45)) as (world, pilot):
        painted: list[str] = []
        paint = AlertScreen._compositor_refresh

        def watch(page: AlertScreen) -> None:
            painted.append(world.text())
            paint(page)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(AlertScreen, "_compositor_refresh", watch)
            await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
            await until(pilot, lambda: bool(painted))
        assert "HIT  STOLEN VEHICLE" in painted[0]
        assert "LISTED 8ABC001" in painted[0]
        assert "Verify through CLETS before acting." in painted[0]


@pytest.mark.parametrize("size", SIZES)
async def test_a_notice_covers_nothing_of_an_alert(size: tuple[int, int]) -> None:
    """A fault during an alert is told beneath the pictures: every word of the alert stays where it was."""
    async with watched(size) as (world, pilot):
        await pass_by(world, pilot, hit_of(1, HotlistClass.STOLEN))
        await until(pilot, lambda: "Verify through CLETS before acting." in world.text())
        left = 36 if size[0] == 80 else 95
        before = [line[left:] for line in world.text().splitlines()]
        world.app.notify("Camera front is gone.", severity="error", timeout=2.0, markup=False)
        await until(pilot, lambda: "Camera front is gone." in world.text())
        assert [line[left:] for line in world.text().splitlines()] == before
        await until(pilot, lambda: "Camera front is gone." not in world.text())
