"""The fleet's report and public figures: what the server's log says, with what each car has reported added.

A car's report comes as the table that its log's key has signed; the server counts no entry of a car itself.

Source: policy 462.5(c); Civil Code 1798.90.52.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from alpr_core.reports.audit_figures import (
    BY,
    PUBLIC_COUNTS,
    AccessFigures,
    AuditFigures,
    CarLine,
    Counted,
    DayCount,
    UserAccesses,
)
from alpr_core.reports.public_figures import PublicFigures

_COUNTED = [one.name for one in fields(UserAccesses) if one.name not in ("badge", "name")]


@dataclass(frozen=True, slots=True)
class CarTable:
    """The report of one car for the period; an empty table means that none has come."""

    car: str
    table: str
    """CSV as `csv_rows` wrote it."""


def with_cars(own: AuditFigures, tables: Sequence[CarTable]) -> AuditFigures:
    """Return the server's figures with those of the cars added, and a line for each car."""
    read = [(each.car, _rows(each.table)) for each in tables]
    accesses = own.accesses
    for car, rows in read:
        accesses = _added(accesses, car, rows)
    users = sorted(accesses.users, key=lambda one: (-one.accesses, one.badge))
    accesses = replace(
        accesses,
        users=tuple(users),
        changes=tuple(sorted(accesses.changes)),
        lockouts=tuple(sorted(accesses.lockouts)),
    )
    lines = tuple(sorted((_line(car, rows) for car, rows in read), key=lambda one: one.car))
    return replace(own, accesses=accesses, cars=lines)


def with_car_months(own: PublicFigures, tables: Iterable[CarTable]) -> PublicFigures:
    """Return the server's public figures with those of the cars' monthly reports added."""
    read = [(each.car, rows) for each in tables if _of("public", rows := _rows(each.table))]
    searches, requests = own.searches, {kind: (yes, no) for kind, yes, no in own.requests}
    counts = {name: getattr(own, name) for name in PUBLIC_COUNTS}
    for _, rows in read:
        searches = _counts(searches, _of("public search", rows))
        for _, kind, figure, value in _of("public request", rows):
            approved, refused = requests.get(kind, (0, 0))
            if figure == "approved":
                approved += _number(value)
            else:
                refused += _number(value)
            requests[kind] = (approved, refused)
        for name in counts:
            counts[name] += _one(rows, "public", name)
    order = [one.name for one in own.searches]
    listed = sorted(searches, key=lambda one: order.index(one.name) if one.name in order else 99)
    return replace(
        own,
        **counts,
        searches=tuple(listed),
        requests=tuple((kind, *requests[kind]) for kind in sorted(requests)),
        cars=len({car for car, _ in read}),
        car_months=len(read),
    )


_Rows = list[tuple[str, str, str, str]]


def _rows(table: str) -> _Rows:
    found = [tuple(row) for row in csv.reader(io.StringIO(table)) if len(row) == 4]
    return [(part, name, figure, value) for part, name, figure, value in found]


def _added(accesses: AccessFigures, car: str, rows: _Rows) -> AccessFigures:
    users = {one.badge: one for one in accesses.users}
    for _, name, figure, value in _of("user", rows):
        badge, _, words = name.partition(" ")
        known = users.get(badge, UserAccesses(badge, words))
        if figure in _COUNTED:
            users[badge] = replace(known, **{figure: getattr(known, figure) + _number(value)})
    days = {one.day: one for one in accesses.days}
    for _, day, figure, value in _of("day", rows):
        known_day = days.get(day, DayCount(day, 0, 0))
        if figure in ("accesses", "refused"):
            days[day] = replace(known_day, **{figure: getattr(known_day, figure) + _number(value)})
    lockouts = [(at, f"{words} ({car})") for _, at, _, words in _of("lock-out", rows)]
    changes = [
        (at, f"{who} ({car})", what, facts)
        for _, at, done, facts in _of("change", rows)
        for who, _, what in (done.partition(BY),)
    ]
    return AccessFigures(
        users=tuple(users.values()),
        purposes=_counts(accesses.purposes, _of("purpose", rows)),
        cases=_counts(accesses.cases, _of("case", rows)),
        days=tuple(days[day] for day in days),
        failed_logins=_counts(accesses.failed_logins, _of("failed login", rows)),
        lockouts=(*accesses.lockouts, *lockouts),
        changes=(*accesses.changes, *changes),
        reads_recorded=accesses.reads_recorded + _one(rows, "report", "reads recorded"),
        broken_entries=accesses.broken_entries + _one(rows, "report", "broken entries"),
    )


def _line(car: str, rows: _Rows) -> CarLine:
    if not rows:
        return CarLine(car, has_reported=False)
    accesses = sum(
        _number(value) for _, _, figure, value in _of("day", rows) if figure == "accesses"
    )
    refused = sum(_number(value) for _, _, figure, value in _of("day", rows) if figure == "refused")
    signed = [value for _, _, figure, value in _of("review", rows) if figure == "signed"]
    verified = next((value for _, name, _, value in _of("log", rows) if name == "verified"), "")
    return CarLine(
        car=car,
        has_reported=True,
        reads_recorded=_one(rows, "report", "reads recorded"),
        accesses=accesses,
        refused=refused,
        failed_logins=sum(_number(value) for _, _, _, value in _of("failed login", rows)),
        reviewed="no review" if not signed else "signed off" if all(signed) else "not signed off",
        verified=verified,
    )


def _of(part: str, rows: _Rows) -> _Rows:
    return [row for row in rows if row[0] == part]


def _one(rows: _Rows, part: str, figure: str) -> int:
    return sum(_number(value) for _, _, name, value in _of(part, rows) if name == figure)


def _counts(known: Iterable[Counted], rows: _Rows) -> tuple[Counted, ...]:
    counter = Counter({one.name: one.count for one in known})
    for _, name, _, value in rows:
        counter[name] += _number(value)
    return tuple(Counted(name, count) for name, count in sorted(counter.items(), key=_busiest))


def _busiest(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _number(text: str) -> int:
    """Return a count of a car's table; one that is none counts nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0
