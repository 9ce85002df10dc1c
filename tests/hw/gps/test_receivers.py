"""Receivers behind real ports: found, lost, back; and gpsd itself as a source."""

from __future__ import annotations

import queue
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from alpr_core.errors import DeviceError
from alpr_core.gps_events import FixReceived, GpsBack, GpsEvent, GpsLost
from hw.gps.baud_search import BAUDS, LISTEN_S, BaudSearch
from hw.gps.gps_source import GpsSource
from hw.gps.gpsd_receiver import GpsdReceiver
from hw.gps.nmea_decoder import SentenceRead
from hw.gps.nmea_lines import DamagedBytes
from hw.gps.receiver_thread import ReceiverThread
from hw.gps.serial_receiver import SerialReceiver
from hw.gps.simulated_receiver import GpsFault
from tests.hw.gps.running_receiver import RunningReceiver

T = TypeVar("T")
ENOUGH_S = 20.0
GPSFAKE = shutil.which("gpsfake")
LOG = Path(__file__).resolve().parents[4] / "shared" / "gps" / "bu353s4.log"


@contextmanager
def running(source: GpsSource) -> Iterator[queue.Queue[GpsEvent]]:
    told = queue.Queue[GpsEvent]()
    thread = ReceiverThread(source, told.put, first_wait_s=0.05, longest_wait_s=0.1)
    thread.start()
    try:
        yield told
    finally:
        thread.stop()


def next_of(told: queue.Queue[GpsEvent], kind: type[T]) -> T:
    """Return the next event of a kind; others are passed over."""
    while True:
        event = told.get(timeout=ENOUGH_S)
        if isinstance(event, kind):
            return event


def test_receiver_is_found_lost_and_found_again(tmp_path: Path) -> None:
    """Fixes come; a pulled cable is told once; plugged in again, fixes go on."""
    with RunningReceiver(tmp_path) as car, running(SerialReceiver(car.port)) as told:
        fix = next_of(told, FixReceived).fix
        assert fix.has_position
        assert car.port.startswith(fix.source.removesuffix("…"))  # a long name is cut
        assert fix.arrived_mono_s is not None
        for _ in range(3):
            car.unplug()
            assert "not there" in next_of(told, GpsLost).why
            car.plug_in()
            next_of(told, GpsBack)
            assert next_of(told, FixReceived).fix.has_position


def test_receiver_without_sky_gives_no_position(tmp_path: Path) -> None:
    """Under a roof the fixes say so, and noise on the line gives no fix at all."""
    with RunningReceiver(tmp_path) as car, running(SerialReceiver(car.port)) as told:
        assert next_of(told, FixReceived).fix.has_position
        car.receiver.fault = GpsFault.NO_FIX
        while next_of(told, FixReceived).fix.has_position:
            pass
        car.receiver.fault = GpsFault.NONE
        while not next_of(told, FixReceived).fix.has_position:
            pass


def test_port_is_opened_once(tmp_path: Path) -> None:
    """Two programs never share a receiver: the second one is refused."""
    with RunningReceiver(tmp_path) as car, closing(SerialReceiver(car.port).events()) as first:
        next(first)
        with pytest.raises(DeviceError, match="not there"):
            next(SerialReceiver(car.port).events())


def test_port_that_does_not_exist_is_an_error_of_the_device() -> None:
    """A missing port and a gpsd that nobody started are told in words."""
    with pytest.raises(DeviceError, match="not there"):
        next(SerialReceiver("/dev/alpr-no-such-port").events())
    with pytest.raises(DeviceError, match="does not answer"):
        next(GpsdReceiver("127.0.0.1", 9).events())


def test_speed_is_found_by_listening() -> None:
    """Each speed is listened to in turn until two sentences are understood; a known one is kept."""
    search, now_s, tried = BaudSearch(0.0), 0.0, []
    noise, sentence = DamagedBytes("checksum is wrong", 9, ""), SentenceRead("GPRMC")
    for _ in range(2 * len(BAUDS)):
        tried.append(search.baud)
        assert not search.hear([noise, sentence], now_s + LISTEN_S / 2)
        now_s += LISTEN_S
        assert search.hear([noise], now_s)
    assert tried == [*BAUDS, *BAUDS]
    assert not search.hear([sentence, sentence], now_s + 2 * LISTEN_S)
    assert search.is_settled
    assert search.baud == BAUDS[0]
    known = BaudSearch(0.0, 4800)
    assert not known.hear([], 100.0)
    assert known.baud == 4800


def test_gpsd_is_a_source_like_a_port() -> None:
    """What gpsd sends over TCP becomes fixes; its end is told, and a new gpsd is found again."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with running(GpsdReceiver("127.0.0.1", port)) as told:
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    assert b'"json":true' in connection.recv(200)
                    connection.sendall(b'{"class":"TPV","mode":2,"lat":1.5,"lon":2.5}\n')
                    assert next_of(told, FixReceived).fix.place() == (1.5, 2.5)
                assert "closed" in next_of(told, GpsLost).why


@pytest.mark.skipif(GPSFAKE is None, reason="gpsfake is not installed (apt: gpsd gpsd-clients)")
@pytest.mark.skipif(not LOG.exists(), reason="the recorded receivers are not beside the checkout")
def test_gpsd_itself_is_a_live_source() -> None:
    """The real gpsd, fed by gpsfake with a recorded receiver, gives us the recording's positions."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Debian's python3 runs gpsfake, whose gps module is not in our environment.
    command = [
        "/usr/bin/python3",
        str(GPSFAKE),
        "-1",
        "-q",
        "-c",
        "0.02",
        "-P",
        str(port),
        str(LOG),
    ]
    fake = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with running(GpsdReceiver("127.0.0.1", port)) as told:
            while not (fix := next_of(told, FixReceived).fix).has_position:
                pass
            assert fix.place() == pytest.approx((-37.7848, 175.3149), abs=2e-4)
    finally:
        fake.terminate()
        fake.wait(ENOUGH_S)


def test_nothing_here_prints() -> None:
    """A receiver that comes and goes leaves both output streams of the program untouched."""
    script = (
        "from hw.gps.serial_receiver import SerialReceiver\n"
        "from alpr_core.errors import DeviceError\n"
        "try: list(SerialReceiver('/dev/alpr-no-such-port').events())\n"
        "except DeviceError: pass\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert (answer.stdout, answer.stderr) == (b"", b"")
