"""A profile is the same after file and signature, and no other file counts."""

from __future__ import annotations

import pytest

from alpr_core.audit.signed_note import Signer, sign_note
from alpr_core.device_profile import (
    FILE_HEAD,
    DeviceProfile,
    Difference,
    differences,
    open_profile,
    parse_profile,
    profile_text,
    sign_profile,
)
from alpr_core.errors import InputError

OURS = Signer("alpr-tui/profile/unit-12", bytes(range(32)))
OTHER = Signer("alpr-tui/profile/unit-12", bytes(range(1, 33)))
PROFILE = DeviceProfile(
    (("STB_WIDTH_US", 250.0), ("TRG_RATE_HZ", 12.5)), (("exposure", "manual"), ("shutter", "9"))
)


def test_profile_survives_file_and_signature() -> None:
    """What was saved is what is opened, with the car, the time and the key."""
    written = sign_profile(PROFILE, "unit 12", "2026-11-28T02:00:00+00:00", OURS)
    file = open_profile(written, [OURS.verifier])
    assert file.profile == PROFILE
    assert (file.car, file.key) == ("unit 12", OURS.verifier.name)
    assert parse_profile(profile_text(PROFILE)) == PROFILE


@pytest.mark.parametrize("at", [0, 30, 45, 80, 120, 200, -20])
def test_no_changed_byte_counts(at: int) -> None:
    """A file with any byte changed is refused."""
    written = bytearray(sign_profile(PROFILE, "unit 12", "2026-11-28T02:00:00+00:00", OURS))
    written[at] ^= 1
    with pytest.raises(InputError):
        open_profile(bytes(written), [OURS.verifier])


def test_unknown_key_does_not_count() -> None:
    """A profile signed by a key that nobody named is refused, and so is an unsigned one."""
    written = sign_profile(PROFILE, "unit 12", "2026-11-28", OTHER)
    for refused in (written, written.partition(b"\n\n")[0], b"", bytes(200_000)):
        with pytest.raises(InputError):
            open_profile(refused, [OURS.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"board":[],"camera":[],"more":[]}',
        '{"board":[["TRG_RATE_HZ","fast"]],"camera":[]}',
        '{"board":[["TRG_RATE_HZ",1e999]],"camera":[]}',
        '{"board":[["TRG_RATE_HZ",1],["TRG_RATE_HZ",2]],"camera":[]}',
        '{"board":[["\\u001b[2J",1]],"camera":[]}',
        '{"board":[],"camera":[["icr"]]}',
        '{"board":[],"camera":[' + ",".join(f'["a{n}","b"]' for n in range(201)) + "]}",
        "[" * 100_000,
    ],
)
def test_what_is_no_profile_is_refused(text: str) -> None:
    """Signed or not, a text that is no profile is refused."""
    with pytest.raises(InputError):
        parse_profile(text)
    if "\n" not in text:
        note = sign_note(f"{FILE_HEAD}\ncar\nnow\n{text}\n", [OURS])
        with pytest.raises(InputError):
            open_profile(note, [OURS.verifier])


def test_differences_are_named() -> None:
    """Each setting that differs is named with both values; equal profiles differ in nothing."""
    other = PROFILE.with_board("TRG_RATE_HZ", 20.0).with_camera("gain", "3")
    assert differences(PROFILE, PROFILE) == ()
    assert differences(PROFILE, other) == (
        Difference("board", "TRG_RATE_HZ", "12.5", "20"),
        Difference("camera", "gain", "", "3"),
    )
