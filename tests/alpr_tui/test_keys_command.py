"""`alpr keys` and `alpr store`: only for an administrator who has just logged in, or by the agency's key."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.accounts.login_rules import LoginRefused
from alpr_core.accounts.one_time_code import STEP_S, code_at, secret_of
from alpr_core.audit.entry import Entry, Outcome
from alpr_core.desk.desk import Desk
from alpr_core.errors import AccessRefused, KeyFileError, StoreError, UsageError
from alpr_core.permissions import Action
from alpr_tui.__main__ import main
from alpr_tui.configuration import BoxConfiguration
from alpr_tui.key_access import DEMO_WARNING, PASSPHRASE_CREDENTIAL, root_key_of
from alpr_tui.provisioning.dialogue import Dialogue
from db.audit_records import EntryFilter
from db.instants import utc_now
from db.key_escrow import (
    fingerprint,
    make_escrow_pair,
    read_escrow_private,
    read_escrow_public,
)
from db.key_sources import PassphraseFile
from db.keys import RootKey, demo_key_text, fresh_root_key, read_key_file
from db.store import DATABASE_FILE, Store
from db.store_keys import find_keys_by_escrow
from tests.alpr_tui.provisioning_at_a_terminal import PASSPHRASE, PASSWORD
from tests.alpr_tui.test_provision import CHEAP, make_sample

NEW_PASSPHRASE = "marble thistle orbit ladder quartz"
STEP = timedelta(seconds=STEP_S)


class Car:
    """A provisioned box with a DEMO key and an agency key, and its administrator's authenticator app."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.private = folder / "private.pem"
        make_escrow_pair(self.private, folder / "public.pem")
        public = read_escrow_public(folder / "public.pem")
        uris: list[str] = []
        box = make_sample(folder / "data", lambda one: uris.append(one.uri), public).folder
        self.secret = secret_of(uris[0])
        self.store, self.key_file = box / "store", box / "root.key"
        self._codes_used = -1

    @property
    def root_key(self) -> RootKey:
        return read_key_file(self.key_file)

    def code(self) -> str:
        """Return a code that was not used yet; there are three at a time."""
        self._codes_used += 1
        return code_at(self.secret, datetime.now(UTC) + (self._codes_used - 1) * STEP)

    def run(self, *words: str | Path, password: str = PASSWORD, **secrets: str) -> int:
        """Run a command as the administrator and return its exit code."""
        given = {"password": password, "code": self.code(), **secrets}
        options: list[str] = []
        pipes = []
        for name, secret in given.items():
            read, write = os.pipe()
            os.write(write, f"{secret}\n".encode())
            os.close(write)
            pipes.append(read)
            options += [f"--{name.replace('_', '-')}-fd", str(read)]
        try:
            named = ["--store", str(self.store), "--key", str(self.key_file), "--badge", "A-1"]
            return main([*(str(word) for word in words), *named, *options])
        finally:
            for pipe in pipes:
                os.close(pipe)

    def entries(self, action: Action, root_key: RootKey | None = None) -> list[Entry]:
        with closing(Store.open(self.store, root_key or self.root_key)) as store:
            records = store.audit.records.latest(EntryFilter(action=action.value))
        return [record.entry for record in records]


@pytest.fixture
def car(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Car:
    monkeypatch.setattr("db.key_sources.PASSPHRASE_COST", CHEAP)
    return Car(tmp_path)


def kept_passphrase(key_file: Path, passphrase: str) -> RootKey:
    return PassphraseFile(key_file, lambda: passphrase).read()


def test_an_administrator_rotates_both_keys(car: Car) -> None:
    """Each rotation is asked for by a person who proved who he is, and both his entries name him."""
    old = car.root_key
    assert car.run("keys", "rotate-root") == 0
    assert car.root_key != old
    assert car.run("keys", "rotate-database", "--escrow-copy", car.folder / "copy.keys") == 0
    assert (car.folder / "copy.keys").read_bytes().startswith(b"ALPRKEYS")
    entries = car.entries(Action.ROTATE_KEYS)
    assert [entry.fact("stage") for entry in entries] == ["done", "begun", "done", "begun"]
    assert {entry.actor.user_id for entry in entries} == {"A-1"}


@pytest.mark.parametrize(
    "words", [["keys", "rotate-root"], ["keys", "rotate-database", "--escrow-copy", "copy"]]
)
def test_a_wrong_password_rotates_nothing(
    car: Car, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Without the right password no key changes; the refusal has its exit code and is on the log."""
    before = (car.key_file.read_bytes(), (car.store / "keys.set").read_bytes())
    assert car.run(*words, password="wrong wrong wrong") == AccessRefused.exit_code
    assert "Badge, password or code is wrong" in capsys.readouterr().err
    assert (car.key_file.read_bytes(), (car.store / "keys.set").read_bytes()) == before
    assert car.entries(Action.ROTATE_KEYS) == []
    assert not Path("copy").exists()


def test_a_new_root_can_be_closed_by_a_passphrase(car: Car) -> None:
    """A DEMO key becomes a passphrase; from then on the box opens with it alone, given by systemd too."""
    words = ["keys", "rotate-root", "--kept-by", "passphrase"]
    assert car.run(*words, new_passphrase="short") != 0
    assert car.run(*words, new_passphrase=NEW_PASSPHRASE) == 0
    with closing(Store.open(car.store, kept_passphrase(car.key_file, NEW_PASSPHRASE))):
        pass
    configuration = BoxConfiguration("unit 12", car.store, car.key_file, ())
    with pytest.raises(UsageError, match="no terminal"):
        root_key_of(configuration, Dialogue())


def test_a_demo_key_is_announced(car: Car, capsys: pytest.CaptureFixture[str]) -> None:
    """A box that starts with a DEMO key says that it protects nothing."""
    root_key_of(BoxConfiguration("unit 12", car.store, car.key_file, ()))
    assert "protects NOTHING" in capsys.readouterr().err


def test_a_service_may_get_its_passphrase_from_systemd(
    car: Car, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passphrase may be a credential of the service; a wrong one is refused with both causes."""
    assert car.run("keys", "rotate-root", "--kept-by", "passphrase", new_passphrase=PASSPHRASE) == 0
    configuration = BoxConfiguration("unit 12", car.store, car.key_file, ())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(car.folder))
    (car.folder / PASSPHRASE_CREDENTIAL).write_text(f"{PASSPHRASE}\n")
    Store.open(car.store, root_key_of(configuration)).close()
    (car.folder / PASSPHRASE_CREDENTIAL).write_text("another")
    with pytest.raises(KeyFileError, match="passphrase is wrong, or the file is damaged"):
        root_key_of(configuration)


def test_the_agencys_copy_is_not_forgotten(car: Car, capsys: pytest.CaptureFixture[str]) -> None:
    """A rotation of the database key without a place for the agency's new copy is refused at once."""
    assert car.run("keys", "rotate-database") == UsageError.exit_code
    assert "--escrow-copy" in capsys.readouterr().err
    assert car.entries(Action.ROTATE_KEYS) == []


def test_an_agency_changes_its_key(car: Car, capsys: pytest.CaptureFixture[str]) -> None:
    """With a new public key the next keys are sealed for it; the old private key opens them no more."""
    make_escrow_pair(car.folder / "new.pem", car.folder / "new_public.pem")
    words = ["--escrow-public", car.folder / "new_public.pem", "--escrow-copy", car.folder / "copy"]
    assert car.run("keys", "rotate-database", *words) == 0
    file = car.store / DATABASE_FILE
    assert find_keys_by_escrow(file, read_escrow_private(car.folder / "new.pem"))
    with pytest.raises(KeyFileError):
        find_keys_by_escrow(file, read_escrow_private(car.private))
    assert car.run("keys", "show") == 0
    public = read_escrow_public(car.folder / "new_public.pem")
    assert f"escrow\t{fingerprint(public)}" in capsys.readouterr().out


def test_a_destroyed_key_set_comes_back_from_the_agencys_copy(car: Car) -> None:
    """With keys.set and key file gone, the agency's copy and private key open the store again."""
    copy = (car.store.parent / "agency.keys").read_bytes()
    car.key_file.unlink()
    (car.store / "keys.set").write_bytes(copy)
    escrow = ["--escrow-private", str(car.private)]
    assert car.run("keys", "recover", *escrow, new_passphrase=NEW_PASSPHRASE) == 0
    new = kept_passphrase(car.key_file, NEW_PASSPHRASE)
    assert len(car.entries(Action.ROTATE_KEYS, new)) == 1


def test_show_tells_how_the_key_is_kept(car: Car, capsys: pytest.CaptureFixture[str]) -> None:
    """The protection, the key set and the agency's fingerprint are printed, and no key."""
    assert car.run("keys", "show") == 0
    shown = capsys.readouterr().out
    assert "DEMO key file: protects nothing" in shown
    assert "key set\tyes" in shown
    assert car.root_key.secret.hex() not in shown


def test_a_dead_computers_store_is_recovered_elsewhere(car: Car) -> None:
    """With backup and agency key another computer gets store and root key; the old root opens nothing there."""
    old = car.root_key
    assert car.run("store", "backup", car.folder / "backup") == 0
    shutil.rmtree(car.folder / "data")
    (car.folder / "data" / "box").mkdir(parents=True)
    escrow = ["--escrow-private", str(car.private)]
    assert car.run("store", "restore", car.folder / "backup", *escrow) == 0
    assert not car.key_file.exists()
    assert car.run("keys", "recover", *escrow, new_passphrase=NEW_PASSPHRASE) == 0
    new = kept_passphrase(car.key_file, NEW_PASSPHRASE)
    (recovered,) = car.entries(Action.ROTATE_KEYS, new)
    assert recovered.fact("stage") == "recovered by the agency's key"
    assert recovered.actor.user_id == f"uid {os.getuid()}"
    assert len(car.entries(Action.RESTORE, new)) == 1
    with pytest.raises(KeyFileError):
        Store.open(car.store, old)


def test_a_backup_is_restored_by_an_administrator_of_it(
    car: Car, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever cannot log in to the backed-up store restores nothing; an administrator of it does."""
    assert car.run("store", "backup", car.folder / "backup") == 0
    assert "damaged\t0" in capsys.readouterr().out
    assert car.run("store", "check", car.folder / "backup") == 0
    shutil.rmtree(car.store)
    refused = car.run("store", "restore", car.folder / "backup", password="wrong wrong wrong")
    assert refused == AccessRefused.exit_code
    assert not car.store.exists()
    car._codes_used = 1  # the refused login was in a copy that is gone
    assert car.run("store", "restore", car.folder / "backup") == 0
    assert [entry.actor.user_id for entry in car.entries(Action.RESTORE)] == ["A-1"]


def test_lost_pictures_are_told_and_the_backup_kept(
    car: Car, capsys: pytest.CaptureFixture[str]
) -> None:
    """A backup of a store that had lost a picture is made, and the command says which with an exit code."""
    from tests.db.sample_sightings import Outcomes, make_sighting

    with closing(Store.open(car.store, car.root_key)) as store:
        outcomes = Outcomes()
        store.writer(outcomes).record(make_sighting(1), None)
        outcomes.wait_for(1)
    next((car.store / "images").rglob("*.plate.img")).unlink()
    assert car.run("store", "backup", car.folder / "backup") == StoreError.exit_code
    assert "000001.plate" in capsys.readouterr().err
    assert (car.folder / "backup" / "backup.db").exists()


@pytest.mark.parametrize("by_agency", [True, False])
def test_a_lone_administrator_who_lost_everything_comes_back(
    car: Car, capsys: pytest.CaptureFixture[str], by_agency: bool
) -> None:
    """With the root key or the agency's key he gets new credentials, the old ones are dead; it is logged."""
    escrow = ["--escrow-private", str(car.private)] if by_agency else []
    # The code of the new secret cannot be known before; the command ends at a wrong one, the reset holds.
    words = ["keys", "recover-administrator", *escrow]
    assert car.run(*words, password="copper lantern meadow") == 3
    shown = capsys.readouterr().err
    assert "Or type it there" in shown
    new_secret = shown.partition("6 digits): ")[2].partition("\n")[0].replace(" ", "")
    with closing(Store.open(car.store, car.root_key)) as store:
        desk = Desk(store.people.authenticator, store.ledger, utc_now)
        assert isinstance(desk.log_in("A-1", PASSWORD, car.code()), LoginRefused)
        code = code_at(secret_of(f"otpauth://totp/x?secret={new_secret}"), datetime.now(UTC))
        outcome = desk.log_in("A-1", "copper lantern meadow", code)
        assert not isinstance(outcome, LoginRefused)
        assert desk.must_change_password
    for action in (Action.RESET_CREDENTIALS, Action.UNLOCK_ACCOUNT):
        (entry,) = car.entries(action)
        assert entry.fact("why") == "recovery without a login"
        assert entry.outcome is Outcome.DONE


def test_recovery_is_for_administrators_only(car: Car, capsys: pytest.CaptureFixture[str]) -> None:
    """A badge that nobody has is refused and nothing is changed."""
    words = ["keys", "recover-administrator", "--store", str(car.store), "--key", str(car.key_file)]
    assert main([*words, "--badge", "4711"]) == 3
    assert "no administrator" in capsys.readouterr().err


def test_another_agencys_key_recovers_nothing(
    car: Car, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A private key that the store was not sealed for is refused, naming both causes."""
    make_escrow_pair(tmp_path / "other.pem", tmp_path / "other_public.pem")
    before = (car.store / "keys.set").read_bytes()
    code = car.run(
        "keys", "recover", "--escrow-private", tmp_path / "other.pem", new_passphrase=PASSPHRASE
    )
    assert code == KeyFileError.exit_code
    assert "not this store's, or the file is damaged" in capsys.readouterr().err
    assert (car.store / "keys.set").read_bytes() == before
    assert car.root_key


def test_the_office_lifts_a_lock_over_the_radio(
    car: Car, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the key that the office took from the escrow copy, a code lifts a lock once, also after a rotation."""
    copy, office = car.store.parent / "agency.keys", car.folder / "office.key"
    escrow = ["--escrow-private", str(car.private)]
    assert main(["keys", "release-key", str(copy), str(office), *escrow]) == 0
    assert office.stat().st_mode & 0o777 == 0o600
    assert car.run("keys", "rotate-database", "--escrow-copy", car.folder / "copy") == 0
    with closing(Store.open(car.store, car.root_key, box="unit 12")) as store:
        door, release = store.people.authenticator, store.people.lock_release
        for _ in range(5):
            door.log_in("A-1", "wrong", "000000", utc_now())
        challenge = release.challenge("A-1")
        words = ["--box", "unit 12", "--locked", "a-1", "--challenge", challenge.shown]
        capsys.readouterr()
        assert main(["keys", "release-code", str(office), *words, "--by", "1000"]) == 0
        code = capsys.readouterr().out.strip().removeprefix("code\t")
        assert release.release("A-1", "1000", code, utc_now())
        assert not release.release("A-1", "1000", code, utc_now())
        (standing,) = store.people.accounts.standings()
        assert not standing.is_locked
    office.write_text("something else")
    assert main(["keys", "release-code", str(office), *words, "--by", "1000"]) == 6


@pytest.mark.parametrize("damaged", ["another key", "keys.set", "store.db", "both"])
def test_a_wrong_key_and_a_damaged_file_are_told_as_one(
    car: Car, capsys: pytest.CaptureFixture[str], damaged: str
) -> None:
    """Whichever it is, one line names both causes, with an exit code of key or store and nothing changed."""
    if damaged == "another key":
        car.key_file.write_bytes(demo_key_text(fresh_root_key()))
    for name in ("keys.set", "store.db"):
        if damaged in {name, "both"}:
            content = bytearray((car.store / name).read_bytes())
            content[len(content) // 2 if name == "keys.set" else 40] ^= 1
            (car.store / name).write_bytes(content)
    before = (car.store / "store.db").read_bytes()
    words = ["--store", str(car.store), "--key", str(car.key_file)]
    for command in (["keys", "rotate-root"], ["audit", "verify"], ["store", "backup", "new"]):
        assert main([*command, *words]) in {KeyFileError.exit_code, StoreError.exit_code}
        lines = capsys.readouterr().err.splitlines()
        told = [line for line in lines if line != DEMO_WARNING]
        assert len(told) == 1
        assert "key is not this store's" in told[0]
        assert "damaged" in told[0]
    assert (car.store / "store.db").read_bytes() == before
    assert not Path("new").exists()


def test_an_escrow_pair_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The pair's fingerprint is printed; an existing file is never replaced."""
    words = ["keys", "make-escrow-pair", str(tmp_path / "private"), str(tmp_path / "public")]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("fingerprint\t")
    assert main(words) == KeyFileError.exit_code
