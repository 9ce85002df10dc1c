"""Whether a refused login tells by its time if the badge is known: medians must differ by less than 5 %.

Run as `python -m tests.db.login_timing [PAIRS]`, at the product's own Argon2id cost. Kinds take turns, so
that a busy machine burdens them alike.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from alpr_core.accounts.password_policy import PasswordPolicy
from alpr_core.accounts.user import make_user
from alpr_core.permissions import Role
from db.accounts import Accounts
from db.authenticator import Authenticator
from db.connection import StoreDatabase
from db.credentials import CodeSecrets, PasswordHasher
from db.keys import KeyUse
from db.migrations import bring_up_to_date
from tests.db.sample_sightings import ROOT_KEY

PAIRS = 40
USER_ID = "a" * 32


def main() -> None:
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        database = StoreDatabase(Path(folder) / "store.db", ROOT_KEY.derive(KeyUse.DATABASE))
        bring_up_to_date(database)
        hasher, secrets, policy = PasswordHasher(), CodeSecrets(ROOT_KEY), PasswordPolicy()
        accounts = Accounts(database, hasher, secrets, policy)
        user = make_user(USER_ID, "4711", "Ann Ode", "Patrol Officer", "WPD", [Role.OFFICER])
        accounts.create(user, "tulip kestrel mosaic", now)
        authenticator = Authenticator(database, hasher, secrets, policy)
        taken_ms: dict[str, list[float]] = {"4711": [], "9999": []}
        for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS):
            for badge in sorted(taken_ms, reverse=number % 2 == 0):
                begun = time.perf_counter()
                authenticator.log_in(badge, "walnut harbor pencil", "000000", now)
                taken_ms[badge].append((time.perf_counter() - begun) * 1e3)
            database.execute_sql("DELETE FROM login_attempt")
        database.shut()
    known_ms, unknown_ms = (statistics.median(taken_ms[badge]) for badge in ("4711", "9999"))
    difference = abs(known_ms - unknown_ms) / max(known_ms, unknown_ms)
    sys.stdout.write(
        f"known badge {known_ms:.1f} ms, unknown {unknown_ms:.1f} ms: {difference:.1%} apart\n"
    )


if __name__ == "__main__":
    main()
