"""`alpr provision`: a box in one go or none, at a terminal and from an answers file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.accounts.login_rules import LoginRefused
from alpr_core.accounts.one_time_code import STEP_S, code_at, secret_of
from alpr_core.accounts.user import DataAuthorisation, make_training, make_user
from alpr_core.audit.entry import THE_BOX
from alpr_core.desk.desk import Desk
from alpr_core.errors import UsageError
from alpr_core.permissions import Action, Role
from alpr_tui.__main__ import main
from alpr_tui.configuration import read_configuration
from alpr_tui.key_access import root_key_of
from alpr_tui.provisioning.dialogue import Dialogue, read_answers
from alpr_tui.provisioning.machine_checks import Level, check_machine
from alpr_tui.provisioning.new_box import MadeBox, install_configuration, made_box, make_box
from alpr_tui.provisioning.plan import KeyKind, Plan
from db.credentials import Argon2Cost
from db.instants import utc_now
from db.key_escrow import make_escrow_pair, read_escrow_public
from db.key_sources import has_systemd_creds
from db.keys import RootKey, read_key_file
from db.store import Store
from tests.alpr_tui.provisioning_at_a_terminal import (
    PASSPHRASE,
    PASSWORD,
    ROOT,
    Terminal,
    conversation,
    play,
)
from tests.db.interrupted_rotation import KILLED, run_until_step

CHEAP = Argon2Cost(memory_kib=64, iterations=1)
TWO_MINUTES_S = 120.0
STEPS_MIN = 12


def sample_plan(escrow: bytes | None = None) -> Plan:
    """Return what a quick technician answers."""
    roles = [Role.ADMINISTRATOR]
    in_a_year = utc_now() + timedelta(days=365)
    return Plan(
        name="unit 12",
        cameras=(("front", "/dev/video0"),),
        key_kind=KeyKind.DEMO,
        passphrase="",
        escrow=escrow,
        administrator=make_user("a" * 32, "A-1", "Ines Vega", "Commander", "Police", roles),
        is_authorised=True,
        named_by="Chief of Police",
        training=make_training("ALPR operator", "Sgt. Lee", date(2026, 1, 5), in_a_year),
    )


def make_sample(
    folder: Path, enrol: Callable[[Enrolment], None] = lambda _: None, escrow: bytes | None = None
) -> MadeBox:
    """Make a box with a DEMO key and quick password hashes."""

    def set_password(create: Callable[[str], Enrolment]) -> Enrolment:
        return create(PASSWORD)

    return make_box(folder, sample_plan(escrow), set_password, enrol, utc_now, CHEAP)


def log_in(store: Store, uri: str) -> Desk:
    """Return a desk at which the first administrator has logged in."""
    desk = Desk(store.people.authenticator, store.ledger, utc_now)
    outcome = desk.log_in("A-1", PASSWORD, code_at(secret_of(uri), datetime.now(UTC)))
    assert not isinstance(outcome, LoginRefused), outcome.for_audit
    return desk


def test_two_people_make_a_box_at_a_terminal(tmp_path: Path) -> None:
    """At a terminal a box is made in under two minutes, mistakes included; no secret typed is shown."""
    make_escrow_pair(tmp_path / "private.pem", tmp_path / "public.pem")
    config = tmp_path / "etc" / "box.toml"
    words = ["provision", "--folder", str(tmp_path / "data"), "--config", str(config)]
    started_mono_s = time.monotonic()
    terminal = Terminal(words)
    play(terminal, conversation(tmp_path / "public.pem"))
    assert terminal.finish() == 0, terminal.shown
    assert time.monotonic() - started_mono_s < TWO_MINUTES_S
    for secret in (PASSWORD, PASSPHRASE):
        assert secret not in terminal.shown
    assert "██ ▄▄▄▄▄ █" in terminal.shown
    assert len(set(re.findall(r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", terminal.shown))) >= 10
    assert terminal.shown.rindex("\x1b[3J") > terminal.shown.index("Recovery codes")
    configuration = read_configuration(config)
    read, write = os.pipe()
    os.write(write, f"{PASSPHRASE}\n".encode())
    root_key = root_key_of(configuration, Dialogue(descriptors={"passphrase": read}))
    with closing(Store.open(configuration.store, root_key, box=configuration.name)) as store:
        assert store.audit.vkey() in terminal.shown
        (standing,) = store.people.accounts.standings()
    user = standing.user
    assert (user.badge, user.name, user.roles) == ("A-1", "Ines Vega", {Role.ADMINISTRATOR})
    assert user.authorisations == {DataAuthorisation.DEPARTMENT}
    assert user.designee is not None
    assert user.training[0].given_by == "Sgt. Lee"
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_a_set_up_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C at a question ends with one line and exit code 130; there is no box and no trace."""
    config = tmp_path / "box.toml"
    terminal = Terminal(["provision", "--folder", str(tmp_path / "d"), "--config", str(config)])
    play(terminal, conversation(tmp_path)[:2])
    terminal.expect("Kept by")
    terminal.interrupt()
    assert terminal.finish() == 130
    assert "Traceback" not in terminal.shown
    assert not list(tmp_path.iterdir())


def script(
    tmp_path: Path, answers: str, secrets: dict[str, str]
) -> tuple[subprocess.Popen[str], int]:
    """Start a scripted set-up; return it and the end of the pipe that its code is written to."""
    (tmp_path / "answers.toml").write_text(answers)
    words = ["--answers", str(tmp_path / "answers.toml"), "--folder", str(tmp_path / "data")]
    pipes = {name: os.pipe() for name in (*secrets, "code")}
    for name, secret in secrets.items():
        os.write(pipes[name][1], f"{secret}\n".encode())
    for name, (read, _) in pipes.items():
        words += [f"--{name}-fd", str(read)]
    words += ["--config", str(tmp_path / "box.toml")]
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "alpr_tui", "provision", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=[read for read, _ in pipes.values()],
    )
    for name, (read, write) in pipes.items():
        os.close(read)
        if name != "code":
            os.close(write)
    return running, pipes["code"][1]


ANSWERS = """
[box]
name = "unit 7"
camera = "rtsp://10.0.0.9/stream"
[key]
kept_by = "{kept_by}"
escrow = "none"
without_escrow = true
[administrator]
badge = "A-1"
name = "Ines Vega"
title = "Commander"
organisation = "Example PD"
named_by = "nobody"
department_data = false
[training]
course = "ALPR operator"
given_by = "Sgt. Lee"
completed_on = 2026-11-20
expires_on = 2036-11-20
"""


@pytest.mark.parametrize("kept_by", ["demo", "credential"])
def test_a_box_is_made_by_a_script(tmp_path: Path, kept_by: str) -> None:
    """Answers come from a file and secrets from descriptors; what a script needs is on standard output."""
    if kept_by == "credential" and not has_systemd_creds():
        pytest.skip("systemd-creds is not installed")
    running, code_pipe = script(tmp_path, ANSWERS.format(kept_by=kept_by), {"password": PASSWORD})
    assert running.stdout is not None
    enrolment = json.loads(running.stdout.readline().removeprefix("enrolment\t"))
    assert len(enrolment["recovery_codes"]) == 10
    code = code_at(secret_of(enrolment["uri"]), datetime.now(UTC))
    os.write(code_pipe, f"{code}\n".encode())
    os.close(code_pipe)
    shown, told = running.communicate(timeout=60)
    if "systemd-creds refused" in told:
        pytest.skip(f"this machine makes no credentials: {told}")
    assert running.returncode == 0, told
    assert ("protects NOTHING" in told) == (kept_by == "demo")
    assert "NO ESCROW" in told
    configuration = read_configuration(tmp_path / "box.toml")
    assert (configuration.key_credential is not None) == (kept_by == "credential")
    with closing(
        Store.open(configuration.store, root_key_of(configuration), box="unit 7")
    ) as store:
        assert f"vkey\t{store.audit.vkey()}" in shown
        store.audit.verify()
        desk = Desk(store.people.authenticator, store.ledger, lambda: utc_now() + STEP)
        late = code_at(secret_of(enrolment["uri"]), datetime.now(UTC) + STEP)
        assert not isinstance(desk.log_in("A-1", PASSWORD, late), LoginRefused)


STEP = timedelta(seconds=STEP_S)


def test_what_is_not_answered_is_named(tmp_path: Path) -> None:
    """Without a terminal a missing answer ends the set-up before anything is made, and is named."""
    answers = ANSWERS.format(kept_by="demo").replace('given_by = "Sgt. Lee"\n', "")
    running, code_pipe = script(tmp_path, answers, {"password": PASSWORD})
    os.close(code_pipe)
    _, told = running.communicate(timeout=60)
    assert running.returncode == UsageError.exit_code
    assert "training.given_by is not answered" in told
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('badge = "A-1"', 'badge = "A 1!"', "no badge number"),
        ('kept_by = "demo"', 'kept_by = "luck"', "one of these words"),
        ("expires_on = 2036-11-20", "expires_on = 2026-11-21", "expired"),
        ("completed_on = 2026-11-20", 'completed_on = "soon"', "2026-11-23"),
        ('name = "Ines Vega"', 'name = ""', "empty"),
        ("without_escrow = true", "without_escrow = false", "make a pair"),
        ('name = "unit 7"', 'name = ["unit 7"]', "must be one answer"),
    ],
)
def test_a_wrong_answer_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    """A wrong answer of a file is refused with its reason; nothing is made."""
    (tmp_path / "a.toml").write_text(ANSWERS.format(kept_by="demo").replace(old, new))
    arguments = ["--answers", str(tmp_path / "a.toml"), "--folder", str(tmp_path / "d")]
    assert main(["provision", *arguments, "--config", str(tmp_path / "box.toml")]) != 0
    assert words in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


def test_a_set_up_killed_at_any_step_is_no_box_or_a_whole_one(tmp_path: Path) -> None:
    """Killed before any change to a file, there is no box, or one in which the administrator can log in."""
    folder, config = tmp_path / "data", tmp_path / "box.toml"
    states, step, code = [], 0, KILLED
    uri = tmp_path / "uri"

    def provision_it(told: Callable[[str], None]) -> None:
        made = make_sample(folder, lambda enrolment: told(str(uri.write_text(enrolment.uri))))
        install_configuration(made.folder, config)

    while code == KILLED:
        shutil.rmtree(folder, ignore_errors=True)
        config.unlink(missing_ok=True)
        code = run_until_step(step, provision_it)
        box = made_box(folder)
        states.append((box is not None, config.exists()))
        if box is None:
            assert not config.exists()
            made = make_sample(folder, lambda enrolment: None)
            assert made_box(folder) == made.folder
            assert not [path for path in folder.iterdir() if path != made.folder]
        else:
            install_configuration(box, config)
            configuration = read_configuration(config)
            key = read_key_file(configuration.key_file)
            with closing(Store.open(configuration.store, key, box="unit 12")) as store:
                store.argon2_cost = CHEAP
                log_in(store, uri.read_text())
        step += 1
    assert code == 0
    assert step >= STEPS_MIN
    assert states == sorted(states)
    assert states[0] == (False, False)
    assert states[-1] == (True, True)
    assert (True, False) in states


def test_an_interrupted_set_up_is_finished_by_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """If only the configuration is missing, the next start puts it in place and asks nothing."""
    made = make_sample(tmp_path / "data")
    config = tmp_path / "etc" / "box.toml"
    words = ["provision", "--folder", str(tmp_path / "data"), "--config", str(config)]
    assert main(words) == 0
    assert read_configuration(config).store == made.folder / "store"
    assert "earlier set-up" in capsys.readouterr().err
    before = config.read_bytes()
    assert main(words) == UsageError.exit_code
    assert "this computer is a box" in capsys.readouterr().err
    assert config.read_bytes() == before


def test_every_step_of_provisioning_is_on_the_log(tmp_path: Path) -> None:
    """Account, training, authorisation, designee and settings each have an entry, none by the box itself."""
    made = make_sample(tmp_path / "data")
    key: RootKey = read_key_file(made.folder / "root.key")
    with closing(Store.open(made.folder / "store", key)) as store:
        records = store.audit.records.latest()
    actions = [record.entry.action for record in reversed(records)]
    assert actions[:7] == [
        "log.start",
        Action.CHANGE_SETTINGS.value,
        Action.MANAGE_USERS.value,
        Action.RECORD_TRAINING.value,
        Action.MANAGE_USERS.value,
        Action.NAME_DESIGNEE.value,
        "box.provision",
    ]
    by = {record.entry.actor for record in records if record.entry.action != "log.start"}
    assert by
    assert THE_BOX not in by


def test_the_agencys_copy_is_there_to_be_taken(tmp_path: Path) -> None:
    """With an escrow key the box holds the agency's copy; without one there is none."""
    make_escrow_pair(tmp_path / "private.pem", tmp_path / "public.pem")
    public = read_escrow_public(tmp_path / "public.pem")
    made = make_sample(tmp_path / "with", escrow=public)
    assert made.escrow_copy is not None
    assert made.escrow_copy.read_bytes().startswith(b"ALPRKEYS")
    assert make_sample(tmp_path / "without").escrow_copy is None


def test_a_folder_open_to_all_is_no_place_for_a_box(tmp_path: Path) -> None:
    """A folder that every user can change is refused; a good one has no STOP, and nothing is left there."""
    assert not [one for one in check_machine(tmp_path / "new") if one.level is Level.BAD]
    assert not list(tmp_path.iterdir())
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    bad = [one for one in check_machine(tmp_path / "open") if one.level is Level.BAD]
    assert len(bad) == 1
    assert "every user" in bad[0].words


def test_no_answers_file_answers_nothing() -> None:
    """Without an answers file everything is asked."""
    assert read_answers(None) == {}
