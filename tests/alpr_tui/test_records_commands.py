"""`alpr evidence`, `alpr release`, `alpr report` at a box with users: the same door and table as the screens."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.accounts.login_rules import DEFAULT_COURSES
from alpr_core.accounts.one_time_code import code_at, secret_of
from alpr_core.accounts.user import DataAuthorisation, make_training, make_user
from alpr_core.audit.signed_note import Verifier, open_note
from alpr_core.errors import AccessRefused, AuditError
from alpr_core.permissions import Role
from alpr_tui.__main__ import main
from db.key_escrow import make_escrow_pair
from db.keys import RootKey, make_demo_key_file, read_key_file
from db.store import Store
from tests.db.sample_sightings import make_sighting
from tests.db.staffed_store import CHEAP, PASSWORD

Typed = Callable[..., int]
STAFF = (Role.ADMINISTRATOR,) * 4 + (Role.OFFICER,) * 3 + (Role.AUDITOR,) * 2
CASE = ("--case", "26-012345", "--detail", "homicide on Elm Street, silver van")


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    """Return a function that runs a command as somebody of a role: each time somebody else, a code works once."""
    key = make_demo_key_file(tmp_path / "key")
    make_escrow_pair(tmp_path / "da.key", tmp_path / "da.pem")
    (tmp_path / "stick").mkdir()
    (tmp_path / "letter.pdf").write_bytes(b"%PDF a letter")
    waiting: dict[Role, list[tuple[str, bytes]]] = {}
    with closing(Store.open(tmp_path / "store", key)) as store:
        writer = store.writer(lambda _event: None)
        writer.record(make_sighting(1, "7ABC123"), None)
        writer.record(make_sighting(2, "8XYZ987"), None)
        writer.close()
        store.argon2_cost = CHEAP
        for number, role in enumerate(STAFF):
            person = _enrolled(store, number, role)
            waiting.setdefault(role, []).append(person)

    def run(role: Role, *words: str) -> int:
        badge, secret = waiting[role].pop()
        secrets = {"password": PASSWORD, "code": code_at(secret, datetime.now(UTC))}
        options = ["--store", str(tmp_path / "store"), "--key", str(tmp_path / "key")]
        options += ["--badge", badge]
        for name, text in secrets.items():
            read, write = os.pipe()
            os.write(write, f"{text}\n".encode())
            os.close(write)
            options += [f"--{name}-fd", str(read)]
        return main([*words, *options])

    return run


def _enrolled(store: Store, number: int, role: Role) -> tuple[str, bytes]:
    """Give somebody an account that can be used at once; return badge and code secret."""
    now, accounts = datetime.now(UTC), store.people.accounts
    user = make_user(f"{number:032x}", f"P-{number}", "Pat", "Member", "Westminster PD", [role])
    enrolment = accounts.create(user, PASSWORD, now, is_temporary=False)
    accounts.authorise(user.user_id, [DataAuthorisation.DEPARTMENT])
    for course in DEFAULT_COURSES:
        training = make_training(course, "Sgt. Lee", now.date(), now + timedelta(days=365))
        accounts.record_training(user.user_id, training)
    return user.badge, secret_of(enrolment.uri)


def _cells(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def test_evidence_from_search_to_hand_over(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An administrator packs what a search finds; anybody verifies it without the store; custody is recorded."""
    medium = ("--to", str(tmp_path / "da.pem"), "--medium", str(tmp_path / "stick"))
    make = ("evidence", "make", "--plate", "7ABC123", *CASE, *medium)
    assert typed(Role.OFFICER, *make, "--serial", "4C53") == AccessRefused.exit_code
    assert not list((tmp_path / "stick").iterdir())
    assert typed(Role.ADMINISTRATOR, *make, "--serial", "4C53") == 0
    told = dict(line for line in _cells(capsys) if len(line) == 2)
    assert told["reads"] == "1" and "4C53 (typed)" in told["medium"]
    folder = tmp_path / "stick" / told["package"]
    assert main(["evidence", "verify", str(folder), "--private", str(tmp_path / "da.key")]) == 0
    assert "files inside" in capsys.readouterr().out
    assert typed(Role.AUDITOR, "evidence", "list") == 0
    assert _cells(capsys)[-1][0] == told["package"]
    given = ("--given-by", "Lt. A", "--taken-by", "Property room")
    assert typed(Role.ADMINISTRATOR, "evidence", "handover", told["package"], *given) == 0
    _cells(capsys)
    assert typed(Role.AUDITOR, "evidence", "list") == 0
    assert _cells(capsys)[-1][-1] == "Property room"
    (folder / "contents.sealed").write_bytes(b"other")
    assert main(["evidence", "verify", str(folder)]) == AuditError.exit_code


def test_a_release_from_letter_to_medium(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An officer enters a letter, an administrator reviews, approves and exports; all of it stays on file."""

    request = (
        "release", "request", "--agency", "Orange County Sheriff", "--kind", "ca_sheriff",
        "--person", "Inv. Flores", "--wanted-for", "Homicide, route of a silver van",
        "--received", "2026-01-05", "--document", str(tmp_path / "letter.pdf"),
        "--plate", "8XYZ987", *CASE,
    )  # fmt: skip
    assert typed(Role.OFFICER, *request) == 0
    number = dict(_cells(capsys))["request"]
    letter = tmp_path / "copy.pdf"
    assert typed(Role.ADMINISTRATOR, "release", "review", number, "--document", str(letter)) == 0
    assert letter.read_bytes() == b"%PDF a letter"
    assert typed(Role.ADMINISTRATOR, "release", "approve", number, *CASE) == 0
    capsys.readouterr()
    medium = ("--to", str(tmp_path / "da.pem"), "--medium", str(tmp_path / "stick"))
    assert (
        typed(Role.ADMINISTRATOR, "release", "export", number, *CASE, *medium, "--serial", "1") == 0
    )
    package = dict(line for line in _cells(capsys) if len(line) == 2)["package"]
    assert package.startswith("R-") and (tmp_path / "stick" / package / "package.json").is_file()
    assert typed(Role.AUDITOR, "release", "list") == 0
    assert [(line[3], line[4]) for line in _cells(capsys)[1:]] == [("ca_sheriff", "released")]


def test_reports_are_made_saved_and_checked(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`alpr report weekly` makes a report whose files verify; the public pages are written."""
    week, out = ("report", "weekly", "--out", str(tmp_path / "out")), tmp_path / "out"
    out.mkdir()
    assert typed(Role.ADMINISTRATOR, *week) == 0
    number = _cells(capsys)[0][1]
    with closing(Store.open(tmp_path / "store", _key(tmp_path))) as store:
        keys: tuple[Verifier, ...] = store.audit.records.keys()
    text, _ = open_note((out / f"audit-{number}.sig").read_bytes(), keys)
    assert number in text
    assert typed(Role.AUDITOR, "report", "list") == 0
    assert _cells(capsys)[-1][:2] == [number, "weekly"]
    assert typed(Role.ADMINISTRATOR, "report", "public", str(out)) == 0
    year = datetime.now(UTC).year
    assert "Usage and privacy policy" in (out / "index.html").read_text()
    assert (out / f"statistics-{year}.html").is_file()


def _key(folder: Path) -> RootKey:
    return read_key_file(folder / "key")
