"""Where the root key comes from, and the agency's way in."""

from __future__ import annotations

import base64
import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from alpr_core.errors import InputError, KeyFileError
from alpr_core.sealing import seal_for, unseal
from db.credentials import Argon2Cost
from db.key_escrow import (
    fingerprint,
    make_escrow_pair,
    read_escrow_private,
    read_escrow_public,
)
from db.key_set import (
    MAGIC,
    KeySet,
    fresh_key_set,
    open_by_escrow,
    open_by_root,
    parse_key_sets,
    seal,
    write_key_sets,
)
from db.key_sources import (
    PASSPHRASE_COST,
    DemoKeyFile,
    PassphraseFile,
    SystemdCredential,
    credential_text,
    has_systemd_creds,
    passphrase_file_text,
    passphrase_refusal,
    root_key_source,
)
from db.keys import KeyUse, RootKey, demo_key_text, make_demo_key_file, replace_key_file
from tests.db.sample_sightings import OTHER_KEY, ROOT_KEY

CHEAP = Argon2Cost(memory_kib=64, iterations=1)
PASSPHRASE = "tulip kestrel mosaic harbor pencil"
NAME = "alpr-root-key"


def unasked() -> str:
    raise AssertionError("nobody is to be asked")


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "box.key"
    path.write_bytes(passphrase_file_text(ROOT_KEY, PASSPHRASE, CHEAP))
    return path


def test_a_passphrase_file_opens_with_its_passphrase(passphrase_file: Path) -> None:
    """The right passphrase gives the root key back; the file names its version and cost, never the key."""
    source = root_key_source(passphrase_file, None, lambda: PASSPHRASE, {})
    assert isinstance(source, PassphraseFile)
    assert source.read() == ROOT_KEY
    text = passphrase_file.read_text()
    assert text.startswith("ALPR-PASSPHRASE-KEY-1 argon2id m=64 t=1 p=1 ")
    assert ROOT_KEY.secret.hex() not in text
    assert PASSPHRASE_COST.memory_kib >= 65_536


def test_a_wrong_passphrase_and_a_damaged_file_are_one_message(passphrase_file: Path) -> None:
    """Neither tells which it was: one clear message names both causes, with the key error's exit code."""
    with pytest.raises(KeyFileError, match="passphrase is wrong, or the file is damaged") as wrong:
        PassphraseFile(passphrase_file, lambda: PASSPHRASE + "!").read()
    text = passphrase_file.read_text()
    passphrase_file.write_text(text[:-3] + ("0" if text[-3] != "0" else "1") + text[-2:])
    with pytest.raises(
        KeyFileError, match="passphrase is wrong, or the file is damaged"
    ) as damaged:
        PassphraseFile(passphrase_file, lambda: PASSPHRASE).read()
    assert str(wrong.value) == str(damaged.value)
    assert wrong.value.exit_code == 6


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("KEY-1", "KEY-2"),
        ("m=64", "m=99999999"),
        ("m=64", "m=1"),
        ("t=1", "t=0"),
        ("p=1", "p=0"),
        ("argon2id", "argon2i"),
        ("ALPR", "\x00\xff"),
    ],
)
def test_an_altered_passphrase_file_asks_nobody(passphrase_file: Path, old: str, new: str) -> None:
    """A head that no version wrote is refused before memory is taken or anybody is asked."""
    passphrase_file.write_text(passphrase_file.read_text().replace(old, new, 1), "latin-1")
    with pytest.raises(KeyFileError, match="damaged"):
        PassphraseFile(passphrase_file, unasked).read()


def test_a_lowered_cost_does_not_open(passphrase_file: Path) -> None:
    """The cost is bound in: a file whose cost was changed does not open with the right passphrase."""
    passphrase_file.write_text(passphrase_file.read_text().replace("m=64", "m=32"))
    with pytest.raises(KeyFileError, match="passphrase is wrong, or the file is damaged"):
        PassphraseFile(passphrase_file, lambda: PASSPHRASE).read()


@pytest.mark.parametrize("weak", ["", "short", "passwordpassword", "aaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_weak_passphrase_is_refused(weak: str) -> None:
    """What can be guessed from a stolen disk closes no key."""
    assert passphrase_refusal(weak)
    with pytest.raises(InputError):
        passphrase_file_text(ROOT_KEY, weak, CHEAP)


def test_a_replaced_key_leaves_no_second_copy(tmp_path: Path) -> None:
    """What a replacement that was killed had left of a key is gone after the next one."""
    path = tmp_path / "box.key"
    left = tmp_path / ".box.key.4711.part"
    left.write_bytes(demo_key_text(OTHER_KEY))
    replace_key_file(path, demo_key_text(ROOT_KEY))
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(KeyFileError, match="cannot be written"):
        replace_key_file(tmp_path / "gone" / "box.key", b"")


def test_the_demo_file_asks_nobody(tmp_path: Path) -> None:
    """A DEMO file is read as ever, and says that it protects nothing."""
    made = make_demo_key_file(tmp_path / "demo.key")
    source = root_key_source(tmp_path / "demo.key", None, unasked, {})
    assert isinstance(source, DemoKeyFile)
    assert source.read() == made
    assert "DEMO" in source.label


def test_a_service_gets_its_key_from_systemd(tmp_path: Path) -> None:
    """What systemd decrypted for the service is the key, and nothing else is looked at."""
    (tmp_path / NAME).write_text(f"ALPR-ROOT-KEY-1 {ROOT_KEY.secret.hex()}\n")
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    source = root_key_source(tmp_path / "not there", NAME, unasked, given)
    assert isinstance(source, SystemdCredential)
    assert source.read() == ROOT_KEY
    (tmp_path / NAME).write_text("something else")
    with pytest.raises(KeyFileError, match="no root key, or it is damaged"):
        source.read()


def test_a_credential_is_bound_to_machine_and_name(tmp_path: Path) -> None:
    """systemd-creds closes the key and opens it again under its own name only; damage is told in words."""
    path = tmp_path / "root.cred"
    try:
        path.write_bytes(credential_text(ROOT_KEY, NAME))
    except KeyFileError as refused:
        pytest.skip(f"this machine makes no credentials: {refused}")
    assert ROOT_KEY.secret.hex().encode() not in path.read_bytes()
    assert SystemdCredential(NAME, path, {}).read() == ROOT_KEY
    with pytest.raises(KeyFileError, match="systemd-creds refused"):
        SystemdCredential("another-name", path, {}).read()
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] + b"AAAA" + content[len(content) // 2 + 4 :])
    with pytest.raises(KeyFileError, match="systemd-creds refused"):
        SystemdCredential(NAME, path, {}).read()


def test_without_systemd_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where systemd-creds is missing, the refusal names it and what to choose instead."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_systemd_creds()
    with pytest.raises(KeyFileError, match="not installed") as refusal:
        credential_text(ROOT_KEY, NAME)
    assert "passphrase" in refusal.value.hint


def test_an_agency_opens_what_was_sealed_for_it(tmp_path: Path) -> None:
    """What is sealed for the public half opens with the private half, for the same purpose only."""
    private_file, public_file = tmp_path / "private.pem", tmp_path / "public.pem"
    told = make_escrow_pair(private_file, public_file)
    public, private = read_escrow_public(public_file), read_escrow_private(private_file)
    assert private_file.stat().st_mode & 0o777 == 0o600
    assert told == fingerprint(public)
    sealed = seal_for(public, b"secret", b"box 12")
    assert unseal(private, sealed, b"box 12") == b"secret"
    assert unseal(private, sealed, b"box 13") is None
    assert unseal(private, sealed[:-1] + b"\0", b"box 12") is None
    assert unseal(private, b"", b"box 12") is None
    with pytest.raises(KeyFileError, match="already"):
        make_escrow_pair(private_file, public_file)


def test_an_agency_key_may_be_closed_by_a_passphrase(tmp_path: Path) -> None:
    """A closed private key opens with its passphrase and says what is missing without it."""
    make_escrow_pair(tmp_path / "private.pem", tmp_path / "public.pem", PASSPHRASE)
    private = read_escrow_private(tmp_path / "private.pem", PASSPHRASE)
    assert private.public_key().public_bytes_raw() == read_escrow_public(tmp_path / "public.pem")
    with pytest.raises(KeyFileError, match="closed by a passphrase"):
        read_escrow_private(tmp_path / "private.pem")
    with pytest.raises(KeyFileError, match="passphrase is wrong, or it is damaged"):
        read_escrow_private(tmp_path / "private.pem", "another")


def test_keys_of_openssl_are_taken(tmp_path: Path) -> None:
    """An agency may make its pair with openssl instead."""
    private_file, public_file = tmp_path / "private.pem", tmp_path / "public.pem"
    try:
        for words in (
            ["genpkey", "-algorithm", "X25519", "-out", str(private_file)],
            ["pkey", "-in", str(private_file), "-pubout", "-out", str(public_file)],
        ):
            subprocess.run(["openssl", *words], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    private = read_escrow_private(private_file)
    assert private.public_key().public_bytes_raw() == read_escrow_public(public_file)


def test_a_private_key_is_not_taken_for_a_public_one(tmp_path: Path) -> None:
    """Whoever brings the private key to a box is told to take it away; other files are refused in words."""
    make_escrow_pair(tmp_path / "private.pem", tmp_path / "public.pem")
    with pytest.raises(KeyFileError, match="must never come near a box"):
        read_escrow_public(tmp_path / "private.pem")
    with pytest.raises(KeyFileError, match="X25519 private key"):
        read_escrow_private(tmp_path / "public.pem")
    (tmp_path / "other").write_bytes(b"\xff\xd8\xff")
    for read in (read_escrow_public, read_escrow_private):
        with pytest.raises(KeyFileError, match="X25519"):
            read(tmp_path / "other")


def sealed_sample(tmp_path: Path) -> tuple[KeySet, bytes]:
    make_escrow_pair(tmp_path / "private.pem", tmp_path / "public.pem")
    key_set = fresh_key_set(read_escrow_public(tmp_path / "public.pem"))
    return key_set, write_key_sets((seal(key_set, ROOT_KEY),))


def test_a_key_set_opens_for_root_and_agency_only(tmp_path: Path) -> None:
    """Root key and agency key give the same keys; another root gives none, and no key lies open."""
    key_set, content = sealed_sample(tmp_path)
    (sealed,) = parse_key_sets(content, "keys.set")
    assert open_by_root(sealed, ROOT_KEY) == key_set
    assert open_by_escrow(sealed, read_escrow_private(tmp_path / "private.pem")) == key_set
    assert open_by_root(sealed, OTHER_KEY) is None
    assert not any(key in content for key in key_set.keys.values())
    assert len({key_set.derive(use) for use in KeyUse}) == len(KeyUse)


def test_every_byte_of_a_key_set_counts(tmp_path: Path) -> None:
    """Whatever byte is changed or cut off, the file is refused or does not open; nothing else happens."""
    _, content = sealed_sample(tmp_path)
    (slots_at, escrow_length) = (len(MAGIC) + 1 + 16, 2 + 80)
    for place in range(len(content)):
        altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        is_escrow_slot = 0 <= place - (slots_at + 1 + 2 + 60) < escrow_length
        try:
            opened = [open_by_root(one, ROOT_KEY) for one in parse_key_sets(altered, "keys.set")]
        except KeyFileError:
            continue
        assert is_escrow_slot or opened == [None], place
    for length in range(len(content)):
        with pytest.raises(KeyFileError, match="damaged"):
            parse_key_sets(content[:length], "keys.set")
    with pytest.raises(KeyFileError, match="damaged"):
        parse_key_sets(content + b"\0", "keys.set")


def test_the_documents_vector_opens() -> None:
    """The key set printed in docs/keys.md opens with the keys that the document names."""
    document = (Path(__file__).parents[2] / "docs" / "keys.md").read_text("utf-8")
    lines = re.findall(r"^    ([A-Za-z0-9+/=]{40,96})$", document, re.MULTILINE)
    (sealed,) = parse_key_sets(base64.b64decode("".join(lines)), "docs/keys.md")
    private = X25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
    opened = open_by_root(sealed, RootKey(bytes(range(32))))
    assert opened is not None
    assert opened == open_by_escrow(sealed, private)
    assert opened.set_id == bytes(range(16))
    assert opened.escrow == private.public_key().public_bytes_raw()
    assert list(opened.keys) == sorted(opened.keys)
    assert [key[0] for key in opened.keys.values()] == list(range(1, len(opened.keys) + 1))
    assert len({opened.derive(use) for use in KeyUse}) == len(KeyUse)  # later uses too


def test_a_use_of_a_later_version_has_a_key(tmp_path: Path) -> None:
    """A set that was made before a use existed gives that use a key of its own, the same after a rotation."""
    key_set = fresh_key_set(None)
    keys = {name: key for name, key in key_set.keys.items() if name != KeyUse.RELEASE_KEY.value}
    older = KeySet(key_set.set_id, keys, None)
    derived = older.derive(KeyUse.RELEASE_KEY)
    assert len(derived) == 32
    assert derived not in keys.values()
    assert older.rotated().derive(KeyUse.RELEASE_KEY) == derived


def test_a_set_for_nobody_is_our_fault() -> None:
    """A key set that nobody could open is never written."""
    with pytest.raises(RuntimeError, match="for somebody"):
        seal(fresh_key_set(None), None)
