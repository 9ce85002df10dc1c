"""The audit pages over a real store with real people, at the smallest and at a large size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from textual.widgets import Input

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.entry import Actor, EntryDraft, Subject
from alpr_core.audit.signed_note import parse_note
from alpr_core.desk.audit_ports import HourCount, Progress, UserCount, Verdict, VerifiedLog
from alpr_core.permissions import Role
from alpr_tui.screens.audit import AuditScreen
from alpr_tui.screens.audit_entry import AuditEntryScreen
from alpr_tui.screens.audit_review import AuditReviewScreen
from alpr_tui.themes import DAY
from alpr_tui.widgets.audit_bars import per_day
from alpr_tui.widgets.audit_list import PAGE_ROWS, PAGES_KEPT, AuditList
from tests.alpr_central.fleet import enrol, fleet, sync
from tests.alpr_tui.audit_app import LIMIT_S, Auditing, auditing
from tests.alpr_tui.watched_app import until_worked
from tests.db.review_desk import search_at
from tests.db.staffed_store import BADGES, NOW, PASSWORD, StaffedStore, staffed_store

SIZES = [(80, 24), (160, 45)]
NAUGHTY = "\x1b]0;owned\x07\x1b[31m[red]x[/red] \u202egnp"


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    """Give a store with an officer's 15 searches."""
    with staffed_store(tmp_path / "store") as staffed:
        desk = staffed.desk_of(Role.OFFICER)
        for number in range(15):
            search_at(staffed, desk, f"7ABC{number:03d}")
        staffed.now += timedelta(minutes=1)
        yield staffed


def fill(staffed: StaffedStore, count: int) -> None:
    """Append accesses of a few officers."""
    with staffed.store.ledger.writing():
        for number in range(count):
            actor = Actor(f"47{number % 7:02d}", f"Officer {number % 7}", "Westminster PD")
            subject = Subject(plates=(f"8XYZ{number % 1000:03d}",))
            staffed.store.ledger.append(EntryDraft("search", actor, subject=subject))


def audit_list(world: Auditing) -> AuditList:
    return world.app.page.query_one(AuditList)


@pytest.mark.parametrize("size", SIZES)
async def test_entries_as_people_read_them(staffed: StaffedStore, size: tuple[int, int]) -> None:
    """Who, what, plate, case, purpose and outcome of each entry stand in the list, what is narrow below it."""
    async with auditing(staffed, size=size) as world:
        await world.press("down")
        await world.until_shown(
            "4711",
            "searched",
            "7ABC014",
            "26-012345",
            "Stolen or",
            "search of unit 12 by terminal",
            "✓",
            "Pat 4711",
        )


@pytest.mark.parametrize("size", SIZES)
async def test_the_chain_badge_says_how_far(staffed: StaffedStore, size: tuple[int, int]) -> None:
    """The first line says how far the log is verified, signed and witnessed, before and after `v`."""
    async with auditing(staffed, size=size) as world:
        await world.until_shown("○ not verified yet", "✓ signed", "○ no witness yet")
        size_before = staffed.store.audit.records.count()
        await world.press("v")
        await world.until_shown(f"✓ verified {size_before}")


async def test_the_page_says_how_far_the_server_has_witnessed(
    staffed: StaffedStore, tmp_path: Path
) -> None:
    """After a contact the first line and each entry say so; the cosignature of another log counts for nothing."""
    with fleet(tmp_path) as server:
        enrol(staffed.store, server.code("unit 12"))
        sync(staffed.store)
    size = staffed.store.sync.state().witnessed_size
    async with auditing(staffed) as world:
        await world.until_shown(f"✓ witnessed {size:,}")
        await world.press("end", "enter")
        await world.until_shown("✓ IN THE LOG, checked now")
        await world.press("end")
        await world.until_shown(f"✓ among the {size:,} entries that alpr-central")
        await world.press("escape")
        seen = Checkpoint.parse(parse_note(staffed.store.sync.witnessed()[1] or b"").text)
        forged = replace(seen, root=bytes(32)).text
        line = server.identity.witness.cosignature_line(forged, 0)
        staffed.store.sync.keep_witnessed(size, f"{forged}\n{line}".encode())
        await world.press("v")
        await world.until_shown("✗ NOT THE WITNESSED LOG")


async def test_a_log_that_does_not_verify_is_said_loudly(staffed: StaffedStore) -> None:
    """After a verification that failed, the badge names the first bad entry."""
    async with auditing(staffed) as world:
        staffed.store.sightings._database.execute_sql(
            "UPDATE audit_entry SET leaf = replace(leaf, '26-012345', '26-012346') WHERE position = 5"
        )
        await world.press("v")
        await world.until_shown("✗ DOES NOT VERIFY", "Entry 5 was altered")


async def test_a_filter_by_keyboard(staffed: StaffedStore) -> None:
    """`/` goes to the fields, Enter applies them, Escape goes back to the list, ^l empties them."""
    async with auditing(staffed) as world:
        await world.press("slash", "tab", "tab", *"7abc003", "enter")
        await world.until_shown("1 of ", "look recorded", "7ABC003")
        assert "7ABC004" not in world.text()
        await world.press("escape")
        assert world.app.focused is audit_list(world)
        await world.press("slash", "ctrl+l")
        await world.until_shown("7ABC004", "look recorded")
        newest = staffed.store.audit.records.latest(limit=1)[0].entry
        assert newest.action == "audit.view"


async def test_a_wrong_filter_says_what_is_wrong(staffed: StaffedStore) -> None:
    """An action that nobody does and a time that cannot be are said in words, and nothing is looked up."""
    async with auditing(staffed) as world:
        before = staffed.store.audit.records.count()
        await world.press("slash", "tab", *"teleport", "enter")
        await world.until_shown("No action is called “teleport”")
        fields = world.app.screen.query(Input)
        fields.filter("#by-action").first(Input).value = ""
        fields.filter("#by-since").first(Input).value = "soon"
        await world.press("enter")
        await world.until_shown("“soon” is no time")
        assert staffed.store.audit.records.count() == before


@pytest.mark.parametrize("size", SIZES)
async def test_an_entry_opens_with_its_proof(staffed: StaffedStore, size: tuple[int, int]) -> None:
    """Enter opens the full entry; its inclusion proof is checked, with the key that signed."""
    staffed.store.audit.checkpoint()
    key = staffed.store.audit.records.keys()[-1].key_id.hex()
    async with auditing(staffed, size=size) as world:
        await world.press("down", "enter")
        await world.until_shown("7ABC014", "silver van on Elm Street", "✓ IN THE LOG, checked now")
        await world.press("end")
        await world.until_shown(f"key {key}", "no witness yet")
        await world.press("escape")
        assert isinstance(world.app.screen, AuditScreen)


async def test_an_entry_before_its_checkpoint_says_so(staffed: StaffedStore) -> None:
    """An entry that no checkpoint covers yet is shown, and not as proven."""
    async with auditing(staffed) as world:
        await world.press("slash", "enter", "escape")
        await world.until_shown("viewed audit log", "look recorded")
        await world.press("enter")
        await world.until_shown("viewed audit log", "NOT SIGNED YET")


async def test_an_altered_entry_is_seen(staffed: StaffedStore) -> None:
    """An altered entry stands in the list as altered among its neighbours, and opening it says so."""
    async with auditing(staffed) as world:
        position = staffed.store.audit.records.latest(limit=3)[-1].entry.index
        staffed.store.sightings._database.execute_sql(
            "UPDATE audit_entry SET leaf = replace(leaf, '\"why\"', '\"hwy\"') WHERE position = ?",
            (position,),
        )
        await world.press("n")
        await world.until_shown(f"✗ ENTRY {position} ALTERED", "7ABC005")
        world.app.push_screen(AuditEntryScreen(world.app.page.workplace, position))
        await world.until_shown("does not verify", f"Entry {position}")


async def test_a_long_log_is_paged(staffed: StaffedStore) -> None:
    """Of a long log only what is on the screen is fetched; End shows the oldest entry, and memory is bounded."""
    fill(staffed, 5_000)
    async with auditing(staffed) as world:
        entries = audit_list(world)
        await world.until_shown("5,0", "8XYZ999")
        assert len(entries._pages) <= 2
        await world.press("end")
        await world.until(lambda: entries.selected is not None)
        await world.until_shown("login of unit 12")
        for _ in range(PAGES_KEPT + 2):
            entries.action_move(-PAGE_ROWS)
            await world.until(lambda: entries.selected is not None)
        assert len(entries._pages) <= PAGES_KEPT
        await world.press("home")
        await world.until_shown("U-7")


async def test_the_work_of_the_box_by_key(staffed: StaffedStore) -> None:
    """`x` shows what the box does by itself, and the line above says when it is left out."""
    async with auditing(staffed) as world:
        assert "hidden: x" in world.text() and "began audit log" not in world.text()
        await world.press("x")
        await world.until_shown("look recorded")
        await world.press("end")
        await world.until_shown("began audit log")
        assert "hidden: x" not in world.text()


@pytest.mark.parametrize("size", SIZES)
async def test_plots_of_days_and_users(staffed: StaffedStore, size: tuple[int, int]) -> None:
    """Entries per day and per user are drawn as bars with their numbers; a small screen shows them by `p`."""
    async with auditing(staffed, size=size) as world:
        if size == (80, 24):
            assert "Entries per day" not in world.text()
            await world.press("p")
        await world.until_shown(
            "Entries per day", "Entries per user", "4711 Pat 4711", "█", "Nov23"
        )
        await world.press("p")
        await world.until(lambda: "Entries per day" not in world.text())


def test_days_are_those_of_the_zone() -> None:
    """An evening in California counts for its own day, and days without an entry are there with none."""
    hours = (
        HourCount(NOW, 3),
        HourCount(NOW + timedelta(hours=9), 4),
        HourCount(NOW + timedelta(days=3), 1),
    )
    counted = per_day(hours, ZoneInfo("America/Los_Angeles"))
    first = date(2026, 11, 23)
    assert counted == {
        first: 7,
        first + timedelta(days=1): 0,
        first + timedelta(days=2): 0,
        first + timedelta(days=3): 1,
    }
    assert per_day((), ZoneInfo("UTC")) == {}


async def test_bars_of_odd_numbers(staffed: StaffedStore) -> None:
    """Huge counts, long names and more users than rows stay inside their frames."""
    async with auditing(staffed, size=(160, 45)) as world:
        screen = world.app.screen
        assert isinstance(screen, AuditScreen)
        await world.until_shown("Nov23")
        users = [UserCount(f"{n}", NAUGHTY * 5, 10**n) for n in range(20, 0, -1)]
        days = {date(2026, 1, 1) + timedelta(days=n): 10 ** (n % 9) for n in range(60)}
        screen._show_plots(days, users)
        await world.pilot.pause()
        text = world.text()
        assert "100k" in text and "100M" in text and "\x1b" not in text and "\u202e" not in text
        assert all(len(line) == 160 for line in text.splitlines())


async def test_hostile_text_stays_text(staffed: StaffedStore) -> None:
    """Escapes, markup and bidirectional signs in an entry are shown as text, in list and full entry."""
    with staffed.store.ledger.writing():
        staffed.store.ledger.append(
            EntryDraft(
                "search",
                Actor(NAUGHTY, NAUGHTY, NAUGHTY),
                where=NAUGHTY,
                purpose=NAUGHTY,
                case=NAUGHTY,
                why=NAUGHTY,
                subject=Subject((NAUGHTY,), (("camera", NAUGHTY),), NAUGHTY),
                facts=(("found", NAUGHTY),),
            )
        )
    staffed.store.audit.checkpoint()
    async with auditing(staffed, size=(160, 45)) as world:
        await world.press("down")
        await world.until_shown("[red]x[/red]")
        listed = world.text()
        await world.press("enter")
        await world.until_shown("IN THE LOG", "[red]x[/red]")
        for text in (listed, world.text()):
            assert not {"\x1b", "\x07", "\u202e"} & set(text)


async def test_an_export_by_keyboard(staffed: StaffedStore, tmp_path: Path) -> None:
    """`e` asks for password and code if they are old, then for folder and file, and never overwrites."""
    async with auditing(staffed) as world:
        staffed.now += timedelta(minutes=6)
        await world.press("e")
        await world.until_shown("who are you?")
        await world.press(*"tulip", "space", *"kestrel", "space", *"mosaic", "enter")
        await world.press(*staffed.code(BADGES[Role.AUDITOR]), "enter")
        await world.until_shown("Export audit entries", "New file")
        fields = world.app.screen.query(Input)
        fields.filter("#folder").first(Input).value = str(tmp_path)
        fields.filter("#file").first(Input).value = "audit.csv"
        await world.press("enter", "enter")
        await world.until_shown("Exported")
        rows = (tmp_path / "audit.csv").read_text(encoding="utf-8").splitlines()
        assert rows[0].startswith("index,time") and any("7ABC007" in row for row in rows)
        await world.press("e")
        await world.until_shown("Export audit entries")
        fields = world.app.screen.query(Input)
        fields.filter("#folder").first(Input).value = str(tmp_path)
        fields.filter("#file").first(Input).value = "audit.csv"
        await world.press("enter", "enter")
        await world.until_shown("exists already")
        assert PASSWORD not in world.text()


@pytest.mark.parametrize("size", SIZES)
async def test_a_review_by_keyboard(staffed: StaffedStore, size: tuple[int, int]) -> None:
    """`r` and `d` draw ten accesses; j, n and a judge them, s signs, and the list names what was not justified."""
    async with auditing(staffed, size=size, theme=DAY.name) as world:
        await world.press("r")
        await world.until_shown("No review yet")
        await world.press("d")
        await world.until_shown("Draw a random sample")
        await world.press("enter", "enter", "enter")
        await world.until_shown("10 of 10 to judge")
        await world.press("n")
        await world.until_shown("What is wrong with it?")
        await world.press(*"nocase", "enter")
        await world.until_shown("✗ NOT JUST.", "nocase")
        await world.press("down", "a")
        await world.until_shown("Whom do you ask")
        await world.press("enter")
        await world.until_shown("needs a remark")
        await world.press("s")
        await world.until_shown("Sign off with a remark")
        await world.press("enter")
        await world.until_shown("accesses wait for a verdict")
        for left in range(8, -1, -1):
            await world.press("j")
            await world.until_shown(f"{left} of 10 to judge" if left else "s signs it off")
            await world.press("down")
        await world.press("s")
        await world.until_shown("Sign off with a remark")
        await world.press("enter")
        await world.until_shown("✓ signed off 20")
        await world.press("escape")
        await world.until_shown("1 drawn, 0 not signed", "NOT JUSTIFIED", "nocase")
        (review,) = world.app.page.workplace.reviews.all()
        assert review.count(Verdict.JUSTIFIED) == 9 and review.signed_at is not None


async def test_an_administrator_reads_reviews_only(staffed: StaffedStore) -> None:
    """An administrator sees log and reviews, and is offered neither draw nor verdicts."""
    async with auditing(staffed) as world:
        reviews = world.app.page.workplace.reviews
        reviews.draw(*reviews.next_period())
    async with auditing(staffed, Role.ADMINISTRATOR) as world:
        await world.press("r")
        await world.until_shown("1 drawn, 1 not signed")
        assert "Draw a sample" not in world.text()
        await world.press("enter")
        await world.until_shown("10 of 10 to judge")
        await world.press("j")
        assert "Justified" not in world.text() and "10 of 10" in world.text()
        await world.press("enter")
        await world.until_shown("ENTRY", "IN THE LOG")
        await world.press("escape")
        assert isinstance(world.app.screen, AuditReviewScreen)


async def test_one_verification_at_a_time(
    staffed: StaffedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`v` while the log is being verified begins no second verification."""
    async with auditing(staffed) as world:
        audit = world.app.page.workplace.audit
        verify_log, may_end, begun = audit._verify_log, Event(), []

        def slow(told: Progress) -> VerifiedLog:
            begun.append(told)
            assert may_end.wait(LIMIT_S)
            return verify_log(told)

        monkeypatch.setattr(audit, "_verify_log", slow)
        await world.press("v", "v", "v")
        await world.until_shown("Verifying")
        may_end.set()
        await world.until_shown("✓ verified")
        assert len(begun) == 1


async def test_a_page_that_was_left_is_not_drawn_on(staffed: StaffedStore) -> None:
    """Whoever leaves the page while it looks and verifies sees no error; the verification is recorded."""
    fill(staffed, 1_200)
    async with auditing(staffed) as world:
        await world.press("v", "n", "escape")
        await until_worked(world.pilot)
        await world.pilot.pause()
        assert not isinstance(world.app.screen, AuditScreen)
    actions = [record.entry.action for record in staffed.store.audit.records.latest(limit=4)]
    assert actions.count("audit.verify") == 1


async def test_a_locked_session_shows_nothing_more(staffed: StaffedStore) -> None:
    """When the session has gone idle, scrolling on is refused and the words say why."""
    fill(staffed, 600)
    async with auditing(staffed) as world:
        await world.until_shown("8XYZ599")
        staffed.now += timedelta(minutes=31)
        await world.press("end")
        await world.until_shown("The screen is locked")
        assert audit_list(world).selected is None
