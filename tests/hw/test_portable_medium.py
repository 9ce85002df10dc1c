from __future__ import annotations

import os
from pathlib import Path

import pytest

from alpr_core.packages.order import Medium
from hw.portable_medium import medium_of, plugged_in_folder

STICK = """S:disk/by-id/usb-SanDisk_Extreme
E:ID_BUS=usb
E:ID_VENDOR=SanDisk
E:ID_MODEL=Extreme\x1b[2J
E:ID_SERIAL=SanDisk_Extreme_4C530001230-0:0
E:ID_SERIAL_SHORT=4C530001230
"""


def _told(folder: Path, text: str) -> Medium | None:
    device = folder.stat().st_dev
    (folder / f"b{os.major(device)}:{os.minor(device)}").write_text(text)
    return medium_of(folder, udev_data=folder)


def test_a_stick_tells_its_serial(tmp_path: Path) -> None:
    """Model and serial are what udev recorded of the device that the folder lies on, cleaned."""
    medium = _told(tmp_path, STICK)
    assert medium is not None
    assert (medium.serial, medium.is_typed) == ("4C530001230", False)
    assert medium.model.startswith("SanDisk Extreme") and "\x1b" not in medium.model


@pytest.mark.parametrize(
    "text", ["", "E:ID_BUS=usb\n", STICK.replace("usb\n", "ata\n"), "\x00\xff no record"]
)
def test_what_tells_no_serial_is_typed(tmp_path: Path, text: str) -> None:
    """No record, no serial, or a built-in disk: nothing is made up, a person has to type."""
    assert _told(tmp_path, text) is None
    assert medium_of(tmp_path / "gone") is None


def test_the_stick_that_is_there_is_found(tmp_path: Path) -> None:
    """Of all that is mounted, a stick is found, with blanks in its name; without one there is none."""
    stick = tmp_path / "OFFICE STICK"
    stick.mkdir()
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"proc /proc proc rw 0 0\n/dev/sdb1 {tmp_path}/OFFICE\\040STICK vfat rw 0 0\n"
    )
    assert plugged_in_folder(mounts, tmp_path) is None
    device = stick.stat().st_dev
    (tmp_path / f"b{os.major(device)}:{os.minor(device)}").write_text(STICK)
    assert plugged_in_folder(mounts, tmp_path) == stick
    assert plugged_in_folder(tmp_path / "gone") is None
