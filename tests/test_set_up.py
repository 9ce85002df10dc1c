"""`./run` and its set-up, with a small stand-in for Python."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

STAND_IN = """#!/bin/sh
case "$1 $2" in
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && printf '#!%s' "$3/bin/python" >"$3/bin/tool" ;;
"-m pip") [ -z "$SLOW" ] || { touch "$SLOW"; exec sleep 60; } ;;
"- "*) exec python3 "$@" ;;
"-P -m") echo "$0 ${PYTHONPATH-unset} ${PYTHONHOME-unset} ${PYTHONDONTWRITEBYTECODE-unset} $4" ;;
esac
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout with nothing but the starter, in a folder with a space in its name."""
    house = tmp_path / "our house"
    house.mkdir()
    for name in ("run", "setup.sh"):
        shutil.copy(ROOT / name, house / name)
    (house / "requirements.lock").write_text("")
    stand_in = tmp_path / "python"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    return house


def start(house: Path, command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, "x"],
        cwd=house,
        env={**os.environ, "ALPR_PYTHON": str(house.parent / "python"), "SLOW": "", **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_strange_environment_and_a_link_do_not_matter(house: Path) -> None:
    """CDPATH, PYTHONPATH and the like of the caller change nothing, nor does a call through a link."""
    link = house.parent / "alpr"
    link.symlink_to(house / "run")
    expected = f"{house}/.venv/bin/python unset unset unset x\n"
    strange = {"PYTHONPATH": "/strange", "PYTHONHOME": "/strange", "PYTHONDONTWRITEBYTECODE": "1"}
    settings = {"CDPATH": f"{house.parent}:.", **strange}
    for command in ("./run", str(link), "../our house/run"):
        told = start(house, command, **settings)
        assert (told.stdout, told.returncode) == (expected, 0), told.stderr


def test_an_environment_without_python_is_made_again(house: Path) -> None:
    """The stamp alone does not make an environment ready; one that is ready is left as it is."""
    assert "Setting up" in start(house, "./run").stderr
    assert start(house, "./run").stderr == ""
    (house / ".venv" / "bin" / "python").unlink()
    told = start(house, "./run")
    assert "Setting up" in told.stderr
    assert told.returncode == 0


def test_an_environment_is_made_beside_the_old_one(house: Path) -> None:
    """While a set-up runs, and when Ctrl-C stops it with one line, the old environment stays usable."""
    start(house, "./run")
    (house / "requirements.lock").write_text("# another\n")
    slow = house.parent / "slow"
    setting_up = subprocess.Popen(
        ["./run", "x"],
        cwd=house,
        env={**os.environ, "ALPR_PYTHON": str(house.parent / "python"), "SLOW": str(slow)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    limit_mono_s = time.monotonic() + 60
    while not slow.exists() and time.monotonic() < limit_mono_s:
        time.sleep(0.02)
    assert os.access(house / ".venv" / "bin" / "python", os.X_OK)
    os.killpg(setting_up.pid, signal.SIGINT)
    _, told = setting_up.communicate(timeout=60)
    assert told.splitlines()[1:] == ["Set-up stopped; the next start begins it again."]
    assert setting_up.returncode == 130
    assert os.access(house / ".venv" / "bin" / "python", os.X_OK)

    assert start(house, "./run").returncode == 0
    assert (house / ".venv" / "bin" / "tool").read_text() == f"#!{house}/.venv/bin/python"
    assert sorted(path.name for path in house.glob(".venv*")) == [".venv", ".venv.lock"]
