"""Peers in an environment of their own, so that their packages cannot disturb ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alpr_core.errors import InstallError
from alpr_core.plate_text import normalise_plate

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE.parent / ".venv-peers"
LOCK = HERE / "peers.lock"

PLATE_SIGNS_MIN = 2


@dataclass(frozen=True, slots=True)
class PeerLook:
    """What the peer read in one photograph."""

    image: str
    plates: tuple[str, ...]
    """Normalised lines, the tallest letters first."""
    cpu_ms: float


def rapidocr_looks(files: Sequence[Path]) -> tuple[PeerLook, ...]:
    """Run RapidOCR on one thread over the files.

    Raises:
        InstallError: its environment cannot be made, or it failed.
    """
    return tuple(_look(line) for line in _run("RapidOCR", "rapidocr_peer.py", files))


@dataclass(frozen=True, slots=True)
class PeerLookUps:
    """What the peer found for each plate looked up."""

    cpu_us: tuple[float, ...]
    found: tuple[int, ...]
    """Plates of the list within one changed sign."""


def rapidfuzz_look_ups(plates: Path, reads: Path) -> PeerLookUps:
    """Let RapidFuzz look every read up among the plates; both files have one plate per line.

    Raises:
        InstallError: its environment cannot be made, or it failed.
    """
    told = json.loads(_run("RapidFuzz", "rapidfuzz_peer.py", (plates, reads))[0])
    return PeerLookUps(tuple(told["cpu_us"]), tuple(told["found"]))


def _run(name: str, script: str, arguments: Sequence[Path]) -> list[str]:
    """Return the JSON lines that a peer prints."""
    command = [str(_peer_python()), "-P", str(HERE / script), *map(str, arguments)]
    quiet = {**os.environ, "ORT_DISABLE_TELEMETRY": "1"}
    finished = subprocess.run(command, capture_output=True, text=True, check=False, env=quiet)
    if finished.returncode != 0:
        raise InstallError(f"{name} ended with {finished.returncode}.", finished.stderr[-300:])
    return [line for line in finished.stdout.splitlines() if line.startswith("{")]


def _look(line: str) -> PeerLook:
    told = json.loads(line)
    plates = tuple(normalise_plate(text) for text in told["texts"])
    return PeerLook(
        image=told["image"],
        plates=tuple(plate for plate in plates if len(plate) >= PLATE_SIGNS_MIN),
        cpu_ms=float(told["cpu_ms"]),
    )


def _peer_python() -> Path:
    """The interpreter of the peers' environment, which is made from its hashed lock on first use."""
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / ".stamp"
    if stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return python
    print("Setting up the peers' environment ...", file=sys.stderr)
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    install = [
        str(python),
        "-m",
        "pip",
        "install",
        "-q",
        "--only-binary",
        ":all:",
        "--require-hashes",
    ]
    finished = subprocess.run(
        [*install, "-r", str(LOCK)], capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        raise InstallError("The peers' environment cannot be made.", finished.stderr[-300:])
    stamp.write_bytes(LOCK.read_bytes())
    return python
