"""What an agency sets: there and back as JSON, changed by an administrator only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from alpr_core.accounts.login_rules import LoginRefused, Refusal
from alpr_core.accounts.session import SessionState
from alpr_core.accounts.user import make_training
from alpr_core.agency import Agency, agency_text, parse_agency
from alpr_core.desk.agency_settings import AgencySettings
from alpr_core.errors import AccessRefused, InputError
from alpr_core.permissions import Role
from alpr_core.purposes import CaseFormat, Purpose, PurposeRefused
from tests.db.staffed_store import NOW, PASSWORD, StaffedStore, staffed_store

OTHER = Agency(
    organisation="Westminster PD",
    purposes=(Purpose("amber", "AMBER alert", "462.2", needs_detail=True),),
    case_format=CaseFormat(r"DR\d{6}", "DR123456"),
    vehicle_exemption=True,
    required_courses=frozenset({"ALPR operator", "CLETS"}),
)


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        yield staffed


@pytest.mark.parametrize("agency", [Agency(), OTHER])
def test_there_and_back(agency: Agency) -> None:
    """Settings come back from their JSON as they were."""
    assert parse_agency(agency_text(agency)) == agency


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"colour": "red"}',
        '{"purposes": []}',
        '{"purposes": [{"code": "a"}]}',
        '{"case_format": {"pattern": "(", "example": "1"}}',
        '{"vehicle_exemption": "yes"}',
        '{"required_courses": [1]}',
        "[" * 100_000,
    ],
)
def test_what_cannot_be_set_is_refused(text: str) -> None:
    """No JSON, an unknown name, a wrong kind or an impossible value is refused in words."""
    with pytest.raises(InputError):
        parse_agency(text)


def test_a_change_counts_at_once_and_is_on_the_log(staffed: StaffedStore) -> None:
    """Changed purposes, case numbers and locking count for every desk from the next action on."""
    officer = staffed.desk_of(Role.OFFICER)
    administrator = staffed.desk_of(Role.ADMINISTRATOR)
    settings = AgencySettings(administrator, staffed.store.settings, lambda: staffed.now)
    with pytest.raises(InputError, match="locked out"):
        settings.change(OTHER)
    training = make_training("CLETS", "Sgt. Lee", date(2026, 1, 5), NOW + timedelta(days=365))
    for user_id in (f"{1:032x}", f"{3:032x}"):
        staffed.store.people.accounts.record_training(user_id, training)
    changed = settings.change(OTHER)
    assert set(changed) == {
        "organisation",
        "purposes",
        "case_format",
        "vehicle_exemption",
        "required_courses",
    }
    assert staffed.newest()[0].entry.fact("changed") == ",".join(changed)
    assert settings.change(OTHER) == ()
    assert isinstance(officer.state_purpose("stolen_vehicle", "26-012345"), PurposeRefused)
    assert not isinstance(
        officer.state_purpose("amber", "DR1234567"[:8], "girl, red coat"), PurposeRefused
    )
    refused = staffed.desk().log_in("U-7", PASSWORD, staffed.code("U-7"))
    assert isinstance(refused, LoginRefused) and refused.reason is Refusal.TRAINING_MISSING
    staffed.now += timedelta(hours=1)
    assert officer.state() is SessionState.ACTIVE


@pytest.mark.parametrize("role", [Role.OFFICER, Role.TECHNICIAN, Role.AUDITOR])
def test_nobody_else_changes_settings(staffed: StaffedStore, role: Role) -> None:
    """Only an administrator changes what the agency has set."""
    with pytest.raises(AccessRefused):
        AgencySettings(staffed.desk_of(role), staffed.store.settings, lambda: staffed.now).change(
            OTHER
        )
    assert staffed.store.settings.agency() == Agency()
