"""The desk over a real store: who may do what, and that nothing is done without its entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from alpr_core.accounts.login_rules import LoginRefused
from alpr_core.accounts.session import Denial, Session, SessionEnded, SessionState
from alpr_core.audit.entry import Outcome, Subject
from alpr_core.desk.desk import Desk, DeskRules
from alpr_core.errors import AccessRefused, AuditError, InputError
from alpr_core.permissions import PERMISSIONS, Action, Role, Trait, has_trait, may
from tests.db.staffed_store import BADGES, PASSWORD, StaffedStore, staffed_store

ABOUT = Subject(plates=("7ABC123",))


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path_factory.mktemp("desk") / "store") as staffed:
        yield staffed


@pytest.fixture(scope="module")
def desks(staffed: StaffedStore) -> dict[Role, Desk]:
    return {role: staffed.desk_of(role) for role in Role}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_every_action_of_every_role(
    staffed: StaffedStore, desks: dict[Role, Desk], role: Role, action: Action
) -> None:
    """Below the screens each role does what the table permits and nothing else, and both are on the log."""
    desk = desks[role]
    purpose = staffed.purpose(desk) if has_trait(action, Trait.NEEDS_PURPOSE) else None
    done = []
    if has_trait(action, Trait.NEEDS_REAUTHENTICATION):
        desk.prove_again(PASSWORD, staffed.code(BADGES[role]))
    try:
        with desk.doing(action, "test", purpose, ABOUT, number="1"):
            done.append(action)
    except AccessRefused as refused:
        assert refused.what == Denial.NOT_PERMITTED.value
    assert bool(done) is (role in PERMISSIONS[action].roles) is may([role], action)
    entry = staffed.newest()[0].entry
    assert (entry.action, entry.actor.user_id) == (action.value, BADGES[role])
    assert entry.outcome is (Outcome.DONE if done else Outcome.REFUSED)


def test_an_access_carries_the_four_things(staffed: StaffedStore) -> None:
    """An access is recorded with time, plate, user with organisation, and purpose (CC 1798.90.52(a))."""
    desk = staffed.desk_of(Role.OFFICER)
    purpose = staffed.purpose(desk)
    with desk.doing(Action.SEARCH, "search", purpose, ABOUT) as record:
        record.facts["found"] = "2"
        record.plates.append("7ABC124")
    newest = staffed.newest()[0]
    entry, subject = newest.entry, newest.subject
    assert abs(entry.at - staffed.now) < timedelta(seconds=0.02)
    assert subject is not None and subject.plates == ("7ABC123", "7ABC124")
    assert (entry.actor.user_id, entry.actor.organisation) == ("4711", "Westminster PD")
    assert (entry.purpose, entry.case) == ("Stolen or wanted vehicle", "26-012345")
    assert subject.note == "silver van seen on Elm Street"
    assert entry.fact("found") == "2"


@pytest.mark.parametrize("action", [a for a in Action if has_trait(a, Trait.NEEDS_PURPOSE)])
def test_without_a_purpose_nothing_runs(staffed: StaffedStore, action: Action) -> None:
    """An unpurposed access never runs (policy 462.5(b))."""
    role = next(role for role in Role if may([role], action))
    with (
        pytest.raises(AccessRefused, match="purpose and a case number"),
        staffed.desk_of(role).doing(action, "test", None, ABOUT),
    ):
        pytest.fail("it ran")
    assert staffed.newest()[0].entry.outcome is Outcome.REFUSED


def test_an_access_to_nothing_named_is_our_bug(staffed: StaffedStore) -> None:
    """An access whose entry names neither plate nor query cannot be made (CC 1798.90.52(a)(2))."""
    desk = staffed.desk_of(Role.OFFICER)
    with (
        pytest.raises(RuntimeError, match="neither plate nor query"),
        desk.doing(Action.SEARCH, "search", staffed.purpose(desk)),
    ):
        pass


@pytest.mark.parametrize(
    "action", [a for a in Action if has_trait(a, Trait.NEEDS_REAUTHENTICATION)]
)
def test_power_needs_password_and_code_again(staffed: StaffedStore, action: Action) -> None:
    """What exports, destroys or gives power away asks for password and code again (CJIS IA-11)."""
    desk = staffed.desk_of(Role.ADMINISTRATOR)
    purpose = staffed.purpose(desk) if has_trait(action, Trait.NEEDS_PURPOSE) else None
    staffed.now += timedelta(minutes=6)
    assert desk.denial(action, purpose) is Denial.REAUTHENTICATION_NEEDED
    assert isinstance(desk.prove_again(PASSWORD, staffed.code("A-1")), Session)
    with desk.doing(action, "test", purpose, ABOUT):
        pass


def test_a_failing_append_refuses_the_view(
    staffed: StaffedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its audit entry nothing is done and nothing is shown."""
    desk = staffed.desk_of(Role.OFFICER)
    purpose = staffed.purpose(desk)
    monkeypatch.setattr(staffed.store.audit, "append", _broken)
    shown = []
    with pytest.raises(AuditError):
        with desk.doing(Action.VIEW_READ, "detail", purpose, ABOUT):
            shown.append("not yet: the body runs inside the transaction")
        shown.append("plate")
    assert shown == ["not yet: the body runs inside the transaction"]


def _broken(_draft: object) -> None:
    raise AuditError("broken for a test.")


def test_what_breaks_is_on_the_log_as_failed(staffed: StaffedStore) -> None:
    """An action that was allowed and broke is undone, and its failure is on the log."""
    with (
        pytest.raises(InputError),
        staffed.desk_of(Role.ADMINISTRATOR).doing(Action.CHANGE_SETTINGS, "test"),
    ):
        raise InputError("Line 3 is wrong.")
    entry = staffed.newest()[0].entry
    assert (entry.outcome, entry.why) == (Outcome.FAILED, "Line 3 is wrong.")


def test_a_disabled_user_is_out_at_his_next_action(staffed: StaffedStore) -> None:
    """Disabling an account ends its live session at once (CJIS AC-2(13)), and that is on the log."""
    staffed.add("f" * 32, "9001", Role.OFFICER)
    desk = staffed.desk()
    assert isinstance(desk.log_in("9001", PASSWORD, staffed.code("9001")), Session)
    staffed.store.people.accounts.disable("f" * 32)
    with pytest.raises(AccessRefused, match="disabled"):
        desk.require(Action.SEE_DEVICES, "devices")
    assert desk.user is None
    out, refused = (record.entry for record in staffed.newest(2))
    assert refused.outcome is Outcome.REFUSED
    assert (out.action, out.why) == ("session.log_out", "This account was disabled.")


def test_an_idle_screen_locks_and_the_password_opens_it(staffed: StaffedStore) -> None:
    """After 30 idle minutes the screen is locked; a key within them keeps it open (CJIS AC-11)."""
    desk = staffed.desk_of(Role.OFFICER)
    staffed.now += timedelta(minutes=29)
    desk.touch()
    staffed.now += timedelta(minutes=29)
    assert desk.state() is SessionState.ACTIVE and desk.watcher() is not None
    staffed.now += timedelta(minutes=1)
    assert desk.state() is SessionState.SCREEN_LOCKED and desk.watcher() is None
    with pytest.raises(AccessRefused, match="locked"):
        desk.require(Action.SEE_LIVE_READS, "live")
    assert isinstance(desk.unlock("wrong"), LoginRefused)
    assert isinstance(desk.unlock(PASSWORD), Session)
    assert desk.state() is SessionState.ACTIVE


def test_logins_and_logouts_are_on_the_log(staffed: StaffedStore) -> None:
    """Login, refused login, lock, unlock and logout each leave an entry that names the session (AU-2)."""
    desk = staffed.desk_of(Role.AUDITOR)
    desk.lock()
    desk.unlock(PASSWORD)
    desk.log_out("end of shift")
    desk.log_in("nobody", "my secret password", "000000")
    found = [
        (r.entry.action, r.entry.outcome.value, r.entry.actor.user_id) for r in staffed.newest(9)
    ]
    found = [line for line in found if line[2] != "box"][:5]
    assert found == [
        ("session.log_in", "refused", "unknown"),
        ("session.log_out", "done", "U-7"),
        ("session.unlock", "done", "U-7"),
        ("session.lock", "done", "U-7"),
        ("session.log_in", "done", "U-7"),
    ]
    refused = staffed.newest()[0].entry
    assert "nobody" not in repr(refused) and "secret" not in repr(refused)


def test_five_failures_lock_and_say_so(staffed: StaffedStore) -> None:
    """The attempt that locks an account leaves an entry of its own (CJIS AC-7)."""
    staffed.add("e" * 32, "9002", Role.OFFICER)
    desk = staffed.desk()
    for _ in range(5):
        desk.log_in("9002", "wrong", "000000")
    newest = staffed.newest()[0].entry
    assert (newest.action, newest.fact("account")) == ("account.locked", "9002")


def test_a_late_proof_brings_no_session_back(staffed: StaffedStore) -> None:
    """Whoever logs out while his password is still being checked stays out."""
    desk = staffed.desk_of(Role.OFFICER)
    desk.lock()
    door = desk._door
    real = door.unlock_screen

    def slow(*given: object) -> object:
        outcome = real(*given)  # type: ignore[arg-type]
        desk.log_out("meanwhile")
        return outcome

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(door, "unlock_screen", slow)
        assert isinstance(desk.unlock(PASSWORD), SessionEnded)
    assert desk.user is None and desk.watcher() is None


def test_a_touch_undoes_no_logout_and_no_lock(staffed: StaffedStore) -> None:
    """A key pressed while the session ends or is locked changes neither."""
    for meanwhile in (Desk.lock, Desk.log_out):
        desk = staffed.desk_of(Role.OFFICER)
        rules = desk._rules

        def slow(
            meanwhile: Callable[[Desk], None] = meanwhile,
            desk: Desk = desk,
            rules: Callable[[], DeskRules] = rules,
        ) -> DeskRules:
            desk._rules = rules
            meanwhile(desk)
            return rules()

        desk._rules = slow
        desk.touch()
        assert desk.state() is not SessionState.ACTIVE


def test_an_access_is_never_put_under_another_name(staffed: StaffedStore) -> None:
    """If somebody else logs in between asking and doing, the access is refused and nothing is handed over."""
    desk = staffed.desk_of(Role.OFFICER)
    purpose = staffed.purpose(desk)
    user = desk.require(Action.SEARCH, "search", purpose, ABOUT)
    desk.log_out()
    staffed.log_in(desk, Role.ADMINISTRATOR)
    with (
        pytest.raises(AccessRefused, match="Somebody else"),
        desk.doing(Action.SEARCH, "search", purpose, ABOUT, by=user),
    ):
        pytest.fail("it ran")
    entry = staffed.newest()[0].entry
    assert (entry.outcome, entry.actor.user_id) == (Outcome.REFUSED, "4711")


def test_an_unsigned_login_lets_nobody_in(
    staffed: StaffedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the log cannot be signed at the login, nobody is at the desk afterwards."""
    desk = staffed.desk()

    def refuse() -> None:
        raise AuditError("It cannot be signed.")

    monkeypatch.setattr(staffed.store.ledger, "sign", refuse)
    with pytest.raises(AuditError):
        desk.log_in("4711", PASSWORD, staffed.code("4711"))
    assert desk.user is None


def test_whoever_could_not_log_in_now_is_out(staffed: StaffedStore) -> None:
    """A session ends when its account is locked or its training expires (policy 462.3(d), AC-7)."""
    staffed.add("9" * 32, "9003", Role.OFFICER)
    desk = staffed.desk()
    assert isinstance(desk.log_in("9003", PASSWORD, staffed.code("9003")), Session)
    for _ in range(5):
        desk.prove_again("wrong", "000000")
    with pytest.raises(AccessRefused, match="locked"):
        desk.require(Action.SEE_LIVE_READS, "live")
    trained = staffed.desk_of(Role.OFFICER)
    staffed.now += timedelta(days=366)
    assert isinstance(trained.refresh(), SessionEnded)
    staffed.now -= timedelta(days=366)


def test_a_wrong_release_code_leaves_nothing_typed(staffed: StaffedStore) -> None:
    """Of a wrong release code the log keeps that it was wrong, and nothing that was typed."""
    desk = staffed.desk()
    tell = desk.telling_release("my secret passw0rd", "\x1b]52;c;x\x07")
    with staffed.store.ledger.writing():
        tell(False)
    newest = staffed.newest()[0].entry
    assert (newest.outcome, newest.facts) == (Outcome.REFUSED, ())
