"""A text with signatures under it, readable by people and checkable by Go's `sumdb/note`.

Source: C2SP signed-note (https://c2sp.org/signed-note), Ed25519 signatures, type 0x01.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from alpr_core.errors import AuditError

ED25519 = b"\x01"
"""Signature type, first byte of an encoded public key."""

NOTE_BYTES_MAX = 100_000
"""Longest note that is read; a checkpoint with 16 Ed25519 signatures has 3,000 bytes."""

_SIGNATURE_MARK = "— "
_PUBLIC_KEY_BYTES = 32
_KEY_ID_BYTES = 4


class Verifier:
    """A public key with its name: what somebody needs to check notes.

    Raises:
        AuditError: the name is empty or holds a blank or a plus sign.
    """

    def __init__(self, name: str, public_key: bytes) -> None:
        _check_name(name)
        self.name = name
        self.key_id = hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]
        self._public_bytes = public_key
        self._public_key = Ed25519PublicKey.from_public_bytes(public_key)

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Return the verifier that a verifier key stands for: `name+key id+base64 of type and key`.

        Raises:
            AuditError: it is no Ed25519 verifier key, or its key id is not that of its name and key.
        """
        name, _, rest = vkey.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = _from_base64(encoded)
        if key is None or len(key) != 1 + _PUBLIC_KEY_BYTES or key[:1] != ED25519:
            raise AuditError("The verifier key is no Ed25519 key of a signed note.")
        verifier = cls(name, key[1:])
        if verifier.vkey != vkey or key_id != verifier.key_id.hex():
            raise AuditError("The verifier key's id does not belong to its name and key.")
        return verifier

    @property
    def vkey(self) -> str:
        encoded = base64.b64encode(ED25519 + self._public_bytes).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def is_signed(self, text: str, signature: bytes) -> bool:
        """Tell whether the signature is this key's for the text."""
        try:
            self._public_key.verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class Signer:
    """A private key with its name.

    Args:
        seed: 32 secret bytes. Source: RFC 8032 section 5.1.5.
    """

    def __init__(self, name: str, seed: bytes) -> None:
        self._private_key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._private_key.public_key().public_bytes_raw())

    def signature_line(self, text: str) -> str:
        signature = self._private_key.sign(text.encode())
        encoded = base64.b64encode(self.verifier.key_id + signature).decode("ascii")
        return f"{_SIGNATURE_MARK}{self.verifier.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line under a note; says nothing until a key has verified it."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures that nobody has verified yet."""

    text: str
    """Ends in a newline."""
    signatures: tuple[NoteSignature, ...]


def sign_note(text: str, signers: Sequence[Signer]) -> bytes:
    """Return the note: text, empty line, one signature line per signer."""
    if not text.endswith("\n") or _has_controls(text):
        raise RuntimeError("a note ends in a newline and holds no other control sign")
    return (text + "\n" + "".join(signer.signature_line(text) for signer in signers)).encode()


def parse_note(written: bytes) -> Note:
    """Return text and signatures, none of them verified.

    Raises:
        AuditError: it is no signed note.
    """
    refused = AuditError("It is no signed note.")
    if len(written) > NOTE_BYTES_MAX:
        raise refused
    try:
        whole = written.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise refused from fault
    split = whole.rfind("\n\n")
    if split < 0 or not whole.endswith("\n") or _has_controls(whole):
        raise refused
    signature_lines = whole[split + 2 :].split("\n")[:-1]
    signatures = tuple(_parse_signature(line) for line in signature_lines)
    if not signatures:
        raise refused
    return Note(whole[: split + 1], signatures)


def open_note(written: bytes, known: Iterable[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """Return the text and the known keys that signed it, in the order of their lines.

    Lines of unknown keys are passed over, as the specification asks.

    Raises:
        AuditError: no known key signed it, or a line that names one does not verify.
    """
    note = parse_note(written)
    keys = {(key.name, key.key_id): key for key in known}
    signed_by: list[Verifier] = []
    for line in note.signatures:
        key = keys.get((line.name, line.key_id))
        if key is None or key in signed_by:
            continue
        if not key.is_signed(note.text, line.signature):
            raise AuditError(f"The signature of key {key.key_id.hex()} is false.")
        signed_by.append(key)
    if not signed_by:
        raise AuditError("None of the known keys has signed it.")
    return note.text, tuple(signed_by)


def _parse_signature(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_SIGNATURE_MARK).partition(" ")
    signature = _from_base64(encoded)
    if not line.startswith(_SIGNATURE_MARK) or signature is None or len(signature) <= _KEY_ID_BYTES:
        raise AuditError("A line under the note is no signature.")
    _check_name(name)
    return NoteSignature(name, signature[:_KEY_ID_BYTES], signature[_KEY_ID_BYTES:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(sign.isspace() for sign in name) or _has_controls(name):
        raise AuditError("A key's name is empty or holds a blank or a plus sign.")


def _has_controls(text: str) -> bool:
    return any(sign < " " and sign != "\n" for sign in text)


def _from_base64(encoded: str) -> bytes | None:
    """Return the bytes; None unless this is exactly how they are encoded."""
    try:
        decoded = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return decoded if base64.b64encode(decoded).decode("ascii") == encoded else None
