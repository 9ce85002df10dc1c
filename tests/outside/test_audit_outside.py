"""The audit log before a program that we did not write: Go's `sumdb` packages."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.audit.log_check import check_log
from alpr_core.audit.merkle import consistency_proof, inclusion_proof
from db.audit_folder import FolderFiles
from tests.db.audit_store import ORIGIN, audit_store

SOURCE = Path(__file__).with_name("audit_witness.go")
GO_PATH = Path("/usr/share/gocode")
"""Where Debian's golang-golang-x-mod-dev puts the packages."""
ENTRIES = 10_000
CHECKPOINTS = 20
BUILD_LIMIT_S = 300
CHECK_LIMIT_S = 300


@pytest.fixture(scope="session")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the built Go program."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not installed (Debian: apt-get install golang-go)")
    if not (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("sumdb is not installed (Debian: apt-get install golang-golang-x-mod-dev)")
    folder = tmp_path_factory.mktemp("go")
    settings = {
        "GO111MODULE": "off",
        "GOPATH": str(GO_PATH),
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
    }
    program = folder / "audit_witness"
    subprocess.run(
        [go, "build", "-o", str(program), str(SOURCE)],
        env={**os.environ, **settings},
        check=True,
        timeout=BUILD_LIMIT_S,
    )
    return program


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an exported log of 10,000 entries, signed at 20 sizes, with keys of three days."""
    folder = tmp_path_factory.mktemp("outside")
    with audit_store(folder / "store") as store:
        store.trail.start(ORIGIN)
        for number in range(1, CHECKPOINTS):
            if number in (7, 14):
                store.now += timedelta(days=1)
            wanted = ENTRIES * number // (CHECKPOINTS - 1)
            store.fill(wanted - store.trail.records.count(), first=number * 1000)
            store.trail.checkpoint()
        store.trail.export(folder / "log", with_every_checkpoint=True)
    return folder / "log"


def run(witness: Path, *arguments: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(witness), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=CHECK_LIMIT_S,
        check=False,
    )


def test_go_accepts_every_entry_and_every_pair(witness: Path, exported: Path) -> None:
    """Go verifies 10,000 entries in each of 20 signed trees, the growth between any two, and our proofs."""
    told = run(witness, exported)
    assert told.returncode == 0, told.stderr
    sizes = sorted(int(file.name) for file in (exported / "checkpoints").iterdir())
    assert (len(sizes), sizes[-1]) == (CHECKPOINTS, ENTRIES)
    pairs = CHECKPOINTS * (CHECKPOINTS - 1) // 2
    assert told.stdout == (
        f"{ENTRIES} entries, {CHECKPOINTS} checkpoints, {sum(sizes)} inclusions,"
        f" {pairs} consistencies, proofs {our_proofs(exported, sizes)}\n"
    )
    assert len(check_log(FolderFiles(exported)).keys) == 3


def our_proofs(folder: Path, sizes: list[int]) -> str:
    """Return the digest of the proofs that this project makes, in the order in which Go digests its own."""
    tiles = b"".join(
        (folder / "tile/0" / f"{number:03d}{'' if number < 39 else '.p/16'}").read_bytes()
        for number in range(40)
    )
    leaves = [tiles[start : start + 32] for start in range(0, len(tiles), 32)]
    nodes = {(0, number): leaf for number, leaf in enumerate(leaves)}
    below = leaves
    level = 0
    while len(below) > 1:
        level += 1
        below = [
            hashlib.sha256(b"\x01" + below[2 * number] + below[2 * number + 1]).digest()
            for number in range(len(below) // 2)
        ]
        nodes.update({(level, number): found for number, found in enumerate(below)})
    digest = hashlib.sha256()

    def node(level: int, number: int) -> bytes:
        return nodes[level, number]

    for index in range(ENTRIES):
        digest.update(b"".join(inclusion_proof(index, ENTRIES, node)))
    for old in sizes:
        for new in sizes:
            if old < new:
                digest.update(b"".join(consistency_proof(old, new, node)))
    return digest.hexdigest()


def entries_of(bundle: bytes) -> list[bytes]:
    entries = []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2], "big")
        entries.append(bundle[:end])
        bundle = bundle[end:]
    return entries


def edit(entries: list[bytes]) -> None:
    entries[3] = entries[3].replace(b'"purpose":"stolen vehicle"', b'"purpose":"stolen vehicls"')


def swap(entries: list[bytes]) -> None:
    entries[3], entries[4] = entries[4], entries[3]


def drop(entries: list[bytes]) -> None:
    del entries[3]


def insert(entries: list[bytes]) -> None:
    entries.insert(3, entries[3])


@pytest.mark.parametrize("change", [edit, swap, drop, insert])
def test_go_refuses_a_changed_bundle(
    witness: Path, exported: Path, tmp_path: Path, change: Callable[[list[bytes]], None]
) -> None:
    """An entry that was edited, swapped, dropped or inserted is refused by Go."""
    folder = tmp_path / "log"
    shutil.copytree(exported, folder)
    bundle = folder / "tile/entries/017"
    entries = entries_of(bundle.read_bytes())
    before = list(entries)
    change(entries)
    assert entries != before
    bundle.write_bytes(b"".join(entries))
    assert run(witness, folder).returncode == 1


@pytest.mark.parametrize("path", ["tile/0/017", "tile/1/000.p/39", "checkpoint", "vkey"])
def test_go_refuses_a_changed_file(
    witness: Path, exported: Path, tmp_path: Path, path: str
) -> None:
    """A hash, the checkpoint or the key that was changed in one sign is refused by Go."""
    folder = tmp_path / "log"
    shutil.copytree(exported, folder)
    content = bytearray((folder / path).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / path).write_bytes(content)
    assert run(witness, folder).returncode == 1


def test_go_refuses_a_log_that_was_cut_short(witness: Path, tmp_path: Path) -> None:
    """An older, in itself sound state of the log is refused by Go against a checkpoint kept elsewhere."""
    with audit_store(tmp_path / "store") as store:
        store.trail.start(ORIGIN)
        store.fill(300)
        store.trail.checkpoint()
        store.trail.export(tmp_path / "older", with_every_checkpoint=True)
        store.fill(300)
        remembered = tmp_path / "remembered"
        remembered.write_bytes(store.trail.checkpoint())
        store.trail.export(tmp_path / "newer", with_every_checkpoint=True)
    assert run(witness, tmp_path / "newer", remembered).returncode == 0
    assert run(witness, tmp_path / "older").returncode == 0
    told = run(witness, tmp_path / "older", remembered)
    assert told.returncode == 1
    assert "cut short" in told.stderr


def test_go_refuses_a_log_that_was_written_anew(witness: Path, tmp_path: Path) -> None:
    """A log whose past differs is refused by Go against a checkpoint kept elsewhere, though its keys signed it."""
    kept = tmp_path / "kept"
    with audit_store(kept) as store:
        store.trail.start(ORIGIN)
    branches = []
    for name, first in (("one", 0), ("other", 1)):
        folder = tmp_path / name
        shutil.copytree(kept, folder)
        with audit_store(folder) as store:
            store.fill(20, first=first)
            branches.append(store.trail.checkpoint())
            store.trail.export(folder / "log", with_every_checkpoint=True)
    remembered = tmp_path / "remembered"
    remembered.write_bytes(branches[0])
    assert run(witness, tmp_path / "one/log", remembered).returncode == 0
    assert run(witness, tmp_path / "other/log", remembered).returncode == 1
