"""`alpr central` and `alpr sync`: a server in a process of its own, a box enrolled at it by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from alpr_core.accounts.one_time_code import STEP_S
from alpr_core.errors import UsageError
from alpr_core.permissions import Role
from alpr_core.retention import sign_rules
from alpr_tui.__main__ import main
from alpr_tui.demo_people import PEOPLE, DemoPeople, demo_people
from db.keys import make_demo_key_file, read_key_file
from db.store import Store
from tests.alpr_central.fleet import drive
from tests.db.purging import AGENCY, rules


class Running(NamedTuple):
    """A server that a command started."""

    folder: Path
    code: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run `alpr central serve --demo` and return its folder and the code for one car."""
    folder = tmp_path_factory.mktemp("central")
    words = ["central", "serve", "--demo", "--port", "0", "--folder", str(folder)]
    command = [sys.executable, "-P", "-m", "alpr_tui", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            told = dict(process.stdout.readline().rstrip("\n").split("\t", 1) for _ in range(2))
            yield Running(folder, told["code"])
        finally:
            process.terminate()
            assert process.wait(30) == 0


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a box with the demo's people and three reads."""
    folder = tmp_path_factory.mktemp("box")
    key = make_demo_key_file(folder / "demo.key")
    with closing(Store.open(folder / "store", key)) as store:
        demo_people(store, folder, datetime.now(UTC) - timedelta(minutes=5))
        drive(store, 3)
    return folder


def typed(folder: Path, role: Role, *words: str) -> int:
    """Run a command on the store in `folder` as somebody of a role."""
    person = next(person for person in PEOPLE if person.role is role)
    options = ["--store", str(folder / "store"), "--key", str(folder / "demo.key")]
    options += ["--badge", person.badge]
    for name, secret in (("password", person.password), ("code", _code(folder, role))):
        read, write = os.pipe()
        os.write(write, f"{secret}\n".encode())
        os.close(write)
        options += [f"--{name}-fd", str(read)]
    return main([*words, *options])


_STEPS: dict[tuple[Path, Role], int] = {}
_HOLDS_S = 10


def _code(folder: Path, role: Role) -> str:
    """Return a code that was not used yet and holds for ten seconds at least."""
    now_s = time.time()
    first = int(now_s + _HOLDS_S) // STEP_S - 1
    step = _STEPS[folder, role] = max(_STEPS.get((folder, role), 0) + 1, first)
    time.sleep(max(0.0, (step - 1) * STEP_S - now_s))  # the next one but one is not taken yet
    uris = json.loads((folder / "demo-logins.json").read_text("ascii"))
    people = DemoPeople({person.badge: uris[person.badge] for person in PEOPLE})
    person = next(person for person in PEOPLE if person.role is role)
    return people.code(person, datetime.fromtimestamp(step * STEP_S, UTC))


@pytest.fixture(scope="module")
def enrolled(running: Running, box: Path) -> Path:
    """Enrol the box by the code, as its administrator; no technician chooses its server."""
    assert typed(box, Role.TECHNICIAN, "sync", "enrol", running.code) == 12
    assert typed(box, Role.ADMINISTRATOR, "sync", "enrol", running.code) == 0
    return box


def test_a_box_is_enrolled_and_offloaded_by_commands(
    running: Running, enrolled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Enrol by the code, run, look: everything offloaded; the server lists the box. No technician chooses it."""
    box = enrolled
    assert typed(box, Role.OFFICER, "sync", "run") == 0
    assert "3 records brought, 0 wait" in capsys.readouterr().out
    assert typed(box, Role.OFFICER, "sync", "status") == 0
    assert ["offloaded", "yes"] in _rows(capsys)
    assert typed(running.folder, Role.AUDITOR, "central", "boxes") == 0
    (row,) = [row for row in _rows(capsys) if row[0] == "demo car"]
    assert row[1:3] == ["ok", "3"]


def test_a_code_works_once(
    running: Running, enrolled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second box with the same code is refused, in the server's words."""
    assert typed(enrolled, Role.ADMINISTRATOR, "sync", "enrol", running.code) == 14
    assert "was used" in capsys.readouterr().err


def test_a_list_that_cannot_be_read_is_said_to_whoever_may_publish(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    """Permission comes before the file; a file that is not there is told in words by the running server."""
    words = ["central", "publish-list", "/nowhere/list.csv", "--list", "x", "--template", "y"]
    assert typed(running.folder, Role.OFFICER, *words) == 12
    assert "cannot be read" not in capsys.readouterr().err
    assert typed(running.folder, Role.ADMINISTRATOR, *words) != 0
    assert "cannot be read (No such file" in capsys.readouterr().err


def test_rules_are_set_and_looked_at_while_the_server_runs(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An administrator sets the signed rules, an auditor sees what is due, and an officer lets nothing run."""
    note = tmp_path / "rules.note"
    note.write_bytes(sign_rules(rules(), [AGENCY]))
    words = ["central", "retention-set", str(note), "--signed-by", AGENCY.verifier.vkey]
    assert typed(running.folder, Role.ADMINISTRATOR, *words) == 0
    assert ["rules", "1"] in _rows(capsys)
    run = ["central", "purge-run", "--today", f"{datetime.now(UTC):%Y-%m-%d}"]
    assert typed(running.folder, Role.OFFICER, *run) == 12
    assert typed(running.folder, Role.AUDITOR, "central", "purge-preview") == 0
    assert ["due reads", "0"] in _rows(capsys)


def test_a_report_of_the_server_alone_is_not_made(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    """A report of a server's store would leave the cars out: the command says where it is made."""
    for deed in (["weekly"], ["public", str(running.folder)]):
        assert typed(running.folder, Role.ADMINISTRATOR, "report", *deed) == UsageError.exit_code
        assert "leave the cars out" in capsys.readouterr().err


def test_only_an_administrator_revokes(
    running: Running, enrolled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An officer may not revoke a box; after an administrator did, the box sends nothing and says why."""
    box = enrolled
    words = ["central", "revoke", "demo car", "--why", "sold"]
    assert typed(running.folder, Role.OFFICER, *words) == 12
    assert typed(running.folder, Role.ADMINISTRATOR, *words) == 0
    capsys.readouterr()
    assert typed(box, Role.ADMINISTRATOR, "sync", "run") == 14
    assert "was revoked: sold" in capsys.readouterr().err
    with closing(Store.open(box / "store", read_key_file(box / "demo.key"))) as store:
        assert "was revoked" in (store.sync.state().stopped_why or "")


def _rows(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]
