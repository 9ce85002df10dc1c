"""The second proof: a six-digit code of the moment, or one of ten recovery codes. Each works once.

SHA-1, six digits and 30 seconds are what every authenticator app understands.

Source: RFC 6238; RFC 4226; CJIS Security Policy IA-2(1)(2) (multi-factor), IA-2(8) (replay resistant).
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20
"""As long as the hash's output. Source: RFC 4226 section 4, R6."""

STEP_S = 30
DIGITS = 6
WINDOW_STEPS = 1
"""Steps before and after now that are taken too, for clocks that differ. Source: RFC 6238 section 5.2."""

RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""80 bits: as many signs as fit on a card, and too many to try."""

_RECOVERY_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U to be mistaken."""

_MISTAKEN = str.maketrans("ILO", "110")
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


def step_at(at: datetime) -> int:
    """Return the number of the 30 seconds that `at` lies in, since 1970."""
    return int(at.timestamp()) // STEP_S


def code_at(secret: bytes, at: datetime) -> str:
    """Return the code that an authenticator app shows at this moment. Source: RFC 6238."""
    return _totp(secret).generate(step_at(at) * STEP_S).decode("ascii")


def matching_step(
    secret: bytes, typed: str, at: datetime, last_used_step: int | None
) -> int | None:
    """Return the step that a typed code belongs to, None if it is wrong, stale or was used.

    The caller keeps the returned step as `last_used_step`; that and all before are then used up, so a code
    works once even if the clock is set back.

    Args:
        last_used_step: Greatest step accepted so far; None means that no code was used yet.

    Source: RFC 6238 section 5.2 (a second attempt with the same code must not be accepted).
    """
    code = typed.replace(" ", "")
    if _CODE.fullmatch(code) is None:
        return None
    totp = _totp(secret)
    now_step = step_at(at)
    found: int | None = None
    # All steps are tried, so that the time taken does not tell which one was right.
    for step in range(max(0, now_step - WINDOW_STEPS), now_step + WINDOW_STEPS + 1):
        try:
            totp.verify(code.encode("ascii"), step * STEP_S)
        except InvalidToken:
            continue
        if last_used_step is None or step > last_used_step:
            found = step
    return found


def enrolment_uri(secret: bytes, badge: str, issuer: str) -> str:
    """Return the `otpauth://` address to be shown as a QR code, once."""
    return _totp(secret).get_provisioning_uri(badge, issuer)


def secret_of(uri: str) -> bytes:
    """Return the secret of an enrolment address, as an authenticator app does. Source: RFC 4648 (base 32)."""
    digits = parse_qs(urlsplit(uri).query)["secret"][0]
    return base64.b32decode(digits + "=" * (-len(digits) % 8))


def recovery_code(random_bytes: bytes) -> str:
    """Return RECOVERY_BYTES random bytes as four groups of four signs, to be written down."""
    if len(random_bytes) != RECOVERY_BYTES:
        raise RuntimeError(f"a recovery code is made of {RECOVERY_BYTES} bytes")
    signs = in_base_32(random_bytes)
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def recovery_hash(user_id: str, typed: str) -> bytes | None:
    """Return what is stored and looked up for a recovery code, None if the text cannot be one.

    A plain hash is enough: 80 random bits cannot be tried through.
    """
    signs = mended_signs(typed)
    if len(signs) != RECOVERY_BYTES * 8 // 5 or not set(signs) <= set(_RECOVERY_SIGNS):
        return None
    return hashlib.sha256(f"alpr-tui recovery 1|{user_id}|{signs}".encode("ascii")).digest()


def in_base_32(content: bytes) -> str:
    """Return bytes as Crockford base 32, five bits a sign; their number is a multiple of five."""
    number = int.from_bytes(content, "big")
    count = len(content) * 8 // 5
    return "".join(_RECOVERY_SIGNS[(number >> 5 * place) & 31] for place in reversed(range(count)))


def mended_signs(typed: str) -> str:
    """Return a typed code in capitals, without hyphens and blanks, I and L read as 1, O as 0."""
    kept = [sign for sign in typed.upper()[:64] if sign.isascii() and sign.isalnum()]
    return "".join(kept).translate(_MISTAKEN)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)
