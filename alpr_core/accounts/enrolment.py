"""What a new user is given, once; it can never be shown again."""

from __future__ import annotations

from dataclasses import dataclass, field

from alpr_core.accounts.user import User


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Secrets of one user. Source: CJIS Security Policy IA-5."""

    user: User
    uri: str = field(repr=False)
    """`otpauth://` address for the authenticator app, to be shown as a QR code."""
    recovery_codes: tuple[str, ...] = field(repr=False)
    """Each stands in for one code; to be printed and locked away."""
