"""Canvasses at the desk, over a real store."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from alpr_core.canvass import CanvassTag, make_scene
from alpr_core.desk.canvasses import Canvasses, ReportForm
from alpr_core.desk.desk import Desk
from alpr_core.errors import AccessRefused, AuditError, InputError, UsageError
from alpr_core.fix import FixQuality
from alpr_core.hotlist import NO_VEHICLE
from alpr_core.permissions import Role
from alpr_core.position import Position
from alpr_core.purposes import AccessPurpose
from alpr_tui.canvass_track import CanvassTrack
from db.store_writer import StoreWriter
from tests.db.canvass_desk import canvasses_of
from tests.db.entry_desk import HERE
from tests.db.sample_sightings import Outcomes, make_sighting
from tests.db.staffed_store import PASSWORD, StaffedStore, staffed_store

SCENE = make_scene(((HERE.lat_deg, HERE.lon_deg),), 300)
AWAY = Position(33.80, -117.90, 8.0, 90.0, FixQuality.AUTONOMOUS)


class World:
    """A store with its writer, an officer at the desk, and his canvasses."""

    def __init__(self, staffed: StaffedStore) -> None:
        self.staffed = staffed
        self.desk: Desk = staffed.desk_of(Role.OFFICER)
        self.canvasses: Canvasses = canvasses_of(staffed, self.desk)
        self.outcomes = Outcomes()
        self.writer: StoreWriter = staffed.store.writer(self.outcomes)
        self.count = 0

    @property
    def purpose(self) -> AccessPurpose:
        return self.staffed.purpose(self.desk)

    def read(self, plate: str, position: Position | None, **changes: object) -> str:
        """Let a vehicle pass."""
        self.count += 1
        sighting = replace(make_sighting(self.count, plate, **changes), position=position)
        self.writer.record(sighting, None)
        self.outcomes.wait_for(self.count)
        return sighting.sighting_id


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with staffed_store(tmp_path / "store") as staffed:
        yield World(staffed)


def test_reads_inside_are_tagged_in_their_own_transaction(world: World) -> None:
    """From start to end every read inside belongs to the canvass, and one without position says so."""
    world.read("1BEFORE", HERE)
    canvass = world.canvasses.start("shooting", SCENE, world.purpose)
    first = world.read("8ABC123", HERE)
    world.read("8ABC128", HERE, supersedes=first)
    world.read("2AWAY22", AWAY)
    world.read("3NOFIX3", None)
    world.read("8ABC128", HERE)
    found = world.canvasses.reads(canvass)
    assert [(one.read.plate, one.tag) for one in found] == [
        ("8ABC128", CanvassTag.INSIDE),
        ("3NOFIX3", CanvassTag.POSITION_UNKNOWN),
        ("8ABC128", CanvassTag.INSIDE),
    ]
    counts = world.canvasses.progress(canvass).counts
    assert (counts.inside, counts.position_unknown, counts.distinct_plates) == (2, 1, 2)
    ended = world.canvasses.end()
    assert ended.counts == counts
    world.read("4AFTER4", HERE)
    assert len(world.staffed.store.canvasses.read_ids(ended)) == 4


def test_its_reads_are_held_when_it_ends(world: World) -> None:
    """The end puts every tagged read under hold for the case, in one transaction with the end's entry."""
    world.canvasses.start("shooting", SCENE, world.purpose)
    kept = {world.read("8ABC123", HERE), world.read("3NOFIX3", None)}
    world.read("2AWAY22", AWAY)
    ended = world.canvasses.end()
    [hold] = world.staffed.store.holds.all()
    assert ended.hold_ids == (hold.hold_id,) and hold.case_number == "26-012345"
    assert set(world.staffed.store.holds.reads(hold.hold_id)) == kept
    end, held = world.staffed.newest(2)
    assert (held.entry.action, end.entry.action) == ("hold.set", "canvass.run")
    assert [end.entry.fact(n) for n in ("step", "inside", "position_unknown")] == ["end", "1", "1"]
    kinds = [record.kind for record in world.staffed.store.outbox.unsent(99)]
    assert kinds.count("canvass") == 2 and kinds.count("hold") == 1


def test_if_the_end_is_not_on_the_log_nothing_is_held_and_it_runs_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its entry a canvass neither begins nor ends."""
    world.canvasses.start("shooting", SCENE, world.purpose)
    world.read("8ABC123", HERE)

    def refuse(_draft: object) -> None:
        raise AuditError("The log is broken.")

    with monkeypatch.context() as broken:
        broken.setattr(world.staffed.store.audit, "append", refuse)
        with pytest.raises(AuditError):
            world.canvasses.end()
    assert world.canvasses.open_canvass() is not None
    assert world.staffed.store.holds.all() == ()
    with pytest.raises(InputError, match="runs"):
        world.canvasses.start("shooting", SCENE, world.purpose)


def test_a_canvass_without_reads_ends_without_a_hold(world: World) -> None:
    """There is nothing to hold, and the canvass ends all the same."""
    world.canvasses.start("homicide", SCENE, world.purpose)
    assert world.canvasses.end().hold_ids == ()
    with pytest.raises(InputError, match="No canvass runs"):
        world.canvasses.end()


def test_a_witness_partial_plate_is_looked_for_before_and_after(world: World) -> None:
    """A part of a plate becomes an entry of the canvass's list and brings up what was read of it before."""
    canvass = world.canvasses.start("shooting", SCENE, world.purpose)
    world.read("8ABC123", HERE)
    added = world.canvasses.enter_partial(canvass, "8a?c*", "", NO_VEHICLE, "dark sedan, left fast")
    assert [one.read.plate for one in added.past] == ["8ABC123"]
    assert added.entry.hotlist == "Canvass 26-012345"
    assert added.entry.reason == "shooting: dark sedan, left fast"
    match = world.staffed.store.hotlists.matcher().match_plate("8AXC777", None, world.staffed.now)
    assert match is not None and match.entry == added.entry


def test_the_report_leaves_the_box_with_purpose_and_entry(world: World, tmp_path: Path) -> None:
    """PDF and CSV name scene, reads and witnesses' plates; both need a fresh login and are on the log."""
    canvass = world.canvasses.start("shooting", SCENE, world.purpose)
    world.read("8ABC123", HERE)
    world.read("3NOFIX3", None)
    world.canvasses.enter_partial(canvass, "8a?c*", "", NO_VEHICLE, "dark sedan")
    ended = world.canvasses.end()
    world.staffed.now = world.staffed.now.replace(hour=23)
    with pytest.raises(AccessRefused):
        world.canvasses.export(canvass.canvass_id, ReportForm.PDF, tmp_path / "early.pdf")
    assert not (tmp_path / "early.pdf").exists()
    world.desk.prove_again(PASSWORD, world.staffed.code("4711"))
    digest = world.canvasses.export(canvass.canvass_id, ReportForm.PDF, tmp_path / "report.pdf")
    over, begun = world.staffed.newest(2)
    assert (over.entry.action, over.entry.fact("form")) == ("canvass.export", "PDF")
    assert over.entry.fact("sha256") == digest
    assert begun.entry.fact("step") == "begun" and begun.subject is not None
    assert {"8ABC123", "3NOFIX3", "8A?C*"} <= set(begun.subject.plates)
    (on_file,) = world.staffed.store.packages.all()
    assert (on_file.contents_sha256, on_file.case_number) == (digest, "26-012345")
    assert len(on_file.sighting_ids) == 2
    pages = PdfReader(io.BytesIO((tmp_path / "report.pdf").read_bytes())).pages
    text = " ".join(page.extract_text() for page in pages)
    for words in (
        "26-012345",
        "shooting",
        "8ABC123",
        "8A?C*",
        "position unknown",
        ended.hold_ids[0],
    ):
        assert words in text, words
    world.canvasses.export(canvass.canvass_id, ReportForm.CSV, tmp_path / "reads.csv")
    head, unknown, inside = (tmp_path / "reads.csv").read_text().splitlines()
    assert head.startswith("read,seen_at_utc,plate") and ",3NOFIX3," in unknown
    assert "33.759300 N,117.989700 W,0" in inside
    with pytest.raises(UsageError, match="exists already"):
        world.canvasses.export(canvass.canvass_id, ReportForm.CSV, tmp_path / "reads.csv")


def test_no_report_leaves_the_box_without_an_entry(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log that refuses leaves no file of plates on the stick."""
    canvass = world.canvasses.start("shooting", SCENE, world.purpose)
    world.canvasses.end()
    world.desk.prove_again(PASSWORD, world.staffed.code("4711"))

    def refuse(_draft: object) -> None:
        raise AuditError("The log is broken.")

    with monkeypatch.context() as broken:
        broken.setattr(world.staffed.store.audit, "append", refuse)
        with pytest.raises(AuditError):
            world.canvasses.export(canvass.canvass_id, ReportForm.CSV, tmp_path / "reads.csv")
    assert not (tmp_path / "reads.csv").exists()


def test_the_way_of_the_car_is_kept_in_steps(world: World) -> None:
    """While a canvass runs the car's way is kept whenever it has moved on, and counts where it is inside."""
    here = [HERE]
    book = world.staffed.store.canvasses
    track = CanvassTrack(book.open_canvass, lambda: here[0], book.add_point)
    assert not track.look()
    canvass = world.canvasses.start("shooting", SCENE, world.purpose)
    assert track.look() and not track.look()
    here[0] = replace(HERE, lon_deg=HERE.lon_deg + 0.0005)
    assert track.look()
    progress = world.canvasses.progress(canvass)
    assert len(progress.track) == 2
    assert progress.counts.driven_m == pytest.approx(46, abs=1)
    world.canvasses.end()
    assert not track.look()


def test_a_shift_does_not_end_over_a_running_canvass(world: World) -> None:
    """The shift's book knows which canvass runs, so that its reads are held before the shift ends."""
    assert world.staffed.store.shifts.open_canvass_case() is None
    world.canvasses.start("shooting", SCENE, world.purpose)
    assert world.staffed.store.shifts.open_canvass_case() == "26-012345"


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.ADMINISTRATOR, Role.AUDITOR])
def test_nobody_but_an_officer_runs_one(world: World, role: Role) -> None:
    """Other roles start no canvass; without a purpose nobody does."""
    desk = world.staffed.desk_of(role)
    canvasses = canvasses_of(world.staffed, desk)
    with pytest.raises(AccessRefused):
        canvasses.start("shooting", SCENE, world.staffed.purpose(desk))
