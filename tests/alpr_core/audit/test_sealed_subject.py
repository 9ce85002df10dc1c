"""Subjects under a key: readable with it, bound to their place, gone with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alpr_core.audit.entry import SealedSubject, Subject
from alpr_core.audit.sealed_subject import NONCE_BYTES, PADDING_BYTES, open_subject, seal_subject
from alpr_core.errors import AuditError

KEY = bytes(range(32))
LOG = "alpr.example.gov/box/unit-12"
SUBJECT = Subject(plates=("7ABC123", "8*"), query=(("color", "white"),), note="Ω at 3rd St")


def sealed(subject: Subject = SUBJECT, index: int = 5) -> SealedSubject:
    return seal_subject(subject, "subject/2026-11-23", KEY, bytes(NONCE_BYTES), LOG, index)


@pytest.mark.parametrize(
    "subject",
    [SUBJECT, Subject(), Subject(note="x"), Subject(plates=("1",)), Subject(note="y" * 2000)],
)
def test_the_key_gives_the_subject_back(subject: Subject) -> None:
    """With the key of its day a subject is what it was."""
    assert open_subject(sealed(subject), KEY, LOG, 5) == subject


def test_a_length_tells_no_plate() -> None:
    """Subjects of similar length have the same length when sealed."""
    lengths = {
        len(sealed(Subject(plates=("7ABC1234"[:length],))).ciphertext) for length in range(1, 9)
    }
    assert lengths == {PADDING_BYTES + 16}


@pytest.mark.parametrize(
    ("changed", "key", "log", "index"),
    [
        (sealed(), bytes(32), LOG, 5),
        (sealed(), KEY, LOG, 6),
        (sealed(), KEY, LOG + "3", 5),
        (replace(sealed(), nonce=b"1" * NONCE_BYTES), KEY, LOG, 5),
        (replace(sealed(), nonce=b""), KEY, LOG, 5),
        (replace(sealed(), ciphertext=sealed().ciphertext[:-1]), KEY, LOG, 5),
        (replace(sealed(), ciphertext=b""), KEY, LOG, 5),
    ],
)
def test_anything_else_does_not_open(
    changed: SealedSubject, key: bytes, log: str, index: int
) -> None:
    """Another key, place or log, or a changed byte: the subject does not open."""
    with pytest.raises(AuditError, match=f"entry {index} does not open"):
        open_subject(changed, key, log, index)
