"""`alpr audit`: what goes out, what is checked, which exit code says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from alpr_core.errors import AlprError, AuditError
from alpr_tui.command_line import parse
from db.keys import make_demo_key_file, read_key_file
from db.store import Store
from tests.db.audit_store import FIRST_AT, audit_store
from tests.db.sample_sightings import make_sighting

ENTRIES = 30
Run = Callable[..., list[str]]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a closed store of 30 audit entries and its key file."""
    folder = tmp_path_factory.mktemp("command")
    key = make_demo_key_file(folder / "demo.key")
    Store.open(folder / "store", key, now=lambda: FIRST_AT).close()
    with audit_store(folder / "store", key) as store:
        store.fill(ENTRIES - 1)
        store.trail.checkpoint()
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    return Path(shutil.copytree(kept, tmp_path / "kept"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `alpr audit ...` and gives the lines on stdout."""

    def command(*words: object) -> list[str]:
        options = parse(["audit", *map(str, words)])
        capsys.readouterr()
        assert options.command(options) == 0
        return capsys.readouterr().out.splitlines()

    return command


def store_of(folder: Path) -> Sequence[object]:
    return ("--store", folder / "store", "--key", folder / "demo.key")


def told(lines: list[str], name: str) -> str:
    return dict(line.split("\t", 1) for line in lines)[name]


def test_a_store_verifies(run: Run, folder: Path) -> None:
    """`alpr audit verify` hashes a store again and prints what it holds."""
    lines = run("verify", *store_of(folder))
    assert told(lines, "log").startswith("alpr-tui/box/")
    assert (told(lines, "entries"), told(lines, "signed")) == ("30", "30")


def test_a_store_verifies_while_a_box_writes_into_it(run: Run, folder: Path) -> None:
    """Checking needs no lock: a running box goes on."""
    with audit_store(folder / "store", read_key_file(folder / "demo.key")) as store:
        store.fill(3)
        assert told(run("verify", *store_of(folder)), "entries") == "33"
        store.fill(1)


def test_an_export_verifies_without_store_and_key(run: Run, folder: Path, tmp_path: Path) -> None:
    """An exported folder, alone, is checked; the export itself is its last entry."""
    lines = run("export", tmp_path / "out", *store_of(folder))
    shutil.rmtree(folder)
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"checkpoint", "tile", "vkey"}
    checked = run("verify", tmp_path / "out")
    assert told(checked, "entries") == told(lines, "entries")
    assert told(checked, "key") == told(lines, "key")
    bundles = b"".join(path.read_bytes() for path in (tmp_path / "out/tile/entries").rglob("*.p/*"))
    assert b'"action":"audit.export"' in bundles


def test_a_trusted_key_is_compared(run: Run, folder: Path, tmp_path: Path) -> None:
    """A key of the log, given as text or as a file, is accepted; another one refused."""
    run("export", tmp_path / "out", *store_of(folder))
    vkey = tmp_path / "out/vkey"
    for given in (vkey, vkey.read_text().strip()):
        run("verify", tmp_path / "out", "--vkey", given)
        run("verify", *store_of(folder), "--vkey", given)
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    for words in ((tmp_path / "out",), store_of(folder)):
        with pytest.raises(AuditError, match="none of this log's keys"):
            run("verify", *words, "--vkey", other)


def test_truncation_shows_against_a_kept_checkpoint(run: Run, folder: Path, tmp_path: Path) -> None:
    """`--checkpoint` refuses a log that is shorter than what somebody kept, and accepts one that grew."""
    run("export", tmp_path / "older", *store_of(folder))
    run("export", tmp_path / "newer", *store_of(folder))
    older, newer = (tmp_path / name / "checkpoint" for name in ("older", "newer"))
    run("verify", tmp_path / "newer", "--checkpoint", older)
    run("verify", *store_of(folder), "--checkpoint", older)
    with pytest.raises(AuditError, match="cut short") as refusal:
        run("verify", tmp_path / "older", "--checkpoint", newer)
    assert refusal.value.exit_code == 11


def test_a_checkpoint_is_remembered(run: Run, folder: Path, tmp_path: Path) -> None:
    """`--remember FILE` keeps the newest checked checkpoint, and a failed check leaves the file alone."""
    remembered = tmp_path / "remembered"
    run("export", tmp_path / "older", *store_of(folder))
    run("verify", tmp_path / "older", "--remember", remembered)
    assert remembered.read_bytes() == (tmp_path / "older/checkpoint").read_bytes()
    run("export", tmp_path / "newer", *store_of(folder))
    run("verify", tmp_path / "newer", "--remember", remembered)
    newest = remembered.read_bytes()
    assert newest == (tmp_path / "newer/checkpoint").read_bytes()
    with pytest.raises(AuditError, match="cut short"):
        run("verify", tmp_path / "older", "--remember", remembered)
    assert remembered.read_bytes() == newest


def test_an_altered_store_is_named(run: Run, folder: Path) -> None:
    """The first bad entry of a store is named, with the exit code of AuditError."""
    with audit_store(folder / "store", read_key_file(folder / "demo.key")) as store:
        store.sql("UPDATE audit_entry SET leaf = replace(leaf, '26-0006', '26-0007')")
    with pytest.raises(AuditError, match="Entry 7 was altered") as refusal:
        run("verify", *store_of(folder))
    assert refusal.value.exit_code == 11


def test_a_stored_sighting_is_on_the_log(run: Run, tmp_path: Path) -> None:
    """Every sighting that a box stores adds one entry, and its plate is not in the export."""
    key = make_demo_key_file(tmp_path / "demo.key")
    store = Store.open(tmp_path / "store", key)
    before = store.audit.records.count()
    sighting = make_sighting()
    store.writer(lambda _event: None).record(sighting, None)
    store.close()
    run("export", tmp_path / "out", *store_of(tmp_path))
    assert int(told(run("verify", tmp_path / "out"), "entries")) == before + 2
    written = b"".join(
        path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    assert b'"action":"sighting.record"' in written
    assert sighting.reading.text.encode() not in written


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (("verify", "{}", "--store", "{}/store", "--key", "{}/demo.key"), 2),
        (("verify", "--store", "{}/store"), 2),
        (("verify", "{}/nowhere"), 3),
        (("verify", "{}"), 11),
        (("verify", "--store", "{}/store", "--key", "{}/nowhere"), 6),
        (("verify", "--store", "{}", "--key", "{}/demo.key"), 7),
        (("verify", "--store", "{}/store", "--key", "{}/other.key"), 7),
        (("verify", "--store", "{}/store", "--key", "{}/demo.key", "--checkpoint", "{}/no"), 3),
        (("verify", "--store", "{}/store", "--key", "{}/demo.key", "--checkpoint", "{}/demo.key"), 11),
        (("verify", "--store", "{}/store", "--key", "{}/demo.key", "--vkey", "{}/demo.key"), 11),
        (("verify", "--config", "{}/nowhere"), 9),
        (("export", "{}", "--store", "{}/store", "--key", "{}/demo.key"), 2),
        (("export", "{}/demo.key", "--store", "{}/store", "--key", "{}/demo.key"), 2),
        (("export", "{}/out", "--store", "{}/store", "--key", "{}/other.key"), 7),
    ],
)  # fmt: skip
def test_bad_words_have_their_exit_codes(
    run: Run, folder: Path, words: tuple[str, ...], exit_code: int
) -> None:
    """Wrong folders, keys, files and combinations are said in words, each with its exit code."""
    make_demo_key_file(folder / "other.key")
    with pytest.raises(AlprError) as refusal:
        run(*(word.format(folder) for word in words))
    assert refusal.value.exit_code == exit_code
    assert str(refusal.value).isprintable()


def test_a_refused_export_leaves_nothing(run: Run, folder: Path) -> None:
    """A folder that holds something is neither written to nor told of in the log."""
    before = sorted(folder.iterdir())
    with pytest.raises(AlprError, match="not empty"):
        run("export", folder, *store_of(folder))
    assert sorted(folder.iterdir()) == before
    assert told(run("verify", *store_of(folder)), "entries") == "30"


def test_a_pipe_in_a_foreign_folder_is_not_waited_for(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    """A folder from elsewhere with a pipe in place of a file is refused at once."""
    run("export", tmp_path / "out", *store_of(folder))
    (tmp_path / "out/checkpoint").unlink()
    os.mkfifo(tmp_path / "out/checkpoint")
    with pytest.raises(AuditError, match="checkpoint is missing"):
        run("verify", tmp_path / "out")


def test_an_export_that_fails_is_on_record(run: Run, folder: Path) -> None:
    """If the log cannot be written out, a second entry says that the export failed, and why."""
    with audit_store(folder / "store", read_key_file(folder / "demo.key")) as store:
        store.sql("DELETE FROM audit_node WHERE level = 0 AND number = 7")
    with pytest.raises(AlprError, match="missing from the store"):
        run("export", folder / "out", *store_of(folder))
    with audit_store(folder / "store", read_key_file(folder / "demo.key")) as store:
        last = store.trail.records.latest(limit=1)[0].entry
    assert (last.action, last.outcome.value) == ("audit.export", "failed")
    assert "missing" in last.why


def test_an_export_from_a_running_box_is_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    """Exporting writes an entry, so it waits until the box is closed; the screen exports meanwhile."""
    store = Store.open(folder / "store", read_key_file(folder / "demo.key"))
    with pytest.raises(AlprError, match="open in another program"):
        run("export", tmp_path / "out", *store_of(folder))
    store.close()
    assert not (tmp_path / "out").exists()
