"""Signed notes, against the example of Go's package and tables of damage."""

from __future__ import annotations

import base64

import pytest

from alpr_core.audit.signed_note import Signer, Verifier, open_note, parse_note, sign_note
from alpr_core.errors import AuditError

# The example of golang.org/x/mod/sumdb/note.
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSN"
    + "XgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
PETER = Verifier.parse(GO_VKEY)
FIRST, SECOND = (Signer("alpr.example.gov/one", bytes([number]) * 32) for number in (1, 2))


def test_the_example_of_go_comes_out() -> None:
    """Key, key id and signature of Go's own example are ours, byte for byte."""
    signer = Signer("PeterNeumann", GO_SEED)
    assert signer.verifier.vkey == GO_VKEY
    assert sign_note(GO_TEXT, [signer]) == GO_NOTE
    assert open_note(GO_NOTE, [PETER]) == (GO_TEXT, (PETER,))


def test_unknown_signatures_are_passed_over() -> None:
    """A note with another's signature beside the known one opens; with none that is known, not."""
    note = sign_note("text\n", [FIRST, SECOND])
    assert open_note(note, [SECOND.verifier]) == ("text\n", (SECOND.verifier,))
    both = open_note(note, [SECOND.verifier, FIRST.verifier])[1]
    assert both == (FIRST.verifier, SECOND.verifier)
    with pytest.raises(AuditError, match="None of the known keys"):
        open_note(note, [PETER])


def test_empty_lines_belong_to_the_text() -> None:
    """Only the last empty line parts text and signatures."""
    note = sign_note("one\n\ntwo\n", [FIRST])
    assert open_note(note, [FIRST.verifier])[0] == "one\n\ntwo\n"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda note: note.replace(b"answer", b"Answer"), "is false"),
        (lambda note: note.replace(b"x08go/ZJ", b"x08go/ZK"), "is false"),
        (lambda note: note.replace(b"x08go", b"y08go"), "None of the known keys"),
        (lambda note: note.replace("— Peter".encode(), "— Petra".encode()), "None of the known"),
        (lambda note: note.replace("—".encode(), b"-"), "no signature"),
        (lambda note: note.replace(b"nAM=", b"nAN="), "no signature"),
        (lambda note: note.replace(b"nAM=", b""), "is false"),
        (lambda note: note.replace(b" x08", b"+ x08"), "plus sign"),
        (lambda note: note[:-1], "no signed note"),
        (lambda note: note.replace(b"\n\n", b"\n"), "no signed note"),
        (lambda note: note.replace(b"you", b"y\tu"), "no signed note"),
        (lambda note: note.replace(b"you", b"y\xffu"), "no signed note"),
        (lambda note: note + b"\n", "no signed note"),
        (lambda note: b"", "no signed note"),
        (lambda note: note * 1000, "no signed note"),
    ],
)
def test_damaged_notes_are_refused(damage: object, message: str) -> None:
    """Whatever is changed in a note, no known key is said to have signed it."""
    assert callable(damage)
    with pytest.raises(AuditError, match=message):
        open_note(damage(GO_NOTE), [PETER])


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        GO_VKEY + "\n",
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY.replace("Peter", "Petra"),
        GO_VKEY.replace("Peter", "Pe er"),
        GO_VKEY.replace("+ARpc", "+AhPc"),
        GO_VKEY[:-4],
        GO_VKEY.replace("10TW", "10TX"),
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_false_verifier_keys_are_refused(vkey: str) -> None:
    """A verifier key of another form or with an id that is not its own is refused."""
    with pytest.raises(AuditError):
        Verifier.parse(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b"])
def test_names_that_break_a_note_are_refused(name: str) -> None:
    """A key's name with a blank, a plus sign or a control is refused."""
    with pytest.raises(AuditError, match="blank or a plus sign"):
        Signer(name, bytes(32))


def test_a_text_without_its_last_newline_is_our_own_fault() -> None:
    """Only a text that ends in a newline and has no other control can be signed."""
    for text in ("text", "te\rxt\n"):
        with pytest.raises(RuntimeError, match="newline"):
            sign_note(text, [FIRST])


def test_a_parsed_note_claims_nothing() -> None:
    """Reading a note gives its lines, of known and unknown keys alike."""
    note = parse_note(sign_note("text\n", [FIRST, SECOND]))
    assert [line.name for line in note.signatures] == ["alpr.example.gov/one"] * 2
    assert [line.key_id for line in note.signatures] == [
        FIRST.verifier.key_id,
        SECOND.verifier.key_id,
    ]
