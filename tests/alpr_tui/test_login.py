"""Login, lock and logout on the screen, over the real door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rich.segment import Segment
from textual.color import Color

from alpr_core.audit.entry import Actor
from alpr_core.events import SightingStored
from alpr_core.hotlist import HotlistClass
from alpr_core.permissions import Role
from alpr_tui.output_filter import OutputFilter
from alpr_tui.screens.live import LiveScreen
from alpr_tui.screens.lock import LockScreen
from alpr_tui.screens.login import LockoutScreen, LoginScreen, PasswordScreen
from tests.alpr_tui.watched_app import hit_of, seen, until, watched
from tests.db.staffed_store import PASSWORD


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_nobody_sees_anything_before_the_login(size: tuple[int, int]) -> None:
    """Before the login there is the banner and no read; a wrong login is refused, a right one opens."""
    async with watched(size, role=None) as (world, pilot):
        assert isinstance(world.app.screen, LoginScreen)
        await until(pilot, lambda: "law enforcement data" in world.text())
        hit = hit_of(1, HotlistClass.STOLEN)
        world.keep(hit)
        await world.tell_unseen(pilot, hit)
        await until(pilot, lambda: world.bells == 3)
        assert "8ABC001" not in world.text()
        await world.type(pilot, "4711", "wrong", "000000")
        await until(pilot, lambda: "is wrong" in world.text())
        await world.type(pilot, PASSWORD, world.staffed.code("4711"))
        await until(pilot, lambda: "8ABC001" in world.text())
        entry = world.staffed.newest()[0]
        assert (entry.entry.action, entry.entry.actor.user_id) == ("hit.view", "4711")
        assert entry.subject is not None and entry.subject.plates == ("8ABC001",)


async def test_while_locked_hits_sound_and_wait() -> None:
    """A locked screen shows no plate; a hit sounds, waits, and is shown and recorded after the unlock."""
    async with watched() as (world, pilot):
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(world.app.screen, LockScreen))
        hit = hit_of(7, HotlistClass.FELONY)
        world.keep(hit)
        await world.tell_unseen(pilot, hit)
        await until(pilot, lambda: "1 HIT WAITING" in world.text())
        await until(pilot, lambda: world.bells == 3)
        assert "8ABC007" not in world.text()
        await world.type(pilot, "wrong")
        await until(pilot, lambda: "is wrong" in world.text())
        await world.type(pilot, PASSWORD)
        await until(pilot, lambda: "FELONY VEHICLE" in world.text())
        assert world.staffed.newest()[0].entry.fact("hit") == f"{7:032x}-0"


async def test_an_idle_screen_locks_by_itself() -> None:
    """After 30 idle minutes the screen is locked; after 12 hours it asks for the code too (AC-11, IA-11)."""
    async with watched() as (world, pilot):
        world.staffed.now += timedelta(minutes=30)
        await until(pilot, lambda: isinstance(world.app.screen, LockScreen))
        assert "Code of your app" not in world.text()
        await world.type(pilot, PASSWORD)
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))
        world.staffed.now += timedelta(hours=12)
        await until(pilot, lambda: "Code of your app" in world.text())


async def test_a_technician_sees_no_read() -> None:
    """A technician's live page says that reads are not shown to him (policy 462.5(b))."""
    async with watched(role=Role.TECHNICIAN) as (world, pilot):
        assert world.desk.watcher() is None
        await world.tell_unseen(pilot, SightingStored(seen(1), None))
        await until(pilot, lambda: "not shown to your role" in world.text())
        assert "8ABC001" not in world.text()


async def test_a_disabled_user_is_put_out() -> None:
    """Disabling an account ends its session on the screen and takes its reads away (CJIS AC-2(13))."""
    async with watched() as (world, pilot):
        await world.tell(pilot, SightingStored(seen(1), None))
        user = world.desk.user
        assert user is not None
        world.staffed.store.people.accounts.disable(user.user_id)
        await until(pilot, lambda: isinstance(world.app.screen, LoginScreen))
        await until(pilot, lambda: "disabled" in world.text())
        assert world.live.query_one("#feed").newest_id is None  # type: ignore[attr-defined]


async def test_the_next_user_sees_nothing_of_the_last() -> None:
    """After a logout the live page is empty for whoever logs in next."""
    async with watched() as (world, pilot):
        await world.tell(pilot, SightingStored(seen(1), None))
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(world.app.screen, LoginScreen))
        late = SightingStored(seen(3), None, Actor("4711", "Pat 4711", "Westminster PD"))
        await world.tell_unseen(pilot, late)
        await world.type(pilot, "A-1", PASSWORD, world.staffed.code("A-1"))
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))
        await world.tell_unseen(pilot, late)
        assert "8ABC" not in world.text()


async def test_a_hit_that_nobody_verified_waits_for_the_next_user() -> None:
    """A hit before the officer at the logout is shown to the next user, behind an entry with his name."""
    async with watched() as (world, pilot):
        hit = hit_of(2, HotlistClass.STOLEN)
        world.keep(hit)
        await world.tell(pilot, hit)
        world.desk.log_out()
        await until(pilot, lambda: isinstance(world.app.screen, LoginScreen))
        await world.type(pilot, "A-1", PASSWORD, world.staffed.code("A-1"))
        await until(pilot, lambda: "STOLEN VEHICLE" in world.text())
        newest = world.staffed.newest()[0].entry
        assert (newest.action, newest.actor.user_id) == ("hit.view", "A-1")


async def test_a_lock_that_lasts_asks_for_the_code_too() -> None:
    """A screen that is locked past the 12 hours asks for password and code (CJIS IA-11)."""
    async with watched() as (world, pilot):
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(world.app.screen, LockScreen))
        world.staffed.now += timedelta(hours=13)
        await until(pilot, lambda: "Code of your app" in world.text())
        await world.type(pilot, PASSWORD, world.staffed.code("4711"))
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))


async def test_reads_go_when_the_role_does() -> None:
    """Whoever is made a technician while he looks at reads sees none any more."""
    async with watched() as (world, pilot):
        await world.tell(pilot, SightingStored(seen(1), None))
        user = world.desk.user
        assert user is not None
        world.staffed.store.people.accounts.change_roles(user.user_id, [Role.TECHNICIAN])
        await until(pilot, lambda: "8ABC001" not in world.text())


async def test_an_action_that_finds_the_account_closed_leads_to_the_login() -> None:
    """An administrator who closes his own account stands before the login, not before a dead page."""
    async with watched(role=Role.ADMINISTRATOR) as (world, pilot):
        world.staffed.add("b" * 32, "A-2", Role.ADMINISTRATOR)
        await pilot.press("f5")
        await until(pilot, lambda: "Pat A-1" in world.text())
        user = world.desk.user
        assert user is not None
        world.app._workplace.users.disable(user)
        await pilot.press("r", "escape")
        await until(pilot, lambda: isinstance(world.app.screen, LoginScreen))


async def test_a_given_password_must_be_changed_first() -> None:
    """Whoever logs in with a password that an administrator gave chooses his own first (IA-5(1))."""
    async with watched(role=None) as (world, pilot):
        accounts = world.staffed.store.people.accounts
        user = accounts.find("4711")
        assert user is not None
        enrolment = accounts.reset_credentials(user.user_id, "harbor pencil walnut")
        world.staffed.enrolled(enrolment)
        await world.type(pilot, "4711", "harbor pencil walnut", world.staffed.code("4711"))
        await until(pilot, lambda: isinstance(world.app.screen, PasswordScreen))
        await world.type(pilot, "harbor pencil walnut", "password1", "password1")
        await until(pilot, lambda: "would try" in world.text())
        await world.type(pilot, "kestrel mosaic tulip", "kestrel mosaic tulip")
        await until(pilot, lambda: isinstance(world.app.screen, LiveScreen))


async def test_a_lock_is_lifted_by_a_code_over_the_radio() -> None:
    """A locked-out officer reads a challenge out and types the administrator's code (CJIS AC-7 b)."""
    async with watched(role=None) as (world, pilot):
        for _ in range(5):
            world.desk.log_in("4711", "wrong", "000000")
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(world.app.screen, LockoutScreen))
        await world.type(pilot, "4711")
        await until(pilot, lambda: "Challenge:" in world.text())
        await world.type(pilot, "A-1", world.staffed.release_code("4711", "A-1"))
        await until(pilot, lambda: isinstance(world.app.screen, LoginScreen))
        newest = world.staffed.newest()[0].entry
        assert (newest.action, newest.fact("released_by")) == ("user.unlock", "A-1")


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\u2028", "\x7f"])
def test_no_obeyed_sign_leaves_as_text(sign: str) -> None:
    """The last filter replaces what a terminal acts on, one cell for one sign, and passes pictures."""
    picture = Segment("\x1b_Gx\x1b\\", None, ((1, 0),))  # type: ignore[arg-type]
    kept = OutputFilter().apply([Segment(f"a{sign}b"), picture], Color(0, 0, 0))
    assert [segment.text for segment in kept] == ["a\ufffdb", "\x1b_Gx\x1b\\"]
