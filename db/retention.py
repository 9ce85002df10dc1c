"""The signed retention rules of a store, and the notices of what will go by them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import AuditError, InputError
from alpr_core.purge import PurgeNotice, PurgeTally, aged_by, leap_words
from alpr_core.purge_certificate import PurgeCertificate, parse_certificate
from alpr_core.retention import DataClass, RetentionRules, open_rules
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import from_micros, to_micros
from db.retention_models import PurgeClockRow, PurgeNoticeRow, PurgeRunRow, RetentionRulesRow


class Retention:
    """Rules, notices and certificates of one store.

    Every method may be called from any thread; what changes something runs in the caller's transaction.
    """

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def rules(self) -> RetentionRules | None:
        """Return the rules that count, their signature checked again; None if there are none yet.

        Raises:
            InputError: the signature does not hold any more.
        """
        row = self._newest_rules()
        return None if row is None else open_rules(bytes(row.note), [Verifier.parse(row.vkey)])

    def signer(self) -> str | None:
        """Return the verifier key whose rules are taken; None if there are none yet."""
        row = self._newest_rules()
        return None if row is None else str(row.vkey)

    def note(self) -> bytes | None:
        """Return the signed note of the rules that count, as it came."""
        row = self._newest_rules()
        return None if row is None else bytes(row.note)

    def take_rules(self, note: bytes, vkey: str, now: datetime, by: str) -> RetentionRules:
        """Make signed rules the ones that count.

        Args:
            vkey: Verifier key that must have signed them.

        Raises:
            InputError: not signed by this key, no rules, or no newer version than those that count.
        """
        try:
            verifier = Verifier.parse(vkey)
        except AuditError as error:
            raise InputError(f"The agency's key cannot be used: {error.what}") from error
        rules = open_rules(note, [verifier])
        before = self._newest_rules()
        if before is not None and rules.version <= before.version:
            raise InputError(
                f"Version {rules.version} is not newer than version {before.version} in the store.",
                "The rules are as they were.",
            )
        with told_as_store_errors(self._database.file):
            RetentionRulesRow.insert(
                version=rules.version, note=note, vkey=vkey, taken_at=now, taken_by=by
            ).execute(self._database)
        return rules

    def open_notice(self) -> PurgeNotice | None:
        """Return what was announced and has not ended; None if nothing was."""
        with told_as_store_errors(self._database.file):
            is_open = PurgeNoticeRow.ended_at.is_null()
            rows = list(PurgeNoticeRow.select().where(is_open).execute(self._database))
        return _notice(rows[0]) if rows else None

    def announce(
        self,
        rules: RetentionRules,
        cut_offs: Mapping[DataClass, datetime],
        tally: PurgeTally,
        now: datetime,
    ) -> int:
        """Write that a purge is announced and return its number."""
        written = {kind.value: to_micros(at) for kind, at in cut_offs.items()}
        with told_as_store_errors(self._database.file):
            insert = PurgeNoticeRow.insert(
                announced_at=now,
                rules_version=rules.version,
                cut_offs=json.dumps(written),
                tally=tally_text(tally),
                aged_s=0,
                confirmed_by="[]",
            )
            return int(insert.execute(self._database))

    def confirm(self, notice: PurgeNotice, badge: str) -> None:
        """Write that somebody has confirmed it."""
        names = json.dumps([*notice.confirmed_by, badge])
        change = PurgeNoticeRow.update(confirmed_by=names)
        with told_as_store_errors(self._database.file):
            change.where(PurgeNoticeRow.id == notice.notice_id).execute(self._database)

    def end_notice(self, notice_id: int, how: str, now: datetime) -> None:
        """Write that a notice was carried out or withdrawn."""
        change = PurgeNoticeRow.update(ended_at=now, ended_how=how)
        with told_as_store_errors(self._database.file):
            change.where(PurgeNoticeRow.id == notice_id).execute(self._database)

    def clock_stopped_why(self) -> str | None:
        """Return why no purge runs by this clock; None if nothing speaks against it."""
        row = self._clock()
        return None if row is None else row.stopped_why

    def look_at_clock(self, now: datetime) -> str | None:
        """Note the time of a look and let the open notice age; return what is wrong with the clock, if anything.

        A clock that has leapt stays stopped until `confirm_clock`.
        """
        row = self._clock()
        looked_at = None if row is None else row.looked_at
        why = (None if row is None else row.stopped_why) or leap_words(looked_at, now)
        if why is None and looked_at is not None:
            step_s = aged_by(looked_at, now) // timedelta(seconds=1)
            is_open = PurgeNoticeRow.ended_at.is_null()
            aged = PurgeNoticeRow.update(aged_s=PurgeNoticeRow.aged_s + step_s).where(is_open)
            with told_as_store_errors(self._database.file):
                aged.execute(self._database)
        self._write_clock(now, why)
        return why

    def confirm_clock(self, now: datetime) -> None:
        """Write that a person has looked at the date and found it right."""
        self._write_clock(now, None)

    def certificates(self) -> tuple[PurgeCertificate, ...]:
        """Return the certificates of all purges, newest first."""
        with told_as_store_errors(self._database.file):
            is_done = PurgeRunRow.certificate.is_null(False)
            rows = PurgeRunRow.select().where(is_done).order_by(PurgeRunRow.id.desc())
            texts = [str(row.certificate) for row in rows.execute(self._database)]
        return tuple(parse_certificate(text) for text in texts)

    def _newest_rules(self) -> RetentionRulesRow | None:
        with told_as_store_errors(self._database.file):
            newest = RetentionRulesRow.select().order_by(RetentionRulesRow.version.desc()).limit(1)
            rows = list(newest.execute(self._database))
        return rows[0] if rows else None

    def _clock(self) -> PurgeClockRow | None:
        with told_as_store_errors(self._database.file):
            rows = list(PurgeClockRow.select().execute(self._database))
        return rows[0] if rows else None

    def _write_clock(self, now: datetime, stopped_why: str | None) -> None:
        values = {"looked_at": now, "stopped_why": stopped_why}
        with told_as_store_errors(self._database.file):
            PurgeClockRow.insert(id=1, **values).on_conflict(
                conflict_target=[PurgeClockRow.id], update=values
            ).execute(self._database)


def tally_text(tally: PurgeTally) -> str:
    """Return a tally as JSON."""
    return json.dumps(
        {
            "reads": tally.reads,
            "hits": tally.hits,
            "pictures": tally.pictures,
            "oldest": None if tally.oldest is None else to_micros(tally.oldest),
            "newest": None if tally.newest is None else to_micros(tally.newest),
            "held": tally.held,
            "unreceipted": tally.unreceipted,
            "subject_days": tally.subject_days,
        }
    )


def parse_tally(text: str) -> PurgeTally:
    """Return the tally that `tally_text` wrote."""
    content = json.loads(text)
    for name in ("oldest", "newest"):
        content[name] = None if content[name] is None else from_micros(content[name])
    return PurgeTally(**content)


def _notice(row: PurgeNoticeRow) -> PurgeNotice:
    written = json.loads(row.cut_offs)
    return PurgeNotice(
        notice_id=row.id,
        announced_at=row.announced_at,
        rules_version=row.rules_version,
        cut_offs={kind: from_micros(written[kind.value]) for kind in DataClass},
        tally=parse_tally(row.tally),
        aged=timedelta(seconds=row.aged_s),
        confirmed_by=tuple(json.loads(row.confirmed_by)),
    )
