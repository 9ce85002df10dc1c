"""A signed manifest says which list, which version, until when; anything else is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alpr_core.audit.signed_note import Signer, sign_note
from alpr_core.errors import InputError
from alpr_core.hotlists.package import (
    ListForm,
    Manifest,
    check_manifest,
    open_manifest,
    sign_manifest,
)
from tests.alpr_core.hotlists.made_files import NOW

SIGNER = Signer("doj.example/lists", bytes(range(32)))
OTHER = Signer("doj.example/lists", bytes(range(1, 33)))
MANIFEST = Manifest(
    "SVS statewide",
    12,
    NOW - timedelta(hours=6),
    NOW + timedelta(hours=42),
    ListForm.FULL,
    0,
    4711,
    "0" * 64,
)


def test_a_manifest_comes_back_as_it_was_signed() -> None:
    """What is signed is what is opened, names with blanks too."""
    opened = open_manifest(sign_manifest(MANIFEST, [SIGNER]), [SIGNER.verifier])
    assert opened == MANIFEST


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\xff\xfe",
        b"list SVS\n",
        sign_manifest(MANIFEST, [OTHER]),
        sign_manifest(MANIFEST, [SIGNER]).replace(b"version 12", b"version 13"),
        sign_manifest(MANIFEST, [SIGNER]).replace(b"statewide", b"Statewide"),
        sign_note("something else\n", [SIGNER]),
        sign_note(sign_manifest(MANIFEST, []).decode().split("\n\n")[0] + "\nmore x\n", [SIGNER]),
        sign_manifest(replace(MANIFEST, version=0), [SIGNER]),
        sign_manifest(replace(MANIFEST, sha256="Z" * 64), [SIGNER]),
        sign_manifest(replace(MANIFEST, version=10**17), [SIGNER]),
    ],
)
def test_manifests_that_are_refused(written: bytes) -> None:
    """Unsigned, altered, foreign or malformed manifests are refused."""
    with pytest.raises(InputError):
        open_manifest(written, [SIGNER.verifier])


@pytest.mark.parametrize(
    ("changes", "installed", "why"),
    [
        ({"hotlist": "AMBER"}, 0, "is of list AMBER"),
        ({"expires_at": NOW}, 0, "expired"),
        ({"issued_at": NOW + timedelta(hours=1)}, 0, "in the future"),
        ({}, 12, "not newer"),
        ({}, 13, "not newer"),
        ({"form": ListForm.CHANGES, "base": 10}, 11, "apply to version 10"),
    ],
)
def test_packages_that_may_not_be_installed(
    changes: dict[str, object], installed: int, why: str
) -> None:
    """Another list's, expired, future, older and unfitting packages are refused with the reason."""
    with pytest.raises(InputError, match=why):
        check_manifest(replace(MANIFEST, **changes), "SVS statewide", installed, NOW)  # type: ignore[arg-type]


def test_a_newer_package_may_be_installed() -> None:
    """A newer version is accepted, and changes that apply to what is in the car."""
    check_manifest(MANIFEST, "SVS statewide", 11, NOW)
    changes = replace(MANIFEST, form=ListForm.CHANGES, base=11)
    check_manifest(changes, "SVS statewide", 11, NOW)
