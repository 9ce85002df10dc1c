"""Signed packages: installed when signed, fresh and newer; refused in words otherwise."""

from __future__ import annotations

import gzip
import hashlib
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.audit.signed_note import Signer
from alpr_core.errors import InputError
from alpr_core.hotlists.package import (
    LIST_MEMBER,
    MANIFEST_MEMBER,
    ListForm,
    Manifest,
    sign_manifest,
)
from alpr_core.hotlists.settings import ListSettings
from db.hotlist_files import write_package
from db.instants import utc_now
from db.store import Store
from tests.db.conftest import OpenStore
from tests.db.list_files import import_list, order_of, plates_of, write_list

SIGNER = Signer("doj.example/lists", bytes(range(32)))
SETTINGS = ListSettings("SVS", signer=SIGNER.verifier.vkey)
CONTENT = b"plate,class\n1AAA111,stolen\n2BBB222,stolen\n"
Damage = Callable[[Path], None]


def manifest_of(size_bytes: int, sha256: str, **changes: object) -> Manifest:
    now = utc_now().replace(microsecond=0)
    made = Manifest(
        "SVS",
        5,
        now - timedelta(hours=1),
        now + timedelta(hours=1),
        ListForm.FULL,
        0,
        size_bytes,
        sha256,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def pack(file: Path, content: bytes = CONTENT, **changes: object) -> Path:
    write_package(
        file, content, lambda size, digest: manifest_of(size, digest, **changes), [SIGNER]
    )
    return file


def members(file: Path, *listed: tuple[str | zipfile.ZipInfo, bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in listed:
            archive.writestr(name, content)


def signed(content: bytes = CONTENT, **changes: object) -> bytes:
    made = replace(manifest_of(len(content), hashlib.sha256(content).hexdigest()), **changes)  # type: ignore[arg-type]
    return sign_manifest(made, [SIGNER])


def as_link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.fixture
def store(open_store: OpenStore, tmp_path: Path) -> Store:
    """Return a store with version 4 of list SVS."""
    store = open_store()
    import_list(
        store, pack(tmp_path / "old", b"plate,class\n1OLD111,stolen\n", version=4), SETTINGS
    )
    return store


def test_a_signed_package_is_installed(store: Store, tmp_path: Path) -> None:
    """A newer package of the right key becomes the list, with its version and time of issue."""
    staged = import_list(store, pack(tmp_path / "p"), SETTINGS)
    assert plates_of(store) == ["1AAA111", "2BBB222"]
    (health,) = store.hotlists.health()
    assert health.version == staged.edition.version == 5
    changes = pack(
        tmp_path / "c",
        b"plate,class,change\n2BBB222,stolen,D\n",
        version=6,
        form=ListForm.CHANGES,
        base=5,
    )
    import_list(store, changes, SETTINGS)
    assert plates_of(store) == ["1AAA111"]


REFUSED: tuple[tuple[str, Damage, str], ...] = (
    ("unsigned file", lambda file: file.write_bytes(CONTENT) and None, "not signed"),
    ("older", lambda file: pack(file, version=3) and None, "not newer"),
    ("same", lambda file: pack(file, version=4) and None, "not newer"),
    ("expired", lambda file: pack(file, expires_at=utc_now()) and None, "expired"),
    ("other list", lambda file: pack(file, hotlist="AMBER") and None, "of list AMBER"),
    (
        "other base",
        lambda file: pack(file, form=ListForm.CHANGES, base=3) and None,
        "apply to version 3",
    ),
    (
        "other key",
        lambda file: members(
            file,
            (MANIFEST_MEMBER, sign_manifest(manifest_of(1, "0" * 64), [Signer("x", bytes(32))])),
            (LIST_MEMBER, CONTENT),
        ),
        "signature does not hold",
    ),
    (
        "other content",
        lambda file: members(
            file, (MANIFEST_MEMBER, signed()), (LIST_MEMBER, CONTENT.replace(b"1A", b"9A"))
        ),
        "another list than its signature",
    ),
    (
        "bomb",
        lambda file: members(
            file, (MANIFEST_MEMBER, signed()), (LIST_MEMBER, CONTENT + b"\0" * 300_000_000)
        ),
        "more than its signature",
    ),
    (
        "signed giant",
        lambda file: members(
            file, (MANIFEST_MEMBER, signed(size_bytes=2**40)), (LIST_MEMBER, CONTENT)
        ),
        "unpacks to 1048576 MB",
    ),
    (
        "link",
        lambda file: members(
            file, (MANIFEST_MEMBER, signed()), (as_link(LIST_MEMBER), b"/etc/passwd")
        ),
        "no package",
    ),
    (
        "way out",
        lambda file: members(file, (MANIFEST_MEMBER, signed()), ("../list", CONTENT)),
        "no package",
    ),
    ("packed twice", lambda file: pack(file, pack(file).read_bytes()) and None, "archive"),
    ("gzip inside", lambda file: pack(file, gzip.compress(CONTENT)) and None, "gzip"),
    ("one member", lambda file: members(file, (LIST_MEMBER, CONTENT)), "no package"),
    (
        "many members",
        lambda file: members(file, *((f"m{number}", b"") for number in range(3_000))),
        "no package|damaged",
    ),
    (
        "large manifest",
        lambda file: members(file, (MANIFEST_MEMBER, b"x" * 10_000_000), (LIST_MEMBER, CONTENT)),
        "signature does not hold",
    ),
    (
        "cut short",
        lambda file: file.write_bytes(pack(file).read_bytes()[:-30]) and None,
        "damaged",
    ),
    (
        "bits turned",
        lambda file: file.write_bytes(pack(file).read_bytes().replace(b"list", b"lisT")) and None,
        "damaged|no package",
    ),
)


@pytest.mark.parametrize(
    ("damage", "what"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_packages_that_are_refused(store: Store, tmp_path: Path, damage: Damage, what: str) -> None:
    """Whatever is wrong with a package, the list stays and the words say why."""
    damage(tmp_path / "p")
    with pytest.raises(InputError, match=what):
        import_list(store, tmp_path / "p", SETTINGS)
    assert plates_of(store) == ["1OLD111"]


def test_any_byte_turned_is_noticed(store: Store, tmp_path: Path) -> None:
    """No byte of a package can be changed such that another list is installed."""
    whole = pack(tmp_path / "p").read_bytes()
    for place in range(0, len(whole), 7):
        turned = bytearray(whole)
        turned[place] ^= 0x11
        (tmp_path / "p").write_bytes(turned)
        try:
            with store.hotlists.staged(order_of(tmp_path / "p", SETTINGS)) as staged:
                store.hotlists.publish(staged)
        except InputError:
            continue
        # Bits that nothing depends on, such as the time of a member: the list is the signed one.
        assert plates_of(store) == ["1AAA111", "2BBB222"]
        whole = pack(tmp_path / "p", version=staged.edition.version + 1).read_bytes()


def test_a_package_needs_a_key(open_store: OpenStore, tmp_path: Path) -> None:
    """A package is not believed while nobody has said whose key signs the list."""
    with pytest.raises(InputError, match="whose key"):
        import_list(open_store(), pack(tmp_path / "p"), ListSettings("SVS"))
    plain = write_list(tmp_path / "plain.csv", ["1AAA111"])
    with pytest.raises(InputError, match="not signed"):
        import_list(open_store(tmp_path / "other"), plain, SETTINGS)
