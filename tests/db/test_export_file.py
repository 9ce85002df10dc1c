"""A file that leaves the box is new and whole, or not there."""

from __future__ import annotations

import hashlib
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from alpr_core.errors import AlprError, AuditError, StoreFullError, UsageError
from db.export_file import write_export


def test_lines_are_written_for_their_owner_only(tmp_path: Path) -> None:
    """The file holds the lines as UTF-8, its digest is returned, and only its owner reads it."""
    digest = write_export(tmp_path / "out.csv", ["one\n", "zwölf\n"])
    written = (tmp_path / "out.csv").read_bytes()
    assert written == "one\nzwölf\n".encode()
    assert digest == hashlib.sha256(written).hexdigest()
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("there.csv", UsageError),
        ("link.csv", UsageError),
        ("nowhere/out.csv", UsageError),
        ("there.csv/out.csv", UsageError),
        ("nul\0.csv", UsageError),
        ("/sys/out.csv", StoreFullError),
    ],
)
def test_what_cannot_be_a_new_file_is_said(
    tmp_path: Path, name: str, error: type[AlprError]
) -> None:
    """A file, link or folder in the way, a missing folder, and one that takes no file are said in words."""
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "target.csv")
    with pytest.raises(error):
        write_export(tmp_path / name, ["x\n"])
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert not (tmp_path / "target.csv").exists()


def test_a_write_that_fails_leaves_no_file(tmp_path: Path) -> None:
    """If the disk refuses in the middle, what was written is taken away again."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StoreFullError, match="cannot be written"):
            write_export(tmp_path / "out.csv", ["x" * 1_000] * 1_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_fails_leaves_no_file(tmp_path: Path) -> None:
    """If the entries cannot be read to the end, no half table is left."""

    def lines() -> Iterator[str]:
        yield "one\n"
        raise AuditError("Entry 7 was altered.")

    with pytest.raises(AuditError):
        write_export(tmp_path / "out.csv", lines())
    assert list(tmp_path.iterdir()) == []
