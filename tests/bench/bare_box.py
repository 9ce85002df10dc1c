"""A box from nothing: made by `alpr provision`, given a technician, and wired to simulated devices."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pytest import CaptureFixture

from alpr_core.accounts.one_time_code import STEP_S, code_at, secret_of
from alpr_core.frame import Pixels
from alpr_tui.__main__ import main
from db.keys import RootKey, read_key_file
from firmware_bridge.simulated_board import SimulatedBoard
from hw.gps.simulated_receiver import DrivingReceiver, SimulatedReceiver
from hw.simulated_drive.plate_stock import stocked_plates
from hw.simulated_drive.test_target import Light, TestTarget
from hw.simulated_port import SimulatedDevice, SimulatedPort
from hw.visca.simulated_camera import SimulatedCamera
from tests.hw.small_rtsp_camera import live_rtsp_camera

ROOT = Path(__file__).resolve().parents[2]
TECHNICIAN = "T20"
ADMINISTRATOR, PASSWORD = "A-1", "tulip kestrel mosaic"
COURSE = "ALPR operator"
WIDTH_PX, HEIGHT_PX = 640, 352
BETWEEN_S = 0.1
PROVISION_LIMIT_S = 60.0
Said = CaptureFixture[str]
SOMEBODYS = next(plate for plate in stocked_plates() if plate.text.startswith("8"))
"""A real plate that hangs beside the test plate: the technician must not see it."""

ANSWERS = f"""
[box]
name = "unit 12"
camera = "CAMERA"
[key]
kept_by = "demo"
escrow = "none"
without_escrow = true
[administrator]
badge = "{ADMINISTRATOR}"
name = "Ines Vega"
title = "Commander"
organisation = "Example PD"
named_by = "Chief of Police"
department_data = true
[training]
course = "{COURSE}"
given_by = "Sgt. Lee"
completed_on = 2026-11-20
expires_on = 2036-11-20
"""


@dataclass(slots=True)
class Codes:
    """What one person's authenticator app shows; each code is good for one login."""

    uri: str
    _last_step: int = field(default=0)

    def next(self) -> str:
        """Return what it shows, or shows next if that was used; waits while that is too far ahead."""
        step = max(self._last_step + 1, int(time.time() // STEP_S))
        while step > int(time.time() // STEP_S) + 1:
            time.sleep(0.2)
        self._last_step = step
        return code_at(secret_of(self.uri), datetime.fromtimestamp(step * STEP_S, UTC))


@dataclass(frozen=True, slots=True)
class BareBox:
    """A box that was made and wired, and was never started."""

    config: Path
    store: Path
    key: Path
    badge: str
    """Of its technician."""
    temporary_password: str
    codes: Codes

    def root_key(self) -> RootKey:
        return read_key_file(self.key)


@contextmanager
def bare_box(folder: Path, capsys: Said) -> Iterator[BareBox]:
    """Make the box and its technician; its devices live as long as the `with` statement."""
    with ExitStack() as devices:
        camera = SimulatedCamera()
        front = devices.enter_context(live_rtsp_camera(_yard(camera), BETWEEN_S))
        config, uri = folder / "box.toml", _provision(folder, front)
        administrator = Codes(uri)
        words = ("user", "add", TECHNICIAN, "--name", "Toni Ray", "--title", "Technician")
        more = ("--organisation", "Example PD", "--role", "technician")
        said = _typed(config, administrator, capsys, *words, *more)
        groups = re.findall(r"6 digits\): ([A-Z2-7 ]+)", said.err)[-1].replace(" ", "")
        password = dict(line.split("\t") for line in said.out.splitlines())["temporary password"]
        days = ("--completed", "2026-11-20", "--expires", "2036-11-20")
        train = ("user", "train", TECHNICIAN, "--course", COURSE, "--given-by", "Sgt. Lee")
        _typed(config, administrator, capsys, *train, *days)
        board_key = folder / "board.key"
        board_key.write_bytes(secrets.token_bytes(32))
        board = SimulatedBoard(board_key.read_bytes(), now_s=time.monotonic())
        receiver = DrivingReceiver(SimulatedReceiver(datetime.now(UTC)), 5)
        ports = [_port(devices, device) for device in (camera, receiver, board)]
        _wire(config, *ports, board_key)
        box = folder / "data" / "box"
        codes = Codes(f"otpauth://totp/x?secret={groups}")
        yield BareBox(config, box / "store", box / "root.key", TECHNICIAN, password, codes)


def _typed(config: Path, codes: Codes, capsys: Said, *words: str) -> Any:
    """Run a command as the administrator and return what it said."""
    options = ["--config", str(config), "--badge", ADMINISTRATOR]
    for name, secret in (("password", PASSWORD), ("code", codes.next())):
        read, write = os.pipe()
        os.write(write, f"{secret}\n".encode())
        os.close(write)
        options += [f"--{name}-fd", str(read)]
    capsys.readouterr()
    code = main([*words, *options])
    said = capsys.readouterr()
    assert code == 0, said.err
    return said


def _yard(camera: SimulatedCamera) -> Callable[[], Pixels]:
    """Return what gives the camera's picture: a test plate and somebody's plate, exposed as it is set."""
    target = TestTarget(lambda: Light(*camera.exposure_steps))
    ground = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    plate = SOMEBODYS.levels()[1]

    def picture() -> Pixels:
        seen = target.render(ground)
        height_px, width_px = plate.shape
        seen[20 : 20 + height_px, 20 : 20 + width_px] = plate
        return seen

    return picture


def _port(devices: ExitStack, device: SimulatedDevice) -> str:
    port = SimulatedPort(device)
    port.start()
    devices.callback(port.stop)
    return port.name


def _wire(config: Path, control: str, receiver: str, board: str, board_key: Path) -> None:
    """Name the devices in the configuration, as whoever mounts the box does with an editor."""
    tables = (
        f'control = "{control}"\n\n[gps]\nsource = "{receiver}"\nbaud = 38400\n\n'
        f'[board]\nport = "{board}"\nkey_file = "{board_key}"\n'
    )
    config.write_text(config.read_text("utf-8").rstrip() + "\n" + tables, "utf-8")


def _provision(folder: Path, camera: str) -> str:
    """Run `alpr provision` with its answers, and return the administrator's secret."""
    (folder / "answers.toml").write_text(ANSWERS.replace("CAMERA", camera))
    password, code = os.pipe(), os.pipe()
    os.write(password[1], f"{PASSWORD}\n".encode())
    os.close(password[1])
    words = ["--answers", str(folder / "answers.toml"), "--folder", str(folder / "data")]
    words += ["--config", str(folder / "box.toml")]
    words += ["--password-fd", str(password[0]), "--code-fd", str(code[0])]
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "alpr_tui", "provision", *words],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, pass_fds=[password[0], code[0]],
    )  # fmt: skip
    assert running.stdout is not None
    said = running.stdout.readline()
    assert said.startswith("enrolment\t"), running.communicate()[1]
    uri: str = json.loads(said.removeprefix("enrolment\t"))["uri"]
    os.write(code[1], f"{code_at(secret_of(uri), datetime.now(UTC))}\n".encode())
    os.close(code[1])
    told = running.communicate(timeout=PROVISION_LIMIT_S)[1]
    assert running.returncode == 0, told
    return uri
