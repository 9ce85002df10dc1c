"""A technician sets up a car in a real terminal, key by key: from his first login to a saved profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.log_steps import Step
from bench.tmux_terminal import TmuxTerminal
from firmware_bridge.catalogue import PARAMETERS
from hw.visca.visca_settings import SETTINGS

OWN_PASSWORD = "quartz ladder breeze"
"""What the technician chooses at his first login; no secret."""

STEP_LIMIT_S = 60.0
"""For one answer of the screen; a busy machine is slow."""

SWEEP_LIMIT_S = 240.0
"""18 exposures, each set, waited for and looked at."""

RATE_HZ, WIDTH_US = 22, 250
"""What the technician gives the board."""

_BOARD, _CAMERA = ("device", "board"), ("device", "camera")

STEPS = (
    Step("login with password and code", "session.log_in"),
    Step("password of his own", "user.change_own_password"),
    Step("overview opened", "device.see", where="devices: overview"),
    Step("board's page opened", "device.see", where="devices: board"),
    Step("trigger rate set", "device.configure", fact=("setting", "TRG_RATE_HZ")),
    Step("strobe's length set", "device.configure", fact=("setting", "STB_WIDTH_US")),
    Step("strobe tested", "device.configure", fact=("test", "strobe")),
    Step("receiver's page opened", "device.see", where="devices: gps"),
    Step("camera's page opened", "device.see", where="devices: camera"),
    Step("camera aimed", "device.read_test_plates", fact=("camera", "front")),
    Step("camera's filter set", "device.configure", fact=("setting", "icr")),
    Step("exposures swept", "device.configure", fact=("test", "sweep")),
    Step("best shutter kept", "device.configure", fact=("setting", "shutter")),
    Step("best gain kept", "device.configure", fact=("setting", "gain")),
    Step("serial monitor opened", "device.see", where="devices: monitor"),
    Step("profile's page opened", "device.see", where="devices: profile"),
    Step("profile adopted", "device.change_profile", fact=("deed", "adopt")),
    Step("profile saved", "device.change_profile", fact=("deed", "save")),
    Step("logout", "session.log_out"),
)


@dataclass(frozen=True, slots=True)
class TechnicianRun:
    """What a scripted set-up left."""

    profile: Path
    """The signed file."""
    screens: frozenset[str]
    """Everything that stood on the screen while the technician was logged in."""


class TechnicianScript:
    """Drives a box that was just made through its set-up, from the first login to a saved profile.

    Args:
        terminal: In which `alpr run` was started.
        login: Badge, temporary password and the code of this moment.
        usb: Folder that the profile is saved in.
    """

    def __init__(self, terminal: TmuxTerminal, login: tuple[str, str, str], usb: Path) -> None:
        self._terminal = terminal
        self._login = login
        self._usb = usb
        self._screens: set[str] = set()

    def run(self) -> TechnicianRun:
        """Drive the whole set-up.

        Raises:
            NotShownError: a step's answer did not come.
        """
        self._log_in()
        self._go("F11", "What they told lately")
        self._see("triggers on")
        self._set_board()
        self._see_receiver()
        self._set_camera()
        self._see_monitor()
        profile = self._save_profile()
        self._go("F10", "Badge number")
        self._terminal.press("C-q")
        self._terminal.wait_until(lambda text: "Stopped." in text or not text, STEP_LIMIT_S)
        return TechnicianRun(profile, frozenset(self._screens))

    def _log_in(self) -> None:
        """The first login asks for a password of one's own."""
        badge, temporary, code = self._login
        self._fill("Badge number", badge, temporary, code)
        self._fill("New password once more", temporary, OWN_PASSWORD, OWN_PASSWORD)
        self._see("F11 Devices")

    def _set_board(self) -> None:
        self._go("b", "Trigger board")
        self._see("Trigger scope")
        names = [row.name for row in PARAMETERS]
        self._set(names.index("TRG_RATE_HZ"), "TRG_RATE_HZ", str(RATE_HZ))
        at = names.index("STB_WIDTH_US") - names.index("TRG_RATE_HZ")
        self._set(at, "STB_WIDTH_US", str(WIDTH_US))
        self._go("s", "fired with strobe")
        self._go("Escape", "What they told lately")

    def _see_receiver(self) -> None:
        self._go("g", "satellites used")
        self._wait(lambda text: "Track of" in text and "█" in text)
        self._go("Escape", "What they told lately")

    def _set_camera(self) -> None:
        """A setting with its read-back, and the sweep over a test plate to its end."""
        self._go("c", "Plate camera")
        self._see("slow-shutter")
        self._see("focus  ")
        self._set(list(SETTINGS).index("icr"), "icr", "on")
        self._see("read   TEST462")
        self._terminal.press("w")
        self._wait(lambda text: "Kept: shutter" in text, SWEEP_LIMIT_S)
        self._go("Escape", "What they told lately")

    def _see_monitor(self) -> None:
        self._go("m", "Serial monitor")
        self._wait(lambda text: "> HEARTBEAT" in text and "< CAMERA_TRIGGER" in text)
        self._go("Escape", "What they told lately")

    def _save_profile(self) -> Path:
        self._go("p", "settings are kept")
        self._terminal.wait_until_calm()
        self._terminal.press("Tab", "End", "C-u")
        self._terminal.press(str(self._usb), is_text=True)
        self._see(str(self._usb)[-20:])
        self._terminal.press("Enter")
        self._terminal.wait_until_calm()  # the field is left, and letters are keys again
        self._go("a", "IGN_HOLD_S")  # not set above: kept once everything is
        self._go("s", "Saved and signed")
        (profile,) = self._usb.iterdir()
        return profile

    def _set(self, downs: int, name: str, value: str) -> None:
        """Go down some rows, set what stands there, and wait for the value that was read back."""
        self._terminal.press(*["Down"] * downs)
        self._go("Enter", "New value")
        self._terminal.type(value)
        self._see(f"{name} is {value}, read back")

    def _fill(self, words: str, *lines: str) -> None:
        """Fill a form in, once it is there and its first field has the cursor."""
        self._see(words)
        self._terminal.wait_until_calm()
        for line in lines:
            self._terminal.type(line)

    def _go(self, key: str, words: str) -> str:
        """Press a key and wait until these words are on the screen."""
        self._terminal.press(key)
        return self._see(words)

    def _see(self, words: str) -> str:
        return self._wait(lambda text: words in text)

    def _wait(self, is_so: Callable[[str], bool], limit_s: float = STEP_LIMIT_S) -> str:
        """Return the text once something is so; every look at the screen is kept."""

        def is_kept_and_so(text: str) -> bool:
            self._screens.add(text)
            return is_so(text)

        return self._terminal.wait_until(is_kept_and_so, limit_s)
