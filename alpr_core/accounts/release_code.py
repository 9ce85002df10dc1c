"""How an administrator far away lifts a lock on a box without a network: a challenge out, a code back.

The locked box shows a challenge; the administrator, who has the box's release key in the office, reads the
code back over the radio. The code is bound to the box, the badge, the challenge and the administrator's own
badge, and works once, because a challenge does.

Source: design.md section 4, Accounts; CJIS Security Policy AC-7 b.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from alpr_core.accounts.one_time_code import in_base_32, mended_signs

CHALLENGE_BYTES = 5
"""40 bits, eight signs: short enough for the radio, and each wrong guess costs the challenge."""

_CODE_BYTES = 5
RELEASE_KEY_BYTES_MIN = 32


@dataclass(frozen=True, slots=True)
class ReleaseChallenge:
    """What the locked box shows."""

    box: str
    """Name of the box."""
    badge: str
    """Whose account is locked."""
    nonce: str
    """Eight signs in base 32, made at random for this one release."""

    @property
    def shown(self) -> str:
        """The nonce in two groups, to be read aloud."""
        return f"{self.nonce[:4]}-{self.nonce[4:]}"


def challenge_of(box: str, badge: str, random_bytes: bytes) -> ReleaseChallenge:
    """Return a challenge made of CHALLENGE_BYTES random bytes."""
    if len(random_bytes) != CHALLENGE_BYTES:
        raise RuntimeError(f"a challenge is made of {CHALLENGE_BYTES} bytes")
    return ReleaseChallenge(box, badge, in_base_32(random_bytes))


def release_code(key: bytes, challenge: ReleaseChallenge, released_by: str) -> str:
    """Return the code that the administrator reads out, as `K7QF-2M9X`.

    Args:
        key: The box's release key, 32 bytes.
        released_by: The administrator's badge in canonical form; the locked user types it with the code.

    Source: RFC 2104 (HMAC-SHA256, cut to 40 bits).
    """
    if len(key) < RELEASE_KEY_BYTES_MIN:
        raise RuntimeError(f"a release key has at least {RELEASE_KEY_BYTES_MIN} bytes")
    parts = ("alpr-tui release 1", challenge.box, challenge.badge, challenge.nonce, released_by)
    mac = HMAC(key, SHA256())
    for part in parts:
        written = part.encode("utf-8")
        mac.update(len(written).to_bytes(2, "big") + written)
    signs = in_base_32(mac.finalize()[:_CODE_BYTES])
    return f"{signs[:4]}-{signs[4:]}"


def is_release_code(key: bytes, challenge: ReleaseChallenge, released_by: str, typed: str) -> bool:
    """Tell whether the typed code answers the challenge; the caller spends the challenge either way."""
    wanted = mended_signs(release_code(key, challenge, released_by))
    return bytes_eq(wanted.encode("ascii"), mended_signs(typed).encode("ascii"))
