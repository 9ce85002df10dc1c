"""The live feed at a price that a page repainted several times a second can pay."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from alpr_core.events import SightingStored
from alpr_tui.widgets.feed import Feed
from tests.alpr_tui.watched_app import seen, until, watched

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
        refresh = feed.refresh

        def watched_refresh(*regions: Region, **wanted: bool) -> Feed:
            asked.append(wanted.get("layout", False))
            return refresh(*regions, **wanted)

        monkeypatch.setattr(feed, "refresh", watched_refresh)
        await pilot.press("down")
        before = feed.render_lines(Region(0, 0, feed.region.width, 10))
        await world.tell(pilot, SightingStored(seen(ROWS), None))
        after = feed.render_lines(Region(0, 0, feed.region.width, 11))
        assert all(old is new for old, new in zip(before, after[1:], strict=True))
        assert feed.max_scroll_y == ROWS + 1 - feed.size.height
        assert asked and not any(asked)
        assert f"8ABC{ROWS:03d}" in world.text()
