"""A witness's signature under somebody else's checkpoint: "I saw this log grow to here, and when".

The signed message names the time, so it is another type of signature than the log's own.

Source: C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature), cosignature/v1, type 0x04.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from alpr_core.audit.signed_note import Note, parse_note
from alpr_core.errors import AuditError

COSIGNATURE_V1 = b"\x04"
"""Signature type, first byte of an encoded public key."""

_KEY_ID_BYTES = 4
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64


class WitnessVerifier:
    """The public key of a witness with its name."""

    def __init__(self, name: str, public_key: bytes) -> None:
        self.name = name
        self.key_id = hashlib.sha256(name.encode() + b"\n" + COSIGNATURE_V1 + public_key).digest()[
            :_KEY_ID_BYTES
        ]
        self._public_bytes = public_key
        self._public_key = Ed25519PublicKey.from_public_bytes(public_key)

    @classmethod
    def parse(cls, vkey: str) -> WitnessVerifier:
        """Return the verifier that a verifier key stands for.

        Raises:
            AuditError: it is no key of a witness.
        """
        name, _, rest = vkey.partition("+")
        try:
            key = base64.b64decode(rest.partition("+")[2], validate=True)
            verifier = cls(name, key[1:])
        except ValueError as fault:
            raise AuditError("It is no verifier key of a witness.") from fault
        if key[:1] != COSIGNATURE_V1 or verifier.vkey != vkey:
            raise AuditError("It is no verifier key of a witness.")
        return verifier

    @property
    def vkey(self) -> str:
        encoded = base64.b64encode(COSIGNATURE_V1 + self._public_bytes).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def cosigned_at_s(self, note: Note) -> int:
        """Return when the witness saw this checkpoint, seconds since 1970.

        Raises:
            AuditError: it did not cosign this note, or its line is false.
        """
        for line in note.signatures:
            if (line.name, line.key_id) == (self.name, self.key_id):
                at_s = int.from_bytes(line.signature[:_TIME_BYTES], "big")
                message = _message(note.text, at_s)
                try:
                    self._public_key.verify(line.signature[_TIME_BYTES:], message)
                except InvalidSignature as fault:
                    raise AuditError("The witness's signature is false.") from fault
                return at_s
        raise AuditError("The witness has not signed it.")


class Witness:
    """The private key of a witness.

    Args:
        seed: 32 secret bytes.
    """

    def __init__(self, name: str, seed: bytes) -> None:
        self._private_key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = WitnessVerifier(name, self._private_key.public_key().public_bytes_raw())

    def cosignature_line(self, text: str, at_s: int) -> str:
        """Return the line to be put under the checkpoint whose text this is."""
        signature = self._private_key.sign(_message(text, at_s))
        encoded = self.verifier.key_id + at_s.to_bytes(_TIME_BYTES, "big") + signature
        return f"— {self.verifier.name} {base64.b64encode(encoded).decode('ascii')}\n"


def cosigned(note: bytes, cosignature: bytes, witness: WitnessVerifier) -> bytes:
    """Return the checkpoint with the witness's line under it.

    Raises:
        AuditError: the line is not this witness's for this checkpoint.
    """
    whole = note + cosignature
    witness.cosigned_at_s(parse_note(whole))
    return whole


def _message(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()
