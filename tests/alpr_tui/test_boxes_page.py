"""The page of boxes at the server's desk, and what the desk is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from alpr_central.server import CentralServer
from alpr_core.badge import Light
from alpr_core.errors import InputError
from alpr_core.events import BoxEvent, FaultRaised
from alpr_core.permissions import Role
from alpr_tui.app import AlprApp
from alpr_tui.central.box_watch import BoxWatch, boxes_badge
from alpr_tui.central.house import CentralHouse
from alpr_tui.event_relay import EventRelay
from alpr_tui.places import SERVER_PLACES
from db.store import Store
from tests.alpr_central.fleet import enrol
from tests.alpr_tui.central_desk import ADDRESS, CAR, desk_at, house_with_a_car
from tests.alpr_tui.watched_app import screen_text, until
from tests.db.sample_sightings import ROOT_KEY
from tests.db.staffed_store import StaffedStore, staffed_store

WHY = "The log of unit 12 was rewritten."


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "server") as one:
        yield one


@pytest.fixture
def house(staffed: StaffedStore, tmp_path: Path) -> Iterator[CentralHouse]:
    with house_with_a_car(staffed, tmp_path) as one:
        yield one


def app_at(house: CentralHouse, staffed: StaffedStore, role: Role) -> AlprApp:
    _, workplace = desk_at(house, staffed, role)
    return AlprApp(EventRelay(), workplace, places=SERVER_PLACES)


async def fill(pilot: Pilot[None], *texts: str) -> None:
    """Type a text into each field, Enter after each; Enter alone keeps what stands there."""
    for text in texts:
        await pilot.press(*(" " if sign == " " else sign for sign in text), "enter")


async def test_an_administrator_enrols_a_box_from_the_page(
    house: CentralHouse, staffed: StaffedStore, tmp_path: Path
) -> None:
    """n makes a line that enrols a box by this name, shows it and puts it into a file; the log names the box."""
    app = app_at(house, staffed, Role.ADMINISTRATOR)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: "F11 shows the boxes" in screen_text(app))
        await pilot.press("f11")
        await until(pilot, lambda: "● in service" in screen_text(app))
        await pilot.press("n")
        await until(pilot, lambda: ADDRESS in screen_text(app))
        assert "By which it reaches the server" in screen_text(app)  # also of a filled field
        await fill(pilot, "unit 9", "", str(tmp_path / "line.txt"))
        await until(pilot, lambda: "Enrols one box, once" in screen_text(app))
        line = (tmp_path / "line.txt").read_text("ascii").strip()
        assert line in screen_text(app)
    assert line.startswith(f"{ADDRESS}#")
    made = next(r.entry for r in staffed.newest(5) if r.entry.action == "box.manage")
    assert (made.actor.user_id, made.fact("box")) == ("A-1", "unit 9")
    server = CentralServer(house.central, "127.0.0.1", 0)
    here = line.replace(ADDRESS, f"https://127.0.0.1:{server.start()}")
    try:
        with closing(Store.open(tmp_path / "unit 9", ROOT_KEY, box="unit 9")) as car:
            enrol(car, here)
    finally:
        server.stop()
    assert [box.name for box in house.central.boxes.all()] == [CAR, "unit 9"]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_an_alarm_is_cleared_for_a_reason_that_stands_on_the_log(
    house: CentralHouse, staffed: StaffedStore, size: tuple[int, int]
) -> None:
    """The page says which box is under alarm and why; c clears it with what was found, and not without."""
    boxes = house.central.boxes
    boxes.raise_alarm(boxes.find(CAR), WHY)
    app = app_at(house, staffed, Role.ADMINISTRATOR)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: "F11 shows the boxes" in screen_text(app))
        await pilot.press("f11")
        await until(pilot, lambda: "✗ ALARM" in screen_text(app) and WHY in screen_text(app))
        await pilot.press("c")
        await until(pilot, lambda: "Clear the alarm of unit 12" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "No reason is given." in screen_text(app))
        assert boxes.find(CAR).alarm_why == WHY
        await fill(pilot, "copied disk")
        await until(pilot, lambda: "● in service" in screen_text(app))
    assert boxes.find(CAR).alarm_why is None
    cleared = next(r.entry for r in staffed.newest(5) if r.entry.action == "box.manage")
    assert (cleared.fact("deed"), cleared.fact("reason")) == ("clear alarm", "copied disk")


async def test_a_box_is_revoked_from_the_page(house: CentralHouse, staffed: StaffedStore) -> None:
    """x refuses the selected box from now on, for a reason that stands on the log."""
    app = app_at(house, staffed, Role.ADMINISTRATOR)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: "F11 shows the boxes" in screen_text(app))
        await pilot.press("f11")
        await until(pilot, lambda: "● in service" in screen_text(app))
        await pilot.press("x")
        await until(pilot, lambda: "Revoke unit 12" in screen_text(app))
        await fill(pilot, "stolen")
        await until(pilot, lambda: "■ revoked" in screen_text(app))
    assert house.central.boxes.find(CAR).is_revoked


async def test_a_list_is_sent_to_all_boxes_from_the_page(
    house: CentralHouse, staffed: StaffedStore, tmp_path: Path
) -> None:
    """l offers a file to the boxes by the name and template that were said; its entry names the list."""
    (tmp_path / "list.csv").write_text("LPN,State,Reason\n8ABC123,CA,Stolen Vehicle\n")
    app = app_at(house, staffed, Role.ADMINISTRATOR)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: "F11 shows the boxes" in screen_text(app))
        await pilot.press("f11")
        await until(pilot, lambda: "● in service" in screen_text(app))
        await pilot.press("l")
        await until(pilot, lambda: bool(app.screen.query("#template SelectCurrent #label")))
        app.screen.query_one("#template", Select).value = "boss"
        await until(pilot, lambda: app.focused is app.screen.query_one("#file"))
        await fill(pilot, str(tmp_path / "none.csv"), "BOSS", "", "CHP")
        await until(pilot, lambda: "cannot be read" in screen_text(app))
        assert "list/BOSS" not in house.central.packages.versions()
        app.screen.query_one("#file", Input).value = str(tmp_path / "list.csv")
        await pilot.press("enter")
        await until(pilot, lambda: "version 1: the boxes take it" in screen_text(app))
    body = house.central.packages.body("list/BOSS")
    assert body is not None and b'"template": "boss"' in body and b'"CHP"' in body
    entries = [r.entry for r in staffed.newest(9) if r.entry.action == "hotlist.import"]
    assert [(one.outcome.value, one.fact("hotlist")) for one in entries] == [("done", "BOSS")]


async def test_an_auditor_sees_the_boxes_and_changes_none(
    house: CentralHouse, staffed: StaffedStore
) -> None:
    """An auditor has the page without its deeds; that he looked is on the log, once however long it shows."""
    app = app_at(house, staffed, Role.AUDITOR)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: "The keys below" in screen_text(app))
        await pilot.press("f11")
        await until(pilot, lambda: "● in service" in screen_text(app))
        for _ in range(3):
            app.screen.query_one("BoxesPanel").load()  # type: ignore[attr-defined]
        await app.workers.wait_for_complete()
        words = screen_text(app)
        assert not [
            key for key in ("New code", "Clear alarm", "Revoke", "Send list") if key in words
        ]
    looked = [r.entry for r in staffed.newest(20) if r.entry.action == "box.view"]
    assert len(looked) == 1


def test_whoever_is_at_the_desk_is_told_of_an_alarm_once(house: CentralHouse) -> None:
    """A new alarm is told once, with the box's name and the reason; the badge shows it until it is cleared."""
    boxes, told = house.central.boxes, list[BoxEvent]()
    watch = BoxWatch(boxes.all, told.append, house.clock.utc)
    watch.look()
    assert (told, watch.badges()[0].light) == ([], Light.GOOD)
    boxes.raise_alarm(boxes.find(CAR), WHY)
    watch.look()
    watch.look()
    (event,) = told
    assert isinstance(event, FaultRaised)
    assert event.part == "box unit 12" and WHY in event.why
    assert (watch.badges()[0].light, watch.badges()[0].word) == (Light.FAILED, "ALARM")
    boxes.clear_alarm(boxes.find(CAR))
    watch.look()
    assert watch.badges()[0].light is Light.GOOD
    boxes.raise_alarm(boxes.find(CAR), WHY)
    watch.look()
    assert len(told) == 2


def test_the_badge_says_which_box_did_not_come(house: CentralHouse) -> None:
    """After three days without contact a box is named; a revoked one is expected no more."""
    boxes, now = house.central.boxes, house.clock.utc()
    late = boxes_badge(boxes.all(), now + timedelta(days=4))
    assert (late.light, late.word) == (Light.STALE, "LATE") and CAR in late.meaning
    boxes.revoke(boxes.find(CAR), "sold", now)
    assert boxes_badge(boxes.all(), now + timedelta(days=4)).light is Light.OFF


def test_a_box_that_is_under_no_alarm_has_none_cleared(
    house: CentralHouse, staffed: StaffedStore
) -> None:
    """Command and page say so instead of writing a deed that was none."""
    _, workplace = desk_at(house, staffed, Role.ADMINISTRATOR)
    desk = workplace.boxes
    assert desk is not None
    with pytest.raises(InputError, match="under no alarm"):
        desk.clear_alarm(desk.find(CAR), "looked into it")
    with pytest.raises(InputError, match="no address"):
        desk.enrolment_line("unit 9", "http://central.test")
