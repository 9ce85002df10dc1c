"""Only pictures whose licence leaves a trained model free are kept (training/pictures.py)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.pictures import Package, keep_allowed

COPYRIGHT = """Format: copyright-format/1.0

Files: *
Copyright: 2020, Somebody
License: GPL-2+

Files:
 art/street*
 art/wall.png
Copyright: 2019, A Painter
License: CC-BY-4.0
 The text of the licence.

Files: art/street-shared.png
Copyright: 2019, Another Painter
License: CC-BY-SA-4.0
"""

NAMES = ("street.png", "street-shared.png", "wall.png", "unlisted.png")


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A package's files, with its pictures in a folder and again in a zip file."""
    root = tmp_path / "unpacked"
    (root / "usr/share/doc/town-data").mkdir(parents=True)
    (root / "usr/share/doc/town-data/copyright").write_text(COPYRIGHT)
    folder = root / "usr/share/town"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    with zipfile.ZipFile(root / "town.pk3", "w") as archive:
        for name in NAMES:
            cv2.imwrite(str(folder / name), rng.integers(0, 256, (160, 200), np.uint8))
            archive.write(folder / name, f"packed/{name}")
    return root


@pytest.mark.parametrize(
    ("inside", "archive"), [("usr/share/town", None), ("packed", "town.pk3")], ids=["open", "zip"]
)
def test_the_licence_entry_of_each_picture_decides(
    unpacked: Path, tmp_path: Path, inside: str, archive: str | None
) -> None:
    """The last entry that names a picture counts: copyleft and share-alike pictures are left out."""
    package = Package("town-data", "1.0", "", inside, "art/", archive=archive)
    target = tmp_path / "kept"
    target.mkdir()
    credited = keep_allowed(package, unpacked, target)
    assert {(c.source, c.licence, c.credit) for c in credited} == {
        ("street.png", "CC-BY-4.0", "2019, A Painter"),
        ("wall.png", "CC-BY-4.0", "2019, A Painter"),
    }
    assert sorted(path.name for path in target.iterdir()) == sorted(c.file for c in credited)
