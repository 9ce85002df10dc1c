from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from alpr_tui.install_check import PACKAGES, check_installation

ROOT = Path(__file__).resolve().parents[2]


def test_our_own_checkout_is_accepted() -> None:
    """The check passes on the packages as they are."""
    check_installation()


@pytest.mark.parametrize("package", ["db", "hw"])
def test_a_strangers_package_is_refused(tmp_path: Path, package: str) -> None:
    """A package of a generic name that lies earlier in the path stops the program before it is imported."""
    stranger = tmp_path / package
    stranger.mkdir()
    (stranger / "__init__.py").write_text("raise SystemExit('the stranger ran')\n")
    told = subprocess.run(
        [sys.executable, "-P", "-m", "alpr_tui", "read", "x.jpg"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 10
    assert f"The package {package} comes from another place" in told.stderr
    assert "Traceback" not in told.stderr and "stranger ran" not in told.stderr


def test_an_overwritten_package_is_refused(tmp_path: Path) -> None:
    """A package of ours whose files a stranger replaced is refused."""
    for package in PACKAGES:
        (tmp_path / package).symlink_to(ROOT / package)
    (tmp_path / "hw").unlink()
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "__init__.py").write_text('__house__ = "somebody else"\n')
    (tmp_path / "alpr_tui").unlink()
    copy = tmp_path / "alpr_tui"
    copy.mkdir()
    for file in (ROOT / "alpr_tui").rglob("*.py"):
        target = copy / file.relative_to(ROOT / "alpr_tui")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    told = subprocess.run(
        [sys.executable, "-P", "-m", "alpr_tui", "demo"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 10
    assert "Traceback" not in told.stderr


def test_every_package_of_the_wheel_is_checked() -> None:
    """The check and the wheel name the same packages."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert set(settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(PACKAGES)


def test_the_wheel_holds_our_packages_and_models_only(tmp_path: Path) -> None:
    """The wheel's top level is ours, the models are in it and the training code is not."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert {
        "alpr_vision/models/reader/model.onnx",
        "alpr_vision/models/detector/model.onnx",
    } <= set(names)
    assert {"alpr_vision/models/PINS", "alpr_tui/screens/live.tcss"} <= set(names)
