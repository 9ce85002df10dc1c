"""A cable with faults between a box and its server: cut, reset, half-open, slow, long, and counted to the byte."""

from __future__ import annotations

import queue
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

_CHUNK_BYTES = 16 * 1024
_QUEUE_BYTES = 32 * 1024
"""What the system may hold for a capped link: a deeper queue would take bytes that the link has not carried."""

_LINGER_NOT = struct.pack("ii", 1, 0)
"""With it a close sends RST instead of FIN."""


class Way(Enum):
    """Which bytes are counted."""

    UP = "to the server"
    DOWN = "to the box"


class Harm(Enum):
    """What becomes of a connection."""

    CUT = "closed"
    RESET = "reset"
    SILENCE = "half-open: nothing passes any more"


@dataclass(frozen=True, slots=True)
class CableFault:
    """What happens to one connection, and after how many bytes."""

    harm: Harm
    way: Way
    after_bytes: int


Plan = Callable[[int], CableFault | None]
"""Gives the fault of the n-th connection, from 0; None leaves it whole."""


class FaultProxy:
    """Passes TCP on to the server. `port` is where the box connects.

    Args:
        server_port: On the loopback interface.
        plan: Faults by connection.
        bytes_per_s: Of each way; None means as fast as it goes.
        lifetime_s: Every connection is reset after so long; None means never.
        delay_s: How long each way takes.
    """

    def __init__(
        self,
        server_port: int,
        plan: Plan = lambda _number: None,
        bytes_per_s: float | None = None,
        lifetime_s: float | None = None,
        delay_s: float = 0.0,
    ) -> None:
        self.server_port = server_port
        self.plan = plan
        self.connections = 0
        self.up_bytes = 0
        self.down_bytes = 0
        self._bytes_per_s = bytes_per_s
        self._lifetime_s = lifetime_s
        self._delay_s = delay_s
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        if bytes_per_s is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _QUEUE_BYTES)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name="fault proxy", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Cut every connection and stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        with self._guard:
            for one in tuple(self._open):
                _end(one, Harm.CUT)

    def _accept(self) -> None:
        while True:
            try:
                box, _ = self._listener.accept()
            except OSError:
                return
            fault = self.plan(self.connections)
            self.connections += 1
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port), 5)
            except OSError:
                _end(box, Harm.RESET)
                continue
            for one in (box, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = _Pair(box, server, fault)
            with self._guard:
                self._open |= {box, server}
            for source, target, way in ((box, server, Way.UP), (server, box, Way.DOWN)):
                threading.Thread(
                    target=self._pass_on, args=(pair, source, target, way), daemon=True
                ).start()
            if self._lifetime_s is not None:
                timer = threading.Timer(self._lifetime_s, pair.end, (Harm.RESET,))
                timer.daemon = True
                timer.start()

    def _pass_on(self, pair: _Pair, source: socket.socket, target: socket.socket, way: Way) -> None:
        passed, fault = 0, pair.fault
        send = _later(target, self._delay_s) if self._delay_s else target.sendall
        free_at_s = time.monotonic()
        with suppress(OSError):
            while chunk := source.recv(_CHUNK_BYTES):
                if (
                    fault is not None
                    and fault.way is way
                    and passed + len(chunk) > fault.after_bytes
                ):
                    chunk = chunk[: max(0, fault.after_bytes - passed)]
                    if chunk:
                        send(chunk)
                    pair.end(fault.harm)
                    break
                if pair.is_silent.is_set():
                    continue
                if self._bytes_per_s is not None:
                    free_at_s = max(free_at_s, time.monotonic()) + len(chunk) / self._bytes_per_s
                    time.sleep(max(0.0, free_at_s - time.monotonic()))
                send(chunk)
                passed += len(chunk)
                with self._guard:
                    self.up_bytes += len(chunk) * (way is Way.UP)
                    self.down_bytes += len(chunk) * (way is Way.DOWN)
        if pair.is_silent.is_set():
            return  # both ends stay open until the proxy is closed: that is what half-open means
        pair.end(Harm.CUT)
        with self._guard:
            self._open -= {source, target}


class _Pair:
    """Both sockets of one connection."""

    def __init__(self, box: socket.socket, server: socket.socket, fault: CableFault | None) -> None:
        self.fault = fault
        self.is_silent = threading.Event()
        self._sockets = (box, server)

    def end(self, harm: Harm) -> None:
        if harm is Harm.SILENCE:
            self.is_silent.set()
            return
        for one in self._sockets:
            _end(one, harm)


def _later(target: socket.socket, delay_s: float) -> Callable[[bytes], None]:
    """Return what sends bytes on so much later, in their order; none are sent on when the connection has ended."""
    waiting: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

    def send() -> None:
        with suppress(OSError):
            while True:
                due_s, chunk = waiting.get()
                time.sleep(max(0.0, due_s - time.monotonic()))
                target.sendall(chunk)

    threading.Thread(target=send, daemon=True).start()
    return lambda chunk: waiting.put((time.monotonic() + delay_s, chunk))


def _end(one: socket.socket, harm: Harm) -> None:
    with suppress(OSError):
        if harm is Harm.RESET:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            one.shutdown(socket.SHUT_RD)  # wakes the thread that reads, and sends nothing
        else:
            one.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        one.close()
