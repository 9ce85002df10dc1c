"""Nothing readable lies on the disk: no plate, no name, no picture, in any encoding."""

from __future__ import annotations

import base64
import logging
from pathlib import Path

import cv2
import pytest

from db.pictures import PictureKind
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import (
    ROOT_KEY,
    Outcomes,
    make_entry,
    make_match,
    make_pixels,
    make_sighting,
)

PLATES = ("7ABC123", "8XYZ999", "6WANTED")
WORDS = (*PLATES, "Stolen in Oakland", "drive.mp4", "sighting_newest", ROOT_KEY.secret.hex())
JPEG_BEGIN = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
SQLITE_BEGIN = b"SQLite format 3"


def in_all_forms(word: str) -> set[bytes]:
    """Return the word in UTF-8, UTF-16 and, at each of its three alignments, in base64."""
    raw = word.encode()
    shifted = {base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)}
    return {raw, raw.lower(), word.encode("utf-16-le"), word.encode("utf-16-be"), *shifted}


def readable_in(folder: Path) -> list[tuple[str, bytes]]:
    """Return every file of the folder that holds something readable, with what it holds."""
    needles = {JPEG_BEGIN, SQLITE_BEGIN, ROOT_KEY.secret}.union(*map(in_all_forms, WORDS))
    return [
        (path.name, needle)
        for path in folder.rglob("*")
        if path.is_file()
        for content in [path.read_bytes()]
        for needle in needles
        if needle in content or needle in str(path).encode()
    ]


def test_no_file_of_the_store_is_readable(folder: Path, open_store: OpenStore) -> None:
    """While it is open, with its WAL, and after it was closed, no file gives anything away."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    store.hotlists.replace_list("SVS", [make_entry(plate) for plate in PLATES])
    for number, plate in enumerate(PLATES * 5, start=1):
        writer.record(make_sighting(number, plate, overview=make_pixels()), make_match(plate))
    outcomes.wait_for(15)
    assert store.sightings.picture(f"{15:032x}", PictureKind.OVERVIEW) is not None
    assert (folder / "store.db-wal").stat().st_size > 10_000
    assert readable_in(folder) == []
    store.close()
    assert (folder / "store.db").stat().st_size > 10_000
    assert len(list(folder.rglob("*.img"))) == 45
    assert readable_in(folder) == []


def test_no_log_is_readable(open_store: OpenStore, caplog: pytest.LogCaptureFixture) -> None:
    """Even a log that takes everything down does not learn a plate, an owner's reason or a key."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("alpr-test").debug("the log is on")
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    store.hotlists.replace_list("SVS", [make_entry(plate) for plate in PLATES])
    for number in (1, 2, 2):
        writer.record(make_sighting(number, PLATES[0]), make_match(PLATES[0]))
    outcomes.wait_for(3)
    assert len(outcomes.refusals) == 1
    assert store.sightings.latest(5)
    assert "the log is on" in caplog.text
    assert not any(word in caplog.text for word in WORDS)


@pytest.mark.parametrize(
    "planted",
    [
        b"..7ABC123..",
        "..8XYZ999..".encode("utf-16-le"),
        base64.b64encode(b".8XYZ999 and more"),
        base64.b64encode(b"..8XYZ999 and more"),
        base64.b64encode(b"...8XYZ999 and more"),
        cv2.imencode(".jpg", make_pixels())[1].tobytes(),
    ],
)
def test_the_scan_finds_what_it_looks_for(tmp_path: Path, planted: bytes) -> None:
    """The scan above can fail: it finds a plate and a picture that lie about."""
    (tmp_path / "leak").write_bytes(b"\0" * 77 + planted)
    assert readable_in(tmp_path)
