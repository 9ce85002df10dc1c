"""Another program's VISCA client drives our simulated camera, through a gateway from the network to the port."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from visca_over_ip import Camera
from visca_over_ip.exceptions import NoQueryResponse, ViscaException

from hw.visca.visca_frames import ViscaFrame, ViscaFrames
from tests.hw.visca.running_camera import running_camera

T = TypeVar("T")
ENOUGH_S = 20.0

GATEWAY = "127.0.0.2"
"""Another address than the client's, which insists on the same UDP port for itself."""

Asker = tuple[tuple[str, int], bytes]
"""Who sent a request, and its sequence number."""


class Gateway(threading.Thread):
    """Takes VISCA out of UDP packets to a serial port and brings the answers back.

    Source of the packets: Sony SRG series, "VISCA over IP": type, length, sequence number, message.
    """

    def __init__(self, port: str) -> None:
        super().__init__(daemon=True)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._udp.bind((GATEWAY, 0))
        self._udp.settimeout(0.005)
        self.udp_port: int = self._udp.getsockname()[1]
        self._serial = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._frames = ViscaFrames()
        self._last: Asker | None = None
        self._sockets: dict[int, Asker] = {}
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                packet, sender = self._udp.recvfrom(64)
                if packet[0] == 1:
                    self._last = (sender, packet[4:8])
                    os.write(self._serial, packet[8:])
                else:
                    self._udp.sendto(b"\x02\x01\x00\x01" + packet[4:8] + b"\x01", sender)
            except TimeoutError:
                pass
            try:
                heard = os.read(self._serial, 256)
            except BlockingIOError:
                continue
            for frame in self._frames.feed(heard):
                assert isinstance(frame, ViscaFrame)
                self._answer(frame.data)
        self._udp.close()
        os.close(self._serial)

    def _answer(self, data: bytes) -> None:
        kind, number = data[1] >> 4, data[1] & 0x0F
        if kind == 4 and self._last is not None:
            self._sockets[number] = self._last
        asker = self._sockets.pop(number, None) if kind == 5 and len(data) == 3 else self._last
        if asker is not None:
            sender, sequence = asker
            length = len(data).to_bytes(2, "big")
            self._udp.sendto(b"\x01\x11" + length + sequence + data, sender)


@contextmanager
def foreign_camera() -> Iterator[Camera]:
    with running_camera() as (port, _):
        gateway = Gateway(port)
        gateway.start()
        client = Camera(GATEWAY, gateway.udp_port)
        try:
            yield client
        finally:
            client.close_connection()
            gateway.stopping.set()
            gateway.join()


def patiently(ask: Callable[[], T], is_wished: Callable[[T], bool]) -> T:
    """Ask until the answer is the wished one; the client gives up after 0.1 s, a busy computer needs more."""
    end_s = time.monotonic() + ENOUGH_S
    while True:
        with contextlib.suppress(NoQueryResponse):
            answer = ask()
            if is_wished(answer):
                return answer
        assert time.monotonic() < end_s


def test_foreign_client_drives_the_simulated_camera() -> None:
    """Zoom, focus mode, exposure and presets of a client that we did not write have their effect."""
    with foreign_camera() as client:
        client.zoom_to(0.25)
        assert patiently(client.get_zoom_position, lambda place: place == 4096) == 4096
        for mode in ("manual", "auto"):
            client.set_focus_mode(mode)
            assert patiently(client.get_focus_mode, lambda found, wish=mode: found == wish) == mode
        client.autoexposure_mode("manual")
        client.increase_shutter()
        client.save_preset(3)
        client.zoom_to(0.0)
        assert patiently(client.get_zoom_position, lambda place: place == 0) == 0
        client.recall_preset(3)
        assert patiently(client.get_zoom_position, lambda place: place == 4096) == 4096


def test_foreign_client_is_refused_as_by_a_camera() -> None:
    """What the mode does not allow reaches the client as its own error."""
    with foreign_camera() as client, pytest.raises(ViscaException, match="not executable"):
        patiently(client.increase_shutter, lambda _: False)
