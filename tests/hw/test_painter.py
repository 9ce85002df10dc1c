"""A drive that another process paints."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from alpr_core.errors import DeviceError
from hw.simulated_drive import SimulatedDrive
from hw.simulated_drive.painter import Painter
from tests.db.child_processes import children_of, command_line


def painters() -> list[int]:
    """The processes that paint for this one."""
    return [child for child in children_of() if b"painting_process" in command_line(child)]


def test_another_process_paints_the_same_drive_and_ends_with_it() -> None:
    """Each frame is the one that the drive itself paints, also after a leap; the process ends with the frames."""
    here = SimulatedDrive(3, 8, is_live=False)
    drive = SimulatedDrive(3, 8, is_live=False, painter=Painter(3, 8))
    frames = drive.frames()
    for _ in range(9):
        frame = next(frames)
        assert frame.overview is not None
        wanted = here.render(frame.number)
        assert np.array_equal(frame.pixels, wanted[0])
        assert np.array_equal(frame.overview, wanted[1])
    drive._next_number = 200
    assert np.array_equal(next(frames).pixels, here.render(200)[0])
    assert len(painters()) == 1
    drive.close()
    assert next(frames, None) is None
    assert painters() == []


def test_a_painter_that_was_killed_is_a_fault_of_the_camera_and_starts_anew() -> None:
    """Whoever kills the process sees the camera fail once; the next frame is painted by another one."""
    painter = Painter(3, 4)
    first, _ = painter.paint(1)
    (process,) = painters()
    os.kill(process, signal.SIGKILL)
    with pytest.raises(DeviceError):
        painter.paint(2)
    again, _ = painter.paint(1)
    assert np.array_equal(first, again)
    painter.end()
    assert painters() == []
