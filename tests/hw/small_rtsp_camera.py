"""A network camera in a thread: RTSP over TCP, pictures as JPEG in RTP (RFC 2326, RFC 2435)."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np

SIDE_PX = 64
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
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=_serve, args=(door, pictures), daemon=True)
        thread.start()
        yield f"rtsp://127.0.0.1:{door.getsockname()[1]}/x"
    thread.join(5)


def _serve(door: socket.socket, pictures: int) -> None:
    viewer, _ = door.accept()
    with viewer, viewer.makefile("rb") as asked:
        while line := asked.readline():
            verb = line.split()[0].decode()
            number = ""
            while (header := asked.readline().strip()) != b"":
                if header.lower().startswith(b"cseq:"):
                    number = header.split(b":")[1].decode().strip()
            body = _SDP if verb == "DESCRIBE" else ""
            answer = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{_EXTRA.get(verb, '')}\r\n{body}"
            viewer.sendall(answer.encode())
            if verb == "PLAY":
                for index in range(pictures):
                    viewer.sendall(_packet(index))
                return


def _packet(index: int) -> bytes:
    """One picture as one interleaved RTP packet with its own quantisation tables."""
    grey = np.full((SIDE_PX, SIDE_PX, 3), 128, np.uint8)
    jpeg = cv2.imencode(".jpg", grey)[1].tobytes()
    tables = b"".join(part[3:67] for part in jpeg.split(b"\xff\xdb")[1:])
    scan = jpeg.index(b"\xff\xda")
    data = jpeg[scan + 2 + int.from_bytes(jpeg[scan + 2 : scan + 4], "big") : -2]
    rtp = struct.pack("!BBHII", 0x80, 0x80 | 26, index, 3000 * index, 1)
    kind = struct.pack("!IBBBB", 0, 1, 255, SIDE_PX // 8, SIDE_PX // 8)
    packet = rtp + kind + struct.pack("!BBH", 0, 0, len(tables)) + tables + data
    return b"$\0" + struct.pack("!H", len(packet)) + packet
