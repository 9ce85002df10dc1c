"""What a request carries, read within bounds of size and time; whoever dawdles holds nothing up.

Source: docs/sync-protocol.md, sections 3 and 8.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from alpr_core.errors import InputError
from alpr_core.sync.batch import is_digest

PEER = "alpr.peer"
"""Where the connection's certificate stands in a request's scope, DER; absent without one."""

STRANGER_LIMIT_S = 10.0
"""How long the content of a request without a certificate may take to arrive."""

SILENCE_LIMIT_S = 60.0
"""How long a box may send nothing in the middle of a request: its link is gone, whatever TCP believes."""

SMALL_BYTES_MAX = 256 * 1024
_RANGE = re.compile(r"bytes ([0-9]{1,9})-([0-9]{1,9})/([0-9]{1,9})")

_REST = re.compile("bytes=([0-9]{1,9})-")


@dataclass(frozen=True, slots=True)
class ContentRange:
    """Which bytes of an upload a request carries."""

    first: int
    last: int
    total: int


def range_of(request: Request, bytes_max: int) -> ContentRange:
    """Return the request's Content-Range.

    Raises:
        InputError: it has none, or one that cannot be.
    """
    found = _RANGE.fullmatch(request.headers.get("content-range", ""))
    if found is None:
        raise InputError("The request names no Content-Range.")
    first, last, total = (int(number) for number in found.groups())
    if not first <= last < total <= bytes_max:
        raise InputError("The request's Content-Range cannot be.")
    return ContentRange(first, last, total)


def rest_of(request: Request) -> int:
    """Return from which byte on the answer is wanted; 0 means all of it."""
    found = _REST.fullmatch(request.headers.get("range", ""))
    return 0 if found is None else int(found[1])


async def chunks_of(request: Request) -> AsyncIterator[bytes]:
    """Yield the content as it arrives.

    Raises:
        InputError: it came too slowly.
    """
    stream = request.stream()
    loop = asyncio.get_running_loop()
    end_s = loop.time() + STRANGER_LIMIT_S
    while True:
        limit_s = loop.time() + SILENCE_LIMIT_S if PEER in request.scope else end_s
        try:
            async with asyncio.timeout_at(limit_s):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as fault:
            raise InputError("The request came too slowly.") from fault
        yield chunk


async def body_of(request: Request, bytes_max: int) -> bytes:
    """Return the whole content.

    Raises:
        InputError: too large, or too slow.
    """
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks_of(request):
        size += len(chunk)
        if size > bytes_max:
            raise InputError("The request is too large.")
        parts.append(chunk)
    return b"".join(parts)


async def json_of(request: Request) -> dict[str, Any]:
    """Return the content as a JSON object.

    Raises:
        InputError: it is none.
    """
    try:
        asked = json.loads(await body_of(request, SMALL_BYTES_MAX))
    except (ValueError, RecursionError) as fault:
        raise InputError("The request is no JSON.") from fault
    if not isinstance(asked, dict):
        raise InputError("The request is no JSON object.")
    return asked


def word_of(asked: dict[str, Any], name: str) -> str:
    """Return a text that the request must have."""
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise InputError(f"The request lacks {name}.")
    return value


def digest_of(request: Request) -> str:
    """Return the digest that the request's path names."""
    name = str(request.path_params["name"])
    if not is_digest(name):
        raise InputError("The address names no SHA-256.")
    return name
