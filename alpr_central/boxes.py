"""Which boxes there are: enrolled by a one-time code, known by certificate, revoked, under alarm or not."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from alpr_central.authority import KeyAndCertificate, box_id_of, issue_box
from alpr_central.database_faults import told_as_store_errors
from alpr_central.databases import Records
from alpr_central.models import BoxRow, EnrolCodeRow
from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import AccessRefused, AuditError, InputError
from alpr_core.instants import from_micros, to_micros
from alpr_core.sync.batch import batch_key_name
from alpr_core.sync.witnessing import Witnessed
from alpr_core.terminal_text import clean_text

CODE_LIFE = timedelta(hours=24)
_CODE_BYTES = 15
"""120 bits: nobody guesses it, and it is 24 signs long."""

_READER_KEY = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Box:
    """One enrolled box as the server knows it."""

    box_id: int
    name: str
    log: str
    batch_vkey: str
    is_revoked: bool
    alarm_why: str | None
    last_sequence: int
    witnessed: Witnessed
    enrolled_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """What a box says of itself when it is enrolled."""

    log: str
    log_vkey: str
    batch_vkey: str
    reader_key: str
    """X25519, hexadecimal."""
    certificate_request_pem: str


class Boxes:
    """The register of boxes. Every method may be called from any thread.

    Every method raises StoreError if the database refuses.
    """

    def __init__(self, records: Records, authority: KeyAndCertificate) -> None:
        self._records = records
        self._authority = authority

    def make_code(self, name: str, now: datetime) -> str:
        """Return a code that enrols a box under this name once, within CODE_LIFE.

        Raises:
            InputError: the name is empty or hides signs.
        """
        shown = clean_text(name, 40)
        if not shown or shown != name:
            raise InputError("That is no name for a box.", "Use up to 40 printable signs.")
        code = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode("ascii")
        with told_as_store_errors():
            EnrolCodeRow.insert(
                code_hash=_code_hash(code), box=shown, expires_at=to_micros(now + CODE_LIFE)
            ).execute(self._records.db)
        return code

    def enrol(self, code: str, request: EnrolRequest, now: datetime) -> tuple[Box, str]:
        """Enrol the box that brings the code; return it and its certificate as PEM.

        A box with the same log comes back as itself; another log under the same name takes the place of the
        earlier one, which is revoked.

        Raises:
            AccessRefused: the code is wrong, used or too old, or is for another box than the log is of.
            InputError: keys or request are none, or the log's key is of another log.
        """
        _check_keys(request)
        db = self._records.db
        with told_as_store_errors(), db.atomic():
            is_code = EnrolCodeRow.code_hash == _code_hash(code)
            row = EnrolCodeRow.select().where(is_code).get_or_none(db)
            taken = 0 if row is None else EnrolCodeRow.delete().where(is_code).execute(db)
            if row is None or taken != 1 or row.expires_at <= to_micros(now):
                raise AccessRefused(
                    "The enrolment code is wrong, was used, or is too old.",
                    "Ask the administrator for another one: `alpr central enrol-code BOX`.",
                )
            box_id = self._enter(row.box, request, now)
            pem, serial = issue_box(self._authority, request.certificate_request_pem, box_id, now)
            BoxRow.update(serial=serial, next_serial="").where(BoxRow.id == box_id).execute(db)
        return self._get(box_id), pem

    def renew(self, box: Box, certificate_request_pem: str, now: datetime) -> str:
        """Return a box's next certificate; once it has been shown, the one before is refused.

        Not earlier: the answer may be lost on its way, and the box would be locked out.
        """
        pem, serial = issue_box(self._authority, certificate_request_pem, box.box_id, now)
        self._set(box.box_id, next_serial=serial)
        return pem

    def of_certificate(self, certificate_der: bytes, now: datetime) -> Box:
        """Return the box that connects with this certificate, which TLS has verified.

        Raises:
            AccessRefused: it is no box's, was replaced, or the box was revoked.
        """
        named = box_id_of(certificate_der)
        with told_as_store_errors():
            row = None
            if named is not None:
                row = BoxRow.select().where(BoxRow.id == named[0]).get_or_none(self._records.db)
        if named is None or row is None:
            raise AccessRefused("The certificate is no box's of this server.", "Enrol the box.")
        if row.revoked_at is not None:
            why = clean_text(row.revoked_why) or "no reason stated"
            raise AccessRefused(f"Box {row.name} was revoked: {why}.", "Enrol the box again.")
        if named[1] not in (row.serial, row.next_serial):
            raise AccessRefused(
                f"Box {row.name} has a newer certificate than this one.", "Enrol the box again."
            )
        if named[1] == row.next_serial:
            self._set(row.id, serial=row.next_serial, next_serial="", seen_at=to_micros(now))
        else:
            self._set(row.id, seen_at=to_micros(now))
        return _box(row)

    def all(self) -> tuple[Box, ...]:
        """Return every box, by name."""
        with told_as_store_errors():
            rows = list(BoxRow.select().order_by(BoxRow.name, BoxRow.id).execute(self._records.db))
        return tuple(map(_box, rows))

    def readers(self) -> dict[str, bytes]:
        """Return the keys of all boxes that were not revoked, by their logs."""
        trusted = BoxRow.select(BoxRow.log, BoxRow.reader_key).where(BoxRow.revoked_at.is_null())
        with told_as_store_errors():
            rows = trusted.tuples().execute(self._records.db)
            return {str(log): bytes.fromhex(key) for log, key in rows}

    def find(self, name: str) -> Box:
        """Return the newest box of this name.

        Raises:
            InputError: there is none.
        """
        found = [box for box in self.all() if box.name == name]
        if not found:
            raise InputError(
                f"There is no box {clean_text(name, 40)}.", "See `alpr central boxes`."
            )
        return max(found, key=lambda box: box.box_id)

    def refreshed(self, box: Box) -> Box:
        """Return the box as it is now."""
        return self._get(box.box_id)

    def revoke(self, box: Box, why: str, now: datetime) -> None:
        """Refuse this box from now on, at its next request."""
        self._set(box.box_id, revoked_at=to_micros(now), revoked_why=clean_text(why))

    def raise_alarm(self, box: Box, why: str) -> None:
        """Take nothing more from this box until an administrator has cleared the alarm up."""
        self._set(box.box_id, alarm_why=clean_text(why))

    def clear_alarm(self, box: Box) -> None:
        """Take records of this box again."""
        self._set(box.box_id, alarm_why=None)

    def keep_witnessed(
        self, box: Box, before: int, now: Witnessed, note: bytes, at: datetime
    ) -> bool:
        """Keep what was cosigned; False if another request was faster. Nothing is changed then."""
        kept = BoxRow.update(
            witnessed_size=now.size,
            witnessed_root=now.root.hex(),
            witnessed_note=note.decode(),
            witnessed_at=to_micros(at),
            log_vkey=now.vkey,
        ).where((BoxRow.id == box.box_id) & (BoxRow.witnessed_size == before))
        with told_as_store_errors():
            return bool(kept.execute(self._records.db) == 1)

    def keep_log_key(self, box: Box, vkey: str) -> None:
        """Trust the log's next key from now on."""
        self._set(box.box_id, log_vkey=vkey)

    def _enter(self, name: str, request: EnrolRequest, now: datetime) -> int:
        db = self._records.db
        same_log = BoxRow.select().where(BoxRow.log == request.log).get_or_none(db)
        if same_log is not None and same_log.name != name:
            raise AccessRefused(
                f"This log is box {same_log.name}'s; the code is for {name}.",
                f"Ask the administrator for a code: `alpr central enrol-code {same_log.name}`.",
            )
        values = {
            "name": name,
            "batch_vkey": request.batch_vkey,
            "reader_key": request.reader_key,
            "enrolled_at": to_micros(now),
            "revoked_at": None,
        }
        replaced = (BoxRow.name == name) & (BoxRow.log != request.log) & BoxRow.revoked_at.is_null()
        BoxRow.update(revoked_at=to_micros(now), revoked_why="another box took its place").where(
            replaced
        ).execute(db)
        if same_log is not None:
            # The log's key stays the witnessed one: enrolling again is no way around a rewritten log.
            BoxRow.update(**values).where(BoxRow.id == same_log.id).execute(db)
            return int(same_log.id)
        return int(
            BoxRow.insert(**values, log=request.log, log_vkey=request.log_vkey, serial="").execute(
                db
            )
        )

    def _get(self, box_id: int) -> Box:
        with told_as_store_errors():
            return _box(BoxRow.select().where(BoxRow.id == box_id).get(self._records.db))

    def _set(self, box_id: int, **values: object) -> None:
        with told_as_store_errors():
            BoxRow.update(**values).where(BoxRow.id == box_id).execute(self._records.db)


def _box(row: BoxRow) -> Box:
    return Box(
        box_id=row.id,
        name=row.name,
        log=row.log,
        batch_vkey=row.batch_vkey,
        is_revoked=row.revoked_at is not None,
        alarm_why=row.alarm_why,
        last_sequence=row.last_sequence,
        witnessed=Witnessed(
            row.log, row.witnessed_size, bytes.fromhex(row.witnessed_root), row.log_vkey
        ),
        enrolled_at=from_micros(row.enrolled_at),
        seen_at=None if row.seen_at is None else from_micros(row.seen_at),
    )


def _check_keys(request: EnrolRequest) -> None:
    try:
        names = (Verifier.parse(request.log_vkey).name, Verifier.parse(request.batch_vkey).name)
    except AuditError as fault:
        raise InputError(f"The box's keys: {fault.what}", "Nothing was enrolled.") from fault
    if _READER_KEY.fullmatch(request.reader_key) is None:
        raise InputError("The box's reader key is none.", "Nothing was enrolled.")
    if names != (request.log, batch_key_name(request.log)):
        raise InputError("The box's keys are of another log.", "Nothing was enrolled.")


def _code_hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
