"""Which hit is before the officer now, and which come next. Nothing is lost here: the queue is in the store.

A hit that nobody could see (login, lock, somebody without the authorisation) sounds and waits; it is opened
from the store, with an entry of its own, once somebody is there who may.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from textual.app import App

from alpr_core.audit.entry import Subject
from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_tui.screens.alert import AlertAnswer, AlertScreen
from alpr_tui.screens.verify import VerifyScreen
from alpr_tui.shown_hit import ShownHit, hit_of_event, hit_of_store
from alpr_tui.shown_sighting import ShownSighting
from alpr_tui.sounds import HitSounds
from alpr_tui.verify_card import VerifyCard
from alpr_tui.workplace import Workplace

_PAGE = "alert"
"""Name of the page of hits among those that Textual keeps."""


class HitFlow:
    """The hits of this run, one after the other. Used by the screen's loop alone.

    Args:
        is_open: Tells whether a page is open that a hit may lie over.
        is_dark: Tells whether nothing may sound.
    """

    def __init__(
        self,
        app: App[None],
        workplace: Workplace,
        sounds: HitSounds,
        is_open: Callable[[], bool],
        is_dark: Callable[[], bool],
    ) -> None:
        self._app = app
        self._workplace = workplace
        self._sounds = sounds
        self._is_open = is_open
        self._is_dark = is_dark
        self._pending: dict[str, ShownHit] = {}
        """Seen by whoever is at the desk, and not yet before him."""
        self._unseen: dict[str, tuple[int, datetime]] = {}
        """Not seen by anybody: only identity and urgency are kept here."""
        self._withheld: dict[str, tuple[int, datetime]] = {}
        """Not shown to whoever is at the desk; tried again for the next one."""
        self._unrecorded: dict[str, ShownHit] = {}
        """What the store refused and nobody has noted; kept whoever is at the desk."""
        self._first_of: dict[str, str] = {}
        """Later sighting of a pass, to the one that raised its alert."""
        self._is_opening = False
        self._page: AlertScreen | None = None
        """Kept when it is left, for the next hit: making it anew takes as long as all else that paints one."""

    @property
    def waiting(self) -> int:
        """How many of this run are not before the officer yet."""
        seen = len(self._pending) + len(self._unrecorded)
        return seen + len(self._unseen) + len(self._withheld)

    def take(self, shown: ShownSighting, *, is_seen: bool) -> None:
        """Take a read that was just told: correct an earlier hit, or sound and show one of its own."""
        self._correct(shown)
        hit = hit_of_event(shown)
        if hit is None:
            return
        if not self._is_dark():
            self._sounds.play(hit.hit.rule.sound)
        if is_seen and self._may_see(hit):
            self._keep(hit)
        else:
            self._put_by(hit)
        self.present()

    def forget(self) -> None:
        """Somebody left the desk: what he saw is opened anew, from the store, for whoever comes."""
        for hit_id, hit in self._pending.items():
            self._unseen[hit_id] = hit.urgency
        self._unseen |= self._withheld
        self._pending.clear()
        self._withheld.clear()
        self._first_of.clear()
        self._let_page_go()

    def cover(self) -> None:
        """A lock or login is about to hide all pages: an alert that lies there waits like the others."""
        for page in self._app.screen_stack:
            if isinstance(page, AlertScreen):
                self._keep(page.shown)
            elif isinstance(page, VerifyScreen) and page.unverified is not None:
                self._keep(page.unverified)

    def present(self) -> None:
        """Put the most urgent hit before the officer, unless a card is open or nobody may see one."""
        page = self._app.screen
        if isinstance(page, VerifyScreen):
            page.show_waiting(self.waiting)
            return
        if not self._is_open():
            return
        if isinstance(page, AlertScreen):
            self._change(page)
            return
        ready = filter(self._may_see, (*self._pending.values(), *self._unrecorded.values()))
        nearest = min(ready, key=lambda hit: hit.urgency, default=None)
        unseen = min(self._unseen.items(), key=lambda item: item[1], default=None)
        if unseen is not None and (nearest is None or unseen[1] < nearest.urgency):
            self._open(unseen[0])
        elif nearest is not None:
            self._take_out(nearest)
            self._show(nearest)

    def verify(self, shown: ShownHit, then: Callable[[], object]) -> None:
        """Open the card of a hit, and go on with the next one afterwards."""

        def after(_is_handled: bool | None) -> None:
            then()
            self.present()

        self._app.push_screen(
            VerifyScreen(self._workplace, shown, VerifyCard(), self.waiting), after
        )

    def _show(self, shown: ShownHit) -> None:
        page = self._page
        if page is None:
            page = self._page = AlertScreen(shown, self.waiting)
            self._app.install_screen(page, _PAGE)
        elif page in self._app.screen_stack:
            page = AlertScreen(shown, self.waiting)  # another page lies over the last hit
        else:
            page.show_anew(shown, self.waiting)
        self._app.push_screen(page, self._answered)

    def _let_page_go(self) -> None:
        """Remove the page of the last hit, unless it is open: under the dark it is left when the screen is lit."""
        page = self._page
        if page is not None and page not in self._app.screen_stack:
            self._page = None
            self._app.uninstall_screen(page)
            page.remove()

    def _answered(self, answer: AlertAnswer | None) -> None:
        """Go on from an alert: None means that it was covered, not answered."""
        if answer is None:
            return
        shown, is_now = answer
        if not self._is_open():  # locked, or nobody is there, since the key
            if is_now or shown.refusal is not None:
                self._put_by(shown)
            return
        if shown.refusal is not None:
            self._note(shown)
        elif is_now and self._workplace.desk.may(Action.VERIFY_HIT):
            self.verify(shown, lambda: None)
            return
        self.present()

    def _change(self, page: AlertScreen) -> None:
        """Bring a more urgent hit to the front, or the number of those that wait."""
        nearest = min(self._pending.values(), key=lambda hit: hit.urgency, default=None)
        if nearest is None or nearest.hit.match.priority >= page.shown.hit.match.priority:
            page.show(page.shown, self.waiting)
            return
        self._take_out(nearest)
        self._keep(page.shown)
        page.show(nearest, self.waiting)

    def _may_see(self, shown: ShownHit) -> bool:
        """Tell whether whoever is at the desk may see hits at all, and those of this data."""
        desk = self._workplace.desk
        user = desk.user
        if user is None or desk.watcher() is None:
            return False
        return shown.hit.rule.data in user.authorisations

    def _keep(self, shown: ShownHit) -> None:
        kept = self._pending if shown.refusal is None else self._unrecorded
        kept[shown.hit.hit_id] = shown

    def _put_by(self, shown: ShownHit) -> None:
        """Keep a hit for whoever comes to the desk next: opened anew, unless the store does not have it."""
        if shown.refusal is not None:
            self._keep(shown)
        else:
            self._unseen[shown.hit.hit_id] = shown.urgency

    def _take_out(self, shown: ShownHit) -> None:
        for kept in (self._pending, self._unrecorded):
            kept.pop(shown.hit.hit_id, None)

    def _open(self, hit_id: str) -> None:
        """Open a hit from the store, off the screen's loop, then show it."""
        if self._is_opening or self._workplace.desk.watcher() is None:
            return
        self._is_opening = True
        self._withheld[hit_id] = self._unseen.pop(hit_id)
        self._app.run_worker(lambda: self._fetch(hit_id), thread=True, group="hits")

    def _fetch(self, hit_id: str) -> None:
        try:
            opened = self._workplace.hits.open(hit_id)
        except AlprError as error:
            # It stays in the queue of the store, and waits here for somebody else who may see it.
            self._app.call_from_thread(self._fetched, hit_id, None, str(error))
            return
        # On the page of hits somebody may have handled it meanwhile.
        shown = None if opened.verifications else hit_of_store(opened)
        self._app.call_from_thread(self._fetched, hit_id, shown, "")

    def _fetched(self, hit_id: str, shown: ShownHit | None, why_not: str) -> None:
        self._is_opening = False
        if why_not:
            self._app.notify(why_not, title="Hit not shown", severity="error", markup=False)
        else:
            self._withheld.pop(hit_id, None)
            self._unseen.pop(hit_id, None)
        if shown is not None:
            self._pending[hit_id] = shown
        self.present()

    def _correct(self, shown: ShownSighting) -> None:
        """Say of an earlier alert of the same pass what later frames read."""
        if shown.supersedes is None:
            return
        first = self._first_of.get(shown.supersedes, shown.supersedes)
        self._first_of[shown.sighting_id] = first
        for kept in (self._pending, self._unrecorded):
            for hit_id, hit in kept.items():
                if hit.hit.sighting_id == first:
                    kept[hit_id] = replace(hit, later_plate=shown.plate)
        page = self._app.screen
        if isinstance(page, AlertScreen) and page.shown.hit.sighting_id == first:
            page.show(replace(page.shown, later_plate=shown.plate), self.waiting)

    def _note(self, shown: ShownHit) -> None:
        """Put a look at a hit that the store refused on the log, if it takes at least that."""

        def note() -> None:
            try:
                with self._workplace.desk.doing(
                    Action.NOTE_HIT,
                    "alert",
                    subject=Subject(plates=(shown.plate,)),
                    sighting=shown.hit.sighting_id,
                ):
                    pass
            except AlprError as error:
                why = str(error)
                self._app.call_from_thread(
                    self._app.notify, why, title="Not recorded", severity="error", markup=False
                )

        self._app.run_worker(note, thread=True, group="hits")
