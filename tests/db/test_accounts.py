"""Accounts and logins on a real store."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.accounts.login_rules import LoginOutcome, LoginRefused, Refusal
from alpr_core.accounts.one_time_code import STEP_S, code_at, step_at
from alpr_core.accounts.password_policy import PasswordPolicy, PasswordRefused
from alpr_core.accounts.release_code import release_code
from alpr_core.accounts.session import Session, SessionEnded
from alpr_core.accounts.user import DataAuthorisation, DesigneeRecord, make_training, make_user
from alpr_core.errors import AuditError, InputError, StoreError
from alpr_core.permissions import Role
from db.accounts import Accounts
from db.authenticator import Authenticator
from db.connection import StoreDatabase
from db.credentials import Argon2Cost, CodeSecrets, PasswordHasher
from db.keys import KeyUse
from db.lock_release import LockRelease
from db.migrations import bring_up_to_date
from db.models import AccountLockRow, CredentialRow, LoginAttemptRow
from tests.db.sample_sightings import OTHER_KEY, ROOT_KEY

CHEAP = Argon2Cost(memory_kib=64, iterations=1)
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
STEP = timedelta(seconds=STEP_S)
YEAR = timedelta(days=365)
PASSWORD = "tulip kestrel mosaic"
OTHER_PASSWORD = "walnut harbor pencil"
OFFICER_ID, CHIEF_ID = "a" * 32, "c" * 32
RELEASE_KEY = ROOT_KEY.derive(KeyUse.RELEASE_KEY)


class CountingHasher(PasswordHasher):
    """The real one, which also remembers what it was asked to verify."""

    def __init__(self, cost: Argon2Cost = CHEAP) -> None:
        super().__init__(cost)
        self.verified: list[bool] = []
        """One per call; True if there was a stored hash to compare with."""

    def verify(self, password: str, phc: str | None) -> bool:
        self.verified.append(phc is not None)
        return super().verify(password, phc)


@dataclass
class Box:
    """A store with accounts, as the box puts it together."""

    database: StoreDatabase
    hasher: CountingHasher
    accounts: Accounts
    authenticator: Authenticator
    locks: LockRelease
    officer_secret: bytes = b""
    recovery_codes: tuple[str, ...] = ()

    def code(self, at: datetime = NOW) -> str:
        return code_at(self.officer_secret, at)

    def log_in(
        self, now: datetime = NOW, password: str = PASSWORD, code: str | None = None
    ) -> LoginOutcome:
        typed = self.code(now) if code is None else code
        return self.authenticator.log_in("4711", password, typed, now)

    def session(self, now: datetime = NOW) -> Session:
        outcome = self.log_in(now)
        assert isinstance(outcome, Session)
        return outcome

    def fail(self, times: int, now: datetime = NOW, badge: str = "4711") -> list[LoginRefused]:
        outcomes = [
            self.authenticator.log_in(badge, OTHER_PASSWORD, "000000", now) for _ in range(times)
        ]
        assert all(isinstance(outcome, LoginRefused) for outcome in outcomes)
        return [outcome for outcome in outcomes if isinstance(outcome, LoginRefused)]

    def count(self, table: type[LoginAttemptRow] | type[AccountLockRow]) -> int:
        return int(table.select().count(self.database))


def secret_of(box: Box, user_id: str) -> bytes:
    row = CredentialRow.select().where(CredentialRow.account_id == user_id).get(box.database)
    return CodeSecrets(ROOT_KEY).open(user_id, bytes(row.sealed_secret))


def open_box(file: Path) -> Box:
    database = StoreDatabase(file, ROOT_KEY.derive(KeyUse.DATABASE))
    bring_up_to_date(database)
    hasher, secrets, policy = CountingHasher(), CodeSecrets(ROOT_KEY), PasswordPolicy()
    return Box(
        database,
        hasher,
        Accounts(database, hasher, secrets, policy),
        Authenticator(database, hasher, secrets, policy),
        LockRelease(database, "car-12", RELEASE_KEY),
    )


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """Return a box with one trained officer, 4711, and one administrator, 1000."""
    box = open_box(tmp_path / "store.db")
    enrolment = box.accounts.create(
        make_user(OFFICER_ID, "4711", "Ann Ode", "Patrol Officer", "WPD", [Role.OFFICER]),
        PASSWORD,
        NOW,
        is_temporary=False,
    )
    box.accounts.create(
        make_user(CHIEF_ID, "1000", "Kim Roe", "Commander", "WPD", [Role.ADMINISTRATOR]),
        OTHER_PASSWORD,
        NOW,
    )
    box.accounts.record_training(
        OFFICER_ID, make_training("ALPR operator", "Sgt. Tran", date(2026, 1, 5), NOW + 2 * YEAR)
    )
    box.officer_secret = secret_of(box, OFFICER_ID)
    box.recovery_codes = enrolment.recovery_codes
    yield box
    box.database.shut()


def refused_for(outcome: object) -> Refusal:
    assert isinstance(outcome, LoginRefused)
    return outcome.reason


def test_a_trained_user_logs_in(box: Box) -> None:
    """Badge, password and code open a session that names the user and his roles (462.3(d), 462.5(a))."""
    session = box.authenticator.log_in(" 47 11 ", PASSWORD, box.code(), NOW)
    assert isinstance(session, Session)
    assert (session.user.name, session.user.roles) == ("Ann Ode", {Role.OFFICER})
    assert session.opened_at == session.authenticated_at == NOW
    assert not session.must_change_password
    assert box.authenticator.current(session, NOW) == session
    assert session.session_id != box.session(NOW + STEP).session_id


def test_every_wrong_login_is_the_same(box: Box) -> None:
    """Unknown badge, wrong password and wrong code read the same and cost one hash each (CJIS IA-6)."""
    outcomes = [
        box.authenticator.log_in("9999", PASSWORD, box.code(), NOW),
        box.authenticator.log_in("no badge!\x1b[2J", PASSWORD, box.code(), NOW),
        box.log_in(password=OTHER_PASSWORD),
        box.log_in(code="000000"),
    ]
    assert {refused_for(outcome) for outcome in outcomes} == {Refusal.WRONG}
    shown = {(one.why, one.hint) for one in outcomes if isinstance(one, LoginRefused)}
    assert len(shown) == 1
    assert box.hasher.verified == [False, False, True, True]
    noted = [one.for_audit for one in outcomes if isinstance(one, LoginRefused)]
    assert noted == ["unknown badge", "unknown badge", "wrong password", "wrong code"]
    assert [one.user is None for one in outcomes if isinstance(one, LoginRefused)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_code_works_once(box: Box) -> None:
    """A code opens one session, even if the clock is set back to its time (RFC 6238, CJIS IA-2(8))."""
    code = box.code()
    box.session()
    assert refused_for(box.log_in(code=code)) is Refusal.WRONG
    assert refused_for(box.log_in(NOW + STEP, code=code)) is Refusal.WRONG
    assert refused_for(box.log_in(NOW - STEP)) is Refusal.WRONG
    box.session(NOW + 2 * STEP)


def test_a_wrong_password_spends_no_code(box: Box) -> None:
    """A code beside a wrong password is not used up."""
    assert refused_for(box.log_in(password=OTHER_PASSWORD)) is Refusal.WRONG
    assert isinstance(box.log_in(), Session)


def test_each_recovery_code_works_once(box: Box) -> None:
    """Each of the ten recovery codes opens one session, and only with the password (CJIS IA-5)."""
    assert len(set(box.recovery_codes)) == 10
    wrong = box.log_in(code=box.recovery_codes[0], password=OTHER_PASSWORD)
    assert refused_for(wrong) is Refusal.WRONG
    for code in box.recovery_codes:
        assert isinstance(box.log_in(code=code.lower()), Session)
        assert refused_for(box.log_in(code=code)) is Refusal.WRONG
    # Another user's code opens nothing.
    assert refused_for(box.authenticator.log_in("1000", OTHER_PASSWORD, box.recovery_codes[0], NOW))


def test_five_failures_lock_until_released(box: Box, tmp_path: Path) -> None:
    """A lock survives restart and a clock moved by a year either way; an administrator lifts it (AC-7)."""
    failures = box.fail(5)
    assert [one.locked_now for one in failures] == [False] * 4 + [True]
    box.database.shut()
    later = open_box(tmp_path / "store.db")
    later.officer_secret = box.officer_secret
    for now in (NOW, NOW + YEAR, NOW - YEAR, NOW + timedelta(minutes=16)):
        assert refused_for(later.log_in(now)) is Refusal.WRONG
    assert later.hasher.verified == []
    later.accounts.release_lock(OFFICER_ID, NOW)
    assert isinstance(later.log_in(), Session)
    later.database.shut()


def test_four_failures_and_a_success_begin_anew(box: Box) -> None:
    """Failures count in a row: a success forgets those before it (CJIS AC-7 a)."""
    for step in range(4):
        box.fail(4, NOW + step * STEP)
        box.session(NOW + step * STEP)
    assert box.count(LoginAttemptRow) == 0


def test_a_moved_clock_buys_ten_guesses_at_most(box: Box) -> None:
    """Setting the clock on by a year after every fourth failure ends at the tenth (CJIS AC-7)."""
    for year in range(5):
        box.fail(4, NOW + year * YEAR)
    assert len(box.hasher.verified) == 10
    assert refused_for(box.log_in()) is Refusal.WRONG


@pytest.mark.parametrize("badge", ["4711", "9999"])
def test_fifty_logins_at_once_verify_five_passwords(box: Box, badge: str) -> None:
    """Of 50 parallel logins at most 5 passwords are looked at, known badge or not (CJIS AC-7)."""
    start = Barrier(50)

    def guess(number: int) -> LoginOutcome:
        start.wait()
        try:
            return box.authenticator.log_in(badge, f"guess number {number}", "000000", NOW)
        finally:
            box.database.close()

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(guess, range(50)))
    assert {refused_for(outcome) for outcome in outcomes} == {Refusal.WRONG}
    assert 1 <= len(box.hasher.verified) <= 5
    assert box.count(AccountLockRow) == 1


def test_one_code_typed_twice_at_once_opens_one_session(box: Box) -> None:
    """Of parallel logins with the same right password and code exactly one gets in (CJIS IA-2(8))."""
    start = Barrier(4)

    def try_it(_number: int) -> LoginOutcome:
        start.wait()
        try:
            return box.log_in()
        finally:
            box.database.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(try_it, range(4)))
    assert sum(isinstance(outcome, Session) for outcome in outcomes) == 1


def test_a_cut_attempt_stays_counted(box: Box) -> None:
    """An attempt is on the disk before its password is looked at, so a cut power cable hides none."""

    class PowerCut(BaseException):
        pass

    class CutHasher(CountingHasher):
        def verify(self, password: str, phc: str | None) -> bool:
            super().verify(password, phc)
            raise PowerCut

    hasher = CutHasher()
    cut = Authenticator(box.database, hasher, CodeSecrets(ROOT_KEY), PasswordPolicy())
    for _ in range(5):
        with pytest.raises(PowerCut):
            cut.log_in("4711", OTHER_PASSWORD, "000000", NOW)
    assert refused_for(cut.log_in("4711", OTHER_PASSWORD, "000000", NOW)) is Refusal.WRONG
    assert len(hasher.verified) == 5
    assert box.accounts.standings()[1].is_locked


def test_a_password_replaced_meanwhile_opens_nothing(box: Box) -> None:
    """A password that an administrator replaces while it is being verified lets nobody in."""

    class SlowHasher(CountingHasher):
        def verify(self, password: str, phc: str | None) -> bool:
            is_right = super().verify(password, phc)
            new_phc = self.hash(OTHER_PASSWORD)
            CredentialRow.update(password_phc=new_phc).execute(box.database)
            return is_right

    slow = Authenticator(box.database, SlowHasher(), CodeSecrets(ROOT_KEY), PasswordPolicy())
    assert refused_for(slow.log_in("4711", PASSWORD, box.code(), NOW)) is Refusal.WRONG


def test_reasons_are_told_after_the_proof(box: Box) -> None:
    """Disabled, expired, unused and untrained are told to whoever gave password and code (462.3(d))."""
    moments = (NOW + timedelta(hours=number) for number in range(1, 9))
    chief = box.accounts.find("1000")
    assert chief is not None
    chief_code = code_at(secret_of(box, CHIEF_ID), NOW)
    untrained = box.authenticator.log_in("1000", OTHER_PASSWORD, chief_code, NOW)
    assert refused_for(untrained) is Refusal.TRAINING_MISSING
    box.accounts.disable(OFFICER_ID)
    assert refused_for(box.log_in(next(moments))) is Refusal.DISABLED
    assert refused_for(box.log_in(next(moments), password=OTHER_PASSWORD)) is Refusal.WRONG
    box.accounts.enable(OFFICER_ID, NOW)
    officer = box.accounts.find("4711")
    assert officer is not None
    box.accounts.change_person(replace(officer, expires_at=NOW))
    assert refused_for(box.log_in(next(moments))) is Refusal.ACCOUNT_EXPIRED
    box.accounts.change_person(replace(officer, expires_at=None))
    box.session(next(moments))
    assert refused_for(box.log_in(NOW + timedelta(days=100))) is Refusal.UNUSED
    box.accounts.enable(OFFICER_ID, NOW + timedelta(days=100))
    box.session(NOW + timedelta(days=101))
    expired = box.log_in(NOW + 2 * YEAR - timedelta(seconds=1))
    assert refused_for(expired) is Refusal.UNUSED
    box.accounts.enable(OFFICER_ID, NOW + 2 * YEAR)
    assert refused_for(box.log_in(NOW + 2 * YEAR)) is Refusal.TRAINING_EXPIRED


def test_a_disabled_user_is_out_at_once(box: Box) -> None:
    """A live session is over at its next action when its user is disabled (CJIS AC-2(13))."""
    session = box.session()
    box.accounts.disable(OFFICER_ID)
    assert isinstance(box.authenticator.current(session, NOW), SessionEnded)
    unlocked = box.authenticator.unlock_screen(session, PASSWORD, NOW)
    assert isinstance(unlocked, SessionEnded)
    box.accounts.enable(OFFICER_ID, NOW)
    assert isinstance(box.authenticator.current(session, NOW), SessionEnded)


def test_a_changed_role_counts_at_once(box: Box) -> None:
    """A live session has the roles and authorisations of this moment, not those of its login."""
    session = box.session()
    box.accounts.change_roles(OFFICER_ID, [Role.TECHNICIAN])
    box.accounts.authorise(OFFICER_ID, [DataAuthorisation.STATE])
    current = box.authenticator.current(session, NOW)
    assert isinstance(current, Session)
    assert current.user.roles == {Role.TECHNICIAN}
    assert current.user.authorisations == {DataAuthorisation.STATE}


def test_a_session_is_proved_again(box: Box) -> None:
    """The password opens the screen, password and code renew the 12 hours; wrong ones lock (IA-11)."""
    session = box.session()
    late = NOW + timedelta(hours=1)
    unlocked = box.authenticator.unlock_screen(session, PASSWORD, late)
    assert isinstance(unlocked, Session)
    assert (unlocked.active_at, unlocked.authenticated_at) == (late, NOW)
    renewed = box.authenticator.reauthenticate(session, PASSWORD, box.code(late), late)
    assert isinstance(renewed, Session)
    assert (renewed.authenticated_at, renewed.session_id) == (late, session.session_id)
    again = box.authenticator.reauthenticate(session, PASSWORD, box.code(late), late)
    assert refused_for(again) is Refusal.WRONG
    for _ in range(4):
        wrong = box.authenticator.unlock_screen(session, OTHER_PASSWORD, late)
        assert refused_for(wrong) is Refusal.WRONG
    assert isinstance(box.authenticator.unlock_screen(session, PASSWORD, late), SessionEnded)
    assert box.count(AccountLockRow) == 1


def test_a_given_password_is_changed_by_its_user(box: Box) -> None:
    """A reset gives a temporary password, ends sessions, and the user's own ends it (CJIS IA-5(1))."""
    before = box.session()
    enrolment = box.accounts.reset_credentials(OFFICER_ID, OTHER_PASSWORD)
    assert isinstance(box.authenticator.current(before, NOW), SessionEnded)
    assert refused_for(box.log_in(NOW + STEP)) is Refusal.WRONG
    assert refused_for(box.log_in(code=box.recovery_codes[0])) is Refusal.WRONG
    assert set(enrolment.recovery_codes).isdisjoint(box.recovery_codes)
    box.officer_secret = secret_of(box, OFFICER_ID)
    session = box.log_in(NOW + STEP, password=OTHER_PASSWORD)
    assert isinstance(session, Session) and session.must_change_password
    change = box.authenticator.change_password
    assert isinstance(change(session, OTHER_PASSWORD, OTHER_PASSWORD, NOW), PasswordRefused)
    assert isinstance(change(session, OTHER_PASSWORD, "Ann Ode 4711", NOW), PasswordRefused)
    assert refused_for(change(session, "not it at all", PASSWORD, NOW)) is Refusal.WRONG
    changed = change(session, OTHER_PASSWORD, PASSWORD, NOW + STEP)
    assert isinstance(changed, Session) and not changed.must_change_password
    assert box.authenticator.current(changed, NOW) == changed
    assert isinstance(box.authenticator.current(session, NOW), SessionEnded)
    assert isinstance(box.log_in(NOW + 2 * STEP), Session)


def test_a_release_code_works_once(box: Box) -> None:
    """An administrator's code from afar lifts one lock, once, and a wrong one costs the challenge."""
    box.fail(5)
    challenge = box.locks.challenge("4711")
    assert box.locks.challenge("47 11") == challenge
    code = release_code(RELEASE_KEY, challenge, "1000")
    assert not box.locks.release("4711", "1001", code, NOW)
    assert not box.locks.release("4711", "1000", code, NOW)
    renewed = box.locks.challenge("4711")
    assert renewed.nonce != challenge.nonce
    assert not box.locks.release("4711", "1000", "0000-0000", NOW)
    code = release_code(RELEASE_KEY, box.locks.challenge("4711"), "1000")
    told: list[bool] = []
    assert box.locks.release("4711", "1000", code, NOW, told.append)
    assert told == [True]
    assert isinstance(box.log_in(), Session)
    box.fail(5)
    box.locks.challenge("4711")
    assert not box.locks.release("4711", "1000", code, NOW)


def test_a_challenge_tells_nothing(box: Box) -> None:
    """A badge that is not locked gets a challenge too, and no code answers it."""
    for badge in ("1000", "9999", "\x1b[2J"):
        challenge = box.locks.challenge(badge)
        assert len(challenge.nonce) == 8 and "\x1b" not in challenge.badge
        code = release_code(RELEASE_KEY, challenge, "1000")
        assert not box.locks.release(badge, "1000", code, NOW)


def test_a_code_used_in_a_wrong_future_is_forgiven(box: Box) -> None:
    """After a clock that ran a year ahead, an administrator's release makes codes work again."""
    box.accounts.enable(OFFICER_ID, NOW + YEAR)
    box.session(NOW + YEAR)
    assert refused_for(box.log_in()) is Refusal.WRONG
    box.accounts.release_lock(OFFICER_ID, NOW)
    row = CredentialRow.select().where(CredentialRow.account_id == OFFICER_ID).get(box.database)
    assert row.last_used_step == step_at(NOW) + 1
    assert refused_for(box.log_in()) is Refusal.WRONG
    box.session(NOW + 2 * STEP)


def no_entry() -> None:
    raise AuditError("The audit log refuses.")


def no_login_entry(_outcome: object) -> None:
    no_entry()


CHANGES: dict[str, Callable[[Accounts], object]] = {
    "create": lambda accounts: accounts.create(
        make_user("d" * 32, "5000", "Bo Lee", "Officer", "WPD", [Role.OFFICER]),
        PASSWORD,
        NOW,
        no_entry,
    ),
    "reset": lambda accounts: accounts.reset_credentials(OFFICER_ID, OTHER_PASSWORD, no_entry),
    "person": lambda accounts: accounts.change_person(
        make_user(OFFICER_ID, "4712", "Bo Lee", "Officer", "WPD", [Role.OFFICER]), no_entry
    ),
    "roles": lambda accounts: accounts.change_roles(OFFICER_ID, [Role.AUDITOR], no_entry),
    "authorise": lambda accounts: accounts.authorise(OFFICER_ID, DataAuthorisation, no_entry),
    "disable": lambda accounts: accounts.disable(OFFICER_ID, no_entry),
    "enable": lambda accounts: accounts.enable(OFFICER_ID, NOW + YEAR, no_entry),
    "training": lambda accounts: accounts.record_training(
        OFFICER_ID, make_training("CLETS", "Sgt. Tran", date(2026, 1, 5), NOW), no_entry
    ),
    "designee": lambda accounts: accounts.name_designee(
        OFFICER_ID, DesigneeRecord("Kim Roe", NOW), no_entry
    ),
    "release": lambda accounts: accounts.release_lock(OFFICER_ID, NOW, no_entry),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_entry_no_change(box: Box, change: str) -> None:
    """If the audit entry cannot be written, no change of an account is made (462.5(a))."""
    box.fail(5)
    before = dump(box)
    with pytest.raises(AuditError):
        CHANGES[change](box.accounts)
    assert dump(box) == before


def dump(box: Box) -> dict[str, list[object]]:
    return {
        table: box.database.execute_sql(f"SELECT * FROM {table}").fetchall()
        for table in "account training credential recovery_code login_attempt account_lock".split()
    }


def test_no_entry_no_login(box: Box) -> None:
    """If the audit entry of a login cannot be written, nobody gets in and no code is spent (462.5(a))."""
    with pytest.raises(AuditError):
        box.authenticator.log_in("4711", PASSWORD, box.code(), NOW, no_login_entry)
    told: list[LoginOutcome] = []
    session = box.authenticator.log_in("4711", PASSWORD, box.code(), NOW, told.append)
    assert isinstance(session, Session)
    assert told == [session]


def test_a_login_is_never_part_of_a_transaction(box: Box) -> None:
    """A login inside another transaction is refused as a wrong call: its count could be rolled back."""
    with pytest.raises(RuntimeError, match="transaction"), box.database.writing():
        box.log_in()


def test_an_administrator_stays(box: Box) -> None:
    """The last enabled administrator can be neither disabled nor lose the role."""
    for change in (
        lambda: box.accounts.disable(CHIEF_ID),
        lambda: box.accounts.change_roles(CHIEF_ID, [Role.OFFICER]),
    ):
        with pytest.raises(InputError, match="No administrator"):
            change()
    box.accounts.change_roles(OFFICER_ID, [Role.ADMINISTRATOR])
    assert box.accounts.disable(CHIEF_ID).is_disabled


def test_wrong_orders_are_told(box: Box) -> None:
    """A taken badge, a weak password, an unknown user and bad roles are refused, and nothing changes."""
    before = dump(box)
    newcomer = make_user("d" * 32, "47-11", "Bo Lee", "Officer", "WPD", [Role.OFFICER])
    orders: tuple[tuple[str, Callable[[], object]], ...] = (
        ("taken", lambda: box.accounts.create(replace(newcomer, badge="4711"), PASSWORD, NOW)),
        ("8 signs", lambda: box.accounts.create(newcomer, "short", NOW)),
        ("taken", lambda: box.accounts.change_person(replace(newcomer, user_id=OFFICER_ID, badge="1000"))),
        ("no such user", lambda: box.accounts.disable("e" * 32)),
        ("no such user", lambda: box.accounts.reset_credentials("e" * 32, PASSWORD)),
        ("stands alone", lambda: box.accounts.change_roles(OFFICER_ID, [Role.OFFICER, Role.AUDITOR])),
        ("at least one", lambda: box.accounts.change_roles(OFFICER_ID, [])),
    )  # fmt: skip
    for words, order in orders:
        with pytest.raises(InputError, match=words):
            order()
    assert dump(box) == before


def test_users_come_back_as_they_were_entered(box: Box) -> None:
    """Name, authorisations, training and the one designee are kept (462.2.1(e), 462.3(e), 462.8)."""
    accounts = box.accounts
    refresher = make_training("ALPR operator", "Sgt. Tran", date(2026, 11, 1), NOW + 3 * YEAR)
    accounts.record_training(OFFICER_ID, refresher)
    accounts.authorise(OFFICER_ID, [DataAuthorisation.DEPARTMENT, DataAuthorisation.STATE])
    accounts.name_designee(CHIEF_ID, DesigneeRecord("Chief Poe", NOW))
    designee = DesigneeRecord("Kim Roe", NOW + STEP)
    officer = accounts.name_designee(OFFICER_ID, designee)
    assert officer == accounts.find("4711") == accounts.user(OFFICER_ID)
    assert officer.training[-1] == refresher and len(officer.training) == 2
    assert officer.authorisations == {DataAuthorisation.DEPARTMENT, DataAuthorisation.STATE}
    assert officer.designee == designee
    chief = accounts.find("1000")
    assert chief is not None and chief.designee is None
    assert [one.user.badge for one in accounts.standings()] == ["1000", "4711"]


def test_a_lock_follows_a_changed_badge(box: Box) -> None:
    """A locked user is not unlocked by another badge number."""
    box.fail(5)
    officer = box.accounts.find("4711")
    assert officer is not None
    box.accounts.change_person(dataclasses.replace(officer, badge="4712"))
    assert [one.is_locked for one in box.accounts.standings()] == [False, True]
    assert refused_for(box.authenticator.log_in("4712", PASSWORD, box.code(), NOW)) is Refusal.WRONG


def test_a_stranger_cannot_lock_a_badge_before_it_is_given(box: Box) -> None:
    """Failures on a badge that nobody has are forgotten when somebody gets it."""
    box.fail(5, badge="5000")
    assert box.count(AccountLockRow) == 1
    newcomer = make_user("d" * 32, "5000", "Bo Lee", "Officer", "WPD", [Role.OFFICER])
    assert isinstance(box.accounts.create(newcomer, PASSWORD, NOW), Enrolment)
    assert box.count(AccountLockRow) == 0


def test_strangers_do_not_fill_the_store(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures on unknown badges are forgotten from some number on, a user's never."""
    monkeypatch.setattr("db.login_attempts.STRANGERS_MAX", 8)
    box.fail(3)
    for number in range(20):
        box.fail(1, badge=f"X{number}")
    assert 3 < box.count(LoginAttemptRow) <= 3 + 8
    assert box.fail(2)[-1].locked_now


def test_no_secret_is_stored_or_shown_as_it_is(box: Box) -> None:
    """Password, code secret, recovery codes and typed badges are in no row and no printed value."""
    box.fail(1, badge="hunter2")
    enrolment = box.accounts.reset_credentials(OFFICER_ID, PASSWORD)
    rows = repr(dump(box))
    secret = secret_of(box, OFFICER_ID)
    signs = [code.replace("-", "") for code in enrolment.recovery_codes]
    for text in (
        PASSWORD,
        "hunter2",
        "HUNTER2",
        *enrolment.recovery_codes,
        *signs,
        repr(secret)[2:-1],
    ):
        assert text not in rows
    assert "otpauth" not in repr(enrolment) and enrolment.recovery_codes[0] not in repr(enrolment)
    assert rows.count("$argon2id$") == 2


def test_an_altered_secret_is_told(box: Box) -> None:
    """A code secret that was altered, or moved to another user or box, is refused in words (SC-28)."""
    row = CredentialRow.select().where(CredentialRow.account_id == OFFICER_ID).get(box.database)
    sealed = bytes(row.sealed_secret)
    with pytest.raises(StoreError, match="altered"):
        CodeSecrets(ROOT_KEY).open(CHIEF_ID, sealed)
    with pytest.raises(StoreError, match="altered"):
        CodeSecrets(OTHER_KEY).open(OFFICER_ID, sealed)
    with pytest.raises(StoreError, match="altered"):
        CodeSecrets(ROOT_KEY).open(OFFICER_ID, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(StoreError, match="altered"):
        CodeSecrets(ROOT_KEY).open(OFFICER_ID, b"")


def test_a_guess_is_as_dear_as_the_rfc_says() -> None:
    """Whoever names no cost gets RFC 9106's second choice: 64 MiB and three passes."""
    assert PasswordHasher().hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_a_badge_that_nobody_has_costs_the_same() -> None:
    """Where there is no account a password is compared with a hash of the usual cost that is nobody's."""
    hasher = PasswordHasher(CHEAP)
    nobodys, somebodys = hasher._nobodys_hash, hasher.hash(PASSWORD)
    assert hasher.is_current(nobodys)
    assert [len(part) for part in nobodys.split("$")] == [len(p) for p in somebodys.split("$")]
    with pytest.raises(InvalidKey):  # computed and compared, not refused for its form
        Argon2id.verify_phc_encoded(PASSWORD.encode(), nobodys)
    assert not hasher.verify(PASSWORD, None) and hasher.verify(PASSWORD, somebodys)


def test_a_hash_grows_dearer_at_the_next_login(box: Box) -> None:
    """When the cost is raised, a hash is made anew at its user's next login and the password stays."""
    dearer = PasswordHasher(Argon2Cost(memory_kib=128, iterations=2))
    later = Authenticator(box.database, dearer, CodeSecrets(ROOT_KEY), PasswordPolicy())
    assert isinstance(later.log_in("4711", PASSWORD, box.code(), NOW), Session)
    row = CredentialRow.select().where(CredentialRow.account_id == OFFICER_ID).get(box.database)
    assert row.password_phc.startswith("$argon2id$v=19$m=128,t=2,p=1$")
    after = NOW + STEP
    assert isinstance(later.log_in("4711", PASSWORD, box.code(after), after), Session)


def test_passwords_of_any_length_and_signs(box: Box) -> None:
    """Any text can be typed as password or code: it is wrong, never an error."""
    for text in ("", "\x00", "\ud800", "9" * 10_000, "😀" * 500):
        box.accounts.release_lock(OFFICER_ID, NOW)
        assert refused_for(box.log_in(password=text)) is Refusal.WRONG
        assert refused_for(box.log_in(code=text)) is Refusal.WRONG
        assert refused_for(box.authenticator.log_in(text, text, text, NOW)) is Refusal.WRONG
