"""A canvass on the screen, over a real store, and the drawing of its track."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from alpr_core.canvass import make_scene
from alpr_core.earth import LocalPlane
from alpr_tui.screens.canvass import CanvassScreen
from alpr_tui.screens.canvass_forms import (
    CanvassExportScreen,
    CanvassOrderScreen,
    PartialScreen,
)
from alpr_tui.screens.past_reads import PastScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.widgets.read_table import ReadTable
from alpr_tui.widgets.track_plot import edge_of, way_of
from tests.alpr_tui.watched_app import until, watched
from tests.db.entry_desk import HERE
from tests.db.sample_sightings import Outcomes, make_sighting

CENTRE = (HERE.lat_deg, HERE.lon_deg)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_canvass_from_start_to_report(size: tuple[int, int], tmp_path: Path) -> None:
    """By keyboard alone: started at the car, reads inside, a witness's plate, ended with a hold, reported."""
    async with watched(size) as (world, pilot):
        await pilot.press("f7")
        await until(pilot, lambda: "shift runs" in world.text())
        await pilot.press("k")
        await until(pilot, lambda: "No canvass runs" in world.text())
        await pilot.press("n")
        await until(pilot, lambda: isinstance(world.app.screen, PurposeScreen))
        world.app.screen.query_one("#case").focus()
        await world.type(pilot, "26-012345", "")
        await until(pilot, lambda: isinstance(world.app.screen, CanvassOrderScreen))
        await world.type(pilot, "shooting", "", "")
        await until(pilot, lambda: "Canvass · case 26-012345, shooting, 400 m" in world.text())
        outcomes = Outcomes()
        writer = world.staffed.store.writer(outcomes)
        writer.record(replace(make_sighting(1, "8ABC123"), position=HERE), None)
        writer.record(make_sighting(2, "3NOFIX3"), None)
        outcomes.wait_for(2)
        await until(pilot, lambda: "reads inside      1" in world.text())
        assert "position unknown  1" in world.text() and "◉" in world.text()
        await pilot.press("r")
        await until(pilot, lambda: world.app.screen.query_one(ReadTable).row_count == 2)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(world.app.screen, PartialScreen))
        await world.type(pilot, "8a?c*", "", "dark sedan", "left fast")
        await until(pilot, lambda: isinstance(world.app.screen, PastScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(world.app.screen, CanvassScreen))
        await pilot.press("e")
        await until(pilot, lambda: "Ended; held:" in world.text())
        await pilot.press("x")
        await until(pilot, lambda: isinstance(world.app.screen, CanvassExportScreen))
        world.app.screen.query_one("#file", Input).value = str(tmp_path / "report.pdf")
        await pilot.press("enter")
        await until(pilot, (tmp_path / "report.pdf").exists)
        await until(pilot, lambda: isinstance(world.app.screen, CanvassScreen))
        steps = [
            (record.entry.action, record.entry.fact("step"))
            for record in reversed(world.staffed.newest(20))
            if record.entry.action != "sighting.record"
        ]
        assert steps[-8:] == [
            ("canvass.run", "start"),
            ("canvass.run", "look"),
            ("hotlist.add_entry", None),
            ("search", None),
            ("hold.set", None),
            ("canvass.run", "end"),
            ("canvass.export", "begun"),
            ("canvass.export", "ended"),
        ]


async def test_a_shift_cannot_end_over_a_canvass() -> None:
    """Whoever ends the shift while a canvass runs is told to end that first; both go on."""
    async with watched() as (world, pilot):
        canvasses = world.app._workplace.canvasses
        canvasses.start("shooting", make_scene((CENTRE,), 300), world.staffed.purpose(world.desk))
        await pilot.press("f7")
        await until(pilot, lambda: "shift runs" in world.text())
        await pilot.press("e")
        await until(pilot, lambda: "Enter ends the shift" in world.text())
        await pilot.press("enter")
        await until(pilot, lambda: "still runs" in world.text())
        assert world.capture.is_in_shift


def test_the_edge_is_round_and_the_way_lies_where_it_was_driven() -> None:
    """North is up, both axes have one scale, and the car stands at the end of its way."""
    plane = LocalPlane(*CENTRE)
    scene = make_scene((CENTRE,), 400)
    edge = edge_of(scene, 40, 20)
    rows = ["".join(edge.sign(column, row) for column in range(40)) for row in range(20)]
    dotted = [row for row in rows if row.strip()]
    width = max(len(row.strip()) for row in dotted)
    assert width == pytest.approx(2 * len(dotted), abs=2)  # a cell is twice as high as wide
    assert not rows[10][19:21].strip()
    east = tuple(plane.to_place(east_m, 0.0) for east_m in (0, 100, 200, 300))
    here = replace(HERE, lon_deg=east[-1][1])
    way, car = way_of(scene, east, here, 40, 20)
    driven = [column for column in range(40) if way.has_dots(column, 10)]
    assert driven and min(driven) == 20 and car is not None
    assert car == (max(driven), 10)
    north = (CENTRE, plane.to_place(0.0, 300.0))
    way, _ = way_of(scene, north, None, 40, 20)
    assert way.has_dots(20, 5) and not way.has_dots(20, 15)


def test_a_car_far_away_is_not_drawn() -> None:
    """What lies outside of the drawing is left out, not drawn at its edge."""
    scene = make_scene((CENTRE,), 400)
    away = (CENTRE[0] + 0.5, CENTRE[1])
    way, car = way_of(scene, (away, away), replace(HERE, lat_deg=away[0]), 40, 20)
    assert car is None
    assert not any(way.has_dots(column, row) for column in range(40) for row in range(20))
