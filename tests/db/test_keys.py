"""Root key files and what is derived from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from alpr_core.errors import KeyFileError
from db.keys import KeyUse, RootKey, make_demo_key_file, read_key_file
from tests.db.sample_sightings import OTHER_KEY, ROOT_KEY


def test_a_made_key_file_reads_back(tmp_path: Path) -> None:
    """A fresh key file gives the same key again, is ours alone, and says that it is a demo."""
    path = tmp_path / "demo.key"
    made = make_demo_key_file(path)
    assert read_key_file(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert "DEMO" in path.read_text()
    assert make_demo_key_file(tmp_path / "second.key") != made


def test_a_key_file_is_never_replaced(tmp_path: Path) -> None:
    """Making a key where one lies already is refused and leaves it as it was."""
    path = tmp_path / "demo.key"
    made = make_demo_key_file(path)
    with pytest.raises(KeyFileError, match="already"):
        make_demo_key_file(path)
    assert read_key_file(path) == made


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no key file"),
        (b"\xff\xd8\xff\xe0 a picture", "no key file"),
        (b"ALPR-DEMO-KEY-2 " + b"ab" * 32, "no key file"),
        (b"ALPR-DEMO-KEY-1 " + b"xy" * 32, "no key file"),
        (b"ALPR-DEMO-KEY-1 " + b"ab" * 32 + b"\nALPR-DEMO-KEY-1 " + b"ab" * 32, "no key file"),
        (b"ALPR-DEMO-KEY-1 " + b"ab" * 31, "62 digits instead of 64"),
        (b"ALPR-DEMO-KEY-1 " + b"ab" * 33, "66 digits instead of 64"),
        (b"ALPR-DEMO-KEY-1 ", "0 digits instead of 64"),
        (b"ALPR-DEMO-KEY-1 " + b"ab" * 5000, "no key file|digits"),
    ],
)
def test_a_malformed_key_file_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """A key file that is not one line with 64 digits is refused in words that name it."""
    path = tmp_path / "demo.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match=words) as refusal:
        read_key_file(path)
    assert str(path) in refusal.value.what
    assert refusal.value.hint


def test_a_missing_key_file_is_refused(tmp_path: Path) -> None:
    """A key file that is not there, or is a folder, is refused in words that name it."""
    with pytest.raises(KeyFileError, match="no key file at"):
        read_key_file(tmp_path / "gone.key")
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_key_file(tmp_path)


def test_derived_keys_differ_and_stay() -> None:
    """Each use has a key of its own, the same for ever, and the root key never shows itself."""
    derived = {use: ROOT_KEY.derive(use) for use in KeyUse}
    assert len({*derived.values(), ROOT_KEY.secret}) == len(KeyUse) + 1
    assert derived[KeyUse.DATABASE] != OTHER_KEY.derive(KeyUse.DATABASE)
    # Frozen: another value here makes every store in the field unreadable.
    assert derived[KeyUse.DATABASE].hex() == DATABASE_KEY_HEX
    assert derived[KeyUse.IMAGE_KEK].hex() == IMAGE_KEK_HEX
    assert ROOT_KEY.secret.hex() not in repr(ROOT_KEY)
    assert repr(ROOT_KEY) == "RootKey()"


def test_a_root_key_has_32_bytes() -> None:
    """A root key of another length cannot be made."""
    with pytest.raises(RuntimeError, match="32 bytes"):
        RootKey(b"short")


DATABASE_KEY_HEX = "9a0a3e22ee3b9150371e8fff0cffabf681244b22b4f4c74583adf0a33bc0bebd"
IMAGE_KEK_HEX = "221aa6575b72aa03f1f3218a199ffeb8aea1cd7783d6199d5ae5cc55e2a560a8"
