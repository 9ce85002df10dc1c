"""A network camera in a thread: RTSP over TCP, pictures as JPEG in RTP (RFC 2326, RFC 2435)."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import cv2
import numpy as np

from alpr_core.frame import Pixels

SIDE_PX = 64
QUALITY = 80
_SDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:a\r\n"
_EXTRA = {
    "OPTIONS": "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n",
    "DESCRIBE": f"Content-Type: application/sdp\r\nContent-Length: {len(_SDP)}\r\n",
    "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
    "PLAY": "Session: 1\r\n",
}


@contextmanager
def rtsp_camera(pictures: int) -> Iterator[str]:
    """Serve one viewer with `pictures` grey pictures, then hang up; gives the address."""
    left = iter(range(pictures))
    grey = np.full((SIDE_PX, SIDE_PX), 128, np.uint8)
    with live_rtsp_camera(lambda: None if next(left, None) is None else grey) as address:
        yield address


@contextmanager
def live_rtsp_camera(picture: Callable[[], Pixels | None], between_s: float = 0.0) -> Iterator[str]:
    """Serve one viewer after the other with what `picture` gives, until it gives None; gives the address.

    Args:
        picture: Grey, its sides multiples of 16, small enough for one packet as JPEG (64 kB).
        between_s: Pause between two pictures.
    """
    closing = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:
        args = (door, picture, between_s, closing)
        thread = threading.Thread(target=_open_door, args=args, daemon=True)
        thread.start()
        try:
            yield f"rtsp://127.0.0.1:{door.getsockname()[1]}/x"
        finally:
            closing.set()
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _open_door(
    door: socket.socket,
    picture: Callable[[], Pixels | None],
    between_s: float,
    closing: threading.Event,
) -> None:
    while not closing.is_set():
        with suppress(OSError):  # the viewer hung up, or the door is shut
            viewer, _ = door.accept()
            with viewer, viewer.makefile("rb") as asked:
                while line := asked.readline():
                    if _answered(viewer, line, asked) == "PLAY":
                        _play(viewer, picture, between_s, closing)
                        break


def _answered(viewer: socket.socket, line: bytes, asked: object) -> str:
    verb, number = line.split()[0].decode(), ""
    while (header := asked.readline().strip()) != b"":  # type: ignore[attr-defined]
        if header.lower().startswith(b"cseq:"):
            number = header.split(b":")[1].decode().strip()
    body = _SDP if verb == "DESCRIBE" else ""
    answer = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{_EXTRA.get(verb, '')}\r\n{body}"
    viewer.sendall(answer.encode())
    return verb


def _play(
    viewer: socket.socket,
    picture: Callable[[], Pixels | None],
    between_s: float,
    closing: threading.Event,
) -> None:
    number = 0
    while not closing.wait(between_s) and (pixels := picture()) is not None:
        viewer.sendall(_packet(pixels, number))
        number += 1


def _packet(pixels: Pixels, number: int) -> bytes:
    """One picture as one interleaved RTP packet with its own quantisation tables."""
    colour = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    jpeg = cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    tables = b"".join(part[3:67] for part in jpeg.split(b"\xff\xdb")[1:])
    scan = jpeg.index(b"\xff\xda")
    data = jpeg[scan + 2 + int.from_bytes(jpeg[scan + 2 : scan + 4], "big") : -2]
    rtp = struct.pack("!BBHII", 0x80, 0x80 | 26, number & 0xFFFF, 3000 * number & 0xFFFFFFFF, 1)
    height, width = pixels.shape
    kind = struct.pack("!IBBBB", 0, 1, 255, width // 8, height // 8)
    packet = rtp + kind + struct.pack("!BBH", 0, 0, len(tables)) + tables + data
    return b"$\0" + struct.pack("!H", len(packet)) + packet
