"""The server's private keys in one file, sealed under a key of its store; made once, at the first start."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alpr_central.authority import KeyAndCertificate, make_authority
from alpr_central.central import CentralIdentity
from alpr_core.errors import KeyFileError
from db.disk_faults import told_as_store_errors
from db.durable_files import put_in_place

IDENTITY_FILE = "identity.sealed"
_BOUND = b"alpr-tui central identity 1"
_NONCE_BYTES = 12


def central_identity(folder: Path, key: bytes, organisation: str, now: datetime) -> CentralIdentity:
    """Return the identity kept in `folder`, made if there is none.

    Raises:
        KeyFileError: it was altered, or sealed under another key.
    """
    file = folder / IDENTITY_FILE
    cipher = AESGCM(key)
    with told_as_store_errors(file):
        if not file.exists():
            made = _make(organisation, now)
            nonce = secrets.token_bytes(_NONCE_BYTES)
            put_in_place(file, nonce + cipher.encrypt(nonce, _written(made), _BOUND))
            return made
        sealed = file.read_bytes()
    try:
        return _read(cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _BOUND))
    except (InvalidTag, ValueError, KeyError) as fault:
        raise KeyFileError(
            f"{IDENTITY_FILE} of the central server does not open.",
            "Put it back from a copy; without it every box is enrolled again.",
        ) from fault


def _make(organisation: str, now: datetime) -> CentralIdentity:
    return CentralIdentity(
        name=f"alpr-tui/central/{secrets.token_hex(8)}",
        authority=make_authority(organisation, now),
        signing_seed=secrets.token_bytes(32),
        witness_seed=secrets.token_bytes(32),
        image_kek=secrets.token_bytes(32),
    )


def _written(identity: CentralIdentity) -> bytes:
    seeds = (identity.signing_seed, identity.witness_seed, identity.image_kek)
    signing, witness, images = (base64.b64encode(seed).decode() for seed in seeds)
    content = {
        "name": identity.name,
        "authority": identity.authority.certificate_pem,
        "authority_key": identity.authority.key_pem,
        "signing": signing,
        "witness": witness,
        "images": images,
    }
    return json.dumps(content).encode()


def _read(written: bytes) -> CentralIdentity:
    content = json.loads(written)
    signing, witness, images = (
        base64.b64decode(content[name]) for name in ("signing", "witness", "images")
    )
    authority = KeyAndCertificate(content["authority"], content["authority_key"])
    return CentralIdentity(content["name"], authority, signing, witness, images)
