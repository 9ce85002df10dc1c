"""A box as its configuration says: on real devices, with its store, its backups and its server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alpr_core.errors import InputError
from alpr_core.events import (
    BoxEvent,
    FaultRaised,
)
from alpr_core.ports import FrameSource
from alpr_tui.box import Box
from alpr_tui.car_devices import CarDevices
from alpr_tui.configuration import BoxConfiguration, CameraConfiguration
from alpr_tui.device_settings import open_board, open_receiver
from alpr_tui.key_access import root_key_of
from alpr_vision.chosen_eyes import open_eyes
from alpr_vision.model_store import ModelStore, default_models_folder
from db.keys import RootKey
from db.store import Store
from hw.box_clock import BoxClock
from hw.camera import LiveCamera
from hw.clock import Clock
from hw.picture_folder import PictureFolder
from hw.video import VideoFile
from hw.visca.camera_settings import CameraSettings
from scheduler.backup_copies import BackupCopies
from scheduler.sync.pacing import Pace


def open_box(configuration: BoxConfiguration, tell: Callable[[BoxEvent], None]) -> Box:
    """Build a box on real devices.

    Raises:
        AlprError: key, store, model or a camera's address cannot be used; nothing was started.
    """

    def tell_refused(refused: InputError) -> None:
        tell(FaultRaised("photograph", str(refused)))

    clock = BoxClock()
    devices = open_devices(configuration, clock, tell)
    sources = [open_source(camera, tell_refused, clock) for camera in configuration.cameras]
    vision = configuration.vision
    models = ModelStore(vision.models_folder or default_models_folder())
    eyes = open_eyes(models, vision.choice)
    root_key = root_key_of(configuration)
    store = open_store(configuration, root_key, clock)
    areas = {camera.name: camera.area for camera in configuration.cameras}
    copies = backup_copies(configuration, root_key)
    return Box(
        store,
        eyes,
        sources,
        tell,
        areas=areas,
        devices=devices,
        copies=copies,
        pace=_pace(configuration),
    )


def open_devices(
    configuration: BoxConfiguration, clock: BoxClock, tell: Callable[[BoxEvent], None]
) -> CarDevices:
    """Return the configured receiver, board and control line, not yet started.

    Raises:
        AlprError: the configuration names something impossible, or the board's key cannot be used.
    """
    gps = configuration.gps
    receiver = None if gps is None else open_receiver(gps, clock)
    board = None if configuration.board is None else open_board(configuration.board, tell)
    control = next((one.control for one in configuration.cameras if one.control), None)
    settings = None if control is None else CameraSettings(control)
    delay_s = 0.0 if gps is None else gps.delay_s
    return CarDevices(clock, tell, receiver, delay_s, board, settings)


def _pace(configuration: BoxConfiguration) -> Pace:
    kbit_s = configuration.send_kbit_s
    return Pace() if kbit_s is None else Pace(limit_bytes_per_s=kbit_s * 125.0)


def open_store(configuration: BoxConfiguration, root_key: RootKey, clock: BoxClock) -> Store:
    """Open the configured store, with the box's time on its entries.

    Raises:
        AlprError: the key or the store cannot be used.
    """
    name = configuration.name
    return Store.open(configuration.store, root_key, clock.utc, name, clock.stamp)


def backup_copies(configuration: BoxConfiguration, root_key: RootKey) -> BackupCopies | None:
    """Return where the box backs itself up; None if the configuration names no place."""
    target = configuration.backup
    if target is None:
        return None
    return BackupCopies(configuration.store, root_key, target, configuration.name)


def open_source(
    camera: CameraConfiguration,
    tell_refused: Callable[[InputError], None],
    clock: Clock | None = None,
) -> FrameSource:
    """Return the source that the configuration names: camera, video file or folder.

    Args:
        tell_refused: Told about each photograph of a folder that cannot be used.

    Raises:
        ConfigError: it is no camera address and no file or folder.
    """
    path = Path(camera.source)
    if path.is_dir():
        return PictureFolder(path, tell_refused, camera=camera.name)
    if path.is_file():
        return VideoFile(path, camera=camera.name)
    return LiveCamera(camera.source, camera.name, clock)
