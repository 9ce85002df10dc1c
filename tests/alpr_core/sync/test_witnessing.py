"""The witness cosigns consistent growth and nothing else, in the words of C2SP tlog-witness."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from alpr_core.audit.checkpoint import Checkpoint, sign_checkpoint
from alpr_core.audit.cosignature import Witness, WitnessVerifier, cosigned
from alpr_core.audit.merkle import GrowingTree, consistency_proof, leaf_hash, root_hash
from alpr_core.audit.signed_note import Signer, parse_note
from alpr_core.errors import AuditError
from alpr_core.sync.witnessing import (
    AddCheckpoint,
    Witnessed,
    WitnessRefused,
    check_growth,
    parse_add_checkpoint,
)

LOG = "alpr-tui/box/1"
SIGNER = Signer(LOG, bytes(range(32)))
WITNESS = Witness("alpr-central/witness", bytes(32))


class Log:
    """A log of so many entries, all of whose earlier sizes are known."""

    def __init__(self, size: int, name: str = "entry") -> None:
        tree = GrowingTree()
        self._nodes: dict[tuple[int, int], bytes] = {}
        for number in range(size):
            for level, place, found in tree.add(leaf_hash(f"{name} {number}".encode())):
                self._nodes[level, place] = found

    def node(self, level: int, number: int) -> bytes:
        return self._nodes[level, number]

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(LOG, size, root_hash(size, self.node))

    def asked(self, old: int, new: int, signer: Signer = SIGNER) -> AddCheckpoint:
        proof = consistency_proof(old, new, self.node) if 0 < old <= new else ()
        return AddCheckpoint(old, proof, sign_checkpoint(self.checkpoint(new), [signer]))

    def witnessed(self, size: int) -> Witnessed:
        root = self.checkpoint(size).root if size else b""
        return Witnessed(LOG, size, root, SIGNER.verifier.vkey)


LONG, OTHER = Log(40), Log(40, "other")


@pytest.mark.parametrize(
    ("old", "new"), [(0, 1), (0, 40), (1, 2), (7, 8), (7, 31), (32, 40), (40, 40)]
)
def test_consistent_growth_is_cosigned(old: int, new: int) -> None:
    """A log that goes on from what was cosigned is taken, also over the wire and back."""
    asked = LONG.asked(old, new)
    assert parse_add_checkpoint(asked.written) == asked
    assert check_growth(LONG.witnessed(old), asked).size == new


@pytest.mark.parametrize(
    ("known", "asked", "status", "is_alarm"),
    [
        (LONG.witnessed(10), LONG.asked(5, 20), 409, False),
        (LONG.witnessed(10), LONG.asked(10, 6), 422, True),
        (LONG.witnessed(10), OTHER.asked(10, 20), 422, True),
        (LONG.witnessed(10), OTHER.asked(10, 10), 422, True),
        (LONG.witnessed(10), LONG.asked(10, 20, Signer(LOG, bytes(32))), 403, False),
        (LONG.witnessed(0), AddCheckpoint(0, (bytes(32),), LONG.asked(0, 9).note), 422, False),
    ],
    ids=[
        "another size",
        "cut short",
        "rewritten",
        "another root",
        "another key",
        "proof from nothing",
    ],
)
def test_anything_else_is_refused(
    known: Witnessed, asked: AddCheckpoint, status: int, is_alarm: bool
) -> None:
    """Each refusal has its status; what shows a rewritten or shortened log is an alarm."""
    with pytest.raises(WitnessRefused) as refused:
        check_growth(known, asked)
    assert (refused.value.status, refused.value.is_alarm) == (status, is_alarm)
    if status == 409:
        assert refused.value.what == str(known.size)


@pytest.mark.parametrize(
    "written", [b"", b"old x\n\nnote", b"old 1\nnot base64!\n\nnote", b"old 1\nAAAA\n\nnote"]
)
def test_what_is_no_request_is_refused(written: bytes) -> None:
    """A request that is none gets 400."""
    with pytest.raises(WitnessRefused) as refused:
        parse_add_checkpoint(written)
    assert refused.value.status == 400


def test_a_cosignature_is_what_the_specification_says() -> None:
    """Key id, time and signed message are those of cosignature/v1, checked without our own reader."""
    checkpoint = LONG.checkpoint(9)
    line = WITNESS.cosignature_line(checkpoint.text, 1_790_000_000)
    encoded = base64.b64decode(line.split()[2])
    public = base64.b64decode(WITNESS.verifier.vkey.split("+")[2])
    assert public[0] == 4
    name = WITNESS.verifier.name.encode()
    assert encoded[:4] == hashlib.sha256(name + b"\n\x04" + public[1:]).digest()[:4]
    assert int.from_bytes(encoded[4:12], "big") == 1_790_000_000
    message = b"cosignature/v1\ntime 1790000000\n" + checkpoint.text.encode()
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(encoded[12:], message)


def test_a_cosigned_checkpoint_is_checked_by_the_box() -> None:
    """The box keeps a checkpoint only with a line of its own server's witness under it."""
    note = LONG.asked(0, 9).note
    key = WitnessVerifier.parse(WITNESS.verifier.vkey)
    line = WITNESS.cosignature_line(LONG.checkpoint(9).text, 7).encode()
    assert key.cosigned_at_s(parse_note(cosigned(note, line, key))) == 7
    other = Witness(WITNESS.verifier.name, b"x" * 32)
    for false in (
        b"",
        other.cosignature_line(LONG.checkpoint(9).text, 7).encode(),
        WITNESS.cosignature_line(LONG.checkpoint(8).text, 7).encode(),
    ):
        with pytest.raises(AuditError):
            cosigned(note, false, key)
