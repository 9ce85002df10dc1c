"""The live feed at a price that a page repainted several times a second can pay."""

from __future__ import annotations

from functools import partial

import pytest
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from alpr_core.events import SightingStored
from alpr_tui.widgets.feed import SCROLLED_ROWS, Feed
from tests.alpr_tui.watched_app import seen, until, until_worked, watched

ROWS = 40


async def test_a_read_lays_out_nothing_and_moves_the_others_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A read that comes is one row more; the others are the same lines one row lower, the page stays as it is."""
    async with watched((80, 24)) as (world, pilot):
        feed = world.live.query_one(Feed)
        await world.tell(pilot, *(SightingStored(seen(number), None) for number in range(ROWS)))
        await until(pilot, lambda: feed.max_scroll_y > 0)
        asked: list[bool] = []
        widths: set[int] = set()
        refresh = feed.refresh

        def watched_refresh(*regions: Region, **wanted: bool) -> Feed:
            asked.append(wanted.get("layout", False))
            widths.update(region.width for region in regions or (feed.region,))
            return refresh(*regions, **wanted)

        monkeypatch.setattr(feed, "refresh", watched_refresh)
        await pilot.press("down")
        before = feed.render_lines(Region(0, 0, feed.region.width, 10))
        await world.tell(pilot, SightingStored(seen(ROWS), None))
        after = feed.render_lines(Region(0, 0, feed.region.width, 11))
        assert all(old is new for old, new in zip(before, after[1:], strict=True))
        assert feed.max_scroll_y == SCROLLED_ROWS - feed.size.height
        assert asked and not any(asked)
        assert max(widths) < feed.region.width, "the scrollbar was painted too"
        assert f"8ABC{ROWS:03d}" in world.text()


async def test_only_what_lies_where_something_changed_is_asked_for_its_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A read paints the feed and the ground below it; badges, keys, pictures and scrollbar are as they were."""
    async with watched((160, 45)) as (world, pilot):
        feed = world.live.query_one(Feed)
        await world.tell(pilot, *(SightingStored(seen(number), None) for number in range(80)))
        await until(pilot, lambda: feed.max_scroll_y > 0)
        page, painted = world.live, []
        for part in (page, *page.query("*")):
            monkeypatch.setattr(part, "render_lines", partial(_painted, part, painted))
        changed = feed.region.shrink((0, feed.scrollbar_size_vertical, 0, 0))
        assert sum(1 for _ in page._compositor._get_renders(changed)) == len(painted)
        assert painted == [feed, page.query_one("#body"), page]


def _painted(part: Widget, painted: list[Widget], crop: Region) -> list[Strip]:
    painted.append(part)
    return [Strip.blank(crop.width)] * crop.height


async def test_a_letter_lays_out_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed into a field changes the field, not the places of everything on its page."""
    async with watched((160, 45)) as (world, pilot):
        await pilot.press("f3")
        await until(pilot, lambda: bool(world.app.screen.query("#case")))
        page = world.app.screen
        field = page.query_one("#case", Input)
        field.focus()
        await until_worked(pilot)
        asked: list[int] = []
        monkeypatch.setattr(page, "_refresh_layout", lambda *_, **__: asked.append(1))
        await pilot.press(*"26-0")
        assert field.value == "26-0"
        await until(pilot, lambda: "26-0" in world.text())
        assert not asked
