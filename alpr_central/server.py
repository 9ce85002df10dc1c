"""Uvicorn with mutual TLS 1.3: started, told where it listens, stopped.

A box that shows a certificate is verified by TLS itself; one that shows none may only enrol. What uvicorn does not
do, `alpr_central.connections` adds.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
import threading
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn

from alpr_central.app import Door
from alpr_central.authority import SERVER_LIFE, issue_server
from alpr_central.central import Central
from alpr_central.connections import BoundedLoop, Listener, PeerProtocol, Peers
from alpr_core.errors import ConfigError
from alpr_core.sync.tls import load_key, server_context

START_LIMIT_S = 30.0
_STOP_LIMIT_S = 5


class CentralServer:
    """A listening server. `start` once, `stop` once.

    Args:
        names: Host names and addresses that the boxes reach it by.
        port: 0 takes a free one.
        before: Returns what is asked before the application, given it; for drills.
    """

    def __init__(
        self,
        central: Central,
        host: str,
        port: int,
        names: Sequence[str] = ("127.0.0.1",),
        before: Callable[[Any], Any] = lambda app: app,
    ) -> None:
        self._door = Door(central)
        self._central, self._names = central, names
        self._renewed_at = central.now()
        identity = issue_server(central.identity.authority, names, self._renewed_at)
        authority = central.identity.authority.certificate_pem

        def context(_config: object, _usual: object) -> ssl.SSLContext:
            made = server_context(identity.certificate_pem, identity.key_pem, authority)
            made.sni_callback = self._renew_if_due  # called in every handshake
            return made

        self._address = (host, port)
        self._listener: Listener | None = None
        self._config = uvicorn.Config(
            before(self._door.app()),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_STOP_LIMIT_S,
            timeout_keep_alive=30,
            ssl_context_factory=context,
        )
        self._server = uvicorn.Server(self._config)
        self._thread = threading.Thread(target=self._run, name="central server", daemon=True)
        self._is_over = threading.Event()

    def start(self) -> int:
        """Listen and return the port.

        Raises:
            ConfigError: the address cannot be listened on.
        """
        host, port = self._address
        try:
            self._listener = Listener(host, port)
        except OSError as fault:
            raise self._not_listening() from fault
        peers = Peers(self._listener)
        self._config.http = functools.partial(PeerProtocol, peers=peers)  # type: ignore[assignment]
        port = int(self._listener.getsockname()[1])
        self._thread.start()
        waited_s = 0.0
        while not self._server.started:
            if self._is_over.wait(0.02) or waited_s > START_LIMIT_S:
                raise self._not_listening()
            waited_s += 0.02
        return port

    @property
    def is_over(self) -> bool:
        """Tell whether the server has stopped."""
        return self._is_over.is_set()

    def wait(self, limit_s: float) -> None:
        """Return when the server has stopped, or after so many seconds."""
        self._is_over.wait(limit_s)

    def stop(self) -> None:
        """Finish what is under way and let the port go."""
        self._server.should_exit = True
        self._thread.join()
        self._door.close()

    def _not_listening(self) -> ConfigError:
        host, port = self._address
        return ConfigError(
            f"{host}:{port} cannot be listened on.", "Choose another --host or --port."
        )

    def _renew_if_due(self, _tls: object, _name: object, context: ssl.SSLContext) -> None:
        """Take another certificate for the connections after this one, when half of its life is over."""
        now = self._central.now()
        if now - self._renewed_at > SERVER_LIFE / 2:
            self._renewed_at = now
            identity = issue_server(self._central.identity.authority, self._names, now)
            load_key(context, identity.certificate_pem, identity.key_pem)

    def _run(self) -> None:
        sockets = [] if self._listener is None else [self._listener]
        try:
            with asyncio.Runner(loop_factory=BoundedLoop) as runner:
                runner.run(self._server.serve(sockets=[*sockets]))
        finally:
            self._is_over.set()
