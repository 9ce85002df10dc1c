"""Refuses to start on packages that are not ours.

`hw`, `db` and `scheduler` are generic names that other projects use too; a stranger's package of that name,
installed later or lying in the path, would be imported in silence.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from alpr_core.errors import InstallError

HOUSE = "alpr-tui"

PACKAGES = (
    "alpr_core",
    "alpr_vision",
    "hw",
    "db",
    "scheduler",
    "firmware_bridge",
    "alpr_reports",
    "alpr_central",
    "alpr_tui",
    "bench",
)
"""Every top-level package of the wheel."""


def check_installation(expected_root: Path | None = None) -> None:
    """Check that each package says it is ours and lies beside the others, before importing any of them.

    Args:
        expected_root: Folder that must hold the packages; the folder of this package if None.

    Raises:
        InstallError: a package is missing, a stranger's, or lies elsewhere.
    """
    root = (expected_root or Path(__file__).resolve().parent.parent).resolve()
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise InstallError(f"The package {package} is not installed.")
        init_file = Path(spec.origin).resolve()
        if init_file.parent.parent != root:
            raise InstallError(f"The package {package} comes from another place than the others.")
        if _house_of(init_file) != HOUSE:
            raise InstallError(f"The package {package} was overwritten by a stranger's.")


def _house_of(init_file: Path) -> object:
    """The `__house__` line of a package, read without running anything else of it."""
    for line in init_file.read_text("utf-8", errors="replace").splitlines():
        if line.startswith("__house__"):
            return line.partition("=")[2].strip().strip("\"'")
    return None
