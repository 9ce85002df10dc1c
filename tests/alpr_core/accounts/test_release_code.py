"""Release codes over the radio."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alpr_core.accounts.release_code import challenge_of, is_release_code, release_code

KEY = bytes(range(32))
CHALLENGE = challenge_of("car-12", "4711", b"\x01\x02\x03\x04\x05")


def test_a_code_stays_what_it_is() -> None:
    """Box and office compute the same code for ever; it is known again however it is typed."""
    code = release_code(KEY, CHALLENGE, "1000")
    assert code == "Q5CH-8K0A"
    for typed in (code, code.lower(), code.replace("-", " "), f" {code} "):
        assert is_release_code(KEY, CHALLENGE, "1000", typed)


@pytest.mark.parametrize(
    ("key", "challenge", "by"),
    [
        (bytes(32), CHALLENGE, "1000"),
        (KEY, replace(CHALLENGE, box="car-13"), "1000"),
        (KEY, replace(CHALLENGE, badge="4712"), "1000"),
        (KEY, replace(CHALLENGE, nonce="00000000"), "1000"),
        (KEY, replace(CHALLENGE, box="car-124", badge="711"), "1000"),
        (KEY, CHALLENGE, "1001"),
    ],
)
def test_a_code_is_for_one_thing(key: bytes, challenge: object, by: str) -> None:
    """A code of another key, box, badge, challenge or administrator opens nothing."""
    code = release_code(key, challenge, by)  # type: ignore[arg-type]
    assert not is_release_code(KEY, CHALLENGE, "1000", code)


@pytest.mark.parametrize(
    "typed", ["", "-", "00000000", "Q5CH-8K0", "Q5CH-8K0A-1", "\x1b[2J", "é" * 99]
)
def test_what_is_no_code_opens_nothing(typed: str) -> None:
    """Any other text opens nothing."""
    assert not is_release_code(KEY, CHALLENGE, "1000", typed)


def test_a_short_key_is_our_fault() -> None:
    """A release key or challenge of the wrong length is refused as a wrong call."""
    with pytest.raises(RuntimeError, match="at least 32"):
        release_code(b"short", CHALLENGE, "1000")
    with pytest.raises(RuntimeError, match="5 bytes"):
        challenge_of("car-12", "4711", b"")
