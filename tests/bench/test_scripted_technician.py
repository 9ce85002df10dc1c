"""A car set up by a technician in a real terminal; its profile on a second car; then the log is asked."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from alpr_core.agency import agency_text
from alpr_core.device_profile import DeviceProfile
from alpr_core.permissions import Role
from alpr_tui.car_devices import CarDevices
from bench.log_steps import whole_log
from bench.technician_script import RATE_HZ, STEPS, WIDTH_US, TechnicianScript
from bench.tmux_terminal import TmuxTerminal, has_tmux
from db.keys import read_key_file
from db.store import Store
from tests.alpr_tui.simulated_car import LIMIT_S, simulated_car
from tests.alpr_tui.test_user_command import Typed, people, typed
from tests.bench.bare_box import ROOT, SOMEBODYS, bare_box

__all__ = ["people", "typed"]


@contextmanager
def opened(folder: Path, key: str, box: str = "") -> Iterator[Store]:
    with closing(Store.open(folder / "store", read_key_file(folder / key), box=box)) as store:
        yield store


def settings_of(car: CarDevices) -> DeviceProfile:
    """What board and camera of a car have now, as `Devices.adopt` asks it."""
    bench = car.bench
    return DeviceProfile(
        tuple(sorted(bench.board_parameters().items())), tuple(bench.wanted_camera().items())
    )


@pytest.mark.skipif(not has_tmux(), reason="tmux is missing: apt-get install tmux")
def test_a_technician_sets_up_a_car_and_a_second_one_is_equal(
    tmp_path: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a bare box to a saved profile: all logged, nobody's plate seen, and a second car becomes equal."""
    first, usb = tmp_path / "first", tmp_path / "usb"
    first.mkdir()
    usb.mkdir()
    with bare_box(first, capsys) as made:
        command = [sys.executable, "-P", "-m", "alpr_tui", "run", "--config", str(made.config)]
        with closing(TmuxTerminal(command, ROOT, 80, 24)) as terminal:
            login = (made.badge, made.temporary_password, made.codes.next())
            run = TechnicianScript(terminal, login, usb).run()
        with closing(Store.open(made.store, made.root_key(), box="unit 12")) as store:
            log, profile = whole_log(store), store.settings.device_profile()
            vkey = store.profile_signer.verifier.vkey
    assert (log.missing(STEPS), log.refused, log.is_whole) == ((), 0, True)
    assert {e.actor.user_id for e in log.entries if e.action.startswith("device.")} == {made.badge}
    assert not [screen for screen in run.screens if SOMEBODYS.text in screen]
    board, camera = dict(profile.board), dict(profile.camera)
    assert (board["TRG_RATE_HZ"], board["STB_WIDTH_US"], camera["icr"]) == (RATE_HZ, WIDTH_US, "on")

    with opened(tmp_path, "key") as second:
        agency = replace(second.settings.agency(), profile_keys=(vkey,))
    (tmp_path / "agency.json").write_text(agency_text(agency))
    assert typed(Role.ADMINISTRATOR, "settings", "change", str(tmp_path / "agency.json")) == 0
    compare = ("device", "profile", "compare", str(run.profile))
    assert typed(Role.AUDITOR, *compare) == 1
    assert f"TRG_RATE_HZ\t\t{RATE_HZ}" in capsys.readouterr().out
    assert typed(Role.TECHNICIAN, "device", "profile", "apply", str(run.profile)) == 0
    capsys.readouterr()
    assert typed(Role.OFFICER, *compare) == 0
    assert capsys.readouterr().out == ""
    with opened(tmp_path, "key") as second:
        assert second.settings.device_profile() == profile
    with simulated_car() as car:
        car.devices.bench.want(profile)
        end_s = time.monotonic() + LIMIT_S
        while (has := settings_of(car.devices)) != profile:
            assert time.monotonic() < end_s, has
            time.sleep(0.1)
