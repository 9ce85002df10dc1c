"""What a session may, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alpr_core.accounts.session import (
    AUTHENTICATED_MAX,
    CLOCK_BACK_MAX,
    FRESH_MAX,
    IDLE_MAX,
    Denial,
    SessionRules,
    SessionState,
    denial_of,
    locked,
    reauthenticated,
    state_of,
    touched,
    unlocked,
)
from alpr_core.permissions import Action, Role, Trait, has_trait, may
from alpr_core.purposes import DEFAULT_PURPOSES, AccessPurpose
from tests.alpr_core.accounts.made_users import INSTANT, NOW, made_session, made_user

RULES = SessionRules()
IN_A_CAR = SessionRules(vehicle_exemption=True)
PURPOSE = AccessPurpose(DEFAULT_PURPOSES[0], "26-012345", "")
NOTHING = timedelta(0)


@pytest.mark.parametrize(
    ("passed", "rules", "state"),
    [
        (NOTHING, RULES, SessionState.ACTIVE),
        (IDLE_MAX - INSTANT, RULES, SessionState.ACTIVE),
        (IDLE_MAX, RULES, SessionState.SCREEN_LOCKED),
        (IDLE_MAX, IN_A_CAR, SessionState.ACTIVE),
        (AUTHENTICATED_MAX - INSTANT, RULES, SessionState.SCREEN_LOCKED),
        (AUTHENTICATED_MAX - INSTANT, IN_A_CAR, SessionState.ACTIVE),
        (AUTHENTICATED_MAX, RULES, SessionState.REAUTHENTICATION_DUE),
        (AUTHENTICATED_MAX, IN_A_CAR, SessionState.REAUTHENTICATION_DUE),
        (-CLOCK_BACK_MAX, RULES, SessionState.ACTIVE),
        (-CLOCK_BACK_MAX - INSTANT, RULES, SessionState.REAUTHENTICATION_DUE),
        (-timedelta(days=365), IN_A_CAR, SessionState.REAUTHENTICATION_DUE),
        (timedelta(days=365), IN_A_CAR, SessionState.REAUTHENTICATION_DUE),
    ],
)
def test_limits_of_a_session(passed: timedelta, rules: SessionRules, state: SessionState) -> None:
    """30 idle minutes lock, 12 hours ask again, a moved clock lengthens neither (CJIS AC-11, IA-11)."""
    assert state_of(made_session(), NOW + passed, rules) is state


def test_touching_keeps_awake_and_wakes_nobody() -> None:
    """A touched key keeps an active screen open; on a locked one it opens nothing."""
    later = NOW + IDLE_MAX - INSTANT
    awake = touched(made_session(), later, RULES)
    assert state_of(awake, NOW + IDLE_MAX, RULES) is SessionState.ACTIVE
    asleep = touched(made_session(), NOW + IDLE_MAX, RULES)
    assert state_of(asleep, NOW + IDLE_MAX, RULES) is SessionState.SCREEN_LOCKED


def test_a_user_locks_his_screen() -> None:
    """A screen that its user locked is locked in a vehicle too, until the password is given."""
    session = locked(made_session())
    assert state_of(touched(session, NOW, IN_A_CAR), NOW, IN_A_CAR) is SessionState.SCREEN_LOCKED
    assert state_of(unlocked(session, NOW), NOW, IN_A_CAR) is SessionState.ACTIVE


def test_the_password_alone_does_not_renew_the_twelve_hours() -> None:
    """Unlocking goes on with the old 12 hours; password and code begin new ones (CJIS IA-11)."""
    late = NOW + AUTHENTICATED_MAX
    assert (
        state_of(unlocked(made_session(), late), late, RULES) is SessionState.REAUTHENTICATION_DUE
    )
    assert state_of(reauthenticated(made_session(), late), late, RULES) is SessionState.ACTIVE


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(Action))
def test_the_gate_is_the_table(action: Action, role: Role) -> None:
    """Through the gate each role does what the table says and nothing more (462.5(a))."""
    denial = denial_of(made_session(role), action, NOW, RULES, PURPOSE)
    assert denial is (None if may({role}, action) else Denial.NOT_PERMITTED)


@pytest.mark.parametrize(
    "action", [action for action in Action if has_trait(action, Trait.NEEDS_PURPOSE)]
)
def test_an_unpurposed_query_never_runs(action: Action) -> None:
    """What opens stored reads is denied without a purpose (462.5(b), CC 1798.90.52(a)(4))."""
    session = made_session(Role.OFFICER, Role.ADMINISTRATOR)
    assert denial_of(session, action, NOW, RULES) is Denial.PURPOSE_MISSING
    assert denial_of(session, action, NOW, RULES, PURPOSE) is None


@pytest.mark.parametrize(
    "action", [action for action in Action if has_trait(action, Trait.NEEDS_REAUTHENTICATION)]
)
def test_grave_actions_need_a_fresh_proof(action: Action) -> None:
    """Export, purge and role change need password and code of the last five minutes (CJIS IA-11)."""
    session = made_session(Role.ADMINISTRATOR)
    assert denial_of(session, action, NOW + FRESH_MAX - INSTANT, RULES, PURPOSE) is None
    for stale in (NOW + FRESH_MAX, NOW - CLOCK_BACK_MAX - INSTANT):
        assert denial_of(session, action, stale, RULES, PURPOSE) is not None
    again = reauthenticated(session, NOW + FRESH_MAX)
    assert denial_of(again, action, NOW + FRESH_MAX, RULES, PURPOSE) is None


@pytest.mark.parametrize("action", list(Action))
def test_a_locked_screen_does_nothing(action: Action) -> None:
    """While locked, stale or on a password that an administrator gave, a session does nothing."""
    session = made_session(Role.OFFICER, Role.ADMINISTRATOR)
    late = NOW + AUTHENTICATED_MAX
    assert denial_of(locked(session), action, NOW, RULES, PURPOSE) is Denial.SCREEN_LOCKED
    assert denial_of(session, action, late, RULES, PURPOSE) is Denial.REAUTHENTICATION_DUE
    given = made_session(Role.ADMINISTRATOR, must_change_password=True)
    if action is Action.CHANGE_OWN_PASSWORD:
        assert denial_of(given, action, NOW, RULES, PURPOSE) is None
    else:
        assert denial_of(given, action, NOW, RULES, PURPOSE) is Denial.PASSWORD_CHANGE_DUE


def test_department_data_needs_an_authorisation() -> None:
    """Whoever is not authorised for department data sees no plate, whatever his role (462.3(e))."""
    session = made_session(user=made_user(authorisations=frozenset()))
    for action in (Action.SEE_LIVE_READS, Action.SEARCH, Action.VERIFY_HIT):
        assert denial_of(session, action, NOW, RULES, PURPOSE) is Denial.NOT_AUTHORISED
    assert denial_of(session, Action.START_SHIFT, NOW, RULES) is None
