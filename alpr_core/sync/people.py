"""Who may do what, as the server tells the cars: no password, no secret, only what an administrator decided.

Source: docs/sync-protocol.md, section 6; policy 462.2.1(a)(b), 462.3(d)(e), 462.8.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alpr_core.accounts.user import (
    DataAuthorisation,
    TrainingRecord,
    User,
    canonical_badge,
    make_training,
)
from alpr_core.errors import InputError
from alpr_core.instants import from_micros, to_micros
from alpr_core.permissions import Role, conflict_of
from alpr_core.sync.canonical import canonical_json

PEOPLE_MAX = 20_000
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Person:
    """One account as the server wants it to be."""

    badge: str
    roles: frozenset[Role]
    authorisations: frozenset[DataAuthorisation]
    is_disabled: bool
    expires_at: datetime | None
    """Aware UTC time from which on the account is closed; None means no limit."""
    training: tuple[TrainingRecord, ...]


def people_body(users: Iterable[User]) -> bytes:
    """Return these accounts as the body of a package."""
    people = [
        {
            "badge": user.badge,
            "roles": sorted(role.value for role in user.roles),
            "authorisations": sorted(one.value for one in user.authorisations),
            "is_disabled": user.is_disabled,
            "expires_at_us": None if user.expires_at is None else to_micros(user.expires_at),
            "training": [
                {
                    "course": record.course,
                    "given_by": record.given_by,
                    "completed_on": record.completed_on.isoformat(),
                    "expires_at_us": to_micros(record.expires_at),
                }
                for record in user.training
            ],
        }
        for user in sorted(users, key=lambda one: one.badge)
    ]
    return canonical_json({"version": _VERSION, "people": people}).encode()


def parse_people(body: bytes) -> tuple[Person, ...]:
    """Return the accounts of a package's body.

    Raises:
        InputError: it says something else than a package of people does.
    """
    try:
        content = json.loads(body)
        if content["version"] != _VERSION or len(content["people"]) > PEOPLE_MAX:
            raise ValueError("another version")
        return tuple(_person(told) for told in content["people"])
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as fault:
        raise InputError(
            "The list of people cannot be used.", "The accounts stay as they are."
        ) from fault


def _person(told: dict[str, Any]) -> Person:  # Any: JSON
    badge = canonical_badge(told["badge"])
    roles = frozenset(Role(word) for word in told["roles"])
    if badge is None or not roles or conflict_of(roles) is not None:
        raise ValueError("an account that cannot be")
    expires_at_us = told["expires_at_us"]
    return Person(
        badge=badge,
        roles=roles,
        authorisations=frozenset(DataAuthorisation(word) for word in told["authorisations"]),
        is_disabled=bool(told["is_disabled"]),
        expires_at=None if expires_at_us is None else from_micros(int(expires_at_us)),
        training=tuple(
            make_training(
                one["course"],
                one["given_by"],
                date.fromisoformat(one["completed_on"]),
                from_micros(int(one["expires_at_us"])),
            )
            for one in told["training"]
        ),
    )
