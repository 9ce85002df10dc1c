"""What the screens' tests stand on: `tests/alpr_tui/watched_app.py`."""

from __future__ import annotations

import threading
import time

import pytest

from tests.alpr_tui.watched_app import until, watched

READING_S = 0.3


async def test_a_test_that_fails_waits_for_the_threads_that_read_the_store() -> None:
    """A failing body is told as it is, after the last thread has read: never a store closed under it."""
    began = threading.Event()
    read: list[object] = []

    async def fail_while_a_thread_reads() -> None:
        async with watched() as (world, pilot):

            def look() -> None:
                began.set()
                time.sleep(READING_S)
                read.append(world.staffed.newest(1))

            world.app.run_worker(look, thread=True)
            await until(pilot, began.is_set)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_while_a_thread_reads()
    assert len(read) == 1
