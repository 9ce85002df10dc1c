"""What `alpr doctor` looks at: the program's own parts, then all that a configuration names."""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from alpr_core.errors import AlprError
from alpr_tui.box_opening import open_source
from alpr_tui.configuration import BoxConfiguration, CameraConfiguration, read_configuration
from alpr_tui.provisioning.machine_checks import Finding, Level, check_machine
from alpr_vision.chosen_eyes import open_eyes
from alpr_vision.model_store import ModelStore, default_models_folder
from db.key_sources import DemoKeyFile, root_key_source
from hw.picture_file import shown_name

OPENCV = "opencv-python-headless"
"""The one OpenCV wheel that may be installed; a second one breaks `cv2`. Source: design.md section 4, Vision."""

DARK_BELOW, BRIGHT_ABOVE = 8.0, 247.0
"""Mean grey, 0 to 255, beyond which a picture shows nothing: lens cap, iris, lamp into the lens."""


def check_program() -> Iterator[Finding]:
    """Check what was installed; nothing is configured yet."""
    words = f"alpr-tui on Python {platform.python_version()}, {platform.machine()}."
    yield Finding(Level.GOOD, words)
    others = sorted(
        {
            name
            for each in metadata.distributions()
            if (name := (each.name or "").lower()).startswith("opencv-") and name != OPENCV
        }
    )
    if others:
        yield Finding(Level.BAD, f"A second OpenCV is installed: {', '.join(others)}. Remove it.")


def check_box(file: Path | None) -> Iterator[Finding]:
    """Check what a configuration names.

    Args:
        file: None means that this computer has no configuration yet.
    """
    if file is None:
        yield from check_machine(Path.cwd())
        yield Finding(Level.DOUBT, "No box is configured here: `alpr provision` makes one.")
        return
    try:
        configuration = read_configuration(file)
    except AlprError as error:
        yield Finding(Level.BAD, f"{error.what} {error.hint}")
        return
    yield Finding(Level.GOOD, f"{shown_name(file)}: box {configuration.name}.")
    yield from check_machine(configuration.store)
    yield _check_key(configuration)
    yield _check_models(configuration)
    if _is_in_use(configuration.store):
        yield Finding(Level.DOUBT, "The box is running: its cameras are not asked.")
        return
    for camera in configuration.cameras:
        yield _check_camera(camera)


def _check_key(configuration: BoxConfiguration) -> Finding:
    """Look at what protects the key, not at the key."""
    try:
        source = root_key_source(
            configuration.key_file, configuration.key_credential, lambda: "", os.environ
        )
    except AlprError as error:
        return Finding(Level.BAD, f"{error.what} {error.hint}")
    level = Level.DOUBT if isinstance(source, DemoKeyFile) else Level.GOOD
    return Finding(level, f"Key: {source.label}.")


def _check_models(configuration: BoxConfiguration) -> Finding:
    vision = configuration.vision
    try:
        open_eyes(ModelStore(vision.models_folder or default_models_folder()), vision.choice)
    except AlprError as error:
        return Finding(Level.BAD, f"{error.what} {error.hint}")
    return Finding(Level.GOOD, "Detector and reader are the pinned ones and load.")


def _is_in_use(store: Path) -> bool:
    """Tell whether a program holds the store, as `db.store` locks its folder."""
    if not store.is_dir():
        return False
    folder = os.open(store, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(folder)
    return False


def _check_camera(camera: CameraConfiguration) -> Finding:
    """Take one picture; only its size and brightness are told."""
    try:
        source = open_source(camera, lambda _refused: None)
        try:
            frame = next(iter(source.frames()), None)
        finally:
            source.close()
    except AlprError as error:
        return Finding(Level.BAD, f"Camera {camera.name}: {error.what} {error.hint}")
    if frame is None:
        return Finding(Level.BAD, f"Camera {camera.name} gave no picture.")
    grey = float(frame.pixels.mean())
    words = f"Camera {camera.name}: {frame.width_px} x {frame.height_px}, mean grey {grey:.0f}"
    if not DARK_BELOW <= grey <= BRIGHT_ABOVE:
        return Finding(Level.DOUBT, f"{words}: nothing can be seen. Lens cap, iris, lamp?")
    return Finding(Level.GOOD, f"{words}.")
