"""A server that misbehaves in front of the real one: refuses, doubles, loses answers, puts things out of order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from enum import Enum
from typing import Any

Asgi = Callable[[Any, Any, Any], Any]  # Any: ASGI


class DoorFault(Enum):
    """What happens to some of the requests."""

    ERROR = "500 instead of an answer"
    BUSY = "429 with Retry-After"
    LOST_ANSWER = "done, and the answer is lost"
    DOUBLED = "done twice"
    LATE = "a copy of it is done again after later ones"
    PART = "only the beginning of its content arrives, and no answer"


class FaultyDoor:
    """Wraps the server's application.

    Args:
        share: Of requests that are harmed, 0 to 1.
        seed: The same harm every time.
    """

    def __init__(self, app: Asgi, fault: DoorFault, share: float, seed: int) -> None:
        self._app = app
        self._fault = fault
        self.share = share
        self._chance = random.Random(seed)
        self._late: set[asyncio.Task[None]] = set()
        self.harmed = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or self._chance.random() >= self.share:
            await self._app(scope, receive, send)
            return
        self.harmed += 1
        if self._fault in (DoorFault.ERROR, DoorFault.BUSY):
            await _drain(receive)
            await _refuse(send, 500 if self._fault is DoorFault.ERROR else 429)
            return
        body = await _drain(receive)
        if self._fault is DoorFault.PART:
            kept = body[: int(len(body) * self._chance.random())]
            await self._app(_copy(scope), _replayed(kept, is_cut=True), _nowhere)
            await _refuse(send, 503)
            return
        if self._fault is DoorFault.LATE:
            await self._app(_copy(scope), _replayed(body), send)
            task = asyncio.create_task(self._again_later(scope, body))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return
        await self._app(_copy(scope), _replayed(body), _nowhere)
        if self._fault is DoorFault.DOUBLED:
            await self._app(_copy(scope), _replayed(body), send)
        else:
            await _refuse(send, 503)

    async def _again_later(self, scope: Any, body: bytes) -> None:
        await asyncio.sleep(0.05)
        await self._app(_copy(scope), _replayed(body), _nowhere)


def _copy(scope: Any) -> Any:
    return {**scope, "state": {}}


async def _drain(receive: Any) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _replayed(body: bytes, *, is_cut: bool = False) -> Any:
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": is_cut}

    return receive


async def _nowhere(_message: Any) -> None:
    """Lose an answer."""


async def _refuse(send: Any, status: int) -> None:
    headers = [(b"retry-after", b"1"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
