"""`alpr user` and `alpr hotlist` at a box that has users: the same door and table as the screens."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alpr_core.errors import AccessRefused
from alpr_core.permissions import Role
from alpr_tui.__main__ import main
from alpr_tui.demo_people import PEOPLE, DemoPeople, demo_people
from db.keys import make_demo_key_file
from db.store import Store

Typed = Callable[..., int]


@pytest.fixture
def people(tmp_path: Path) -> DemoPeople:
    """Make a store with one person of each role and return how they log in."""
    key = make_demo_key_file(tmp_path / "key")
    with closing(Store.open(tmp_path / "store", key)) as store:
        return demo_people(store, tmp_path, datetime.now(UTC))


@pytest.fixture
def typed(tmp_path: Path, people: DemoPeople) -> Typed:
    """Return a function that runs a command as somebody of a role, secrets through descriptors."""

    def run(role: Role, *words: str, password: str | None = None) -> int:
        person = next(person for person in PEOPLE if person.role is role)
        code = people.code(person, datetime.now(UTC))
        secrets = {"password": password or person.password, "code": code}
        options = ["--store", str(tmp_path / "store"), "--key", str(tmp_path / "key")]
        options += ["--badge", person.badge]
        for name, secret in secrets.items():
            read, write = os.pipe()
            os.write(write, f"{secret}\n".encode())
            os.close(write)
            options += [f"--{name}-fd", str(read)]
        return main([*words, *options])

    return run


def test_an_administrator_lists_users(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    """`alpr user list` prints every account with what keeps it from logging in."""
    assert typed(Role.ADMINISTRATOR, "user", "list") == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines[1:]] == ["4711", "A1", "T20", "U7"]
    assert {line[5] for line in lines[1:]} == {"active"}


def test_nobody_else_makes_a_user(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    """An officer is refused, with the exit code of a refusal, and the box has no new user."""
    words = ["user", "add", "5150", "--name", "Kim", "--title", "Officer", "--organisation", "WPD"]
    assert typed(Role.OFFICER, *words, "--role", "officer") == AccessRefused.exit_code
    assert "role does not permit" in capsys.readouterr().err


def test_an_administrator_disables_at_once(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`alpr user disable` closes an account and leaves an entry with the administrator's name."""
    assert typed(Role.ADMINISTRATOR, "user", "disable", "4711") == 0
    from db.keys import read_key_file

    with closing(Store.open(tmp_path / "store", read_key_file(tmp_path / "key"))) as store:
        user = store.people.accounts.find("4711")
        entries = [record.entry for record in store.audit.records.latest(limit=9)]
    assert user is not None and user.is_disabled
    disabled = next(entry for entry in entries if entry.action == "user.disable")
    assert (disabled.actor.user_id, disabled.fact("account")) == ("A1", "4711")
    assert {"session.log_in", "session.log_out"} <= {entry.action for entry in entries}


def test_a_wrong_password_opens_nothing(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    """A command with a wrong password is refused in the same words as at the screen."""
    assert typed(Role.ADMINISTRATOR, "user", "list", password="wrong") == AccessRefused.exit_code
    captured = capsys.readouterr()
    assert captured.out == "" and "Badge, password or code is wrong" in captured.err


def test_lists_are_imported_by_an_administrator_only(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`alpr hotlist import` asks the same table: an officer is refused, an administrator is not."""
    file = tmp_path / "list.csv"
    file.write_text("LPN,State,Reason,Information\n8ABC123,CA,Stolen Vehicle,white Camry\n")
    words = ["hotlist", "import", str(file), "--list", "BOSS", "--template", "boss"]
    assert typed(Role.OFFICER, *words) == AccessRefused.exit_code
    assert typed(Role.ADMINISTRATOR, *words) == 0
    assert ["entries", "1"] in [line.split("\t") for line in capsys.readouterr().out.splitlines()]
