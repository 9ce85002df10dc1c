"""The first contact: a one-time code makes this box known to its server, and the server to this box.

The code that an administrator hands over is one line, `https://host:port#<fingerprint>.<code>`. The fingerprint
is that of the server's authority: before it has been compared, nothing is sent, the code least of all.

Source: docs/sync-protocol.md, section 7.
"""

from __future__ import annotations

import re
import secrets
import ssl
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from alpr_core.audit.signed_note import Signer, Verifier
from alpr_core.errors import InputError, LinkError, LinkRefused
from alpr_core.sealing import reader_key
from alpr_core.sync.batch import batch_key_name
from alpr_core.sync.state import ServerLink
from alpr_core.sync.tls import fingerprint, first_certificate, fresh_key, key_pem, make_request
from alpr_core.terminal_text import clean_text
from db.store import Store
from scheduler.sync.line import Line, fault_in_words, refusal_of
from scheduler.sync.pacing import Meter, Pace

AUTHORITY_BYTES_MAX = 16 * 1024
_CODE = re.compile(r"(https://[^\s#/]+)/?#([0-9a-f]{64})\.([A-Za-z2-7]{24})")


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """What an administrator hands over."""

    server: str
    authority: str
    """SHA-256 of the certificate of the server's authority, hexadecimal: nobody else is told the code."""
    code: str = field(repr=False)


def parse_code(typed: str) -> EnrolmentCode:
    """Return the parts of the line.

    Raises:
        InputError: that is no code.
    """
    found = _CODE.fullmatch(typed.strip())
    if found is None:
        raise InputError(
            "That is no enrolment code.", "Copy the whole line of `alpr central enrol-code`."
        )
    return EnrolmentCode(*found.groups())


def ask_for_link(store: Store, brought: EnrolmentCode, now: datetime, pace: Pace) -> ServerLink:
    """Return the link that a code opens; it is not kept yet.

    Raises:
        LinkRefused: another server answers, or it refuses the code.
        LinkError: the server is not reached.
    """
    authority_pem = _authority_of(brought.server, brought.authority, pace)
    known = store.sync.link()
    # The key stays with the store: a batch under way must make the same bytes after enrolling again.
    seed = secrets.token_bytes(32) if known is None else known.signing_seed
    log, key = store.audit.origin(), fresh_key()
    asked = {
        "code": brought.code,
        "log": log,
        "log_vkey": store.audit.vkey(),
        "batch_vkey": Signer(batch_key_name(log), seed).verifier.vkey,
        "reader_key": reader_key(seed).public_key().public_bytes_raw().hex(),
        "certificate_request": make_request(key),
    }
    line = Line(
        brought.server, authority_pem, "", "", pace, Meter(None, lambda: 0.0, lambda _s: None)
    )
    try:
        answer = line.ask_json("POST", "/v1/enrol", asked)
        if answer.status != 200:
            raise refusal_of(answer)
        told = answer.json()
    finally:
        line.close()
    try:
        link = ServerLink(
            brought.server, clean_text(str(told["box"]), 40), authority_pem, str(told["certificate"]),
            key_pem(key), seed, str(told["server_vkey"]), str(told["witness_vkey"]), now,
        )  # fmt: skip
        Verifier.parse(link.server_vkey)
    except KeyError as fault:
        raise LinkError("The server's answer lacks a key.") from fault
    return link


def _authority_of(server: str, expected: str, pace: Pace) -> str:
    """Return the server's authority, if it is the one that the administrator's code names."""
    blind = ssl.create_default_context()
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    try:
        answer = httpx.get(
            f"{server}/v1/authority", verify=blind, timeout=pace.answer_limit_s, trust_env=False
        )
        # Whoever stands between may add an authority of his own behind the right one.
        pem = first_certificate(answer.content[:AUTHORITY_BYTES_MAX].decode("ascii", "replace"))
        is_it = answer.status_code == 200 and fingerprint(pem) == expected
    except (httpx.HTTPError, ssl.SSLError, OSError) as fault:
        raise fault_in_words(fault) from fault
    except ValueError:
        is_it = False
    if not is_it:
        raise LinkRefused(
            f"At {clean_text(server)} another server answers than the code is of.",
            "Nothing was sent. Ask the administrator for the code again.",
        )
    return pem
