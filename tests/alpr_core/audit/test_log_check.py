"""A stranger's check of a whole exported log: what it accepts, and what it names when it refuses."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from alpr_core.audit.log_check import check_log
from alpr_core.audit.merkle import GrowingTree, leaf_hash
from alpr_core.audit.signed_note import Signer
from alpr_core.audit.tiles import bundle_bytes, split_bundle
from alpr_core.errors import AuditError
from tests.alpr_core.audit.made_log import ORIGIN, HeldFiles, MadeLog, make_log

ENTRIES = 300
CHANGES_AT = (100, 280)
LOG = make_log(ENTRIES, CHANGES_AT)
FILES = LOG.files()
Files = dict[str, bytes]


def check(files: Files, **how: object) -> int:
    """Return the size of the checked log."""
    return check_log(HeldFiles(files), **how).checkpoint.size  # type: ignore[arg-type]


def entries_in(files: Files, path: str = "tile/entries/000") -> list[bytes]:
    return split_bundle(files[path])[0]


@pytest.mark.parametrize("entries", [1, 2, 255, 256, 257])
def test_a_sound_log_is_accepted(entries: int) -> None:
    """Logs of any size verify, the smallest and those at the edges of a tile too."""
    assert check(make_log(entries).files()) == entries


def test_a_log_with_three_keys_is_accepted_by_each_of_them() -> None:
    """Whoever trusts one key of the log, the first or the last, can check all of it."""
    checked = check_log(HeldFiles(FILES))
    assert checked.checkpoint == LOG.checkpoint()
    assert len(checked.keys) == 3
    for key in checked.keys:
        assert check(FILES, trusted=key) == ENTRIES
    with pytest.raises(AuditError, match="none of this log's keys"):
        check(FILES, trusted=Signer(ORIGIN, b"9" * 32).verifier)


def test_the_log_must_begin_with_what_is_remembered() -> None:
    """A remembered checkpoint of any earlier size is accepted, even when its key is long gone."""
    for size in (1, 50, 150, 299, 300):
        assert check(FILES, remembered=[make_log(size, CHANGES_AT).sign()]) == ENTRIES


def test_a_log_that_was_cut_short_is_refused() -> None:
    """An older, in itself sound state is refused against a newer remembered checkpoint."""
    older = make_log(250, CHANGES_AT).files()
    assert check(older) == 250
    newer = make_log(270, CHANGES_AT).sign()
    with pytest.raises(AuditError, match="Entry 250 is missing: the log was cut short"):
        check(older, remembered=[newer])


def test_a_log_that_was_written_anew_is_refused() -> None:
    """Another past signed with the same keys is refused against a remembered checkpoint."""
    other = MadeLog()
    other.add(other.leaves[0])
    with pytest.raises(AuditError, match="entries 0 to 1 was rewritten"):
        check(make_log(30).files(), remembered=[other.sign()])
    stranger = Signer(ORIGIN, b"9" * 32)
    with pytest.raises(AuditError, match="remembered checkpoint: None of the known keys"):
        check(FILES, remembered=[LOG.sign(stranger)])


def edit(files: Files) -> None:
    files["tile/entries/000"] = files["tile/entries/000"].replace(b"26-0042", b"26-0043", 1)


def swap(files: Files) -> None:
    entries = entries_in(files)
    entries[7], entries[8] = entries[8], entries[7]
    files["tile/entries/000"] = bundle_bytes(entries)


def drop(files: Files) -> None:
    entries = entries_in(files)
    del entries[7]
    files["tile/entries/000"] = bundle_bytes(entries)


def drop_last(files: Files) -> None:
    files["tile/entries/001.p/44"] = bundle_bytes(entries_in(files, "tile/entries/001.p/44")[:-1])


def insert(files: Files) -> None:
    entries = entries_in(files)
    entries.insert(7, entries[7])
    files["tile/entries/000"] = bundle_bytes(entries)


def add_last(files: Files) -> None:
    entries = entries_in(files, "tile/entries/001.p/44")
    files["tile/entries/001.p/44"] = bundle_bytes([*entries, entries[-1]])


def edit_with_leaf_hash(files: Files) -> None:
    entries = entries_in(files)
    entries[7] = entries[7].replace(b"26-0042", b"26-0043")
    files["tile/entries/000"] = bundle_bytes(entries)
    hashes = files["tile/0/000"]
    files["tile/0/000"] = hashes[: 7 * 32] + leaf_hash(entries[7]) + hashes[8 * 32 :]


def edit_with_all_hashes(files: Files) -> None:
    edit_with_leaf_hash(files)
    tree = GrowingTree()
    made = [node for entry in entries_in(files) for node in tree.add(leaf_hash(entry))]
    files["tile/1/000.p/1"] = made[-1][2]


def edit_after_the_handover(files: Files) -> None:
    path = "tile/entries/001.p/44"
    entries = entries_in(files, path)
    entries[40] = entries[40].replace(b"26-0042", b"26-0043")
    files[path] = bundle_bytes(entries)
    hashes = files["tile/0/001.p/44"]
    files["tile/0/001.p/44"] = hashes[: 40 * 32] + leaf_hash(entries[40]) + hashes[41 * 32 :]


def remove(path: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        del files[path]

    return change


def put(path: str, content: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[path] = content

    return change


TAMPERING: tuple[tuple[Callable[[Files], None], str], ...] = (
    (edit, "Entry 1 does not match its hash in tile/0/000"),
    (swap, "Entry 7 does not match its hash"),
    (drop, "Entry 7 does not match its hash"),
    (drop_last, "Entry 299 is missing or cut off"),
    (insert, "Entry 8 does not match its hash"),
    (add_last, "Entry 300 does not belong there"),
    (edit_with_leaf_hash, "One of the entries 0 to 255 does not match their hash in tile/1/000.p/1"),
    (edit_with_all_hashes, "One of the entries 0 to 100 was rewritten together with its hashes"),
    (edit_after_the_handover, "One of the entries 281 to 299 was rewritten together"),
    (remove("tile/entries/000"), "tile/entries/000 is missing"),
    (remove("tile/0/001.p/44"), "tile/0/001.p/44 is missing"),
    (remove("tile/1/000.p/1"), "tile/1/000.p/1 is missing"),
    (remove("checkpoint"), "checkpoint is missing"),
    (remove("vkey"), "vkey is missing"),
    (remove("checkpoints/101"), "checkpoints/101 is missing: entry 100 changed the key"),
    (put("tile/0/001.p/44", FILES["tile/0/001.p/44"] + b"\x00"), "1409 bytes instead of 1408"),
    (put("tile/entries/000", FILES["tile/entries/000"] + b"\x00"), "Entry 256 does not belong there"),
    (put("tile/entries/000", FILES["tile/entries/000"][:-1]), "Entry 255 is missing or cut off"),
    (put("tile/entries/002", b""), "tile/entries/002 does not belong to a log of 300 entries"),
    (put("tile/\x1b]52", b""), "does not belong to a log"),
    (put("checkpoint", make_log(299, CHANGES_AT).sign()), "tile/entries/001.p/43 is missing"),
    (put("checkpoint", LOG.sign(Signer(ORIGIN, b"9" * 32))), "None of the known keys"),
    (put("checkpoints/100", make_log(101, CHANGES_AT).files()["checkpoint"]), "it is misnamed"),
    (put("checkpoints/101", make_log(101, ()).sign(Signer(ORIGIN, b"\x01" * 32))), "0 to 100 was"),
    (put("checkpoints/50", make_log(50).sign(Signer(ORIGIN, b"\x02" * 32))), "checkpoints/50: None"),
    (put("checkpoints/500", make_log(500, CHANGES_AT).sign()), "Entry 300 is missing: a kept"),
    (put("checkpoints/x", b"?"), "checkpoints/x: It is no signed note"),
    (put("vkey", FILES["vkey"][:-1]), "vkey: It does not end in a newline"),
    (put("vkey", b"\xff\n"), "vkey: It is no verifier key"),
    (put("vkey", f"{Signer(ORIGIN, bytes([2]) * 32).verifier.vkey}\n".encode()), "None of the known"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "message"), TAMPERING)
def test_tampering_is_named(change: Callable[[Files], None], message: str) -> None:
    """An edit, swap, drop, insert or truncation is refused, and the first bad entry or file is named."""
    files = dict(FILES)
    change(files)
    assert files != FILES
    with pytest.raises(AuditError) as refusal:
        check(files)
    assert message in refusal.value.what
    assert refusal.value.what.isprintable()
    assert refusal.value.exit_code == 11


def test_every_changed_byte_is_detected() -> None:
    """1,000 random changes of one byte, anywhere in the exported files: 1,000 are refused."""
    chance = random.Random(462)
    log = make_log(270, (265,))
    files = log.files()
    places = [(path, place) for path, content in files.items() for place in range(len(content))]
    # Small files and the last bundle would hardly be met by chance alone: every second change is there.
    few = [(path, place) for path, place in places if path != "tile/entries/000"]
    accepted = []
    for number in range(1000):
        path, place = chance.choice(few if number % 2 else places)
        content = bytearray(files[path])
        content[place] ^= chance.randrange(1, 256)
        try:
            check({**files, path: bytes(content)})
        except AuditError:
            continue
        accepted.append((path, place))
    assert accepted == []
