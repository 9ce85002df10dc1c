"""`alpr audit list`: through the login, the permission table and the log, like the screen."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alpr_core.accounts.one_time_code import code_at
from alpr_core.errors import AccessRefused, InputError, UsageError
from alpr_core.permissions import Role
from alpr_tui.command_line import parse
from db.keys import make_demo_key_file
from db.store import Store
from tests.db import staffed_store as staffing
from tests.db.staffed_store import BADGES, PASSWORD, StaffedStore


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder with a key and a closed store, and its people's code secrets by badge."""

    folder: Path
    secrets: dict[str, bytes]

    def run(self, role: Role, *words: str) -> int:
        """Run the command as somebody who gives badge, password and code."""
        badge = BADGES[role]
        code = code_at(self.secrets[badge], datetime.now(UTC))
        options = ["--store", f"{self.folder}/store", "--key", f"{self.folder}/demo.key"]
        for name, secret in (("password", PASSWORD), ("code", code)):
            reading, writing = os.pipe()
            os.write(writing, secret.encode() + b"\n")
            os.close(writing)
            options += [f"--{name}-fd", str(reading)]
        parsed = parse(["audit", "list", *words, *options, "--badge", badge])
        exit_code: int = parsed.command(parsed)
        return exit_code


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Give a closed store whose people were trained lately."""
    monkeypatch.setattr(staffing, "ROOT_KEY", make_demo_key_file(tmp_path / "demo.key"))
    monkeypatch.setattr(staffing, "NOW", datetime.now(UTC))
    staffed = StaffedStore(tmp_path / "store")
    staffed.store.close()
    return Kept(tmp_path, staffed.secrets)


def test_an_auditor_lists_what_the_screen_shows(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    """Entries go to stdout, tab-separated under their names, and the look is on the log."""
    assert kept.run(Role.AUDITOR, "--who", "U-7") == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert lines[0][:2] == ["index", "time"]
    assert [line[6] for line in lines[1:]] == ["session.log_in"]
    store = Store.open(kept.folder / "store", staffing.ROOT_KEY)
    actions = [record.entry.action for record in store.audit.records.latest(limit=3)]
    store.close()
    assert "audit.view" in actions and "session.log_out" in actions


def test_an_export_tells_its_digest(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    """`--csv` writes a new file and prints the digest that is on the log; nothing is overwritten."""
    file = kept.folder / "out.csv"
    assert kept.run(Role.ADMINISTRATOR, "--csv", str(file), "--all") == 0
    told = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert told["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert int(told["rows"]) == len(file.read_text(encoding="utf-8").splitlines()) - 1 > 0


def test_an_existing_file_is_spared(kept: Kept) -> None:
    """`--csv` onto a file that is there is refused with its exit code, and the file stays."""
    file = kept.folder / "out.csv"
    file.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        kept.run(Role.AUDITOR, "--csv", str(file))
    assert file.read_text() == "mine"


def test_an_officer_is_refused(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    """The command has no way around the table: an officer sees nothing."""
    with pytest.raises(AccessRefused, match="role does not permit"):
        kept.run(Role.OFFICER)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [("--action", "teleport"), ("--since", "soon")])
def test_bad_words_are_said_before_a_login(kept: Kept, words: tuple[str, ...]) -> None:
    """A filter that cannot be is refused before anybody is asked who he is."""
    with pytest.raises(InputError):
        kept.run(Role.AUDITOR, *words)
