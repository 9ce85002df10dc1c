"""Who gets in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest

from alpr_core.accounts.login_rules import (
    REFUSAL_WORDS,
    UNUSED_MAX,
    LoginRefused,
    Refusal,
    Standing,
    refusal_of,
)
from alpr_core.accounts.user import make_training
from tests.alpr_core.accounts.made_users import INSTANT, NOW, SECOND, TRAINING, made_user

GOOD = Standing(made_user(), is_locked=False, used_at=NOW - timedelta(days=1))


def judged(
    standing: Standing | None, now: datetime = NOW, password: bool = True, code: bool = True
) -> Refusal | None:
    return refusal_of(standing, is_password_right=password, is_code_right=code, now=now)


BAD = {
    Refusal.LOCKED: replace(GOOD, is_locked=True),
    Refusal.DISABLED: replace(GOOD, user=made_user(is_disabled=True)),
    Refusal.ACCOUNT_EXPIRED: replace(GOOD, user=made_user(expires_at=NOW)),
    Refusal.UNUSED: replace(GOOD, used_at=NOW - UNUSED_MAX - INSTANT),
    Refusal.TRAINING_MISSING: replace(GOOD, user=made_user(training=())),
    Refusal.TRAINING_EXPIRED: replace(
        GOOD, user=made_user(training=(replace(TRAINING, expires_at=NOW),))
    ),
}


def test_a_trained_user_gets_in() -> None:
    """With password, code, training and an open account nothing is refused (462.3(d))."""
    assert judged(GOOD) is None


@pytest.mark.parametrize("refusal", list(BAD))
def test_the_reason_is_told_after_the_proof_only(refusal: Refusal) -> None:
    """Each reason is told to whoever proved who he is; to anybody else every refusal is the same."""
    assert judged(BAD[refusal]) is refusal
    for password, code in product((True, False), repeat=2):
        if not (password and code):
            assert judged(BAD[refusal], password=password, code=code) is Refusal.WRONG
            assert judged(GOOD, password=password, code=code) is Refusal.WRONG
            assert judged(None, password=password, code=code) is Refusal.WRONG
    assert judged(None) is Refusal.WRONG


def test_every_refusal_has_words() -> None:
    """Each refusal says what is wrong and what to do, the common one without naming the account."""
    for refusal in Refusal:
        refused = LoginRefused(refusal, None, "")
        assert refused.why and refused.hint
    assert set(REFUSAL_WORDS) == set(Refusal)


@pytest.mark.parametrize(
    ("since_expiry", "refusal"),
    [
        (-SECOND, None),
        (-INSTANT, None),
        (timedelta(0), Refusal.TRAINING_EXPIRED),
        (SECOND, Refusal.TRAINING_EXPIRED),
    ],
)
def test_training_expires_to_the_second(since_expiry: timedelta, refusal: Refusal | None) -> None:
    """Training holds until its instant of expiry and not at it (462.3(d), 462.8)."""
    assert judged(
        replace(GOOD, used_at=TRAINING.expires_at), TRAINING.expires_at + since_expiry
    ) is (refusal)


def test_a_refresher_counts() -> None:
    """One record that holds is enough, whatever expired before; a course is known in any case (462.8)."""
    old = replace(TRAINING, expires_at=NOW - SECOND)
    fresh = make_training("alpr OPERATOR", "Sgt. Tran", date(2026, 11, 1), NOW + SECOND)
    assert judged(replace(GOOD, user=made_user(training=(old, fresh)))) is None


def test_each_required_course_is_asked_for() -> None:
    """An agency that requires two courses lets in whoever has both (462.2.1(b))."""
    courses = ("ALPR operator", "CLETS")
    both = made_user(training=(TRAINING, replace(TRAINING, course="CLETS")))
    for user, refusal in ((made_user(), Refusal.TRAINING_MISSING), (both, None)):
        found = refusal_of(
            replace(GOOD, user=user),
            is_password_right=True,
            is_code_right=True,
            now=NOW,
            required_courses=courses,
        )
        assert found is refusal


@pytest.mark.parametrize(("unused", "is_out"), [(UNUSED_MAX, False), (UNUSED_MAX + INSTANT, True)])
def test_ninety_days_unused(unused: timedelta, is_out: bool) -> None:
    """An account is closed when it was not used for more than 90 days (CJIS AC-2(3))."""
    assert (judged(replace(GOOD, used_at=NOW - unused)) is Refusal.UNUSED) == is_out


@pytest.mark.parametrize(("late", "is_out"), [(-INSTANT, False), (timedelta(0), True)])
def test_an_account_expires(late: timedelta, is_out: bool) -> None:
    """An account with an end is open before it and closed at it (CJIS AC-2)."""
    standing = replace(GOOD, user=made_user(expires_at=NOW))
    assert (judged(standing, NOW + late) is Refusal.ACCOUNT_EXPIRED) == is_out
