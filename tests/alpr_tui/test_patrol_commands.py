"""`alpr hotlist add/remove` and `alpr canvass` at a box with users: the same door and table as the screens."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.accounts.one_time_code import STEP_S
from alpr_core.errors import AccessRefused, InputError
from alpr_core.permissions import Role
from alpr_tui.__main__ import main
from alpr_tui.demo_people import PEOPLE, DemoPeople, demo_people
from db.keys import make_demo_key_file, read_key_file
from db.store import Store
from tests.db.entry_desk import HERE
from tests.db.sample_sightings import make_sighting

Typed = Callable[..., int]
CASE = ("--case", "26-012345", "--detail", "shooting on Elm Street, dark sedan")
AT = f"{HERE.lat_deg},{HERE.lon_deg}"


@pytest.fixture
def people(tmp_path: Path) -> DemoPeople:
    key = make_demo_key_file(tmp_path / "key")
    with closing(Store.open(tmp_path / "store", key)) as store:
        writer = store.writer(lambda _event: None)
        writer.record(make_sighting(1, "7ABC123"), None)
        writer.close()
        return demo_people(store, tmp_path, datetime.now(UTC))


@pytest.fixture
def typed(tmp_path: Path, people: DemoPeople) -> Typed:
    """Return a function that runs a command as somebody of a role, secrets through descriptors.

    A code works once: the first of three logins has the last one, the third the next one.
    """
    logins: Counter[Role] = Counter()

    def run(role: Role, *words: str) -> int:
        person = next(person for person in PEOPLE if person.role is role)
        at = datetime.now(UTC) + timedelta(seconds=STEP_S) * (logins[role] - 1)
        logins[role] += 1
        options = ["--store", str(tmp_path / "store"), "--key", str(tmp_path / "key")]
        options += ["--badge", person.badge]
        for name, secret in (("password", person.password), ("code", people.code(person, at))):
            read, write = os.pipe()
            os.write(write, f"{secret}\n".encode())
            os.close(write)
            options += [f"--{name}-fd", str(read)]
        return main([*words, *options])

    return run


def cells(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def test_an_own_entry_comes_and_goes(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`hotlist add` prints entry and reads of the past, `hotlist remove` takes it off; both on the log."""
    add = ("hotlist", "add", "7abc12?", "--reason", "hit and run", "--vehicle", "white Ford")
    assert typed(Role.OFFICER, *add, *CASE) == 0
    entry, read = cells(capsys)
    assert entry == ["entry", "7ABC12?", "Local", "be on the lookout"]
    assert (read[1], read[3], read[-1]) == (f"{1:032x}", "7ABC123", "POSSIBLE")
    remove = ("hotlist", "remove", "7abc12?")
    assert typed(Role.OFFICER, *remove, *CASE) == 0
    assert cells(capsys) == [["removed", "7ABC12?", "Local"]]
    assert typed(Role.OFFICER, *remove, *CASE) == InputError.exit_code
    with closing(Store.open(tmp_path / "store", read_key_file(tmp_path / "key"))) as store:
        actions = [record.entry.action for record in store.audit.records.latest(limit=40)]
    assert {"hotlist.add_entry", "hotlist.remove_entry"} <= set(actions)


def test_a_canvass_in_a_script(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Started, read in by a box, ended with a hold and reported, from the command line alone."""
    start = ("canvass", "start", "--crime", "shooting", "--at", AT, "--reach", "300")
    assert typed(Role.OFFICER, *start, *CASE) == 0
    [[canvass_id, case, *_]] = cells(capsys)
    assert case == "26-012345"
    with closing(Store.open(tmp_path / "store", read_key_file(tmp_path / "key"))) as store:
        writer = store.writer(lambda _event: None)
        writer.record(replace(make_sighting(2, "8XYZ987"), position=HERE), None)
        writer.close()
    assert typed(Role.OFFICER, "canvass", "end") == 0
    [ended] = cells(capsys)
    assert ended[6:9] == ["1", "0", "1"] and len(ended[9]) == 12
    file = tmp_path / "reads.csv"
    assert typed(Role.OFFICER, "canvass", "report", canvass_id, str(file)) == 0
    assert "8XYZ987" in file.read_text() and "7ABC123" not in file.read_text()


def test_nobody_else_canvasses(typed: Typed) -> None:
    """A technician starts no canvass from the command line either."""
    start = ("canvass", "start", "--crime", "shooting", "--at", AT)
    assert typed(Role.TECHNICIAN, *start, *CASE) == AccessRefused.exit_code
