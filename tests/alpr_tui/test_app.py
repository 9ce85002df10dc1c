from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alpr_core.events import CameraLost, SightingNotRecorded, SightingStored
from alpr_core.fix import FixQuality
from alpr_core.hotlist import HotlistClass
from alpr_core.position import Position
from alpr_core.sighting import Alerting
from alpr_tui.box_status import CameraStatus
from alpr_tui.screens.help import HelpScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.stop_guard import StopGuard
from alpr_tui.widgets.detail import Detail
from alpr_tui.widgets.feed import ROWS_MAX, Feed
from tests.alpr_core.made_readings import reading_of
from tests.alpr_tui.watched_app import hit_of, seen, until, watched

SIZES = [(80, 24), (160, 45)]


@pytest.mark.parametrize("size", SIZES)
async def test_empty_screen_says_what_to_do(size: tuple[int, int]) -> None:
    """Before the first plate the screen says that cameras run and how to get help."""
    async with watched(size) as (world, pilot):
        await until(pilot, lambda: "No plate yet" in world.text() and "F1 Help" in world.text())


@pytest.mark.parametrize("size", SIZES)
async def test_a_read_is_shown_with_its_doubts(size: tuple[int, int]) -> None:
    """A read appears with its weakest sign, its alternative, and "state unread" instead of a guess."""
    async with watched(size) as (world, pilot):
        doubtful = reading_of("8ABC123", weak={4: ("I", 0.3, 0.6)}, state_confidence=0.4)
        await world.tell(pilot, SightingStored(seen(1, doubtful), None))
        await until(pilot, lambda: "weakest sign 1 60%" in world.text())
        text = world.text()
        assert "8ABC123" in text
        assert "state unread" in text
        assert "8ABCI23" in text


async def test_a_wide_row_says_state_camera_and_speed() -> None:
    """On a wide screen each row names an unread state in words, the camera, and how fast the car drove."""
    async with watched((160, 45)) as (world, pilot):
        unread = seen(1, reading_of("8ABC123", state_confidence=0.4))
        driven = Position(33.75, -117.99, 13.9, 45.0, FixQuality.AUTONOMOUS)
        await world.tell(pilot, SightingStored(replace(unread, position=driven), None))
        row = next(line for line in world.text().splitlines() if "8ABC123" in line)
        for words in ("state unread", "front", "31 mph"):
            assert words in row
        await until(pilot, lambda: "33.75000 -117.99000 31 mph to NE" in world.text())


async def test_counters_and_camera_badge() -> None:
    """The top line shows reads, plates, hits, drops, unsent and not recorded; the next the camera's age."""
    async with watched((160, 45)) as (world, pilot):
        await until(pilot, lambda: "unit 12" in world.text())
        top, badges = world.text().splitlines()[:2]
        for words in ("unit 12", "reads 5", "plates 3", "hits 2", "dropped 3", "unsent 4"):
            assert words in top
        assert "● front 0.1 s" in badges
        assert "NOT RECORDED 1" in top


@pytest.mark.parametrize(
    ("camera", "badge"),
    [
        (CameraStatus("front", True, False, False, 9.0, 1, 0), "✗ front LOST 9.0 s"),
        (CameraStatus("front", False, True, False, 0.1, 1, 0), "✗ front NOT READING 0.1 s"),
        (CameraStatus("front", False, False, False, 9.0, 1, 0), "◌ front OLD 9.0 s"),
        (CameraStatus("front", False, False, False, None, 0, 0), "○ front opening"),
        (CameraStatus("front", False, False, True, 9.0, 1, 0), "■ front"),
    ],
)
async def test_camera_badges_differ_without_colour(camera: CameraStatus, badge: str) -> None:
    """Each state of a camera has a sign and words of its own."""
    async with watched() as (world, pilot):
        world.cameras = (camera,)
        await until(pilot, lambda: badge in world.text().splitlines()[1])


async def test_a_refused_read_is_marked_loudly() -> None:
    """A read that the store refused is shown all the same, marked NOT RECORDED in row and detail."""
    async with watched() as (world, pilot):
        await world.tell(pilot, SightingNotRecorded(seen(1), None, "disk full"))
        await until(pilot, lambda: world.text().count("NOT RECORDED") >= 3)
        assert "disk full" in world.text()
        hit = hit_of(2, HotlistClass.STOLEN)
        silent = replace(hit.match, alerting=Alerting.SILENT) if hit.match else None
        await world.tell(pilot, SightingNotRecorded(hit.sighting, silent, "disk full"))
        assert "▲HIT NOT REC." in world.text()


async def test_the_warning_comes_before_counters() -> None:
    """With two cameras and a long shift's counters at 80 columns, NOT RECORDED is still there with its number."""
    async with watched() as (world, pilot):
        camera = CameraStatus("front", False, False, False, 0.1, 288000, 68000)
        world.cameras = (camera, camera)
        await until(pilot, lambda: "136000" in world.text())
        assert "NOT RECORDED 1" in world.text().splitlines()[0]


async def test_selection_stays_while_reads_arrive() -> None:
    """A selected older read stays selected while newer ones come in; f follows the newest again."""
    async with watched() as (world, pilot):
        await world.tell(pilot, *(SightingStored(seen(n), None) for n in range(1, 6)))
        await pilot.press("down", "down")
        await world.tell(pilot, *(SightingStored(seen(n), None) for n in range(6, 30)))
        feed = world.app.screen.query_one(Feed)
        assert feed.selected is not None and feed.selected.plate == "8ABC003"
        assert "▶" in world.text()
        await pilot.press("f")
        await pilot.pause()
        assert feed.selected is not None and feed.selected.plate == "8ABC029"


async def test_the_ring_is_bounded() -> None:
    """A thousand reads leave a ring of fixed length, newest on top."""
    async with watched() as (world, pilot):
        await world.tell(pilot, *(SightingStored(seen(n), None) for n in range(1000)))
        feed = world.app.screen.query_one(Feed)
        assert feed.virtual_size.height == ROWS_MAX
        assert feed.selected is not None and feed.selected.plate == "8ABC999"


async def test_themes_and_help_by_key() -> None:
    """t switches day and night, ? opens and Escape closes the help, and reads go on below it."""
    async with watched() as (world, pilot):
        night = world.app.theme
        await pilot.press("t")
        assert world.app.theme != night
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(world.app.screen, HelpScreen)
        await world.tell(pilot, SightingStored(seen(1), None))
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(world.app.screen, LiveScreen)
        assert "8ABC001" in world.text()


async def test_camera_loss_is_said_in_words() -> None:
    """A lost camera is told in words, also when its reason holds markup."""
    async with watched() as (world, pilot):
        await world.tell(pilot, CameraLost("front", datetime.now(UTC), "no [red]cable[/red]"))
        await until(pilot, lambda: "no [red]cable[/red]" in world.text())


async def test_resizing_keeps_everything_usable() -> None:
    """From a large terminal to a small one and back, feed and detail stay visible."""
    async with watched((160, 45)) as (world, pilot):
        await world.tell(pilot, SightingStored(seen(1), None))
        for size in ((80, 24), (60, 15), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert world.app.screen.query_one(Feed).size.width >= 20
            assert world.app.screen.query_one(Detail).size.width >= 16
            assert "8ABC001" in world.text()


async def test_q_stops() -> None:
    """q ends the screen, while a shift runs at its second press; the box is stopped by whoever started it."""
    async with watched() as (world, pilot):
        await pilot.press("q")
        await until(pilot, lambda: "once more" in world.text())
        assert not world.app._exit
        await pilot.press("q")
        await pilot.pause()
        assert world.app._exit
    async with watched() as (world, pilot):
        world.gate.end()
        await pilot.press("q")
        await pilot.pause()
        assert world.app._exit


def test_a_second_press_comes_soon_or_is_a_first_one() -> None:
    """Two slips an hour apart stop nothing."""
    clock = [100.0]
    guard = StopGuard(lambda: clock[0])
    assert not guard.may_stop(in_shift=True)
    clock[0] += 3600.0
    assert not guard.may_stop(in_shift=True)
    clock[0] += 1.0
    assert guard.may_stop(in_shift=True)
