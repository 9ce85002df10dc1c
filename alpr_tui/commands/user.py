"""`alpr user`: accounts from the command line, through the same door and table as the screens.

stdout carries tab-separated data, stderr the words.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from alpr_core.accounts.user import DataAuthorisation, User, make_training
from alpr_core.desk.users import FirstLogin, NewUser, Users, standing_word
from alpr_core.errors import InputError, UsageError
from alpr_core.permissions import Role
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.provisioning.enrolment_card import show_enrolment
from alpr_tui.signing_in import SignedIn, signed_in
from db.instants import utc_now

Deed = Callable[[argparse.Namespace, Users, SignedIn], None]


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    _add(deeds, "list", "every account, one line each", _list, with_user=False)
    create = _add(deeds, "add", "make an account with a temporary password", _create)
    create.add_argument("--name", required=True)
    create.add_argument("--title", required=True, help="job title or designation")
    create.add_argument("--organisation", required=True)
    create.add_argument("--role", action="append", required=True, choices=_values(Role))
    create.add_argument("--data", action="append", default=[], choices=_values(DataAuthorisation))
    _add(deeds, "disable", "close an account at once", lambda o, u, s: _do(u.disable, o, u))
    _add(deeds, "enable", "open a closed account", lambda o, u, s: _do(u.enable, o, u))
    _add(deeds, "unlock", "lift a lock after five failures", lambda o, u, s: _do(u.unlock, o, u))
    _add(deeds, "reset", "new temporary password and code secret", _reset)
    roles = _add(deeds, "roles", "give a user exactly these roles", _change_roles)
    roles.add_argument("--role", action="append", required=True, choices=_values(Role))
    data = _add(deeds, "data", "authorise a user for exactly these data", _authorise)
    data.add_argument("--data", action="append", default=[], choices=_values(DataAuthorisation))
    train = _add(deeds, "train", "enter a completed training", _train)
    train.add_argument("--course", required=True)
    train.add_argument("--given-by", required=True)
    train.add_argument("--completed", required=True, type=_day, metavar="YYYY-MM-DD")
    train.add_argument("--expires", required=True, type=_day, metavar="YYYY-MM-DD")


def _add(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    words: str,
    deed: Deed,
    *,
    with_user: bool = True,
) -> argparse.ArgumentParser:
    parser = deeds.add_parser(name, help=words)
    if with_user:
        parser.add_argument("user", metavar="BADGE", help="whose account")
    add_store_options(parser)

    def run(options: argparse.Namespace) -> int:
        with signed_in(options) as signed:
            deed(options, Users(signed.desk, signed.store.people.accounts, utc_now), signed)
        return 0

    parser.set_defaults(command=run)
    return parser


def _list(_options: argparse.Namespace, users: Users, signed: SignedIn) -> None:
    courses, now = signed.store.settings.agency().required_courses, utc_now()
    _print("badge", "name", "title", "organisation", "roles", "state", "training until", "data")
    for standing in users.all():
        user = standing.user
        roles = ",".join(sorted(role.value for role in user.roles))
        until = max((record.expires_at for record in user.training), default=None)
        trained = "" if until is None else until.date().isoformat()
        _print(
            user.badge,
            user.name,
            user.title,
            user.organisation,
            roles,
            standing_word(standing, now, courses),
            trained,
            ",".join(sorted(data.value for data in user.authorisations)),
        )


def _create(options: argparse.Namespace, users: Users, signed: SignedIn) -> None:
    new = NewUser(
        options.user,
        options.name,
        options.title,
        options.organisation,
        frozenset(map(Role, options.role)),
        frozenset(map(DataAuthorisation, options.data)),
    )
    _hand_over(users.create(new), signed)


def _reset(options: argparse.Namespace, users: Users, signed: SignedIn) -> None:
    _hand_over(users.reset(_user(users, options.user)), signed)


def _hand_over(first: FirstLogin, signed: SignedIn) -> None:
    """Show what the user needs, once."""
    show_enrolment(signed.dialogue, first.enrolment)
    _print("badge", first.enrolment.user.badge)
    _print("temporary password", first.password)
    for code in first.enrolment.recovery_codes:
        _print("recovery code", code)


def _change_roles(options: argparse.Namespace, users: Users, _signed: SignedIn) -> None:
    users.change_roles(_user(users, options.user), map(Role, options.role))


def _authorise(options: argparse.Namespace, users: Users, _signed: SignedIn) -> None:
    users.authorise(_user(users, options.user), map(DataAuthorisation, options.data))


def _train(options: argparse.Namespace, users: Users, _signed: SignedIn) -> None:
    expires_at = datetime.combine(options.expires, time(), UTC)
    training = make_training(options.course, options.given_by, options.completed, expires_at)
    users.record_training(_user(users, options.user), training)


def _do(deed: Callable[[User], User], options: argparse.Namespace, users: Users) -> None:
    deed(_user(users, options.user))


def _user(users: Users, badge: str) -> User:
    user = users.find(badge)
    if user is None:
        raise InputError(f"Nobody has badge {clean_text(badge, 20)}.", "See `alpr user list`.")
    return user


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{clean_text(text, 20)} is no day; write it like 2026-11-24.") from error


def _values(kind: type[Role] | type[DataAuthorisation]) -> list[str]:
    return [one.value for one in kind]


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))
