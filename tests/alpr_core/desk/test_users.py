"""Accounts at the desk, over a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from alpr_core.accounts.session import Session
from alpr_core.accounts.user import DataAuthorisation, User, make_training
from alpr_core.desk.desk import Desk
from alpr_core.desk.users import NewUser, Users, standing_word
from alpr_core.errors import AccessRefused, InputError
from alpr_core.permissions import Role
from tests.db.staffed_store import NOW, PASSWORD, StaffedStore, staffed_store

COURSES = frozenset({"ALPR operator"})
NEW = NewUser(
    "5150",
    "Kim Doe",
    "Police Officer",
    "Westminster PD",
    frozenset({Role.OFFICER}),
    frozenset({DataAuthorisation.DEPARTMENT}),
)


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path_factory.mktemp("users") / "store") as staffed:
        yield staffed


def users_of(staffed: StaffedStore, desk: Desk) -> Users:
    return Users(desk, staffed.store.people.accounts, lambda: staffed.now)


def test_a_new_user_from_account_to_first_login(staffed: StaffedStore) -> None:
    """A new user without training is kept out; trained, he gets in and has to choose a password."""
    users = users_of(staffed, staffed.desk_of(Role.ADMINISTRATOR))
    first = users.create(NEW)
    entry = staffed.newest()[0].entry
    assert (entry.action, entry.fact("change"), entry.fact("account")) == (
        "user.manage",
        "create",
        "5150",
    )
    assert first.password not in repr(first) and first.password not in repr(staffed.newest(5))
    staffed.enrolled(first.enrolment)
    desk = staffed.desk()
    assert not isinstance(desk.log_in("5150", first.password, staffed.code("5150")), Session)
    user = users.find("5150")
    assert user is not None
    expires_at = NOW + timedelta(days=365)
    users.record_training(
        user, make_training("ALPR operator", "Sgt. Lee", date(2026, 11, 1), expires_at)
    )
    assert isinstance(desk.log_in("5150", first.password, staffed.code("5150")), Session)
    assert desk.must_change_password


def test_the_list_says_who_cannot_log_in(staffed: StaffedStore) -> None:
    """The list of accounts tells disabled, locked and untrained ones apart, and looking is on the log."""
    users = users_of(staffed, staffed.desk_of(Role.ADMINISTRATOR))
    staffed.add("d" * 32, "7001", Role.OFFICER)
    staffed.add("c" * 32, "7002", Role.OFFICER)
    users.disable(_user(users, "7001"))
    stranger = staffed.desk()
    for _ in range(5):
        stranger.log_in("7002", "wrong", "000000")
    words = {s.user.badge: standing_word(s, staffed.now, COURSES) for s in users.all()}
    assert (words["7001"], words["7002"], words["4711"]) == ("disabled", "locked", "active")
    assert staffed.newest()[0].entry.action == "user.view"
    later = staffed.now + timedelta(days=80)
    assert {standing_word(s, later, {"other"}) for s in users.all()} >= {"training missing"}
    users.enable(_user(users, "7001"))
    users.unlock(_user(users, "7002"))
    words = {s.user.badge: standing_word(s, staffed.now, COURSES) for s in users.all()}
    assert words["7001"] == words["7002"] == "active"


def test_power_is_given_only_behind_password_and_code(staffed: StaffedStore) -> None:
    """Roles are changed only within minutes of password and code, and never to none (CJIS IA-11)."""
    desk = staffed.desk_of(Role.ADMINISTRATOR)
    users = users_of(staffed, desk)
    officer = _user(users, "4711")
    staffed.now += timedelta(minutes=6)
    with pytest.raises(AccessRefused, match="password and code again"):
        users.change_roles(officer, [Role.ADMINISTRATOR])
    desk.prove_again(PASSWORD, staffed.code("A-1"))
    with pytest.raises(InputError, match="at least one role"):
        users.change_roles(officer, [])
    with pytest.raises(InputError, match="your own account"):
        users.reset(_user(users, "A-1"))
    users.authorise(officer, [DataAuthorisation.DEPARTMENT, DataAuthorisation.STATE])
    assert staffed.newest()[0].entry.fact("data") == "department,state"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.TECHNICIAN, Role.AUDITOR])
def test_nobody_else_changes_an_account(staffed: StaffedStore, role: Role) -> None:
    """Only an administrator makes, closes, opens, resets, trains or names (policy 462.2.1, AC-2)."""
    administrator = users_of(staffed, staffed.desk_of(Role.ADMINISTRATOR))
    officer, before = _user(administrator, "4711"), administrator.all()
    users = users_of(staffed, staffed.desk_of(role))
    training = make_training("x", "y", date(2026, 1, 1), NOW + timedelta(days=1))
    attempts: tuple[Callable[[], object], ...] = (
        lambda: users.create(NEW),
        lambda: users.reset(officer),
        lambda: users.change_roles(officer, [Role.ADMINISTRATOR]),
        lambda: users.authorise(officer, list(DataAuthorisation)),
        lambda: users.disable(officer),
        lambda: users.enable(officer),
        lambda: users.unlock(officer),
        lambda: users.record_training(officer, training),
        lambda: users.name_designee(officer, "Chief"),
    )
    for attempt in attempts:
        with pytest.raises(AccessRefused):
            attempt()
    after = users_of(staffed, staffed.desk_of(Role.ADMINISTRATOR)).all()
    assert [s.user for s in after] == [s.user for s in before]


def _user(users: Users, badge: str) -> User:
    user = users.find(badge)
    assert user is not None
    return user
