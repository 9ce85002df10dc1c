"""One-time codes and recovery codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.accounts.one_time_code import (
    RECOVERY_BYTES,
    STEP_S,
    code_at,
    enrolment_uri,
    in_base_32,
    matching_step,
    recovery_code,
    recovery_hash,
    step_at,
)
from tests.alpr_core.accounts.made_users import NOW

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("unix_s", "vector"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_vectors_of_the_rfc(unix_s: int, vector: str) -> None:
    """The codes are those of RFC 6238 appendix B, SHA-1, cut to six digits, and are accepted."""
    at = datetime.fromtimestamp(unix_s, UTC)
    assert code_at(SECRET, at) == vector[-6:]
    assert matching_step(SECRET, vector[-6:], at, None) == unix_s // 30


@pytest.mark.parametrize(
    ("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_the_window_is_one_step(steps: int, is_taken: bool) -> None:
    """A code of the step before or after is taken, none of further away."""
    code = code_at(SECRET, NOW + timedelta(seconds=steps * STEP_S))
    found = matching_step(SECRET, code, NOW, None)
    assert found == (step_at(NOW) + steps if is_taken else None)


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=12))
def test_a_code_works_once(moves: list[int]) -> None:
    """However the clock is moved, no code is ever accepted a second time."""
    last: int | None = None
    accepted: list[int] = []
    for move in moves:
        at = NOW + timedelta(seconds=move * STEP_S)
        step = matching_step(SECRET, code_at(SECRET, at), at, last)
        if step is not None:
            accepted.append(step)
            last = step
    assert accepted == sorted(set(accepted))


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\x00", "9" * 999]
)
def test_what_is_no_code_is_wrong(typed: str) -> None:
    """Text that is not six digits is wrong and nothing else."""
    assert matching_step(SECRET, typed, NOW, None) is None


def test_the_enrolment_address() -> None:
    """The QR code's address carries secret, issuer and badge as authenticator apps read them."""
    address = urlparse(enrolment_uri(SECRET, "4711", "ALPR Car 12"))
    fields = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert fields["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    assert fields["issuer"] == ["ALPR Car 12"]
    assert address.path.endswith("4711")


@given(st.binary(min_size=RECOVERY_BYTES, max_size=RECOVERY_BYTES))
def test_a_recovery_code_is_read_back(random_bytes: bytes) -> None:
    """A recovery code has four groups and is known again in small letters, unbroken, with O for 0."""
    code = recovery_code(random_bytes)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    wanted = recovery_hash("a", code)
    assert wanted is not None
    mistyped = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert recovery_hash("a", mistyped) == wanted
    assert recovery_hash("b", code) != wanted


def test_no_two_bytes_look_alike() -> None:
    """Different bytes give different signs."""
    assert len({in_base_32(bytes((a, b, 0, 0, 0))) for a in range(256) for b in range(4)}) == 1024
    assert recovery_hash("a", "123456") is None
