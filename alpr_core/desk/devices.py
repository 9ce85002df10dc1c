"""The car's devices at the desk: a technician sets and tests them, each change on the log, and no plate anywhere.

A change is on the log before the device gets it. If the device then refuses, the profile goes back, with an
entry that says so.

Source: policy 462.2 (installation and maintenance), 462.5(b) (no access to plates without need).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from alpr_core.accounts.user import User
from alpr_core.aiming import Aim, Exposure, best_exposure
from alpr_core.audit.entry import NO_SUBJECT
from alpr_core.audit.signed_note import Signer, Verifier
from alpr_core.board_events import Triggered
from alpr_core.desk.access_entry import Record
from alpr_core.desk.desk import Desk
from alpr_core.device_profile import (
    DeviceProfile,
    Difference,
    ProfileFile,
    differences,
    open_profile,
    sign_profile,
)
from alpr_core.errors import AlprError
from alpr_core.permissions import Action

WHERE = "devices"

SWEPT_SHUTTERS = (6, 9, 12, 15, 18, 21)
SWEPT_GAINS = (0, 4, 8)
"""Steps of a VISCA camera: from 1/60 s to 1/10,000 s, and up to 16 dB."""

_T = TypeVar("_T")


class ProfileBook(Protocol):
    """Where the car's profile lies, see `db.settings.Settings`."""

    def device_profile(self) -> DeviceProfile: ...

    def write_device_profile(self, profile: DeviceProfile) -> None:
        """Write inside the desk's transaction."""
        ...


class DeviceBench(Protocol):
    """The devices themselves, see `alpr_tui.device_bench.CarBench`. All of it may raise DeviceError."""

    def check(self, profile: DeviceProfile) -> None:
        """Raise UsageError if a name is unknown or a value out of its range."""
        ...

    def set_board(self, name: str, value: float) -> float:
        """Set a parameter of the board and return what it has then."""
        ...

    def set_camera(self, name: str, value: str) -> str:
        """Set a setting of the plate camera and return what it has then."""
        ...

    def board_parameters(self) -> Mapping[str, float]: ...

    def camera_settings(self) -> Mapping[str, str]: ...

    def wanted_camera(self) -> Mapping[str, str]:
        """Return what the plate camera has and would take again in its present modes."""
        ...

    def want(self, profile: DeviceProfile) -> None:
        """Let the devices have this whenever they come back."""
        ...

    def fire(self) -> Triggered:
        """Fire camera and strobe once."""
        ...

    def switch_triggers(self, *, on: bool) -> None: ...

    def aim(self, camera: str) -> Aim | None:
        """Return the newest picture of a camera as a technician may see it; None before the first."""
        ...


class Devices:
    """Devices for whoever is at the desk.

    Args:
        bench: The devices of the running box; None where none run (commands on a store).
        signer: Signs profiles of this box.
        trusted: Returns the keys of other cars that the agency named.
    """

    def __init__(
        self,
        desk: Desk,
        book: ProfileBook,
        bench: DeviceBench | None,
        signer: Signer,
        trusted: Callable[[], tuple[Verifier, ...]],
        car: str,
        now: Callable[[], datetime],
    ) -> None:
        self._desk = desk
        self._book = book
        self._bench = bench
        self._signer = signer
        self._trusted = trusted
        self._car = car
        self._now = now

    @property
    def vkey(self) -> str:
        """The key that other cars must know to take profiles from this one."""
        return self._signer.verifier.vkey

    def look(self, page: str) -> None:
        """Put on the log that somebody looks at a page of the devices.

        Raises:
            AccessRefused, StoreError, AuditError: nothing may be shown.
        """
        with self._desk.doing(Action.SEE_DEVICES, f"{WHERE}: {page}"):
            pass

    def profile(self) -> DeviceProfile:
        """Return what this car's devices shall have."""
        self._desk.require(Action.SEE_DEVICES, WHERE)
        return self._book.device_profile()

    def set_board(self, name: str, value: float) -> float:
        """Set a parameter of the board, for now and for later; return what it has.

        Raises:
            UsageError: no such parameter or value.
            AccessRefused, DeviceError, StoreError, AuditError: it is as before.
        """
        bench, before = self._must_bench(), self.profile()
        profile = before.with_board(name, value)
        bench.check(profile)
        facts = {"device": "board", "setting": name, "value": f"{value:g}"}
        return self._set(before, profile, facts, lambda: bench.set_board(name, value))

    def set_camera(self, name: str, value: str) -> str:
        """Set a setting of the plate camera, for now and for later; return what it has. Errors as `set_board`."""
        bench, before = self._must_bench(), self.profile()
        profile = before.with_camera(name, value)
        bench.check(profile)
        facts = {"device": "camera", "setting": name, "value": value}
        return self._set(before, profile, facts, lambda: bench.set_camera(name, value))

    def board_parameters(self) -> Mapping[str, float]:
        """Return what the board has. Raises DeviceError while it is not ready."""
        self._desk.require(Action.SEE_DEVICES, WHERE)
        return self._must_bench().board_parameters()

    def camera_settings(self) -> Mapping[str, str]:
        """Return what the plate camera has, read from it now; takes seconds."""
        self._desk.require(Action.SEE_DEVICES, WHERE)
        return self._must_bench().camera_settings()

    def fire(self) -> Triggered:
        """Fire camera and strobe once, as a test."""
        with self._desk.doing(Action.CONFIGURE_DEVICES, WHERE, device="board", test="strobe"):
            pass
        return self._must_bench().fire()

    def switch_triggers(self, *, on: bool) -> None:
        """Begin or end triggering; the next start of the box triggers again in any case."""
        word = "on" if on else "off"
        with self._desk.doing(Action.CONFIGURE_DEVICES, WHERE, device="board", triggers=word):
            pass
        self._must_bench().switch_triggers(on=on)

    def begin_aiming(self, camera: str) -> None:
        """Put on the log that somebody looks at a camera's picture to aim it; see `aim`."""
        with self._desk.doing(Action.READ_TEST_PLATES, WHERE, camera=camera):
            pass

    def aim(self, camera: str) -> Aim | None:
        """Return the newest picture with real plates covered; None before the first. After `begin_aiming`."""
        self._desk.require(Action.READ_TEST_PLATES, WHERE)
        return self._must_bench().aim(camera)

    def sweep(
        self, camera: str, settle: Callable[[], object], told: Callable[[Exposure], None]
    ) -> Exposure | None:
        """Try shutters and gains on a test plate and keep the best; None if it was read in none of them.

        Args:
            settle: Waits until the next picture shows what was set.
            told: Told each setting and what it gave.

        Raises:
            DeviceError: the camera does not answer. AccessRefused, StoreError, AuditError: nothing was set.
        """
        bench = self._must_bench()
        with self._desk.doing(Action.CONFIGURE_DEVICES, WHERE, device="camera", test="sweep"):
            pass
        had = bench.camera_settings()
        before = {name: had[name] for name in ("shutter", "gain", "exposure")}
        best = None
        try:
            best = best_exposure(_swept(bench, camera, settle, told))
        finally:
            if best is None:
                for name, value in before.items():
                    bench.set_camera(name, value)
        if best is None:
            return None
        self.set_camera("exposure", "manual")
        self.set_camera("shutter", str(best.shutter))
        self.set_camera("gain", str(best.gain))
        return best

    def report(self, make: Callable[[DeviceProfile, User], _T]) -> _T:
        """Make the pre-installation report; return what `make` makes of the profile and who asks.

        Raises:
            AccessRefused, StoreError, AuditError: there is no report. DeviceError: a device does not answer.
        """
        user = self._desk.require(Action.CHANGE_DEVICE_PROFILE, WHERE)
        made = make(self._book.device_profile(), user)
        with self._desk.doing(Action.CHANGE_DEVICE_PROFILE, WHERE, by=user, deed="report"):
            return made

    def adopt(self) -> DeviceProfile:
        """Make what the devices have now the car's profile, whole; return it."""
        bench = self._must_bench()
        self._desk.require(Action.CHANGE_DEVICE_PROFILE, WHERE)
        profile = DeviceProfile(
            tuple(sorted(bench.board_parameters().items())), tuple(bench.wanted_camera().items())
        )
        with self._desk.doing(Action.CHANGE_DEVICE_PROFILE, WHERE, deed="adopt"):
            self._book.write_device_profile(profile)
        bench.want(profile)
        return profile

    def save(self) -> bytes:
        """Return the car's profile as a signed file."""
        with self._desk.doing(Action.CHANGE_DEVICE_PROFILE, WHERE, deed="save"):
            saved_at = self._now().isoformat(timespec="seconds")
            return sign_profile(self._book.device_profile(), self._car, saved_at, self._signer)

    def compare(self, written: bytes) -> tuple[ProfileFile, tuple[Difference, ...]]:
        """Return what a file says and what it would change here. Raises InputError if it does not count here."""
        here = self.profile()
        file = open_profile(written, (self._signer.verifier, *self._trusted()))
        return file, differences(here, file.profile)

    def apply(self, written: bytes) -> ProfileFile:
        """Make a file's profile this car's, and give it to the devices that are there.

        Raises:
            InputError, UsageError: the file does not count, or holds what a device cannot have.
            DeviceError: a device refuses; the profile stands and is sent again when it comes back.
            AccessRefused, StoreError, AuditError: nothing was changed.
        """
        self._desk.require(Action.CHANGE_DEVICE_PROFILE, WHERE)
        file, changed = self.compare(written)
        if self._bench is not None:
            self._bench.check(file.profile)
        facts = {"deed": "apply", "car": file.car, "key": file.key, "changed": str(len(changed))}
        with self._doing(Action.CHANGE_DEVICE_PROFILE, facts):
            self._book.write_device_profile(file.profile)
        if self._bench is not None:
            self._bench.want(file.profile)
        return file

    def _set(
        self,
        before: DeviceProfile,
        profile: DeviceProfile,
        facts: dict[str, str],
        deed: Callable[[], _T],
    ) -> _T:
        with self._doing(Action.CONFIGURE_DEVICES, facts):
            self._book.write_device_profile(profile)
        try:
            return deed()
        except AlprError as error:
            facts["refused"] = error.what
            with self._doing(Action.CONFIGURE_DEVICES, facts):
                self._book.write_device_profile(before)
            self._must_bench().want(before)
            raise

    def _doing(self, action: Action, facts: dict[str, str]) -> AbstractContextManager[Record]:
        return self._desk.doing(action, WHERE, None, NO_SUBJECT, None, **facts)

    def _must_bench(self) -> DeviceBench:
        if self._bench is None:
            raise RuntimeError("devices are asked where none run")
        return self._bench


def _swept(
    bench: DeviceBench, camera: str, settle: Callable[[], object], told: Callable[[Exposure], None]
) -> list[Exposure]:
    """Set and look at every exposure; the last one stays."""
    tried: list[Exposure] = []
    bench.set_camera("exposure", "manual")
    for shutter in SWEPT_SHUTTERS:
        bench.set_camera("shutter", str(shutter))
        for gain in SWEPT_GAINS:
            bench.set_camera("gain", str(gain))
            settle()
            tried.append(_exposure(shutter, gain, bench.aim(camera)))
            told(tried[-1])
    return tried


def _exposure(shutter: int, gain: int, aim: Aim | None) -> Exposure:
    if aim is None or not aim.test_plates:
        return Exposure(shutter, gain, 0.0, 0.0, 1.0 if aim is None else aim.blown)
    plate = max(aim.test_plates, key=lambda one: one.weakest)
    return Exposure(shutter, gain, plate.weakest, plate.contrast, aim.blown)
