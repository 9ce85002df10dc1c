"""The configuration file of a box: which cameras, where the store and its key are.

[box]
name = "unit 12"
store = "/var/lib/alpr"
key_file = "/etc/alpr/box.key"        # a passphrase file, a DEMO file, or a systemd credential
key_credential = "alpr-root-key"      # only with a systemd credential: its name
backup = "/media/backup"              # copies of the store, one a day; left out: none
send_kbit_s = 2000                    # to the server, no faster; left out: as fast as it goes

[[camera]]
name = "front"
source = "/dev/video0"      # a device, a number, rtsp://..., a video file or a folder of photographs
region = [0.0, 0.3, 1.0, 1.0]   # look only there: left, upper, right, lower, shares of the picture
skip_still = true               # look less often while nothing moves; for a camera that stands still
control = "/dev/serial/by-id/usb-visca"   # its VISCA line, if it has one; for one camera of the car

[gps]                       # where the car is; `alpr_tui/device_settings.py` says what can stand here
source = "/dev/serial/by-id/usb-u-blox"

[board]                     # the trigger board; the same
port = "usb:2e8a:0005"

[sounds]                    # what plays the sounds of hits; `alpr_tui/sound_settings.py` says what can stand here

[vision]                    # other models than ours; `alpr_tui/vision_settings.py` says what can stand here
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alpr_core.errors import ConfigError
from alpr_core.manual_entry import MANUAL_CAMERA
from alpr_core.terminal_text import clean_text
from alpr_tui.device_settings import (
    BOARD_TABLE,
    GPS_TABLE,
    BoardConfiguration,
    GpsConfiguration,
    board_configuration,
    gps_configuration,
)
from alpr_tui.sound_settings import TABLE as SOUNDS_TABLE
from alpr_tui.sound_settings import sound_commands
from alpr_tui.sounds import SoundCommands
from alpr_tui.vision_settings import TABLE, VisionSettings, vision_settings
from alpr_vision.watched_area import WHOLE_PICTURE, WatchedArea
from hw.picture_file import shown_name

_CREDENTIAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")
"""It becomes a file name below the service's folder of credentials."""

DEFAULT_FILE = Path("/etc/alpr/box.toml")
"""Where `alpr run` looks when no file is named."""


@dataclass(frozen=True, slots=True)
class CameraConfiguration:
    name: str
    """Shown to the officer."""
    source: str
    """Device, number, URL, video file or folder."""
    area: WatchedArea = field(default_factory=WatchedArea)
    """Where and when to look at its pictures."""
    control: str | None = None
    """Device of its VISCA line; None means that it cannot be set from here."""


@dataclass(frozen=True, slots=True)
class BoxConfiguration:
    name: str
    store: Path
    key_file: Path
    cameras: tuple[CameraConfiguration, ...]
    key_credential: str | None = None
    """Name of the systemd credential that the key file holds; None means that it holds something else."""
    backup: Path | None = None
    """Folder of the box's own backups, on another disk than the store; None means that it makes none."""
    send_kbit_s: int | None = None
    """How fast the box may send to its server; None means as fast as the link."""
    vision: VisionSettings = field(default_factory=VisionSettings)
    sounds: SoundCommands = field(default_factory=dict)
    """Programs that play the sounds of hits."""
    gps: GpsConfiguration | None = None
    """None means that the car has no receiver."""
    board: BoardConfiguration | None = None
    """None means that the car has no trigger board."""


def read_configuration(file: Path) -> BoxConfiguration:
    """Return the file's settings.

    Raises:
        ConfigError: unreadable, not TOML, a word missing, unknown or of the wrong kind.
    """
    shown = shown_name(file)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{shown} cannot be read ({error.strerror}).",
            "Name a file with --config, or try `alpr demo`, which needs none.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{shown} is not UTF-8 text.") from error
    try:
        tables = tomllib.loads(text)
    except ValueError as error:  # also what int() says of a number with thousands of digits
        raise ConfigError(f"{shown}: {clean_text(str(error))}.") from error
    except RecursionError as error:
        raise ConfigError(f"{shown} has too many brackets inside one another.") from error
    return _configuration(tables, shown, file.parent)


def _configuration(tables: dict[str, Any], shown: str, folder: Path) -> BoxConfiguration:
    _refuse_unknown(tables, {"box", "camera", TABLE, GPS_TABLE, BOARD_TABLE, SOUNDS_TABLE}, shown)
    box = tables.get("box")
    cameras = tables.get("camera")
    if not isinstance(box, dict) or not isinstance(cameras, list) or not cameras:
        raise ConfigError(f"{shown} needs a [box] table and at least one [[camera]].")
    _refuse_unknown(
        box,
        {"name", "store", "key_file", "key_credential", "backup", "send_kbit_s"},
        f"{shown} [box]",
    )
    settings = tuple(_camera(camera, f"{shown} [[camera]]", folder) for camera in cameras)
    names = [camera.name for camera in settings]
    if len(set(names)) != len(names):
        raise ConfigError(f"{shown}: two cameras have the same name.")
    if sum(camera.control is not None for camera in settings) > 1:
        raise ConfigError(f"{shown}: one camera of a car has a control line.")
    if MANUAL_CAMERA in names:
        raise ConfigError(f"{shown}: the name {MANUAL_CAMERA} stands for plates that people type.")
    return BoxConfiguration(
        name=clean_text(_word(box, "name", f"{shown} [box]")),
        store=folder / _word(box, "store", f"{shown} [box]"),
        key_file=folder / _word(box, "key_file", f"{shown} [box]"),
        cameras=settings,
        key_credential=_credential_name(box, f"{shown} [box]"),
        send_kbit_s=_send_kbit_s(box, f"{shown} [box]"),
        backup=folder / _word(box, "backup", f"{shown} [box]") if "backup" in box else None,
        sounds=sound_commands(tables, f"{shown} [{SOUNDS_TABLE}]"),
        vision=vision_settings(tables, f"{shown} [{TABLE}]", folder),
        gps=gps_configuration(tables, shown, folder),
        board=_board(tables, shown, folder, names),
    )


def _board(
    tables: dict[str, Any], shown: str, folder: Path, cameras: list[str]
) -> BoardConfiguration | None:
    board = board_configuration(tables, shown, folder)
    if board is not None and board.set_up.camera not in {None, *cameras}:
        raise ConfigError(f"{shown} [{BOARD_TABLE}]: there is no camera of that name.")
    return board


def _send_kbit_s(box: dict[str, Any], where: str) -> int | None:
    limit = box.get("send_kbit_s")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise ConfigError(f"{where} needs send_kbit_s as a whole number above 0.")
    return limit


def _credential_name(box: dict[str, Any], where: str) -> str | None:
    if "key_credential" not in box:
        return None
    name = _word(box, "key_credential", where)
    if _CREDENTIAL_NAME.fullmatch(name) is None:
        raise ConfigError(f"{where}: key_credential is no name of a credential.")
    return name


def _camera(table: object, where: str, folder: Path) -> CameraConfiguration:
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table.")
    _refuse_unknown(table, {"name", "source", "region", "skip_still", "control"}, where)
    source = _word(table, "source", where)
    is_address = "://" in source or source.isdecimal()
    return CameraConfiguration(
        name=clean_text(_word(table, "name", where), 20),
        source=source if is_address else str(folder / source),
        area=_area(table, where),
        control=_word(table, "control", where) if "control" in table else None,
    )


def _area(table: dict[str, Any], where: str) -> WatchedArea:
    region, skip_still = table.get("region", list(WHOLE_PICTURE)), table.get("skip_still", False)
    is_region = (
        isinstance(region, list)
        and len(region) == 4
        and all(isinstance(side, int | float) and 0 <= side <= 1 for side in region)
        and region[0] < region[2]
        and region[1] < region[3]
    )
    if not is_region:
        raise ConfigError(f"{where} needs region = [left, upper, right, lower], each 0 to 1.")
    if not isinstance(skip_still, bool):
        raise ConfigError(f"{where} needs skip_still = true or false.")
    left, upper, right, lower = (float(side) for side in region)
    return WatchedArea((left, upper, right, lower), skip_still=skip_still)


def _word(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ConfigError(f'{where} needs {key} = "...".')
    return value


def _refuse_unknown(table: dict[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(f"{where} does not know {clean_text(', '.join(unknown))}.")
