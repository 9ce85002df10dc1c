"""The screens over the fleet's records: searched like in a car, recorded on the server's log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.desk.packages import Packages
from alpr_core.errors import AccessRefused, InputError, UsageError
from alpr_core.packages.order import PackageKind, PackageOrder, PackageRecord
from alpr_core.permissions import Role
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadQuery, whole_plate
from alpr_core.retention import sign_rules
from alpr_tui.app import AlprApp
from alpr_tui.central.deeds import CentralDeeds
from alpr_tui.central.house import CentralHouse
from alpr_tui.event_relay import EventRelay
from alpr_tui.places import SERVER_PLACES
from alpr_tui.records_desk import on_medium, read_recipient
from db import verify_package
from db.key_escrow import make_escrow_pair
from scheduler.job import Course
from scheduler.purge_job import PurgeJob
from tests.alpr_tui.central_desk import desk_at, house_with_a_car
from tests.alpr_tui.watched_app import screen_text, until
from tests.db.package_desk import MEDIUM
from tests.db.purging import AGENCY, rules
from tests.db.staffed_store import StaffedStore, staffed_store


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "server") as one:
        yield one


@pytest.fixture
def house(staffed: StaffedStore, tmp_path: Path) -> Iterator[CentralHouse]:
    with house_with_a_car(staffed, tmp_path) as one:
        yield one


def test_a_search_at_the_server_needs_purpose_and_leaves_an_entry(
    house: CentralHouse, staffed: StaffedStore
) -> None:
    """The fleet's reads are found only for a purpose; plate, case and name are on the server's log."""
    _, workplace = desk_at(house, staffed, Role.ADMINISTRATOR)
    query = ReadQuery(plate=whole_plate("7ABC123"))
    with pytest.raises(AccessRefused):
        workplace.reads.find(query, None)  # type: ignore[arg-type]
    purpose = staffed.purpose(workplace.desk)
    page = workplace.reads.find(query, purpose)
    assert len(page.reads) == 3
    opened = workplace.reads.open(page.reads[0].sighting_id, purpose)
    assert opened.plate_jpeg is not None and opened.plate_jpeg[:2] == b"\xff\xd8"
    viewed, searched = staffed.newest(2)
    assert [viewed.entry.action, searched.entry.action] == ["sighting.view", "search"]
    assert searched.subject is not None and "7ABC123" in searched.subject.plates
    assert searched.entry.case == "26-012345"
    with pytest.raises(InputError, match="as the boxes signed"):
        workplace.reads.correct(page.reads[0].sighting_id, "1ABC234", "CA", "typo", purpose)


def test_evidence_is_made_of_the_fleets_reads(
    house: CentralHouse, staffed: StaffedStore, tmp_path: Path
) -> None:
    """At the server as in a car: selected, sealed onto a medium, read back, handed over, and held from then on."""
    _, workplace = desk_at(house, staffed, Role.ADMINISTRATOR)
    purpose, packages = staffed.purpose(workplace.desk), workplace.records.packages
    ids = packages.select(PackageKind.EVIDENCE, ReadQuery(plate=whole_plate("7ABC123")), purpose)
    record = packed(packages, ids, purpose, tmp_path)
    assert record.finished_at is not None
    said: list[str] = []
    folder = tmp_path / "medium" / record.number
    verify_package.check(folder, None, tmp_path / "da.key", tmp_path / "out", said.append)
    assert "note  0 of 3 reads are as the log recorded them" in said
    assert "of their cars. Ask for an export" in (folder / "README.txt").read_text()
    told = json.loads((tmp_path / "out" / "reads.json").read_text())["reads"]
    assert [read["plate"] for read in told] == ["7ABC123"] * 3
    for read in told:
        jpeg = (tmp_path / "out" / read["pictures"][-1]["file"]).read_bytes()
        assert jpeg == workplace.reads.open(read["read"], purpose).plate_jpeg
        # The commitment is the car's: whoever has the car's log finds this digest in it.
        assert json.loads(read["committed"]["text"])["plate"] == "7ABC123"
    packages.hand_over(record.number, "Lt. Vega", "Property room", "")
    assert set(workplace.records.held_reads(workplace.holds.all()[0].hold_id)) == set(ids)


def test_what_was_booked_at_the_server_outlives_its_month(
    house: CentralHouse, staffed: StaffedStore, tmp_path: Path
) -> None:
    """A purge takes the month of a booked read and leaves that one until its hold is lifted, as in a car."""
    _, workplace = desk_at(house, staffed, Role.ADMINISTRATOR)
    purpose, packages = staffed.purpose(workplace.desk), workplace.records.packages
    query = ReadQuery(plate=whole_plate("7ABC123"))
    booked, *others = packages.select(PackageKind.EVIDENCE, query, purpose)
    record = packed(packages, (booked,), purpose, tmp_path)
    packages.hand_over(record.number, "Lt. Vega", "Property room", "sealed")
    with staffed.store.ledger.writing():
        note = sign_rules(rules(), [AGENCY])
        staffed.store.retention.take_rules(note, AGENCY.verifier.vkey, staffed.now, "A-1")
    later = staffed.now + timedelta(days=800)  # hits are due, too
    certificate = purged(house, staffed, later)
    (hold,) = workplace.holds.all()
    assert record.number in hold.reason
    assert (certificate.goes, certificate.held) == (len(others), 1)
    assert certificate.holds == ((hold.hold_id, "26-012345"),)
    (kept,) = house.central.reads.find(query, 9, None).reads
    assert kept.sighting_id == booked
    _, custody = packages.custody(record.number)
    assert [one.taken_by for one in custody] == ["Property room"]
    workplace.holds.lift(hold.hold_id, "the case was closed", purpose)
    assert purged(house, staffed, later + timedelta(days=9)).goes == 1
    assert house.central.reads.find(query, 9, None).reads == ()


def packed(
    packages: Packages, ids: tuple[str, ...], purpose: AccessPurpose, folder: Path
) -> PackageRecord:
    """Seal reads for `da.key` onto the medium of a folder."""
    make_escrow_pair(folder / "da.key", folder / "da.pem")
    (folder / "medium").mkdir()
    recipients = (read_recipient(folder / "da.pem"),)
    order = PackageOrder(PackageKind.EVIDENCE, ids, recipients, MEDIUM, "locker 12")
    return packages.make(order, on_medium(folder / "medium"), purpose)


def purged(house: CentralHouse, staffed: StaffedStore, at: datetime) -> PurgeCertificate:
    """Announce what is due then, let the notice come of age, and carry it out."""
    for day in range(8):
        today = at + timedelta(days=day)
        PurgeJob(staffed.store, house.purge, lambda now=today: now).work(Course(lambda _: None))  # type: ignore[misc]
    return staffed.store.retention.certificates()[0]


def test_a_purge_runs_on_the_word_of_a_person(house: CentralHouse, staffed: StaffedStore) -> None:
    """Where nothing keeps the server's clock in step an administrator names the day; another day is refused."""
    note = sign_rules(rules(), [AGENCY])
    with staffed.store.ledger.writing():
        staffed.store.retention.take_rules(note, AGENCY.verifier.vkey, staffed.now, "A-1")
    deeds = CentralDeeds(house, staffed.desk_of(Role.ADMINISTRATOR), "")
    today = house.clock.utc().date()
    with pytest.raises(UsageError, match="By this computer's clock it is"):
        deeds.do("purge-run", {"today": f"{today - timedelta(days=1)}"})
    assert deeds.do("purge-run", {"today": f"{today}"})[0][1].startswith("Nothing is due.")
    assert staffed.newest()[0].entry.fact("today") == f"{today}"


def test_an_auditor_at_the_server_sees_no_read(house: CentralHouse, staffed: StaffedStore) -> None:
    """The same table of permissions holds: an auditor may look at the log, not at reads."""
    _, workplace = desk_at(house, staffed, Role.AUDITOR)
    purpose = staffed.purpose(workplace.desk)
    with pytest.raises(AccessRefused):
        workplace.reads.find(ReadQuery(plate=whole_plate("7ABC123")), purpose)


def test_what_the_boxes_bring_is_on_the_servers_log(
    house: CentralHouse, staffed: StaffedStore
) -> None:
    """Enrolment and every stored batch have an entry that names the box."""
    entries = [record.entry for record in staffed.newest(20)]
    done = {entry.action: entry for entry in entries if entry.actor.user_id == "box unit 12"}
    assert {"box.enrol", "batch.store"} <= done.keys()
    assert done["batch.store"].fact("records") == "3"


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_the_screens_find_the_fleets_reads(
    house: CentralHouse, staffed: StaffedStore, size: tuple[int, int]
) -> None:
    """F3 searches the whole fleet with the car's own screen; pages of a car alone are not offered."""
    box, workplace = desk_at(house, staffed, Role.ADMINISTRATOR)
    app = AlprApp(EventRelay(), workplace, places=SERVER_PLACES)
    async with app.run_test(size=size, notifications=True) as pilot:
        assert app.check_action("go", ("search",))
        assert not app.check_action("go", ("shift",))
        await until(pilot, lambda: "records of the fleet" in screen_text(app))
        words = screen_text(app)
        assert "CENTRAL" in words
        assert not [word for word in ("NO SHIFT", "GPS", "frames", "lists") if word in words]
        await pilot.press("j")
        await until(pilot, lambda: "Purge what is due" in screen_text(app))
        assert "not enrolled" not in screen_text(app)
        await pilot.press("f3")
        await until(pilot, lambda: type(app.screen).__name__ == "PurposeScreen")
    box._timetable.stop()
