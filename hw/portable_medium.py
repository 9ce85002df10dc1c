"""Which stick or disk a folder lies on, as the medium itself tells it: model and serial, from udev's records.

Source: udev's database (`/run/udev/data/b<major>:<minor>`, lines `E:NAME=value`), as systemd keeps it; proc(5),
`/proc/[pid]/mounts`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from alpr_core.packages.order import WORDS_CHARS_MAX, Medium
from alpr_core.terminal_text import clean_text

_UDEV_DATA = Path("/run/udev/data")
_MOUNTS = Path("/proc/self/mounts")
_RECORD_BYTES_MAX = 64 * 1024
_ESCAPED = re.compile(r"\\([0-7]{3})")


def medium_of(folder: Path, udev_data: Path = _UDEV_DATA) -> Medium | None:
    """Return the medium that a folder lies on; None if it tells no serial number: then a person reads it.

    A disk that is built in (not by USB, card reader or drive tray) is none: nobody can carry it away.
    """
    try:
        device = folder.stat().st_dev
        record = udev_data / f"b{os.major(device)}:{os.minor(device)}"
        with record.open("rb") as file:
            text = file.read(_RECORD_BYTES_MAX).decode("utf-8", "replace")
    except OSError:
        return None
    pairs = (line[2:].partition("=") for line in text.splitlines() if line.startswith("E:"))
    told = {name: value for name, _, value in pairs}
    serial = clean_text(told.get("ID_SERIAL_SHORT") or told.get("ID_SERIAL", ""), WORDS_CHARS_MAX)
    if not serial or told.get("ID_BUS") not in ("usb", "mmc", "ieee1394"):
        return None
    model = " ".join(told.get(name, "") for name in ("ID_VENDOR", "ID_MODEL"))
    return Medium(clean_text(model, WORDS_CHARS_MAX) or "medium", serial, False)


def plugged_in_folder(mounts: Path = _MOUNTS, udev_data: Path = _UDEV_DATA) -> Path | None:
    """Return where the stick that was plugged in last is mounted; None if there is none that can be written."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    places = [fields[1] for line in reversed(lines) if len(fields := line.split()) > 1]
    for place in places:
        folder = Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), place))
        if medium_of(folder, udev_data) is not None and os.access(folder, os.W_OK):
            return folder
    return None
