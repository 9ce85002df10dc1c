"""How passwords and code secrets lie in the store: never as they are.

A password is kept as an Argon2id hash, a code secret sealed under the TOTP KEK with its user bound in. Both
come from `cryptography`; nothing of them is hand-written.

Source: CJIS Security Policy IA-5(1) (salted, one-way, slow), SC-28; RFC 9106 (Argon2); OWASP Password
Storage Cheat Sheet.
"""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidKey, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from alpr_core.accounts.one_time_code import SECRET_BYTES
from alpr_core.accounts.password_policy import PASSWORD_CHARS_MAX, key_material, normalised
from alpr_core.errors import StoreError
from db.keys import KeyUse, StoreKeys

SALT_BYTES = 16
"""Source: RFC 9106 section 3.1; CJIS asks for at least 32 bits."""

HASH_BYTES = 32
HASHES_AT_ONCE = 2
"""Each takes `Argon2Cost.memory_kib`; more at once would starve the vision of memory."""

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """How dear one guess is. The default is RFC 9106's second choice, for boxes with little memory."""

    memory_kib: int = 65_536
    iterations: int = 3
    lanes: int = 1
    """One core: the others are reading plates."""


class PasswordHasher:
    """Makes and checks password hashes; may be used from any thread."""

    def __init__(self, cost: Argon2Cost | None = None) -> None:
        self._cost = cost or Argon2Cost()
        self._turns = threading.BoundedSemaphore(HASHES_AT_ONCE)
        self._prefix = f"$argon2id$v=19$m={self._cost.memory_kib},t={self._cost.iterations},p={self._cost.lanes}$"
        # Compared with when there is nobody to compare with, so that both cases cost the same; of no password.
        salt, digest = (_phc_text(os.urandom(size)) for size in (SALT_BYTES, HASH_BYTES))
        self._nobodys_hash = f"{self._prefix}{salt}${digest}"

    def hash(self, password: str) -> str:
        """Return the hash in PHC form, cost and salt in it."""
        argon2 = Argon2id(
            salt=os.urandom(SALT_BYTES),
            length=HASH_BYTES,
            iterations=self._cost.iterations,
            lanes=self._cost.lanes,
            memory_cost=self._cost.memory_kib,
        )
        with self._turns:
            return argon2.derive_phc_encoded(key_material(password))

    def verify(self, password: str, phc: str | None) -> bool:
        """Tell whether the password is the hashed one.

        Args:
            phc: None means that there is no such account; the work is done all the same.

        Source: design.md section 4; CJIS IA-6 (a refusal tells nothing of the account).
        """
        text = normalised(password)
        material = key_material(text[: PASSWORD_CHARS_MAX + 1])
        with self._turns:
            try:
                Argon2id.verify_phc_encoded(material, phc or self._nobodys_hash)
            except InvalidKey:
                return False
        return phc is not None and len(text) <= PASSWORD_CHARS_MAX

    def is_current(self, phc: str) -> bool:
        """Tell whether the hash was made at this cost; others are made again at the next login."""
        return phc.startswith(self._prefix)


def _phc_text(value: bytes) -> str:
    """Return bytes as a PHC string has them. Source: PHC string format, section "B64"."""
    return b64encode(value).decode("ascii").rstrip("=")


class CodeSecrets:
    """Makes, seals and opens the secrets of one-time codes."""

    def __init__(self, keys: StoreKeys) -> None:
        self._sealing = AESGCM(keys.derive(KeyUse.TOTP_KEK))

    @staticmethod
    def fresh() -> bytes:
        """Return a random secret."""
        return os.urandom(SECRET_BYTES)

    def seal(self, user_id: str, secret: bytes) -> bytes:
        """Return the secret sealed for this user: AES-256-GCM, nonce first."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._sealing.encrypt(nonce, secret, _bound(user_id))

    def open(self, user_id: str, sealed: bytes) -> bytes:
        """Return the secret.

        Raises:
            StoreError: it was altered, belongs to another user or to another box's key.
        """
        try:
            return self._sealing.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(user_id)
            )
        except (InvalidTag, ValueError) as fault:
            raise StoreError(
                "The code secret of an account was altered.",
                "Nobody can log in with it; the administrator resets the account's credentials.",
            ) from fault


def _bound(user_id: str) -> bytes:
    return f"alpr-tui totp 1|{user_id}".encode("ascii")
