"""Users, sessions and moments for the tests of accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from alpr_core.accounts.session import Session
from alpr_core.accounts.user import DataAuthorisation, User, make_training, make_user
from alpr_core.permissions import Role

NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)
TRAINING = make_training("ALPR operator", "Sgt. Tran", date(2026, 1, 15), NOW + timedelta(days=60))


def made_user(*roles: Role, **changes: object) -> User:
    """Return a trained user authorised for department data; an officer unless told otherwise."""
    user = make_user(
        "a" * 32,
        "4711",
        "Ann Ode",
        "Patrol Officer",
        "Westminster Police Department",
        roles or (Role.OFFICER,),
        authorisations=(DataAuthorisation.DEPARTMENT,),
    )
    return replace(user, **{"training": (TRAINING,), **changes})  # type: ignore[arg-type]


def made_session(*roles: Role, **changes: object) -> Session:
    """Return a session opened at NOW."""
    session = Session("b" * 32, made_user(*roles), 1, NOW, NOW, NOW)
    return replace(session, **changes)  # type: ignore[arg-type]
