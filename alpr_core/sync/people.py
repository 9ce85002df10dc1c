"""Who may do what, as the server tells the cars, with what each proves himself by, sealed for the cars alone.

Roles, training and the like are read by whoever has the package. Password hashes and code secrets lie in it
under a key of their own, which is sealed for each box (`alpr_core.sealing`): no copy of the package opens them,
and a box that was revoked is no reader of the next edition.

Source: docs/sync-protocol.md, section 6; policy 462.2.1(a)(b), 462.3(d)(e), 462.8; CJIS Security Policy IA-5.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alpr_core.accounts.one_time_code import SECRET_BYTES
from alpr_core.accounts.user import DataAuthorisation, User, make_training, make_user
from alpr_core.errors import InputError
from alpr_core.instants import from_micros, to_micros
from alpr_core.permissions import Role
from alpr_core.sealing import seal_for, unseal
from alpr_core.sync.batch import digest
from alpr_core.sync.canonical import canonical_json

PEOPLE_MAX = 20_000
_VERSION = 2
_KEY_BYTES, _NONCE_BYTES = 32, 12
_BOUND = b"alpr-tui people 2"
_PHC = re.compile(
    r"\$argon2id\$v=19\$m=[0-9]{1,7},t=[0-9]{1,2},p=[0-9]\$[A-Za-z0-9+/]{8,64}\$[A-Za-z0-9+/]{16,128}"
)
"""An Argon2id hash whose cost no box has to fear."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody proves himself by."""

    phc: str = field(repr=False)
    """Argon2id hash of the password."""
    code_secret: bytes = field(repr=False)
    is_temporary: bool
    """True until he has chosen a password of his own."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account as the server wants it to be."""

    user: User
    edition: int
    """Rises with every change of the credentials."""
    used_on: date
    """Day (UTC) of the last login at the server, or when an administrator made or opened it there."""
    credentials: Credentials | None
    """None means that this box is no reader of them."""


def people_body(
    accounts: Iterable[Account], readers: Mapping[str, bytes], known: bytes | None = None
) -> bytes:
    """Return these accounts as the body of a package.

    Args:
        readers: Public keys of the boxes that may read the credentials, by the origin of their log.
        known: The body before; returned if it says the same to the same readers, sealed as it is.
    """
    ordered = sorted(accounts, key=lambda one: one.user.badge)
    people = [_told(one) for one in ordered]
    secrets = canonical_json(
        {"credentials": [_secret(one) for one in ordered if one.credentials]}
    ).encode()
    named = {log: key.hex() for log, key in readers.items()}
    mark = digest(canonical_json({"people": people, "readers": named}).encode() + secrets)
    if known is not None and _mark_of(known) == mark:
        return known
    key, nonce = os.urandom(_KEY_BYTES), os.urandom(_NONCE_BYTES)
    sealed = {
        "content": _base64(nonce + AESGCM(key).encrypt(nonce, secrets, _BOUND)),
        "keys": {log: _base64(seal_for(one, key, _bound(log))) for log, one in readers.items()},
    }
    content = {"version": _VERSION, "mark": mark, "people": people, "sealed": sealed}
    return canonical_json(content).encode()


def parse_people(body: bytes, log: str, key: X25519PrivateKey) -> tuple[Account, ...]:
    """Return the accounts of a package's body, with their credentials if this box is a reader of them.

    Raises:
        InputError: it says something else than a package of people does.
    """
    try:
        content = json.loads(body)
        if content["version"] != _VERSION or len(content["people"]) > PEOPLE_MAX:
            raise ValueError("another version")
        secrets = _opened(content["sealed"], log, key)
        return tuple(_account(told, secrets) for told in content["people"])
    except (InputError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as fault:
        raise InputError(
            "The list of people cannot be used.", "The accounts stay as they are."
        ) from fault


def _opened(
    sealed: Mapping[str, Any], log: str, key: X25519PrivateKey
) -> Mapping[str, Credentials]:
    """Return the credentials by user; none if this box is no reader."""
    mine = sealed["keys"].get(log)
    if mine is None:
        return {}
    content_key = unseal(key, base64.b64decode(mine, validate=True), _bound(log))
    if content_key is None:
        raise ValueError("sealed for another key")
    content = base64.b64decode(sealed["content"], validate=True)
    try:
        opened = AESGCM(content_key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _BOUND)
    except InvalidTag as fault:
        raise ValueError("altered") from fault
    told: Sequence[Mapping[str, Any]] = json.loads(opened)["credentials"]
    return {str(one["user"]): _credentials(one) for one in told}


def _credentials(told: Mapping[str, Any]) -> Credentials:
    secret = base64.b64decode(told["code_secret"], validate=True)
    if _PHC.fullmatch(told["phc"]) is None or len(secret) != SECRET_BYTES:
        raise ValueError("credentials that cannot be")
    return Credentials(told["phc"], secret, bool(told["is_temporary"]))


def _account(told: Mapping[str, Any], secrets: Mapping[str, Credentials]) -> Account:
    expires_at_us, user_id = told["expires_at_us"], str(told["user"])
    if re.fullmatch("[0-9a-f]{32}", user_id) is None:
        raise ValueError("no id of a user")
    user = make_user(
        user_id,
        told["badge"],
        told["name"],
        told["title"],
        told["organisation"],
        [Role(word) for word in told["roles"]],
        authorisations=[DataAuthorisation(word) for word in told["authorisations"]],
        expires_at=None if expires_at_us is None else from_micros(int(expires_at_us)),
    )
    training = tuple(
        make_training(
            one["course"],
            one["given_by"],
            date.fromisoformat(one["completed_on"]),
            from_micros(int(one["expires_at_us"])),
        )
        for one in told["training"]
    )
    return Account(
        replace(user, is_disabled=bool(told["is_disabled"]), training=training),
        int(told["edition"]),
        date.fromisoformat(told["used_on"]),
        secrets.get(user_id),
    )


def _told(account: Account) -> dict[str, object]:
    user = account.user
    return {
        "user": user.user_id,
        "badge": user.badge,
        "name": user.name,
        "title": user.title,
        "organisation": user.organisation,
        "roles": sorted(role.value for role in user.roles),
        "authorisations": sorted(one.value for one in user.authorisations),
        "is_disabled": user.is_disabled,
        "expires_at_us": None if user.expires_at is None else to_micros(user.expires_at),
        "edition": account.edition,
        "used_on": account.used_on.isoformat(),
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


def _secret(account: Account) -> dict[str, object]:
    known = account.credentials
    if known is None:
        raise RuntimeError("an account without credentials has none to tell")
    return {
        "user": account.user.user_id,
        "phc": known.phc,
        "code_secret": _base64(known.code_secret),
        "is_temporary": known.is_temporary,
    }


def _mark_of(body: bytes) -> object:
    try:
        return json.loads(body)["mark"]
    except (KeyError, TypeError, ValueError):
        return None


def _bound(log: str) -> bytes:
    return _BOUND + b"|" + log.encode()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
