"""The technician's pages over simulated devices: set, tested, saved, taken over, each change on the log."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pypdf import PdfReader
from textual.widgets import DataTable, Input

from alpr_core.agency import Agency
from alpr_core.aiming import Aim
from alpr_core.audit.signed_note import Signer
from alpr_core.desk import devices
from alpr_core.device_profile import DeviceProfile, sign_profile
from alpr_core.events import BoxEvent, SightingStored
from alpr_core.hotlist import HotlistClass
from alpr_core.permissions import Role
from alpr_tui.places import PLACES
from alpr_tui.screens import device_camera
from alpr_tui.screens.device_board import BoardScreen
from alpr_tui.screens.device_camera import CameraScreen
from alpr_tui.screens.device_gps import GpsScreen
from alpr_tui.screens.device_monitor import MonitorScreen
from alpr_tui.screens.device_profile import ProfileScreen
from alpr_tui.screens.devices import DevicesScreen
from hw.visca.visca_settings import SETTINGS
from tests.alpr_tui.simulated_car import simulated_car
from tests.alpr_tui.watched_app import Watched, hit_of, seen, until, until_worked, watched

OTHER_CAR = Signer("alpr-tui/profile/unit-7", bytes(range(32)))


def entries_of(world: Watched, action: str) -> list[dict[str, str]]:
    """Facts of the entries of an action, oldest first."""
    records = reversed(world.staffed.newest(100))
    return [dict(r.entry.facts) for r in records if r.entry.action == action]


async def test_technician_sets_and_tests_the_board() -> None:
    """F11, b, a parameter typed: it is on the log, in the board, in the profile; the strobe fires once."""
    with simulated_car() as car:
        async with watched((80, 24), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            await pilot.press("f11")
            await until(pilot, lambda: isinstance(world.app.screen, DevicesScreen))
            await until(pilot, lambda: "triggers on" in world.text())
            await pilot.press("b")
            await until(pilot, lambda: isinstance(world.app.screen, BoardScreen))
            await until(pilot, lambda: "300" in world.text())
            table = world.app.screen.query_one(DataTable)
            await until(pilot, lambda: table.has_focus)
            await pilot.press("down", "enter", *"22.5", "enter")
            await until(pilot, lambda: "TRG_RATE_HZ is 22.5" in world.text())
            assert car.simulated_board.board.parameters.get("TRG_RATE_HZ") == 22.5
            await pilot.press("enter", *"99", "enter")
            await until(pilot, lambda: "from 1 to 60 Hz" in world.text())
            await pilot.press("s")
            await until(pilot, lambda: "fired with strobe" in world.text())
            profile = world.staffed.store.settings.device_profile()
            assert profile == DeviceProfile((("TRG_RATE_HZ", 22.5),))
            done = entries_of(world, "device.configure")
            assert [one.get("value") or one.get("test") for one in done] == ["22.5", "strobe"]
            assert [one.get("device") for one in done] == ["board", "board"]


async def test_what_the_board_refuses_is_taken_back() -> None:
    """A setting that the board did not take leaves the profile as it was, and both are on the log."""
    with simulated_car() as car:
        async with watched(role=Role.TECHNICIAN, car=car.devices) as (world, pilot):
            await pilot.press("f11", "b")
            await until(pilot, lambda: "300" in world.text())
            car.cables[0].turn()
            await until(pilot, lambda: "LOST" in world.text())
            await pilot.press("down", "enter", *"22", "enter")
            await until(pilot, lambda: "not ready" in world.text())
            assert world.staffed.store.settings.device_profile() == DeviceProfile()
            assert [("refused" in one) for one in entries_of(world, "device.configure")] == [
                False,
                True,
            ]


async def test_gps_and_monitor_show_what_comes() -> None:
    """The GPS page has fix, satellites and track; the monitor has decoded frames of both ways."""
    with simulated_car() as car:
        async with watched((110, 40), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            await pilot.press("f11", "g")
            await until(pilot, lambda: isinstance(world.app.screen, GpsScreen))
            await until(pilot, lambda: "7 satellites used" in world.text())
            await until(pilot, lambda: "Track of" in world.text() and "█" in world.text())
            await pilot.press("escape", "m")
            await until(pilot, lambda: isinstance(world.app.screen, MonitorScreen))
            await until(pilot, lambda: "> HEARTBEAT" in world.text())
            await until(pilot, lambda: "< CAMERA_TRIGGER" in world.text())


async def test_profile_is_saved_and_taken_over(tmp_path: Path) -> None:
    """Adopted, saved, and taken over by a second car that knows the key, the profiles are equal."""
    with simulated_car() as car:
        async with watched((110, 40), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            await pilot.press("f11", "p")
            await until(pilot, lambda: isinstance(world.app.screen, ProfileScreen))
            await until(pilot, lambda: "Nothing is kept" in world.text())
            await pilot.press("a")
            await until(pilot, lambda: "settings are kept" in world.text())
            world.app.screen.query_one(Input).value = str(tmp_path)
            await pilot.press("s")
            await until(pilot, lambda: "Saved and signed" in world.text())
            first = world.staffed.store.settings.device_profile()
            key = world.staffed.store.profile_signer.verifier.vkey
    with simulated_car() as car:
        async with watched((110, 40), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            with world.staffed.store.ledger.writing():
                world.staffed.store.settings.write_agency(Agency(profile_keys=(key,)))
            await pilot.press("f11", "p")
            await until(pilot, lambda: isinstance(world.app.screen, ProfileScreen))
            await until(pilot, lambda: "Nothing is kept" in world.text())
            world.app.screen.query_one(Input).value = str(tmp_path)
            await pilot.press("i")
            await until(pilot, lambda: "settings are kept" in world.text())
            await pilot.press("c")
            await until(pilot, lambda: "Equal to this car's profile" in world.text())
            assert world.staffed.store.settings.device_profile() == first
            (deed,) = entries_of(world, "device.change_profile")
            assert deed["deed"] == "apply"


async def test_report_is_written_where_the_page_says(tmp_path: Path) -> None:
    """`r` asks the devices, writes the pre-installation report as a PDF, says where, and is on the log."""
    with simulated_car() as car:
        async with watched((110, 40), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            await pilot.press("f11", "p")
            await until(pilot, lambda: "Nothing is kept" in world.text())
            world.app.screen.query_one(Input).value = str(tmp_path)
            await pilot.press("r")
            await until(pilot, lambda: "Written:" in world.text())
            (file,) = tmp_path.glob("*.pdf")
            assert file.name in world.text().replace("\n", "")
            words = " ".join(page.extract_text() for page in PdfReader(file).pages)
            assert "PRE-INSTALLATION REPORT" in words and "badge" in words
            (deed,) = entries_of(world, "device.change_profile")
            assert deed["deed"] == "report"


async def test_profile_of_an_unknown_key_is_refused(tmp_path: Path) -> None:
    """A file that no known key signed changes nothing, however good it looks."""
    file = tmp_path / "other.alpr-profile"
    file.write_bytes(
        sign_profile(DeviceProfile((("TRG_RATE_HZ", 5.0),)), "unit 7", "2026-11-28", OTHER_CAR)
    )
    with simulated_car() as car:
        async with watched((110, 40), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            await pilot.press("f11", "p")
            await until(pilot, lambda: "Nothing is kept" in world.text())
            world.app.screen.query_one(Input).value = str(tmp_path)
            await pilot.press("i")
            await until(pilot, lambda: "not signed by a key that counts" in world.text())
            assert world.staffed.store.settings.device_profile() == DeviceProfile()


async def test_camera_is_set_and_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings are read back, the sweep keeps the exposure that reads the test plate best, all on the log."""
    monkeypatch.setattr(devices, "SWEPT_SHUTTERS", (12,))
    monkeypatch.setattr(devices, "SWEPT_GAINS", (4, 8))
    monkeypatch.setattr(device_camera, "SETTLE_S", 0.0)
    with simulated_car() as car:
        car.devices.bench.aim_camera = lambda _camera: car.aim()
        async with watched((110, 40), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            await pilot.press("f11", "c")
            await until(pilot, lambda: isinstance(world.app.screen, CameraScreen))
            await until(pilot, lambda: "backlight" in world.text())
            table = world.app.screen.query_one(DataTable)
            table.move_cursor(row=list(SETTINGS).index("icr"))
            await pilot.press("enter")
            await until(pilot, lambda: world.app.screen.query_one(Input).has_focus)
            assert "New value of icr: on, off" in world.text()
            await pilot.press(*"on", "enter")
            await until(pilot, lambda: "icr is on, read back" in world.text())
            await pilot.press("w")
            await until(pilot, lambda: "Kept: shutter 12, gain 4" in world.text())
            profile = world.staffed.store.settings.device_profile()
            assert dict(profile.camera) == {
                "icr": "on",
                "exposure": "manual",
                "shutter": "12",
                "gain": "4",
            }
            tests = [
                one.get("test") or one["setting"] for one in entries_of(world, "device.configure")
            ]
            assert tests == ["icr", "sweep", "exposure", "shutter", "gain"]
            assert entries_of(world, "device.read_test_plates")[0]["camera"] == "front"


async def test_an_officer_looks_and_changes_nothing() -> None:
    """An officer sees the devices; setting one is refused and on the log."""
    with simulated_car() as car:
        async with watched((110, 40), Role.OFFICER, car=car.devices) as (world, pilot):
            await pilot.press("f11", "b")
            await until(pilot, lambda: "300" in world.text())
            await pilot.press("down", "enter", *"22", "enter")
            await until(pilot, lambda: "role does not permit" in world.text())
            assert car.devices.board is not None
            assert car.devices.board.parameters["TRG_RATE_HZ"] == 15.0


async def test_no_page_shows_a_technician_a_plate() -> None:
    """Whatever page a technician opens while plates are read and hit, none of them stands there."""
    told: list[BoxEvent] = [SightingStored(seen(1), None), hit_of(2, HotlistClass.STOLEN)]
    with simulated_car() as car:
        async with watched((160, 45), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            plates = ("8ABC001", "8ABC002")
            for place in [None, *PLACES]:
                await world.tell(pilot, *(e for e in told if not isinstance(e, SightingStored)))
                for event in told:
                    assert isinstance(event, SightingStored)
                    await world.tell_unseen(pilot, event)
                if place is not None:
                    await pilot.press("f2", place.key)
                await pilot.pause()
                assert not any(plate in world.text() for plate in plates), place
                for key in ("b", "g", "m", "p", "c"):
                    if place is None or place.name != "devices":
                        break
                    await pilot.press(key)
                    await pilot.pause(0.1)
                    assert not any(plate in world.text() for plate in plates), key
                    await pilot.press("escape")


async def test_a_picture_that_comes_while_the_page_is_left_shows_nowhere() -> None:
    """Leaving the camera page while a picture is made for it is no fault: its parts go before it does."""
    looked, left = threading.Event(), threading.Event()

    def slow_aim(_camera: str) -> Aim:
        looked.set()
        left.wait(30)
        return car.aim()

    with simulated_car() as car:
        car.devices.bench.aim_camera = slow_aim
        async with watched((110, 40), Role.TECHNICIAN, car=car.devices) as (world, pilot):
            await pilot.press("f11", "c")
            await until(pilot, looked.is_set)
            await world.app.screen.query("*").remove()
            left.set()
            await until_worked(pilot)
            assert world.app.screen.is_attached
