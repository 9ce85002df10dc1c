"""A camera that is kept open, vanishes, and returns."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from alpr_core.events import BoxEvent, CameraBack, CameraLost, FaultRaised, SourceEnded
from alpr_core.ports import FrameSource
from hw.camera_thread import STOP_LIMIT_S, CameraThread
from hw.mailbox import Mailbox
from hw.picture_folder import PictureFolder
from hw.simulated_drive import SimulatedDrive
from tests.hw.hand_clock import HandClock
from tests.hw.numbered_frames import DAMAGED, GONE, ScriptedSource

ENOUGH_S = 20.0


@contextmanager
def running(
    source: FrameSource, longest_wait_s: float = 0.02
) -> Iterator[tuple[CameraThread, Mailbox, queue.Queue[BoxEvent]]]:
    mailbox, told = Mailbox(), queue.Queue[BoxEvent]()
    thread = CameraThread(
        source, mailbox, told.put, first_wait_s=longest_wait_s / 2, longest_wait_s=longest_wait_s
    )
    thread.start()
    try:
        yield thread, mailbox, told
    finally:
        thread.stop()


def test_camera_that_vanishes_and_returns_is_told_once_each() -> None:
    """Lost, tried in vain three times, back: one CameraLost, one CameraBack, and frames go on."""
    vain = [(0, GONE)] * 3
    source = ScriptedSource((5, GONE), *vain, (2, None))
    with running(source) as (thread, _, told):
        lost, back = told.get(timeout=ENOUGH_S), told.get(timeout=ENOUGH_S)
        assert isinstance(lost, CameraLost)
        assert "no more pictures" in lost.why
        assert isinstance(back, CameraBack)
        assert source.opened == 5
        assert isinstance(told.get(timeout=ENOUGH_S), CameraLost)  # the scripted stream ended
        assert thread.is_lost
        assert thread.frames == 7
    assert told.empty()


def test_camera_that_is_missing_at_the_start_is_picked_up() -> None:
    """A camera that is plugged in only after the start is told lost, then back."""
    with running(ScriptedSource((0, GONE), (1, None))) as (_, _, told):
        assert isinstance(told.get(timeout=ENOUGH_S), CameraLost)
        assert isinstance(told.get(timeout=ENOUGH_S), CameraBack)


def test_fault_of_our_own_does_not_end_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    """An unforeseen error marks the camera lost, is logged, and the camera is opened again."""
    with running(ScriptedSource((1, ZeroDivisionError("secret")), (1, None))) as (_, _, told):
        lost = told.get(timeout=ENOUGH_S)
        assert isinstance(lost, CameraLost)
        assert "secret" not in lost.why
        assert isinstance(told.get(timeout=ENOUGH_S), CameraBack)
    assert "camera front failed" in caplog.text


def test_fault_of_a_listener_does_not_stop_the_camera(caplog: pytest.LogCaptureFixture) -> None:
    """A listener that raises is logged, and the camera still comes back with frames."""

    def fall_over(event: BoxEvent) -> None:
        raise RuntimeError(type(event).__name__)

    mailbox = Mailbox()
    source = ScriptedSource((0, GONE), (1, None))
    thread = CameraThread(source, mailbox, fall_over, first_wait_s=0.01, longest_wait_s=0.01)
    thread.start()
    assert mailbox.take(ENOUGH_S) is not None
    thread.stop()
    assert "the listener failed on CameraLost" in caplog.text
    assert "the listener failed on CameraBack" in caplog.text


def test_drive_can_be_unplugged_and_plugged_in() -> None:
    """The simulated drive vanishes and returns as a real camera does."""
    drive = SimulatedDrive(vehicles=1)
    with running(drive) as (_, mailbox, told):
        assert mailbox.take(ENOUGH_S) is not None
        drive.unplug()
        lost = told.get(timeout=ENOUGH_S)
        assert isinstance(lost, CameraLost)
        drive.plug_in()
        assert isinstance(told.get(timeout=ENOUGH_S), CameraBack)
        assert mailbox.take(ENOUGH_S) is not None


def test_folder_is_read_in_full_and_ends(tmp_path: Path) -> None:
    """Every photograph arrives however slow the taker, then SourceEnded; the last one is not lost."""
    for number in range(12):
        Image.new("L", (4, 4), number).save(tmp_path / f"{number}.png")
    with running(PictureFolder(tmp_path, pytest.fail)) as (thread, mailbox, told):
        greys = []
        while not mailbox.is_over:
            frame = mailbox.take(ENOUGH_S)
            if frame is not None:
                greys.append(int(frame.pixels[0, 0]))
        assert greys == list(range(12))
        ended = told.get(timeout=ENOUGH_S)
        assert ended == SourceEnded(camera=tmp_path.name, frames=12)
        assert mailbox.dropped == 0
        assert thread.frames == 12


def test_damaged_file_is_a_fault_and_an_end() -> None:
    """A file that turns out damaged is told as a fault after its good part, then it ends."""
    with running(ScriptedSource((1, DAMAGED), is_live=False)) as (_, mailbox, told):
        fault = told.get(timeout=ENOUGH_S)
        assert isinstance(fault, FaultRaised)
        assert "cut short" in fault.why
        assert told.get(timeout=ENOUGH_S) == SourceEnded(camera="front", frames=1)
        assert mailbox.take(ENOUGH_S) is not None
        assert mailbox.take(ENOUGH_S) is None
        assert mailbox.is_over


@pytest.mark.parametrize(
    "source",
    [
        ScriptedSource((0, GONE)),
        ScriptedSource(),
        ScriptedSource((9, None), is_live=False),
        SimulatedDrive(vehicles=1),
    ],
    ids=["lost and waiting", "open without frames", "waiting for the slot", "running"],
)
def test_stop_is_quick(source: FrameSource) -> None:
    """Whatever the thread waits for, `stop` ends it within its limit and closes the mailbox."""
    with running(source, longest_wait_s=600.0) as (thread, mailbox, _):
        if isinstance(source, SimulatedDrive):
            assert mailbox.take(ENOUGH_S) is not None  # the first frame takes its time to prepare
        began_s = time.monotonic()
        thread.stop()
        assert time.monotonic() - began_s <= STOP_LIMIT_S
        mailbox.take(0)
        assert mailbox.is_over


def test_age_of_the_last_frame_grows() -> None:
    """The age is unknown before the first frame, then counts from it by the clock that was given."""
    clock, told = HandClock(), queue.Queue[BoxEvent]()
    source = ScriptedSource((1, DAMAGED), is_live=False)
    thread = CameraThread(source, Mailbox(), told.put, clock=clock)
    assert thread.last_frame_age_s() is None
    thread.start()
    told.get(timeout=ENOUGH_S)
    clock.pass_s(2.5)
    assert thread.last_frame_age_s() == pytest.approx(2.5)
    thread.stop()
