"""A VISCA camera that stays in the car: opened when it is asked, given up when it is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from alpr_core.errors import DeviceError
from hw.visca.camera_control import CameraControl
from hw.visca.visca_link import BAUD, ViscaLink
from hw.visca.visca_settings import SETTINGS, settable

_T = TypeVar("_T")


class CameraSettings:
    """One camera's settings. Every method may be called from any thread and takes as long as the camera.

    Args:
        port: Device, best a name under /dev/serial/by-id.
    """

    def __init__(self, port: str, *, baud: int = BAUD, address: int = 1) -> None:
        self.port = port
        self._baud = baud
        self._address = address
        self._lock = threading.Lock()
        self._link: ViscaLink | None = None
        self._trace: Callable[[str], None] | None = None

    def trace_to(self, told: Callable[[str], None] | None) -> None:
        """Tell each request and its end in bytes; None ends it."""
        self._trace = told
        link = self._link
        if link is not None:
            link.trace = told

    def all(self) -> dict[str, str]:
        """Return every setting that can be read back.

        Raises:
            DeviceError: the camera is not there or does not answer.
        """
        return self._asking(lambda control: {name: control.get(name) for name in SETTINGS})

    def get(self, name: str) -> str:
        """Return one setting; errors as `CameraControl.get`."""
        return self._asking(lambda control: control.get(name))

    def set(self, name: str, value: str) -> str:
        """Set one and return what the camera has then; errors as `CameraControl.set`."""
        return self._asking(lambda control: control.set(name, value))

    def apply(self, wanted: Iterable[tuple[str, str]] | Mapping[str, str]) -> tuple[str, ...]:
        """Set what differs, modes first; return the names of what was set. Errors as `CameraControl.set`."""
        pairs = settable(dict(wanted))

        def deed(control: CameraControl) -> tuple[str, ...]:
            changed = []
            for name, value in pairs.items():
                if control.get(name) != value:
                    control.set(name, value)
                    changed.append(name)
            return tuple(changed)

        return self._asking(deed)

    def close(self) -> None:
        """Let go of the port; the next question opens it again."""
        with self._lock:
            self._drop()

    def _asking(self, deed: Callable[[CameraControl], _T]) -> _T:
        with self._lock:
            if self._link is None:
                self._link = ViscaLink(self.port, baud=self._baud, address=self._address)
                self._link.trace = self._trace
            try:
                return deed(CameraControl(self._link))
            except DeviceError:
                self._drop()  # it may be back under the same name, with another device behind it
                raise

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
