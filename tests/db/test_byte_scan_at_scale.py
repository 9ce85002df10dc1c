"""A thousand known plates, names, notes and reasons: none of them lies readable in any file of the box."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from alpr_core.accounts.user import make_user
from alpr_core.audit.entry import Actor, EntryDraft, Subject
from alpr_core.correction import make_correction
from alpr_core.permissions import Role
from db.credentials import Argon2Cost
from db.store import Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import FIRST_AT, Outcomes, make_entry, make_match, make_sighting

KNOWN = 1_000
PEOPLE = 20
READS = 30
NEEDLE_BYTES = 7
"""Compared first of each trace."""


class KnownWords:
    """Words that were put into a store, four thousand in all."""

    def __init__(self) -> None:
        chance = random.Random(462)
        letters = "ABCDEFGHJKLMNPRSTUVWXYZ"

        def word() -> str:
            return "".join(chance.choices(letters, k=9)).capitalize()

        self.plates = [f"7{word()[:3].upper()}{number:03d}" for number in range(KNOWN)]
        self.names = [f"{word()} {word()}" for _ in range(KNOWN)]
        self.notes = [f"{word()} stood beside the {word()}" for _ in range(KNOWN)]
        self.purposes = [f"{word()} {word()} case" for _ in range(KNOWN)]

    def all(self) -> list[str]:
        return [*self.plates, *self.names, *self.notes, *self.purposes]


def traces_of(word: str) -> list[bytes]:
    """Return the word in UTF-8, UTF-16 and, as far as it alone decides them, the letters of base64."""
    plain = word.encode()
    shifted = [
        base64.b64encode(b"x" * lead + plain + b"x" * 3)[
            -(-8 * lead // 6) : 8 * (lead + len(plain)) // 6
        ]
        for lead in range(3)
    ]
    return [plain, word.encode("utf-16-le"), word.encode("utf-16-be"), *shifted]


def windows(content: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return every NEEDLE_BYTES of the content as a number."""
    signs = np.frombuffer(content, np.uint8).astype(np.uint64)
    count = len(signs) - NEEDLE_BYTES + 1
    found = np.zeros(max(count, 0), np.uint64)
    for place in range(NEEDLE_BYTES if count > 0 else 0):
        found |= signs[place : place + count] << np.uint64(8 * place)
    return found


def needles_of(words: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    traces = [trace for word in words for trace in traces_of(word)]
    assert min(map(len, traces)) >= NEEDLE_BYTES
    return np.unique(np.concatenate([windows(trace[:NEEDLE_BYTES]) for trace in traces]))


def readable_in(folder: Path, words: Iterable[str]) -> list[str]:
    """Return the files of the folder that hold one of the words.

    What begins like one is looked for whole: SQLite's index of the WAL is made of 16-bit numbers, among which
    the first signs of a plate in UTF-16 turn up by chance.
    """
    words = tuple(words)
    needles = needles_of(words)
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _holds_one(path.read_bytes(), words, needles)
    ]


def _holds_one(
    content: bytes, words: tuple[str, ...], needles: np.ndarray[tuple[int], np.dtype[np.uint64]]
) -> bool:
    if not np.isin(windows(content), needles).any():
        return False
    return any(trace in content for word in words for trace in traces_of(word))


def fill(store: Store, words: KnownWords) -> None:
    """Put every word where the box would have it: lists, reads, corrections, accounts, the audit log."""
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number, plate in enumerate(words.plates[:READS], start=1):
        writer.record(make_sighting(number, plate), make_match(plate))
    store.hotlists.replace_list(
        "SVS",
        [
            make_entry(plate, reason=note)
            for plate, note in zip(words.plates, words.notes, strict=True)
        ],
    )
    store.argon2_cost = Argon2Cost(memory_kib=64, iterations=1)
    accounts = store.people.accounts
    outcomes.wait_for(READS)
    with store.ledger.writing():
        for number, name in enumerate(words.names[:PEOPLE]):
            user = make_user(f"{number:032x}", f"B-{number}", name, name, name, [Role.OFFICER])
            accounts.create(user, "tulip kestrel mosaic", FIRST_AT)
        for number, note in enumerate(words.notes[:READS], start=1):
            store.read_shelf.correct(
                make_correction(
                    f"{number:032x}", words.plates[-number], "CA", "B-1", note, FIRST_AT
                )
            )
        rows = zip(words.plates, words.names, words.notes, words.purposes, strict=True)
        for plate, name, note, purpose in rows:
            store.ledger.append(
                EntryDraft(
                    action="search",
                    actor=Actor("B-1", name, name),
                    purpose=purpose,
                    subject=Subject(plates=(plate,), note=note),
                )
            )
    store.ledger.sign()


def test_a_thousand_of_each_are_not_readable(folder: Path, open_store: OpenStore) -> None:
    """While it is open, with its WAL, and after it was closed, no file of the store shows any of them."""
    words = KnownWords()
    assert len({trace for word in words.all() for trace in traces_of(word)}) > 20 * KNOWN
    store = open_store()
    fill(store, words)
    assert (folder / "store.db-wal").stat().st_size > 1_000_000
    assert readable_in(folder, words.all()) == []
    store.close()
    assert (folder / "store.db").stat().st_size > 1_000_000
    assert readable_in(folder, words.all()) == []


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "utf-16-be", "base64"])
def test_the_scan_would_find_one_word(tmp_path: Path, coding: str) -> None:
    """One of the thousands, planted in any coding and at any alignment, is found."""
    words = KnownWords()
    planted = (words.plates[7], words.names[77], words.notes[777])
    for lead, word in enumerate(planted * 3):
        spaced = b"?" * (lead // 3)
        leak = spaced + word.encode("utf-8" if coding == "base64" else coding)
        leak = base64.b64encode(leak + b"!!") if coding == "base64" else leak
        (tmp_path / f"leak{lead}").write_bytes(bytes(1000) + leak + bytes(1000))
    (tmp_path / "clean").write_bytes(random.Random(1).randbytes(100_000))
    assert readable_in(tmp_path, words.all()) == [f"leak{lead}" for lead in range(9)]
