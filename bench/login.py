"""`alpr bench login`: whether the time of a refused login tells if the badge is known.

A wrong password of a known badge and any password of an unknown one take turns, at the product's own Argon2id
cost, so that a busy machine burdens both alike.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from alpr_core.accounts.password_policy import PasswordPolicy
from alpr_core.accounts.user import make_user
from alpr_core.permissions import Role
from bench.drill_box import BADGE, DRILL_KEY, PASSWORD, USER_ID, drill_database
from bench.report import Json, Table
from db.accounts import Accounts
from db.authenticator import Authenticator
from db.connection import StoreDatabase
from db.credentials import CodeSecrets, PasswordHasher
from db.migrations import bring_up_to_date

PAIRS = 200
APART_MAX = 0.05
"""Of the longer median; issue: less than 5 % apart, so that badges cannot be found out by time."""

_UNKNOWN_BADGE = "9999"
_WRONG_PASSWORD = "walnut harbor pencil"


def bench_login(pairs: int = PAIRS) -> Json:
    """Print and return the median times of both refusals."""
    with tempfile.TemporaryDirectory(prefix="alpr-login-") as folder:
        database = drill_database(Path(folder))
        bring_up_to_date(database)
        known_ms, unknown_ms = _refuse(database, pairs)
        database.shut()
    apart = abs(known_ms - unknown_ms) / max(known_ms, unknown_ms)
    table = Table(f"Refused logins, {pairs} of each kind in turns", ("", "median, ms", "apart"))
    table.add("known badge, wrong password", f"{known_ms:.1f}", "")
    table.add("unknown badge", f"{unknown_ms:.1f}", f"{apart:.1%}")
    table.note(f"Bar: less than {APART_MAX:.0%} apart.")
    print(table)
    return {"known_ms": known_ms, "unknown_ms": unknown_ms, "apart": apart}


def _refuse(database: StoreDatabase, pairs: int) -> tuple[float, float]:
    """Return the median times of a known and of an unknown badge, in ms."""
    now = datetime.now(UTC)
    hasher, secrets, policy = PasswordHasher(), CodeSecrets(DRILL_KEY), PasswordPolicy()
    user = make_user(USER_ID, BADGE, "Ann Ode", "Patrol Officer", "WPD", [Role.OFFICER])
    Accounts(database, hasher, secrets, policy).create(user, PASSWORD, now)
    authenticator = Authenticator(database, hasher, secrets, policy)
    taken_ms: dict[str, list[float]] = {BADGE: [], _UNKNOWN_BADGE: []}
    for number in range(pairs):
        for badge in sorted(taken_ms, reverse=number % 2 == 0):
            begun_s = time.perf_counter()
            authenticator.log_in(badge, _WRONG_PASSWORD, "000000", now)
            taken_ms[badge].append((time.perf_counter() - begun_s) * 1e3)
        database.execute_sql("DELETE FROM login_attempt")  # else the badge is locked after a few
    return statistics.median(taken_ms[BADGE]), statistics.median(taken_ms[_UNKNOWN_BADGE])
