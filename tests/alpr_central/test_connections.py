"""Whoever connects and says nothing, or says it too slowly, holds no place; boxes come in all the same."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from alpr_core.sync.tls import client_context
from db.store import Store
from tests.alpr_central.fleet import Fleet, fleet, sync

PATIENCE_S = 60.0
"""Far more than any limit here: who is not hung up on fails the test."""


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    for name in ("HANDSHAKE_LIMIT_S", "HEAD_LIMIT_S"):
        monkeypatch.setattr(f"alpr_central.connections.{name}", 1.0)
    with fleet(tmp_path) as one:
        yield one


def plain(server: Fleet) -> socket.socket:
    """Return a TCP connection over which nothing was said yet."""
    made = socket.create_connection(("127.0.0.1", server.port))
    made.settimeout(PATIENCE_S)
    return made


def secure(server: Fleet, store: Store | None = None) -> ssl.SSLSocket:
    """Return a connection past its handshake, of a box or of nobody."""
    link = None if store is None else store.sync.link()
    certificate, key = ("", "") if link is None else (link.certificate_pem, link.key_pem)
    context = client_context(server.identity.authority.certificate_pem, certificate, key)
    return context.wrap_socket(plain(server), server_hostname="127.0.0.1")


def is_hung_up(connection: socket.socket) -> bool:
    """Wait until the other side has ended; False if it answers instead."""
    with suppress(OSError):
        return connection.recv(1) == b""
    return True


@pytest.mark.parametrize(
    ("connect", "said"),
    [
        (plain, b""),
        (plain, b"\x16\x03\x01\x02"),
        (secure, b""),
        (secure, b"GET /v1/hello HTTP/1.1\r\nHost: x\r\nX-Slow: "),
    ],
    ids=["no handshake", "a byte of a handshake", "no request", "half a head"],
)
def test_who_does_not_come_to_the_point_is_hung_up_on(
    running: Fleet, connect: Callable[[Fleet], socket.socket], said: bytes
) -> None:
    """A connection without a handshake or without a whole head is ended after its limit."""
    with connect(running) as connection:
        connection.sendall(said)
        assert is_hung_up(connection)


def test_a_later_request_has_the_same_limit(running: Fleet) -> None:
    """After an answered request a half head is no way to hold the connection either."""
    with secure(running) as connection:
        connection.sendall(b"GET /v1/authority HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while b"END CERTIFICATE" not in answer:
            answer += connection.recv(65536)
        connection.sendall(b"GET /v1/auth")
        while (byte := connection.recv(65536)) != b"":
            assert b"HTTP/1.1" not in byte


def test_silent_connections_keep_no_box_out(
    running: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of those without a handshake the oldest go when there are too many; the box that comes now gets in."""
    monkeypatch.setattr("alpr_central.connections.HANDSHAKE_LIMIT_S", PATIENCE_S * 10)
    monkeypatch.setattr("alpr_central.connections.SHAKING_MAX", 4)
    running.stop()
    running.start()
    store = running.car("unit 12", reads=1)
    with ExitStack() as held:
        silent = [held.enter_context(plain(running)) for _ in range(8)]
        assert "0 wait" in sync(store)
        assert all(is_hung_up(one) for one in silent[:4])


def test_dead_links_of_a_box_lock_it_not_out(
    running: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A box has few connections; its newest counts, and the one that it lost first is ended."""
    monkeypatch.setattr("alpr_central.connections.HEAD_LIMIT_S", PATIENCE_S * 10)
    monkeypatch.setattr("alpr_central.connections.BOX_CONNECTIONS_MAX", 2)
    store, other = running.car("unit 12", reads=1), running.car("unit 13")
    with ExitStack() as held:
        theirs = held.enter_context(secure(running, other))
        lost = [held.enter_context(secure(running, store)) for _ in range(3)]
        assert is_hung_up(lost[0])
        assert "0 wait" in sync(store)
        assert is_hung_up(lost[1])
        theirs.sendall(b"GET /v1/hello HTTP/1.1\r\nHost: x\r\n\r\n")
        assert theirs.recv(12) == b"HTTP/1.1 200"


def test_a_box_whose_link_died_in_a_request_is_not_waited_for(
    running: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Content of which nothing comes any more is given up: the request is answered and its place is free."""
    monkeypatch.setattr("alpr_central.request_content.SILENCE_LIMIT_S", 1.0)
    store = running.car("unit 12", reads=1)
    with secure(running, store) as connection:
        connection.sendall(b"POST /v1/renew HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert connection.recv(12) == b"HTTP/1.1 400"
