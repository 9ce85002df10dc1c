"""What the server decided about people, done to the accounts that this car has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alpr_core.accounts.user import User
from alpr_core.errors import InputError
from alpr_core.sync.people import Person
from db.accounts import Accounts


def take_people(accounts: Accounts, people: Sequence[Person], now: datetime) -> int:
    """Make this car's accounts as the server wants them; return how many changed.

    Accounts that only one side has stay as they are: passwords and codes do not travel. The last administrator
    of a car is not taken away from it.
    """
    changed = 0
    for person in people:
        user = accounts.find(person.badge)
        if user is not None:
            changed += _take(accounts, user, person, now)
    return changed


def _take(accounts: Accounts, user: User, person: Person, now: datetime) -> bool:
    before = user
    known = set(user.training)
    for record in person.training:
        if record not in known:
            user = accounts.record_training(user.user_id, record)
    if user.authorisations != person.authorisations:
        user = accounts.authorise(user.user_id, person.authorisations)
    if user.expires_at != person.expires_at:
        user = accounts.change_person(replace(user, expires_at=person.expires_at))
    try:
        if user.roles != person.roles:
            user = accounts.change_roles(user.user_id, person.roles)
        if person.is_disabled and not user.is_disabled:
            user = accounts.disable(user.user_id)
        elif user.is_disabled and not person.is_disabled:
            user = accounts.enable(user.user_id, now)
    except InputError:
        pass  # the last administrator; what went before counts all the same
    return user != before
