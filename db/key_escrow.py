"""The agency's own way in: an X25519 key pair, for whose public half others are sealed (`alpr_core.sealing`).

The private half never comes near a box. It stays in a safe of the agency and is read only by the commands
that restore a store or a lone administrator.

Source: the files are PEM of RFC 8410, as `openssl genpkey -algorithm X25519` writes them.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from alpr_core.errors import KeyFileError
from alpr_core.terminal_text import clean_text
from db.keys import read_bounded, write_new_key_file

PUBLIC_BYTES = 32
"""Length of an X25519 public key. Source: RFC 7748 section 5."""


def make_escrow_pair(private_file: Path, public_file: Path, passphrase: str = "") -> str:
    """Write a fresh key pair as two PEM files and return the public key's fingerprint.

    Args:
        passphrase: Closes the private file; empty leaves it open to whoever has it.

    Raises:
        KeyFileError: a file is there already or cannot be written.
    """
    private = X25519PrivateKey.generate()
    closing = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    public = private.public_key()
    write_new_key_file(
        private_file, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closing)
    )
    write_new_key_file(
        public_file, public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return fingerprint(public.public_bytes_raw())


def fingerprint(public: bytes) -> str:
    """Return what two people compare on the telephone: six groups of four signs of its SHA-256."""
    signs = base64.b32encode(hashlib.sha256(public).digest()).decode("ascii")[:24]
    return "-".join(signs[start : start + 4] for start in range(0, 24, 4))


def read_escrow_public(file: Path) -> bytes:
    """Return the 32 bytes of an agency's public key.

    Raises:
        KeyFileError: the file is missing, no PEM, or holds no X25519 public key.
    """
    content = read_bounded(file)
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise _no_key(file, "public", content) from fault
    if not isinstance(key, X25519PublicKey):
        raise _no_key(file, "public", content)
    return key.public_bytes_raw()


def read_escrow_private(file: Path, passphrase: str = "") -> X25519PrivateKey:
    """Return an agency's private key.

    Raises:
        KeyFileError: the file is missing, no PEM, holds no X25519 private key, or the passphrase is wrong.
    """
    content = read_bounded(file)
    try:
        key = load_pem_private_key(content, passphrase.encode() or None)
    except TypeError as fault:
        raise KeyFileError(
            f"{clean_text(str(file))} is "
            + ("not closed by a passphrase." if passphrase else "closed by a passphrase."),
            "Give the passphrase it was made with, none if there was none.",
        ) from fault
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise _no_key(file, "private", content) from fault
    if not isinstance(key, X25519PrivateKey):
        raise _no_key(file, "private", content)
    return key


def _no_key(file: Path, half: str, content: bytes) -> KeyFileError:
    shown = clean_text(str(file))
    if half == "public" and b"PRIVATE" in content:
        return KeyFileError(
            f"{shown} holds a private key, which must never come near a box.",
            "Take it away from here and name the public key's file.",
        )
    return KeyFileError(
        f"{shown} is no X25519 {half} key, its passphrase is wrong, or it is damaged."
        if half == "private"
        else f"{shown} is no X25519 public key, or it is damaged.",
        "Make a pair with `alpr keys make-escrow-pair`, or name the right file.",
    )
