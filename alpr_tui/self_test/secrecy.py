"""Known answers of what keeps and proves: ciphers, codes, signatures, the audit tree, the encrypted store."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from alpr_core.accounts.one_time_code import code_at
from alpr_core.audit.merkle import GrowingTree, leaf_hash
from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import StoreError
from alpr_core.terminal_text import REPLACEMENT, clean_text
from alpr_tui.self_test.known_answers import KnownAnswer, WrongAnswer, expect
from db.connection import StoreDatabase, check_key

_GCM_KEY = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
_GCM_NONCE = bytes.fromhex("cafebabefacedbaddecaf888")
_GCM_EXTRA = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
_GCM_PLAIN = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
)
_GCM_SEALED = bytes.fromhex(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
)

_HKDF_ANSWER = (
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
)

_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
_NOTE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
_NOTE_SIGNATURE = bytes.fromhex(
    "f64992e052f541bf49f7dcbc8010c5506d885ba92cbafca40704959227348b86"
    "52060dd451580b6a5948d5e02afa9fa9d9e0a2da5165be8a13a472c81c099c03"
)

_TREE_ENTRIES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
_TREE_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def _cipher() -> None:
    aes = AESGCM(_GCM_KEY)
    expect("sealed text", aes.encrypt(_GCM_NONCE, _GCM_PLAIN, _GCM_EXTRA), _GCM_SEALED)
    expect("opened text", aes.decrypt(_GCM_NONCE, _GCM_SEALED, _GCM_EXTRA), _GCM_PLAIN)


def _derivation() -> None:
    hkdf = HKDF(algorithm=SHA256(), length=42, salt=None, info=b"")
    expect("derived key", hkdf.derive(b"\x0b" * 22), bytes.fromhex(_HKDF_ANSWER))


def _one_time_codes() -> None:
    secret = b"12345678901234567890"
    for second, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        expect(f"code at {second}", code_at(secret, datetime.fromtimestamp(second, UTC)), code)


def _signature() -> None:
    verifier = Verifier.parse(_NOTE_KEY)
    expect("signature of the note", verifier.is_signed(_NOTE, _NOTE_SIGNATURE), True)
    expect("signature of another note", verifier.is_signed(_NOTE + " ", _NOTE_SIGNATURE), False)


def _tree() -> None:
    tree = GrowingTree()
    for entry in _TREE_ENTRIES:
        tree.add(leaf_hash(bytes.fromhex(entry)))
    expect("root of eight entries", tree.root(), bytes.fromhex(_TREE_ROOT))


def _sanitiser() -> None:
    hostile = "7ABC123\x1b]52;c;QQ==\x07\u202e\x9b31m"
    marks = REPLACEMENT
    expect("cleaned text", clean_text(hostile), f"7ABC123{marks}]52;c;QQ=={marks}{marks}{marks}31m")


def _store() -> None:
    with tempfile.TemporaryDirectory(prefix="alpr-selftest-") as folder:
        file = Path(folder) / "store.db"
        database = StoreDatabase(file, b"k" * 32)
        database.execute_sql("CREATE TABLE plate (text TEXT)")
        database.execute_sql("INSERT INTO plate VALUES ('7ABC123')")
        database.shut()
        if b"7ABC123" in file.read_bytes() or file.read_bytes().startswith(b"SQLite format"):
            raise WrongAnswer("the database is not encrypted")
        try:
            check_key(file, b"x" * 32)
        except StoreError:
            return
        raise WrongAnswer("the database opens with a wrong key")


ANSWERS = (
    KnownAnswer("pictures' cipher AES-256-GCM", "McGrew and Viega, GCM, test case 16", _cipher),
    KnownAnswer("key derivation HKDF-SHA256", "RFC 5869, test case 3", _derivation),
    KnownAnswer("one-time codes", "RFC 6238, appendix B", _one_time_codes),
    KnownAnswer("signatures Ed25519", "Go's sumdb/note, its example", _signature),
    KnownAnswer("audit log's tree", "Certificate Transparency, reference tree of 8", _tree),
    KnownAnswer("text from outside", "our own", _sanitiser),
    KnownAnswer("encrypted database", "our own: nothing readable, wrong key refused", _store),
)
