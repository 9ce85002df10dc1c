"""Shows hostile texts on the real screens of a real terminal: run by `test_hostile_text` on a PTY.

Every text goes in behind the input checks, as if each of them had been forgotten.
"""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from alpr_core.events import SightingStored
from alpr_core.hotlist import HotlistClass
from alpr_core.purposes import DEFAULT_PURPOSES, AccessPurpose
from alpr_tui.screens.alert import AlertScreen
from alpr_tui.screens.lock import LockScreen
from alpr_tui.screens.search import SearchScreen
from alpr_tui.screens.users import UsersScreen
from alpr_tui.widgets.feed import Feed
from tests.alpr_tui.watched_app import Watched, hit_of, seen
from tests.db.staffed_store import staffed_store

ROWS = 50
"""Reads on the screen at once; the terminal is higher."""


def main() -> None:
    logging.getLogger().addHandler(logging.NullHandler())  # as the `alpr` command does
    texts = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    from alpr_core.permissions import Role

    with staffed_store(Path(sys.argv[2])) as staffed:
        world = Watched(staffed, Role.OFFICER)
        world.app.bell = lambda: None  # type: ignore[method-assign]  # its BEL would look like theirs
        show = _Shower(world, texts)
        world.app.run(headless=False, auto_pilot=show.show_all)


class _Shower:
    def __init__(self, world: Watched, texts: list[str]) -> None:
        self._world = world
        self._texts = texts

    async def show_all(self, pilot: Any) -> None:
        await pilot.pause(0.2)
        await self._as_plates(pilot)
        await self._as_notes(pilot)
        await self._as_purposes(pilot)
        await self._as_listed_users(pilot)
        await self._as_who_is_logged_in(pilot)
        self._world.app.exit()

    def _pairs(self, first: int) -> list[tuple[str, str]]:
        """Return every third text from the `first` on, two at once: as many as a screen shows."""
        return list(zip(self._texts[first::6], self._texts[first + 3 :: 6], strict=False))

    async def _as_plates(self, pilot: Any) -> None:
        feed = self._world.live.query_one(Feed)
        for start in range(0, len(self._texts), ROWS):
            for number, text in enumerate(self._texts[start : start + ROWS], start=start):
                sighting = seen(number)
                reading = replace(sighting.reading, text=text, confidences=(0.5,) * len(text))
                self._world.relay.tell(
                    SightingStored(
                        replace(sighting, reading=reading), None, self._world.desk.watcher()
                    )
                )
            while feed._arrived or feed.newest_id is None:
                await pilot.pause(0.05)
            await pilot.pause(0.3)

    async def _as_notes(self, pilot: Any) -> None:
        for number, (reason, hotlist) in enumerate(self._pairs(0)):
            hit = hit_of(number, HotlistClass.STOLEN)
            assert hit.match is not None
            entry = replace(hit.match.entry, reason=reason, hotlist=hotlist)
            self._world.relay.tell(
                replace(
                    hit, match=replace(hit.match, entry=entry), seen_by=self._world.desk.watcher()
                )
            )
            await pilot.pause()
            if isinstance(self._world.app.screen, AlertScreen):
                self._world.app.screen.answer(is_now=False)

    async def _as_purposes(self, pilot: Any) -> None:
        page = SearchScreen(self._world.app._workplace)
        await self._world.app.push_screen(page)
        await pilot.pause(0.2)
        await pilot.press("escape")
        for number, (case, why) in enumerate(self._pairs(1)):
            page._take_purpose(AccessPurpose(DEFAULT_PURPOSES[0], case, why))
            if number % 10 == 0:
                self._world.app.notify(why, title=case, markup=False, timeout=0.5)
            await pilot.pause()

    async def _as_listed_users(self, pilot: Any) -> None:
        page = UsersScreen(self._world.app._workplace)
        await self._world.app.push_screen(page)
        await pilot.pause(0.2)
        standings = self._world.staffed.store.people.accounts.standings()
        user = standings[0].user
        for start in range(0, len(self._texts), ROWS):
            rows = enumerate(self._texts[start : start + ROWS], start=start)
            users = [
                replace(user, badge=f"B-{number}", name=text, title=text, organisation=text)
                for number, text in rows
            ]
            page._show(tuple(replace(standings[0], user=one) for one in users))
            await pilot.pause(0.1)
        await self._world.app.pop_screen()

    async def _as_who_is_logged_in(self, pilot: Any) -> None:
        desk = self._world.desk
        session = desk._session
        assert session is not None
        for text in self._texts[2::25]:
            desk._session = replace(session, user=replace(session.user, name=text, badge=text))
            await self._world.app.push_screen(LockScreen(self._world.app._workplace))
            await pilot.pause()
            await self._world.app.pop_screen()
            self._world.app._show_status()
        desk._session = session


if __name__ == "__main__":
    main()
