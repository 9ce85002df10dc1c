"""The way to the server over mutual TLS 1.3, and what its faults mean.

What can pass by itself is a `LinkError` and is tried again. Where one side does not trust the other it is a
`LinkRefused`, which is not: every attempt would end the same way.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from alpr_core.errors import AuditError, LinkError, LinkRefused
from alpr_core.sync.batch import PoisonRecord
from alpr_core.sync.package import PACKAGE_BYTES_MAX
from alpr_core.sync.tls import client_context
from alpr_core.terminal_text import clean_text
from scheduler.sync.pacing import Meter, Pace

_SEND_BUFFER_BYTES = 64 * 1024
"""What the system may hold for the line; more of it on a slow link is silence that looks like a dead server."""

ANSWER_BYTES_MAX = PACKAGE_BYTES_MAX + 64 * 1024

_EXPIRED, _NOT_YET = 10, 9
_OTHER_NAME = frozenset({62, 64})
_HANDSHAKE_WORDS = {
    "WRONG_VERSION_NUMBER": "it does not speak TLS",
    "RECORD_LAYER_FAILURE": "it does not speak TLS",
    "PACKET_LENGTH_TOO_LONG": "it does not speak TLS",
    "HTTP_REQUEST": "it does not speak TLS",
    "UNSUPPORTED_PROTOCOL": "it does not speak TLS 1.3",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it does not speak TLS 1.3",
    "TLSV1_ALERT_UNKNOWN_CA": "it does not know the authority of this box's certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "this box's certificate has expired",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it does not take this box's certificate",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it asks for a certificate and this box has none",
    "TLSV1_ALERT_DECRYPT_ERROR": "it does not take this box's certificate",
}


class ServerAway(LinkError):  # noqa: N818 - named after what it tells of
    """Nobody answers, or the line broke: no network, or the server does not run."""


class ServerBusy(LinkError):  # noqa: N818 - named after what it tells of
    """The server asks to come again later.

    Args:
        after_s: When; None if it does not say.
    """

    def __init__(self, what: str, after_s: float | None) -> None:
        super().__init__(what)
        self.after_s = after_s


class ServerFull(LinkError):  # noqa: N818 - named after what it tells of
    """The server has no room; the run ends, the box keeps everything."""


class Answer:
    """A status with its content, read to the end."""

    def __init__(self, status: int, content: bytes) -> None:
        self.status = status
        self.content = content

    def json(self) -> dict[str, Any]:
        """Return the content as a JSON object.

        Raises:
            LinkError: it is none.
        """
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError) as fault:
            raise LinkError("The server's answer is no JSON.") from fault
        if not isinstance(found, dict):
            raise LinkError("The server's answer is no JSON object.")
        return found

    def words(self) -> str:
        """Return what the server says of a refusal, fit to be shown."""
        try:
            told = self.json()
        except LinkError:
            return clean_text(self.content[:400].decode("utf-8", "replace")) or "no reason given"
        return clean_text(f"{told.get('what', 'no reason given')}")


LANES = 3
"""Connections at a time: on a long way one alone mostly waits for answers. The server lets a box have four."""


class Line:
    """Up to LANES connections that are kept open over many requests. Every method may be called from any thread.

    Args:
        server: `https://host:port`.

    Raises:
        LinkRefused: the address is no https address, or the box's certificate cannot be used.
    """

    def __init__(
        self,
        server: str,
        authority_pem: str,
        certificate_pem: str,
        key_pem: str,
        pace: Pace,
        meter: Meter,
    ) -> None:
        if not server.startswith("https://"):
            raise LinkRefused(f"{clean_text(server)} is no https address.")
        try:
            context = client_context(authority_pem, certificate_pem, key_pem)
        except (ssl.SSLError, ValueError) as fault:
            raise LinkRefused("This box's certificate or key cannot be used.") from fault
        self._meter = meter
        transport = httpx.HTTPTransport(
            verify=context,
            trust_env=False,
            limits=httpx.Limits(max_connections=LANES),
            socket_options=[(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)],
        )
        self._client = httpx.Client(
            base_url=server,
            transport=transport,
            # A request that waits for a lane of ours waits for no server.
            timeout=httpx.Timeout(pace.answer_limit_s, connect=pace.connect_limit_s, pool=None),
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        into: bytearray | None = None,
    ) -> Answer:
        """Return the server's answer to one request; refusals of this request itself (4xx) are answers too.

        Args:
            into: Keeps what arrives of the content, also if the line breaks in the middle; the rest of it (206)
                goes on there.

        Raises:
            LinkError: not reached, broken off, or the server is in trouble.
            ServerBusy, ServerFull: see there.
            LinkRefused: one side does not trust the other.
        """
        told = dict(headers or {})
        if content is not None:
            told["Content-Length"] = str(len(content))
        try:
            with self._client.stream(
                method,
                path,
                content=None if content is None else self._meter.chunks(content),
                headers=told,
            ) as response:
                if into is not None and response.status_code in (200, 206):
                    answer = Answer(200, self._rest(response, into))
                else:
                    answer = Answer(response.status_code, _bounded(response))
                _raise_for(answer, response.headers.get("retry-after"))
                self._meter.count_step()
                return answer
        except (httpx.HTTPError, ssl.SSLError, OSError) as fault:
            raise fault_in_words(fault) from fault

    def _rest(self, response: httpx.Response, into: bytearray) -> bytes:
        if response.status_code == 200:
            into.clear()
        for part in response.iter_bytes():
            if len(into) + len(part) > ANSWER_BYTES_MAX:
                raise LinkError("The server's answer is too long.")
            into += part
            self._meter.count_step()
        return bytes(into)

    def ask_json(self, method: str, path: str, content: Mapping[str, object]) -> Answer:
        """As `ask`, with a JSON object as content."""
        return self.ask(method, path, json.dumps(content).encode())


def refusal_of(answer: Answer) -> Exception:
    """Return the error for an answer that nobody expected."""
    if answer.status == 422 and b'"sequence"' in answer.content:
        told = answer.json()
        sequence = told.get("sequence")
        if isinstance(sequence, int):
            return PoisonRecord(sequence, clean_text(str(told.get("why", "no reason given"))))
    if answer.status in (409, 422) and b'"alarm":true' in answer.content:
        return AuditError(answer.words(), "The server takes nothing more from this box.")
    return LinkError(f"The server answered {answer.status}: {answer.words()}")


def _raise_for(answer: Answer, retry_after: str | None) -> None:
    if answer.status in (401, 403):
        raise LinkRefused(answer.words())
    if answer.status == 507:
        raise ServerFull(f"The server has no room: {answer.words()}")
    if answer.status == 429 or answer.status >= 500:
        after_s = float(retry_after) if retry_after and retry_after.isdecimal() else None
        raise ServerBusy(f"The server answered {answer.status}: {answer.words()}", after_s)


def _bounded(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            raise LinkError("The server's answer is too long.")
        parts.append(part)
    return b"".join(parts)


def fault_in_words(fault: Exception) -> LinkError:
    """Return the fault in our words: a refusal if TLS says so, else something that may pass."""
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return LinkRefused(f"The server is not trusted: {_certificate_words(cause)}.")
        if isinstance(cause, ssl.SSLError) and cause.reason in _HANDSHAKE_WORDS:
            return LinkRefused(f"The server refuses: {_HANDSHAKE_WORDS[cause.reason]}.")
        cause = cause.__cause__ or cause.__context__
    return ServerAway(f"The connection failed: {_plain_words(fault)}.")


def _plain_words(fault: Exception) -> str:
    """Return what the system says, without its number."""
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return clean_text(cause.strerror)
        cause = cause.__cause__ or cause.__context__
    return clean_text(str(fault)) or type(fault).__name__


def _certificate_words(fault: ssl.SSLCertVerificationError) -> str:
    if fault.verify_code == _EXPIRED:
        return "its certificate has expired, or this box's clock is wrong"
    if fault.verify_code == _NOT_YET:
        return "its certificate is not valid yet, or this box's clock is wrong"
    if fault.verify_code in _OTHER_NAME:
        return "its certificate is for another name"
    return "its certificate is not of the authority that this box was enrolled with"
