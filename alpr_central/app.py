"""The server's door: HTTP in, parts called, refusals in clear words out.

Every path but enrolment asks for a box's certificate, which TLS has verified. A refusal is JSON with `title`,
`what` and `hint`, so that the box can show it as its own.

Source: docs/sync-protocol.md.
"""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from alpr_central import events
from alpr_central.boxes import Box, EnrolRequest
from alpr_central.central import Central
from alpr_central.events import CentralEvent
from alpr_central.intake import NotComplete, SequenceTaken
from alpr_central.request_content import (
    PEER,
    body_of,
    chunks_of,
    digest_of,
    json_of,
    range_of,
    rest_of,
    word_of,
)
from alpr_core.errors import AccessRefused, AlprError, InputError, StoreFullError
from alpr_core.sync.batch import BATCH_BYTES_MAX, PoisonRecord
from alpr_core.sync.witnessing import REQUEST_BYTES_MAX, WitnessRefused, parse_add_checkpoint

WORKERS = 4
"""Threads that work on database and pictures."""

WAITING_MAX = 64
"""Requests under way; more are asked to come again."""

STRANGERS_MAX = 8
"""Of those without a certificate, who can but enrol; they take no place from the boxes."""

STRANGER_ENTRIES_MAX = 60
"""Refusals of those without a certificate that go on the log in an hour; more tell nothing and fill the disk."""

RETRY_AFTER_S = 2
PICTURE_BYTES_MAX = 32 * 1024 * 1024
_HOUR_S = 3600.0
_Found = TypeVar("_Found")
Handler = Callable[[Request], Awaitable[Response]]
Storing = Callable[[Request, Box, str, bytes], Awaitable[None]]
"""Stores what was uploaded: by which request, of which box, its digest, its bytes."""


class Door:
    """The paths of one server."""

    def __init__(self, central: Central) -> None:
        self._central = central
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="central")
        self._under_way = {True: 0, False: 0}
        """With a certificate, and without."""
        self._strangers_told: deque[float] = deque(maxlen=STRANGER_ENTRIES_MAX)
        """Monotonic seconds of the newest refusals on the log of whoever had no certificate."""

    def app(self) -> Starlette:
        """Return the ASGI application."""
        routes: list[tuple[str, str, Handler]] = [
            ("GET", "/v1/authority", self._authority),
            ("POST", "/v1/enrol", self._enrol),
            ("GET", "/v1/hello", self._hello),
            ("POST", "/v1/renew", self._renew),
            ("POST", "/v1/log/add-checkpoint", self._add_checkpoint),
            ("POST", "/v1/log/key", self._change_key),
            ("GET", "/v1/batches/{name}", self._batch),
            ("PUT", "/v1/batches/{name}", self._put_batch),
            ("GET", "/v1/batches/{name}/receipt", self._receipt),
            ("PUT", "/v1/images/{name}", self._put_image),
            ("POST", "/v1/images/{name}/lost", self._lose_image),
            ("GET", "/v1/packages", self._packages),
            ("GET", "/v1/packages/{name:path}", self._package),
        ]
        return Starlette(
            routes=[
                Route(path, self._guarded(handler), methods=[method])
                for method, path, handler in routes
            ]
        )

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(request: Request) -> Response:
            is_box = PEER in request.scope
            if self._under_way[is_box] >= (WAITING_MAX if is_box else STRANGERS_MAX):
                busy = {"title": "Server busy", "what": "Too many requests.", "hint": "Wait."}
                return JSONResponse(busy, 429, {"Retry-After": str(RETRY_AFTER_S)})
            self._under_way[is_box] += 1
            try:
                return await handler(request)
            except ClientDisconnect:
                return PlainTextResponse("", 400)
            except AlprError as error:
                return await self._told(request, error)
            finally:
                self._under_way[is_box] -= 1

        return handle

    async def _told(self, request: Request, error: AlprError) -> Response:
        """Return a refusal as the box shows it, after it was put on the log where it belongs there."""
        status, more = _status_of(error)
        if status in (403, 409, 422) and not isinstance(error, NotComplete):
            is_alarm = isinstance(error, SequenceTaken) or getattr(error, "is_alarm", False)
            if is_alarm or not (isinstance(error, WitnessRefused) or self._is_flood(request)):
                action = events.LOG_ALARM if is_alarm else events.BOX_REFUSED
                await self._tell(request, action, why=error.what, is_alarm=is_alarm)
        content = {"title": error.title, "what": error.what, "hint": error.hint, **more}
        if isinstance(error, WitnessRefused) and error.status == 409:
            return PlainTextResponse(f"{error.what}\n", 409, media_type="text/x.tlog.size")
        return JSONResponse(content, status)

    def _is_flood(self, request: Request) -> bool:
        """Tell whether strangers have filled their entries of this hour; if not, one more is taken."""
        if PEER in request.scope:
            return False
        told, now_mono_s = self._strangers_told, monotonic()
        if len(told) == STRANGER_ENTRIES_MAX and now_mono_s - told[0] < _HOUR_S:
            return True
        told.append(now_mono_s)
        return False

    async def _tell(
        self, request: Request, action: str, *, why: str = "", is_alarm: bool = False, **facts: str
    ) -> None:
        box = getattr(request.state, "box", None)
        source = "" if request.client is None else request.client.host
        name = "" if box is None else box.name
        event = CentralEvent(action, name, source, tuple(facts.items()), why, is_alarm)
        await self._work(self._central.tell, event)

    async def _work(self, call: Callable[..., _Found], *values: Any) -> _Found:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, functools.partial(call, *values))

    async def _box(self, request: Request, *, even_under_alarm: bool = False) -> Box:
        """Return the box that asks.

        Raises:
            AccessRefused: it shows no certificate of ours, or nothing is taken from it.
        """
        peer = request.scope.get(PEER)
        if peer is None:
            raise AccessRefused("No client certificate was shown.", "Enrol the box first.")
        boxes, now = self._central.boxes, self._central.now()
        box = await self._work(boxes.of_certificate, peer, now)
        request.state.box = box
        if box.alarm_why is not None and not even_under_alarm:
            raise AccessRefused(
                f"Box {box.name} is under alarm: {box.alarm_why}",
                "Nothing is taken from it until an administrator has cleared this up.",
            )
        return box

    async def _authority(self, _request: Request) -> Response:
        return PlainTextResponse(self._central.identity.authority.certificate_pem)

    async def _enrol(self, request: Request) -> Response:
        asked = await json_of(request)
        wanted = EnrolRequest(
            word_of(asked, "log"), word_of(asked, "log_vkey"), word_of(asked, "batch_vkey"),
            word_of(asked, "reader_key"), word_of(asked, "certificate_request"),
        )  # fmt: skip
        boxes, identity = self._central.boxes, self._central.identity
        now = self._central.now()
        box, pem = await self._work(boxes.enrol, word_of(asked, "code"), wanted, now)
        request.state.box = box
        await self._tell(request, events.BOX_ENROLLED, log=box.log)
        return JSONResponse(
            {
                "box": box.name,
                "certificate": pem,
                "server_vkey": identity.signer.verifier.vkey,
                "witness_vkey": identity.witness.verifier.vkey,
            }
        )

    async def _hello(self, request: Request) -> Response:
        box = await self._box(request, even_under_alarm=True)
        return JSONResponse(
            {
                "box": box.name,
                "time": self._central.now().isoformat(),
                "witnessed_size": box.witnessed.size,
                "alarm": box.alarm_why,
            }
        )

    async def _renew(self, request: Request) -> Response:
        box = await self._box(request)
        asked = await json_of(request)
        boxes, now = self._central.boxes, self._central.now()
        pem = await self._work(boxes.renew, box, word_of(asked, "certificate_request"), now)
        await self._tell(request, events.BOX_RENEWED)
        return JSONResponse({"certificate": pem})

    async def _add_checkpoint(self, request: Request) -> Response:
        box = await self._box(request, even_under_alarm=True)
        asked = parse_add_checkpoint(await body_of(request, REQUEST_BYTES_MAX))
        line = await self._work(self._central.witness.add_checkpoint, box, asked)
        return PlainTextResponse(line.decode())

    async def _change_key(self, request: Request) -> Response:
        box = await self._box(request)
        asked = await json_of(request)
        proof = asked.get("proof")
        if not isinstance(proof, list) or not all(isinstance(step, str) for step in proof):
            raise InputError("The proof is none.")
        entry, note = word_of(asked, "entry").encode(), word_of(asked, "note").encode()
        await self._work(self._central.witness.change_key, box, entry, proof, note)
        return Response(status_code=204)

    async def _batch(self, request: Request) -> Response:
        box, name = await self._box(request), digest_of(request)
        intake = self._central.intake
        missing = await self._work(intake.missing, box, name)
        have = intake.partial.have(box.box_id, name)
        return JSONResponse({"have": have, "missing": missing})

    async def _put_batch(self, request: Request) -> Response:
        box, name = await self._box(request), digest_of(request)
        return await self._upload(request, box, name, BATCH_BYTES_MAX, self._store_batch)

    async def _store_batch(self, request: Request, box: Box, name: str, written: bytes) -> None:
        try:
            batch = await self._work(self._central.intake.put_batch, box, name, written)
        except SequenceTaken as taken:
            await self._work(self._central.boxes.raise_alarm, box, taken.what)
            raise
        if batch is not None:
            count = str(batch.head.records)
            await self._tell(request, events.BATCH_STORED, batch=name, records=count)

    async def _put_image(self, request: Request) -> Response:
        box, name = await self._box(request), digest_of(request)
        if not await self._work(self._central.intake.is_named, box, name):
            raise InputError("No record of this box names this picture.", "Send its batch first.")
        return await self._upload(request, box, name, PICTURE_BYTES_MAX, self._store_image)

    async def _store_image(self, _request: Request, box: Box, name: str, jpeg: bytes) -> None:
        await self._work(self._central.intake.put_picture, box, name, jpeg)

    async def _upload(
        self, request: Request, box: Box, name: str, bytes_max: int, store: Storing
    ) -> Response:
        """Take the bytes that come, and have the whole stored when the last of them is here."""
        brought, partial = range_of(request, bytes_max), self._central.intake.partial
        offset = brought.first
        async for chunk in chunks_of(request):
            is_next = offset + len(chunk) <= brought.last + 1
            if not is_next or not partial.add(box.box_id, name, offset, chunk):
                return JSONResponse({"have": partial.have(box.box_id, name)}, 409)
            offset += len(chunk)
        have = partial.have(box.box_id, name)
        if have < brought.total:
            return JSONResponse({"have": have}, 202)
        await store(request, box, name, partial.take(box.box_id, name))
        return JSONResponse({"have": have})

    async def _lose_image(self, request: Request) -> Response:
        box, name = await self._box(request), digest_of(request)
        why = word_of(await json_of(request), "why")
        await self._work(self._central.intake.lose_picture, box, name, why)
        await self._tell(request, events.PICTURE_LOST, why=why, picture=name)
        return Response(status_code=204)

    async def _receipt(self, request: Request) -> Response:
        box = await self._box(request)
        note = await self._work(self._central.intake.receipt, box, digest_of(request))
        return PlainTextResponse(note.decode())

    async def _packages(self, request: Request) -> Response:
        await self._box(request)
        await self._work(self._central.before_packages)
        return JSONResponse({"packages": await self._work(self._central.packages.versions)})

    async def _package(self, request: Request) -> Response:
        await self._box(request)
        content = await self._work(self._central.packages.content, request.path_params["name"])
        first = rest_of(request)
        if not 0 < first < len(content):
            return Response(content, media_type="application/octet-stream")
        told = {"Content-Range": f"bytes {first}-{len(content) - 1}/{len(content)}"}
        return Response(content[first:], 206, told, "application/octet-stream")


def _status_of(error: AlprError) -> tuple[int, dict[str, object]]:
    """Return the status of a refusal, and what a program has to know besides its words."""
    match error:
        case WitnessRefused():
            return error.status, {"alarm": error.is_alarm}
        case PoisonRecord():
            return 422, {"sequence": error.sequence, "why": error.why}
        case SequenceTaken():
            return 409, {"alarm": True}
        case NotComplete():
            return 409, {"missing": error.missing}
    statuses = ((AccessRefused, 403), (StoreFullError, 507), (InputError, 400))
    return next((status for kind, status in statuses if isinstance(error, kind)), 503), {}
