"""`alpr hold`, `alpr retention`, `alpr purge` and `alpr jobs` at a store with people."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alpr_core.errors import AccessRefused, InputError, UsageError
from alpr_core.permissions import Role
from alpr_core.retention import rules_text
from alpr_tui.__main__ import main
from alpr_tui.demo_people import DemoPeople, demo_people
from db.keys import make_demo_key_file, read_key_file
from db.store import Store
from tests.alpr_tui.signed_commands import Typed, typed_at
from tests.db.purging import AGENCY, rules
from tests.db.sample_sightings import Outcomes, make_sighting
from tests.db.staffed_store import CHEAP

PURPOSE = (
    "--case",
    "26-012345",
    "--detail",
    "People v. Doe, discovery",
    "--reason",
    "named in discovery",
)


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoPeople:
    """Make a store with people and three reads, two of them two months old and receipted."""
    monkeypatch.setattr(Store, "argon2_cost", CHEAP)
    key = make_demo_key_file(tmp_path / "key")
    store = Store.open(tmp_path / "store", key)
    try:
        found = demo_people(store, tmp_path, datetime.now(UTC))
        outcomes = Outcomes()
        writer = store.writer(outcomes)
        now = datetime.now(UTC)
        for number, age in ((1, 60), (2, 60), (3, 0)):
            seen_at = now - timedelta(days=age)
            sighting = make_sighting(
                number, f"{number}KMW777", seen_at=seen_at, first_seen_at=seen_at
            )
            writer.record(sighting, None)
        outcomes.wait_for(3)
        store.outbox._database.execute_sql("DELETE FROM outbox")
    finally:
        store.close()
    return found


@pytest.fixture
def typed(tmp_path: Path, people: DemoPeople) -> Typed:
    return typed_at(tmp_path, people)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """Write rules signed by `alpr retention sign` with a key as openssl writes it."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "agency.pem").write_bytes(pem)
    (tmp_path / "rules.txt").write_text(rules_text(rules(confirmations=1)))
    return tmp_path / "rules.note"


def sign(note: Path, capsys: pytest.CaptureFixture[str]) -> str:
    folder = note.parent
    words = ["retention", "sign", str(folder / "rules.txt"), "--key", str(folder / "agency.pem")]
    assert main([*words, "--name", "Westminster-PD"]) == 0
    told = capsys.readouterr()
    note.write_text(told.out)
    return told.err.split()[-1]


def test_a_hold_from_set_to_lifted(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    """`alpr hold set` keeps what a search finds, `list` shows it, `lift` ends it; an officer cannot lift."""
    assert typed(Role.OFFICER, "hold", "set", "--plate", "1KMW777", *PURPOSE) == 0
    line = capsys.readouterr().out.split("\t")
    assert line[1:4] == ["26-012345", "held", "1"]
    assert typed(Role.OFFICER, "hold", "lift", line[0], *PURPOSE) == AccessRefused.exit_code
    assert typed(Role.ADMINISTRATOR, "hold", "lift", line[0], *PURPOSE) == 0
    capsys.readouterr()
    assert typed(Role.AUDITOR, "hold", "list") == 0
    assert capsys.readouterr().out.splitlines()[1].split("\t")[2] == "lifted"


def test_from_rules_to_certificate(
    typed: Typed, note: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signed, set, announced, confirmed, run and printed: the whole way of a purge by commands."""
    vkey = sign(note, capsys)
    assert vkey == AGENCY.verifier.vkey
    assert typed(Role.ADMINISTRATOR, "retention", "set", str(note)) == InputError.exit_code
    assert typed(Role.ADMINISTRATOR, "retention", "set", str(note), "--signed-by", vkey) == 0
    assert typed(Role.AUDITOR, "retention", "show") == 0
    assert "car read 30" in capsys.readouterr().out
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    run = ("purge", "run", "--today")
    assert typed(Role.ADMINISTRATOR, *run, "2031-01-01") == UsageError.exit_code
    capsys.readouterr()
    assert typed(Role.ADMINISTRATOR, *run, today) == 0
    assert capsys.readouterr().out.startswith("Announced: 2 reads go in 7 days.")
    age_notice(tmp_path)
    assert typed(Role.AUDITOR, "purge", "preview") == 0
    told = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert told["announced reads"] == "2" and told["waits for"] == "It waits for confirmation."
    assert typed(Role.ADMINISTRATOR, "purge", "confirm") == 0
    assert typed(Role.ADMINISTRATOR, *run, today) == 0
    assert ": 2 reads purged, 0 traces found." in capsys.readouterr().out
    assert typed(Role.AUDITOR, "purge", "certificate") == 0
    number, _, reads, *_, proven = capsys.readouterr().out.splitlines()[1].split("\t")
    assert (reads, proven) == ("2", "yes")
    pdf = tmp_path / "certificate.pdf"
    assert typed(Role.ADMINISTRATOR, "purge", "certificate", number, "--pdf", str(pdf)) == 0
    assert pdf.read_bytes().startswith(b"%PDF")


def age_notice(folder: Path) -> None:
    """Let the notice be a week old; time cannot be moved under a command."""
    store = Store.open(folder / "store", read_key_file(folder / "key"))
    store.outbox._database.execute_sql("UPDATE purge_notice SET aged_s = 7 * 86400")
    store.close()


def test_jobs_are_listed_and_run(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    """`alpr jobs run` runs a job to its end and `list` shows what it did; a technician cannot run one."""
    assert typed(Role.ADMINISTRATOR, "jobs", "run", "integrity") == 0
    assert "entries fit together" in capsys.readouterr().out
    assert typed(Role.TECHNICIAN, "jobs", "run", "integrity") == AccessRefused.exit_code
    assert typed(Role.ADMINISTRATOR, "jobs", "run", "nothing") == UsageError.exit_code
    capsys.readouterr()
    assert typed(Role.TECHNICIAN, "jobs", "list") == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    ended = {line[0]: line[3] for line in lines[1:]}
    assert ended["integrity"] == "done" and ended["checkpoint"] == "never"


def test_openssl_keys_sign_rules(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key made by openssl, as the document says, signs rules."""
    pem = note.parent / "agency.pem"
    order = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(pem)]
    try:
        made = subprocess.run(order, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        made = False
    if not made:
        pytest.skip("openssl is not installed")
    assert sign(note, capsys).startswith("Westminster-PD+")
