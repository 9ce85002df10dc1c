"""How a command reaches a running server: a socket in its folder, which only the folder's owner can open.

Whoever asks logs in through it like at any desk; the socket itself permits nothing.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from alpr_core import errors
from alpr_core.accounts.login_rules import LoginRefused
from alpr_core.desk.desk import Desk
from alpr_core.errors import AccessRefused, AlprError, InputError, StoreError
from alpr_tui.central import CENTRAL_FOLDER
from alpr_tui.central.deeds import CentralDeeds, Rows

SOCKET_FILE = "control"
REQUEST_BYTES_MAX = 64 * 1024
_ANSWER_BYTES_MAX = 16 * 1024 * 1024
_ANSWER_LIMIT_S = 60.0


class Control:
    """The server's end of the socket. `start` once, `stop` once.

    Args:
        new_desk: Returns a desk where nobody is logged in.
        deeds_of: Returns the deeds of whoever has logged in at it.
    """

    def __init__(
        self, folder: Path, new_desk: Callable[[], Desk], deeds_of: Callable[[Desk], CentralDeeds]
    ) -> None:
        self._path = folder / CENTRAL_FOLDER / SOCKET_FILE
        self._new_desk = new_desk
        self._deeds_of = deeds_of
        self._socket = socket.socket(socket.AF_UNIX)
        self._thread = threading.Thread(target=self._serve, name="central control", daemon=True)

    def start(self) -> None:
        """Listen; a socket that a killed server left is taken over."""
        self._path.unlink(missing_ok=True)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)
        self._socket.listen(4)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(_ANSWER_LIMIT_S)
                connection.sendall(json.dumps(self._answer(connection)).encode() + b"\n")

    def _answer(self, connection: socket.socket) -> dict[str, Any]:
        try:
            with connection.makefile("rb") as stream:
                asked = json.loads(stream.readline(REQUEST_BYTES_MAX))
            return {"rows": self._do(asked)}
        except AlprError as error:
            kind = type(error).__name__
            return {"error": kind, "what": error.what, "hint": error.hint}
        except (ValueError, KeyError, TypeError, AttributeError):
            return {"error": "InputError", "what": "The request is none.", "hint": ""}

    def _do(self, asked: Mapping[str, Any]) -> Rows:
        desk = self._new_desk()
        outcome = desk.log_in(asked["badge"], asked["password"], asked["code"])
        if isinstance(outcome, LoginRefused):
            raise AccessRefused(outcome.why, outcome.hint)
        try:
            return self._deeds_of(desk).do(asked["deed"], asked["words"])
        finally:
            desk.log_out("the command is done")


def ask_running(
    folder: Path, login: Mapping[str, str], deed: str, words: Mapping[str, str]
) -> Rows:
    """Have a running server do a deed.

    Args:
        login: badge, password, code.

    Raises:
        StoreError: no server runs on this folder.
        AlprError: as the deed raises it.
    """
    path = folder / CENTRAL_FOLDER / SOCKET_FILE
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_LIMIT_S)
            connection.connect(str(path))
            request = {**login, "deed": deed, "words": dict(words)}
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as stream:
                told = json.loads(stream.readline(_ANSWER_BYTES_MAX))
    except (OSError, ValueError) as fault:
        raise StoreError(
            "The running server does not answer.", "Look whether `alpr central serve` runs."
        ) from fault
    if "error" in told:
        kind = getattr(errors, str(told["error"]), InputError)
        raise kind(str(told["what"]), str(told["hint"]) or None)
    rows: Rows = told["rows"]
    return rows


def is_running(folder: Path) -> bool:
    """Tell whether a server listens on this folder's socket."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(folder / CENTRAL_FOLDER / SOCKET_FILE))
    except OSError:
        return False
    return True
