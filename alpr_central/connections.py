"""Connections within bounds, around uvicorn: who says nothing, or says it too slowly, is hung up on.

Uvicorn waits for ever for a handshake and for the head of a request. Here both have a limit, and so has the number
of connections: of those that have not shaken hands yet, of each box, of all strangers together. Where there is one
too many the oldest goes, because it is the one that somebody has forgotten or holds on purpose; whoever comes now
gets in.
"""

from __future__ import annotations

import asyncio
import socket
import weakref
from collections import OrderedDict, deque
from contextlib import suppress
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from alpr_central.request_content import PEER

HANDSHAKE_LIMIT_S = 10.0
"""From the connection to the end of the TLS handshake."""

HEAD_LIMIT_S = 10.0
"""From the handshake, or the first byte of a later request, to the end of the request's head."""

SHAKING_MAX = 256
"""Connections whose handshake is under way."""

BOX_CONNECTIONS_MAX = 4
"""Of one box: it uses one at a time; the others are of links that died without saying so."""

STRANGER_CONNECTIONS_MAX = 128
"""Of all that showed no certificate."""


class Listener(socket.socket):
    """A listening socket that holds SHAKING_MAX connections without a handshake and lets the oldest go."""

    def __init__(self, host: str, port: int) -> None:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )
        family, kind, protocol, _, address = found[0]
        super().__init__(family, kind, protocol)
        try:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.bind(address)
        except OSError:
            self.close()
            raise
        self._shaking: OrderedDict[int, weakref.ref[socket.socket]] = OrderedDict()

    def accept(self) -> tuple[socket.socket, Any]:  # Any: as in socket.accept
        connection, address = super().accept()
        self.has_shaken(connection.fileno())
        self._shaking[connection.fileno()] = weakref.ref(connection)
        while len(self._shaking) > SHAKING_MAX:
            number, held = self._shaking.popitem(last=False)
            oldest = held()
            if oldest is not None and oldest.fileno() == number:
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)
        return connection, address

    def has_shaken(self, number: int) -> None:
        """Take note that the connection with this file number is past its handshake."""
        self._shaking.pop(number, None)


class BoundedLoop(asyncio.SelectorEventLoop):
    """The usual loop; a TLS handshake ends within HANDSHAKE_LIMIT_S."""

    async def create_server(self, *arguments: Any, **named: Any) -> Any:  # Any: as in asyncio
        if named.get("ssl") is not None:
            named.setdefault("ssl_handshake_timeout", HANDSHAKE_LIMIT_S)
        return await super().create_server(*arguments, **named)


class Peers:
    """The connections that are past their handshake, by the certificate that they showed."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._open: dict[bytes | None, deque[asyncio.Transport]] = {}

    def add(self, peer: bytes | None, transport: asyncio.Transport) -> None:
        """Take a connection in; the oldest of the same peer goes if there are too many."""
        self._listener.has_shaken(transport.get_extra_info("socket").fileno())
        mine = self._open.setdefault(peer, deque())
        mine.append(transport)
        most = STRANGER_CONNECTIONS_MAX if peer is None else BOX_CONNECTIONS_MAX
        while len(mine) > most:
            mine.popleft().abort()

    def remove(self, peer: bytes | None, transport: asyncio.Transport) -> None:
        """Forget a connection that has ended."""
        mine = self._open.get(peer, deque())
        with suppress(ValueError):
            mine.remove(transport)
        if not mine:
            self._open.pop(peer, None)


class PeerProtocol(H11Protocol):
    """HTTP/1.1 whose requests carry the verified certificate of their connection, and come in time."""

    def __init__(self, *arguments: Any, peers: Peers, **named: Any) -> None:  # Any: uvicorn's own
        super().__init__(*arguments, **named)
        self._peers = peers
        self._peer: bytes | None = None
        self._head_limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        self._peer = peer = None if tls is None else tls.getpeercert(binary_form=True)
        self._peers.add(peer, transport)
        app = self.app

        async def with_peer(scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI
            if peer is not None:
                scope[PEER] = peer
            await app(scope, receive, send)

        self.app = with_peer
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        self._peers.remove(self._peer, self.transport)
        super().connection_lost(exc)

    def _watch_head(self) -> None:
        """Begin to wait for the end of a head, or stop when it is there."""
        if self.conn.their_state is not h11.IDLE:
            self._stop_watching()
        elif self._head_limit is None:
            self._head_limit = self.loop.call_later(HEAD_LIMIT_S, self.transport.abort)

    def _stop_watching(self) -> None:
        if self._head_limit is not None:
            self._head_limit.cancel()
            self._head_limit = None
