"""A server and its boxes for benches: made in a folder, opened again by another process with the same keys."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from alpr_central.authority import KeyAndCertificate, make_authority
from alpr_central.boxes import Box, EnrolRequest
from alpr_central.central import Central, CentralIdentity
from alpr_central.databases import open_records
from alpr_central.events import CentralEvent
from alpr_central.pictures import open_picture_store
from alpr_core.audit.signed_note import Signer
from alpr_core.sync.batch import batch_key_name
from alpr_core.sync.tls import fingerprint, fresh_key, make_request

_IDENTITY_FILE = "identity.json"


def utc() -> datetime:
    """Return the system's time."""
    return datetime.now(UTC)


def open_central(
    folder: Path,
    database: str | None = None,
    tell: Callable[[CentralEvent], None] = lambda _event: None,
    now: Callable[[], datetime] = utc,
    free_bytes: Callable[[], int] | None = None,
) -> Central:
    """Return the server of this folder, made if it is not there; its keys protect nothing."""
    records = open_records(database, folder, bytes(32))
    records.make_tables()
    store = open_picture_store(None, folder)
    identity = _identity(folder / _IDENTITY_FILE)
    return Central(identity, records, store, folder, now, tell, free_bytes)


def enrolment_line(central: Central, port: int, box: str) -> str:
    """Return what makes a box known to the server at this port."""
    code = central.boxes.make_code(box, utc())
    authority = fingerprint(central.identity.authority.certificate_pem)
    return f"https://127.0.0.1:{port}#{authority}.{code}"


def enrolled_box(central: Central, name: str) -> tuple[Box, Signer]:
    """Return a box that exists at the server only, and the key that signs its batches."""
    log = f"alpr-tui/box/{secrets.token_hex(8)}"
    signer = Signer(batch_key_name(log), secrets.token_bytes(32))
    log_key = Signer(log, secrets.token_bytes(32))
    request = EnrolRequest(
        log,
        log_key.verifier.vkey,
        signer.verifier.vkey,
        secrets.token_hex(32),
        make_request(fresh_key()),
    )
    box, _ = central.boxes.enrol(central.boxes.make_code(name, utc()), request, utc())
    return box, signer


def _identity(file: Path) -> CentralIdentity:
    if not file.exists():
        made = make_authority("Bench", utc())
        seeds = [base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3)]
        file.write_text(json.dumps([made.certificate_pem, made.key_pem, *seeds]))
    certificate, key, *seeds = json.loads(file.read_text())
    signing, witness, images = map(base64.b64decode, seeds)
    return CentralIdentity(
        "alpr-central.bench", KeyAndCertificate(certificate, key), signing, witness, images
    )
