"""Who may do what, as one table."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from alpr_core.permissions import (
    PERMISSIONS,
    ROLES_THAT_STAND_ALONE,
    Action,
    Role,
    Trait,
    conflict_of,
    has_trait,
    may,
    may_approve_release,
)

# Columns: officer, technician, administrator, auditor; then p shows plates, u needs a purpose,
# r needs re-authentication.
MATRIX = """
shift.start                o... ...
shift.end                  o... ...
capture.pause              o... ...
live.see                   o.a. p..
sighting.view              o.a. pu.
picture.view               o.a. pu.
search                     o.a. pu.
sighting.correct           o.a. pu.
sighting.enter             o... pu.
hit.note                   o.a. p..
hit.view                   o.a. p..
hit.verify                 o... p..
hit.view_precision         o.a. ...
canvass.run                o... pu.
canvass.export             o.a. pur
hotlist.view               o.a. p..
hotlist.add_entry          o.a. pu.
hotlist.remove_entry       o.a. pu.
hotlist.import             ..a. ...
hotlist.authorise_classes  ..a. ...
device.see                 otau ...
device.configure           .ta. ...
device.change_profile      .ta. ...
device.read_test_plates    .ta. ...
device.update_firmware     .ta. ...
user.view                  ..au ...
user.manage                ..a. ..r
user.change_roles          ..a. ..r
user.disable               ..a. ...
user.unlock                ..a. ...
user.reset_credentials     ..a. ..r
user.change_own_password   otau ...
training.record            ..a. ...
designee.name              ..a. ..r
settings.change            ..a. ...
records.see                ..au ...
retention.set              ..a. ..r
hold.set                   o.a. pu.
hold.lift                  ..a. pur
purge.ask                  ..a. ..r
purge.confirm              ..a. ..r
release.see                o.au ...
release.request            o.a. pu.
release.approve            ..a. pu.
release.export             ..a. pur
evidence.export            ..a. pur
evidence.hand_over         ..a. ...
report.make                ..a. ...
audit.view                 ..au ...
audit.verify               ..au ...
audit.sign_off             ...u ...
audit.export               ..au ..r
job.see                    .tau ...
job.run                    ..a. ...
sync.run                   ota. ...
sync.enrol                 .ta. ...
sync.choose                ..a. ...
sync.resume                ..a. ...
box.view                   ..au ...
box.manage                 ..a. ..r
store.back_up              ..a. ..r
store.restore              ..a. ..r
key.rotate                 ..a. ..r
"""
ROWS = [line.split() for line in MATRIX.split("\n") if line]
COLUMNS = (Role.OFFICER, Role.TECHNICIAN, Role.ADMINISTRATOR, Role.AUDITOR)
TRAITS = (Trait.SHOWS_PLATES, Trait.NEEDS_PURPOSE, Trait.NEEDS_REAUTHENTICATION)


@pytest.mark.parametrize(("name", "roles", "traits"), ROWS, ids=[row[0] for row in ROWS])
def test_each_role_may_exactly_this(name: str, roles: str, traits: str) -> None:
    """Every action is allowed to exactly the roles of the matrix, and asks what it says (462.3, 462.5)."""
    action = Action(name)
    assert [may({role}, action) for role in COLUMNS] == [letter != "." for letter in roles]
    assert [has_trait(action, trait) for trait in TRAITS] == [letter != "." for letter in traits]


def test_the_matrix_is_whole() -> None:
    """Every action has a row, here and in the product, and a name that the audit log takes."""
    assert [row[0] for row in ROWS] == [action.value for action in Action]
    assert set(PERMISSIONS) == set(Action)
    assert all(re.fullmatch(r"[a-z]+(\.[a-z_]+)?", action.value) for action in Action)


def test_nobody_may_anything() -> None:
    """Without a role nothing is allowed."""
    assert not any(may((), action) for action in Action)


def test_a_technician_never_sees_a_plate() -> None:
    """No action that shows plates is a technician's, whatever other role he was given."""
    for action in Action:
        if has_trait(action, Trait.SHOWS_PLATES):
            assert not any(may({Role.TECHNICIAN, role}, action) for role in Role)


def test_an_auditor_changes_nothing_but_sign_offs() -> None:
    """An auditor looks, checks, exports the log and signs off: nothing else (462.5(c))."""
    assert {action.value for action in Action if may({Role.AUDITOR}, action)} == {
        "device.see",
        "user.view",
        "records.see",
        "release.see",
        "box.view",
        "user.change_own_password",
        "audit.view",
        "audit.verify",
        "audit.sign_off",
        "audit.export",
        "job.see",
    }


def test_stored_reads_are_opened_with_a_purpose_only() -> None:
    """Each action that opens or takes out stored reads needs a purpose (462.5(b); CC 1798.90.52)."""
    needing = {action for action in Action if has_trait(action, Trait.NEEDS_PURPOSE)}
    assert {Action.SEARCH, Action.VIEW_READ, Action.VIEW_PICTURE, Action.CORRECT_READ} <= needing
    assert {Action.EXPORT_EVIDENCE, Action.EXPORT_RELEASE} <= needing


@pytest.mark.parametrize(
    "roles",
    [held for count in range(len(Role) + 1) for held in combinations(Role, count)],
)
def test_roles_add_up_unless_they_exclude_each_other(roles: tuple[Role, ...]) -> None:
    """Compatible roles allow what one of them allows; others allow nothing and say why (CJIS AC-5)."""
    excluded = len(roles) > 1 and any(role in ROLES_THAT_STAND_ALONE for role in roles)
    assert (conflict_of(roles) is not None) == excluded
    for action in Action:
        one_may = any(may({role}, action) for role in roles)
        assert may(roles, action) == (one_may and not excluded)


def test_nobody_approves_what_he_requested() -> None:
    """An administrator approves releases of others, never the one that he requested (462.7(b))."""
    assert may_approve_release({Role.ADMINISTRATOR}, "a" * 32, "b" * 32)
    assert not may_approve_release({Role.ADMINISTRATOR}, "a" * 32, "a" * 32)
    for role in (Role.OFFICER, Role.TECHNICIAN, Role.AUDITOR):
        assert not may_approve_release({role}, "a" * 32, "b" * 32)
