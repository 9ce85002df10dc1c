"""What is sealed for one reader, by his public key; nobody else opens it, the sealer included.

Source: RFC 9180 (HPKE), suite DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal_for(public: bytes, secret: bytes, bound: bytes) -> bytes:
    """Return `secret` sealed for a public key: 32 bytes of encapsulated key, then AES-256-GCM.

    Args:
        public: X25519, 32 bytes.
        bound: What the sealed text belongs to; it opens with the same bytes only.
    """
    sealed: bytes = _SUITE.encrypt(secret, X25519PublicKey.from_public_bytes(public), bound)
    return sealed


def unseal(private: X25519PrivateKey, sealed: bytes, bound: bytes) -> bytes | None:
    """Return what `seal_for` sealed; None if it was for another key or was altered."""
    try:
        secret: bytes = _SUITE.decrypt(sealed, private, bound)
    except (InvalidTag, ValueError):
        return None
    return secret


def reader_key(seed: bytes) -> X25519PrivateKey:
    """Return the key with which a box opens what is sealed for it.

    Args:
        seed: 32 secret bytes that the box keeps for another use; this one tells nothing of that.

    Source: RFC 5869 (HKDF-SHA256, no salt, the use as info).
    """
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"alpr-tui/1/reader-key")
    return X25519PrivateKey.from_private_bytes(hkdf.derive(seed))
