"""Commands as somebody of a role types them, any number in a row; secrets go through descriptors."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from alpr_core.permissions import Role
from alpr_tui.__main__ import main
from alpr_tui.demo_people import PEOPLE, DemoPeople
from db.keys import read_key_file
from db.store import Store

Typed = Callable[..., int]


def typed_at(folder: Path, people: DemoPeople) -> Typed:
    """Return a function that runs a command at the store in a folder and returns its exit code."""

    def run(role: Role, *words: str) -> int:
        forget_used_codes(folder)
        person = next(person for person in PEOPLE if person.role is role)
        secrets = {"password": person.password, "code": people.code(person, datetime.now(UTC))}
        options = ["--store", str(folder / "store"), "--key", str(folder / "key")]
        options += ["--badge", person.badge]
        for name, secret in secrets.items():
            read, write = os.pipe()
            os.write(write, f"{secret}\n".encode())
            os.close(write)
            options += [f"--{name}-fd", str(read)]
        return main([*words, *options])

    return run


def forget_used_codes(folder: Path) -> None:
    """Let the code of these 30 seconds be used again: a test cannot wait for the next one."""
    with closing(Store.open(folder / "store", read_key_file(folder / "key"))) as store:
        store.outbox._database.execute_sql("UPDATE credential SET last_used_step = NULL")
