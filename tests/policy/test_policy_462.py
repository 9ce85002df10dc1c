"""Policy 462, clause by clause, on a real store: each test's docstring begins with its clause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from alpr_core.accounts.login_rules import LoginRefused, Refusal
from alpr_core.accounts.session import Session
from alpr_core.accounts.user import DataAuthorisation, make_training, make_user
from alpr_core.audit.entry import Outcome
from alpr_core.desk.reads import Reads
from alpr_core.desk.users import Users
from alpr_core.errors import AccessRefused, InputError
from alpr_core.permissions import PERMISSIONS, Action, Role, Trait, has_trait
from alpr_core.purposes import DEFAULT_PURPOSES, PurposeRefused
from alpr_core.read_query import ReadQuery, whole_plate
from db.store import DATABASE_FILE
from tests.db.sample_sightings import make_sighting
from tests.db.staffed_store import PASSWORD, StaffedStore, staffed_store

PLATE = "7ABC123"
QUERY = ReadQuery(plate=whole_plate(PLATE))


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        writer = staffed.store.writer(lambda _event: None)
        writer.record(make_sighting(1, PLATE), None)
        writer.close()
        yield staffed


def reads_of(staffed: StaffedStore, role: Role) -> Reads:
    return Reads(staffed.desk_of(role), staffed.store.read_shelf, lambda: staffed.now)


def test_462_2_every_use_it_names_is_a_purpose() -> None:
    """462.2: each use that the policy names can be chosen as the purpose of an access."""
    named = {purpose.title.lower() for purpose in DEFAULT_PURPOSES}
    assert named >= {
        "stolen or wanted vehicle",
        "stolen license plate",
        "missing person",
        "active warrant",
        "homeland security",
        "electronic surveillance",
        "suspect interdiction",
        "stolen property recovery",
    }


@pytest.mark.parametrize(
    "action",
    [
        Action.SET_RETENTION,
        Action.PURGE,
        Action.MANAGE_USERS,
        Action.IMPORT_HOTLIST,
        Action.AUTHORISE_CLASSES,
        Action.CHANGE_SETTINGS,
        Action.APPROVE_RELEASE,
    ],
)
def test_462_2_the_commander_manages_retention_and_access(action: Action) -> None:
    """462.2: retention and access are managed by the Commander's members and by nobody else."""
    assert PERMISSIONS[action].roles == {Role.ADMINISTRATOR}


def test_462_2_maintenance_sees_no_data() -> None:
    """462.2: who maintains the equipment configures it and is shown no plate."""
    assert Role.TECHNICIAN in PERMISSIONS[Action.CONFIGURE_DEVICES].roles
    shown = [action for action in Action if has_trait(action, Trait.SHOWS_PLATES)]
    assert not [action for action in shown if Role.TECHNICIAN in PERMISSIONS[action].roles]


def test_462_2_1_a_everybody_has_a_title() -> None:
    """462.2.1(a): no account is made without job title or designation."""
    with pytest.raises(InputError, match="title"):
        make_user("a" * 32, "77", "Kim Doe", " ", "Westminster PD", [Role.OFFICER])


def test_462_2_1_b_the_required_training_is_set_by_the_agency(staffed: StaffedStore) -> None:
    """462.2.1(b): which courses are required is a setting, and a missing one keeps people out."""
    assert staffed.store.settings.agency().required_courses == {"ALPR operator"}


def test_462_2_1_c_the_log_shows_that_it_is_whole(staffed: StaffedStore) -> None:
    """462.2.1(c): whoever monitors the system can check that no record of access was altered."""
    reads_of(staffed, Role.OFFICER).find(QUERY, staffed.purpose(staffed.desk_of(Role.OFFICER)))
    staffed.store.audit.checkpoint()
    assert staffed.store.audit.verify().signed_size == staffed.store.audit.records.count()


def test_462_2_1_d_each_access_is_kept_with_the_four_things(staffed: StaffedStore) -> None:
    """462.2.1(d): an access is kept with date and time, plate, user and organisation, purpose (CC 1798.90.52)."""
    desk = staffed.desk_of(Role.OFFICER)
    Reads(desk, staffed.store.read_shelf, lambda: staffed.now).find(QUERY, staffed.purpose(desk))
    record = staffed.newest()[0]
    entry = record.entry
    assert abs(entry.at - staffed.now) < timedelta(seconds=1)
    assert record.subject is not None and PLATE in record.subject.plates
    assert (entry.actor.user_id, entry.actor.organisation) == ("4711", "Westminster PD")
    assert entry.purpose and entry.case


def test_462_2_1_e_the_designee_is_named_and_one(staffed: StaffedStore) -> None:
    """462.2.1(e): title and name of the current designee are on record; naming another ends the first."""
    staffed.add("b" * 32, "A-2", Role.ADMINISTRATOR)
    users = Users(
        staffed.desk_of(Role.ADMINISTRATOR), staffed.store.people.accounts, lambda: staffed.now
    )
    for badge in ("A-1", "A-2"):
        user = users.find(badge)
        assert user is not None
        users.name_designee(user, "Chief of Police")
    designees = [s.user for s in users.all() if s.user.designee is not None]
    assert [(user.badge, user.title) for user in designees] == [("A-2", "Member")]


@pytest.mark.parametrize(
    ("case", "detail"), [("", "silver van on Elm Street"), ("26-012345", "test"), ("26-000000", "")]
)
def test_462_3_a_only_official_business(staffed: StaffedStore, case: str, detail: str) -> None:
    """462.3(a): without a case number, or with words that say nothing, no access is made."""
    desk = staffed.desk_of(Role.OFFICER)
    stated = desk.state_purpose("patrol_incident", case, detail)
    assert isinstance(stated, PurposeRefused)


def test_462_3_b_routine_patrol_needs_no_suspicion(staffed: StaffedStore) -> None:
    """462.3(b): an officer on patrol sees live reads without stating a suspicion."""
    staffed.desk_of(Role.OFFICER).require(Action.SEE_LIVE_READS, "live screen")


def test_462_3_d_nobody_without_training(staffed: StaffedStore) -> None:
    """462.3(d): without a training record, or with an expired one, nobody gets in."""
    untrained = make_user("c" * 32, "77", "Kim Doe", "Officer", "Westminster PD", [Role.OFFICER])
    accounts = staffed.store.people.accounts
    staffed.enrolled(accounts.create(untrained, PASSWORD, staffed.now, is_temporary=False))
    for wanted in (Refusal.TRAINING_MISSING, Refusal.TRAINING_EXPIRED):
        refused = staffed.desk().log_in("77", PASSWORD, staffed.code("77"))
        assert isinstance(refused, LoginRefused) and refused.reason is wanted
        expired = make_training(
            "ALPR operator", "Sgt. Lee", date(2025, 1, 1), staffed.now - timedelta(days=1)
        )
        accounts.record_training(untrained.user_id, expired)
    renewed = make_training(
        "ALPR operator", "Sgt. Lee", date(2026, 11, 1), staffed.now + timedelta(days=1)
    )
    accounts.record_training(untrained.user_id, renewed)
    assert isinstance(staffed.desk().log_in("77", PASSWORD, staffed.code("77")), Session)


def test_462_3_e_no_data_without_authorisation(staffed: StaffedStore) -> None:
    """462.3(e): an operator who is not authorised for department data opens none, and that is recorded."""
    desk = staffed.desk_of(Role.OFFICER)
    user = desk.user
    assert user is not None
    staffed.store.people.accounts.authorise(user.user_id, [DataAuthorisation.STATE])
    reads = Reads(desk, staffed.store.read_shelf, lambda: staffed.now)
    with pytest.raises(AccessRefused, match=r"462\.3\(e\)"):
        reads.find(QUERY, staffed.purpose(desk))
    assert staffed.newest()[0].entry.outcome is Outcome.REFUSED
    assert desk.watcher() is None


def test_462_5_a_only_behind_a_login(staffed: StaffedStore) -> None:
    """462.5(a): without a login no stored read is handed over; with one, name, date and time are kept."""
    desk = staffed.desk()
    reads = Reads(desk, staffed.store.read_shelf, lambda: staffed.now)
    with pytest.raises(AccessRefused, match="Nobody is logged in"):
        reads.find(QUERY, staffed.purpose(staffed.desk_of(Role.OFFICER)))
    staffed.log_in(desk, Role.OFFICER)
    reads.find(QUERY, staffed.purpose(desk))
    entry = staffed.newest()[0].entry
    assert (entry.actor.name, entry.action) == ("Pat 4711", "search")


@pytest.mark.parametrize(
    "action", [action for action in Action if has_trait(action, Trait.NEEDS_PURPOSE)]
)
def test_462_5_b_only_for_a_legitimate_purpose(staffed: StaffedStore, action: Action) -> None:
    """462.5(b): whatever opens stored reads is refused without a purpose and a case."""
    role = min(PERMISSIONS[action].roles, key=lambda one: one.value)
    with pytest.raises(AccessRefused, match=r"462\.5\(b\)"):
        staffed.desk_of(role).require(action, "test")


def test_462_6_the_files_tell_nothing(staffed: StaffedStore, tmp_path: Path) -> None:
    """462.6: what the box keeps is not readable from its disk without its key."""
    assert PLATE.encode() not in (tmp_path / "store" / DATABASE_FILE).read_bytes()


def test_462_8_training_records_say_what_by_whom_and_until_when(staffed: StaffedStore) -> None:
    """462.8: a training record names course, instructor, day and expiry, and is never taken away."""
    users = Users(
        staffed.desk_of(Role.ADMINISTRATOR), staffed.store.people.accounts, lambda: staffed.now
    )
    user = users.find("4711")
    assert user is not None
    training = make_training(
        "ALPR refresher", "Sgt. Diaz", date(2026, 11, 20), staffed.now + timedelta(days=700)
    )
    kept = users.record_training(user, training).training
    assert kept[: len(user.training)] == user.training and kept[-1] == training
    assert staffed.newest()[0].entry.fact("given_by") == "Sgt. Diaz"
