"""Hits, verifications and actions of this store (`alpr_core.desk.hits.HitShelf`).

The queue of hits is a question to the table, not a list in memory: it has no limit, and nothing is in it that
could be lost.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.errors import StoreError
from alpr_core.hit import Hit, HitOrigin
from alpr_core.precision import JudgedHit
from alpr_core.sighting import Match
from alpr_core.verification import (
    Answer,
    Checks,
    CletsResult,
    Deed,
    Disposition,
    HitAction,
    Verification,
)
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.hit_models import HitActionRow, HitRow, VerificationRow
from db.hit_rows import hit_content, hit_fields, to_hit
from db.instants import to_micros
from db.outbox import put_in_outbox

OUTBOX_VERIFICATION, OUTBOX_HIT_ACTION, OUTBOX_PAST_HIT = "verification", "hit_action", "past_hit"
"""`kind` of outbox rows that carry what people said and did, and what was found afterwards."""

PAYLOAD_VERSION = 1
"""First field of every payload; a changed meaning of any field needs the next number."""

_IS_JUDGED = fn.EXISTS(
    VerificationRow.select(VerificationRow.id).where(VerificationRow.hit_id == HitRow.id)
)

_JUDGED = """
    SELECT hit.hotlist, s.camera, s.plate, hit.plate, hit.differing, v.disposition FROM hit
    JOIN sighting AS s ON s.id = hit.sighting_id
    LEFT JOIN verification AS v
        ON v.id = (SELECT max(newest.id) FROM verification AS newest WHERE newest.hit_id = hit.id)
    WHERE hit.is_alert
"""


class Hits:
    """Hits of this store. Every method may be called from any thread; who adds holds the transaction."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def get(self, hit_id: str) -> Hit | None:
        """Return one hit; None if there is none, or a covert one."""
        chosen = HitRow.select().where((HitRow.id == hit_id) & ~HitRow.is_covert)
        return next(iter(self._hits(chosen)), None)

    def of_sighting(self, sighting_id: str) -> tuple[Hit, ...]:
        """Return what the car shows of a sighting, in order."""
        chosen = HitRow.select().where((HitRow.sighting_id == sighting_id) & ~HitRow.is_covert)
        return self._hits(chosen.order_by(HitRow.place))

    def waiting(
        self, data: Collection[DataAuthorisation], limit: int, offset: int = 0
    ) -> tuple[Hit, ...]:
        """Return alerts that nobody has verified or skipped, most urgent first, then oldest."""
        return self._hits(
            HitRow.select()
            .where(HitRow.is_alert & ~_IS_JUDGED & _of(data))
            .order_by(HitRow.priority, HitRow.raised_at, HitRow.id)
            .limit(limit)
            .offset(offset)
        )

    def waiting_count(self, data: Collection[DataAuthorisation]) -> int:
        """Return how many alerts wait whose data somebody with these authorisations may see."""
        chosen = HitRow.select(fn.COUNT(HitRow.id)).where(HitRow.is_alert & ~_IS_JUDGED & _of(data))
        with told_as_store_errors(self._database.file):
            return int(next(iter(chosen.tuples().execute(self._database)))[0])

    def handled(
        self, data: Collection[DataAuthorisation], since: datetime, limit: int, offset: int = 0
    ) -> tuple[Hit, ...]:
        """Return verified and skipped alerts raised since a time, newest first."""
        return self._hits(
            HitRow.select()
            .where(HitRow.is_alert & (HitRow.raised_at >= since) & _IS_JUDGED & _of(data))
            .order_by(HitRow.raised_at.desc(), HitRow.id.desc())
            .limit(limit)
            .offset(offset)
        )

    def later_plate(self, sighting_id: str) -> str | None:
        """Return what later frames of the same pass read instead; None if they read nothing else."""
        with told_as_store_errors(self._database.file):
            row = self._database.execute_sql(
                "SELECT plate FROM sighting WHERE supersedes = ? ORDER BY id DESC LIMIT 1",
                (sighting_id,),
            ).fetchone()
        return None if row is None else str(row[0])

    def verifications(self, hit_id: str) -> tuple[Verification, ...]:
        """Return what was said about a hit, oldest first; the last one counts."""
        chosen = VerificationRow.select().where(VerificationRow.hit_id == hit_id)
        with told_as_store_errors(self._database.file):
            rows = list(chosen.order_by(VerificationRow.id).execute(self._database))
        return tuple(_to_verification(row) for row in rows)

    def actions(self, hit_id: str) -> tuple[HitAction, ...]:
        """Return what was done because of a hit, oldest first."""
        chosen = HitActionRow.select().where(HitActionRow.hit_id == hit_id)
        with told_as_store_errors(self._database.file):
            rows = list(chosen.order_by(HitActionRow.id).execute(self._database))
        return tuple(
            HitAction(row.hit_id, Deed(row.action), row.note, row.taken_by, row.recorded_at)
            for row in rows
        )

    def judged(self) -> tuple[JudgedHit, ...]:
        """Return every alert with the newest that was said about it."""
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(_JUDGED).fetchall()
        return tuple(
            JudgedHit(
                hotlist,
                camera,
                read,
                listed,
                tuple(json.loads(differing)),
                None if disposition is None else Disposition(disposition),
            )
            for hotlist, camera, read, listed, differing, disposition in rows
        )

    def verify(self, verification: Verification) -> None:
        """Add a verification and what is to be sent of it."""
        checks = verification.checks
        fields: dict[str, Any] = {
            "hit_id": verification.hit_id,
            "characters": None if checks is None else checks.characters.value,
            "state": None if checks is None else checks.state.value,
            "vehicle": None if checks is None else checks.vehicle.value,
            "clets": None if checks is None else checks.clets.value,
            "clets_by": "" if checks is None else checks.clets_by,
            "clets_reference": "" if checks is None else checks.clets_reference,
            "disposition": None if checks is None else checks.disposition.value,
            "skipped_because": verification.skipped_because,
            "verified_by": verification.verified_by,
            "after_alert_ms": verification.after_alert // timedelta(milliseconds=1),
        }
        at = verification.verified_at
        with told_as_store_errors(self._database.file):
            VerificationRow.insert(**fields, verified_at=at).execute(self._database)
            sent = {**fields, "verified_at_us": to_micros(at)}
            self._send(OUTBOX_VERIFICATION, verification.hit_id, sent, at)

    def act(self, action: HitAction) -> None:
        """Add an action and what is to be sent of it."""
        fields = {
            "hit_id": action.hit_id,
            "action": action.deed.value,
            "note": action.note,
            "taken_by": action.taken_by,
        }
        at = action.recorded_at
        with told_as_store_errors(self._database.file):
            HitActionRow.insert(**fields, recorded_at=at).execute(self._database)
            sent = {**fields, "recorded_at_us": to_micros(at)}
            self._send(OUTBOX_HIT_ACTION, action.hit_id, sent, at)

    def add_later(
        self,
        sighting_id: str,
        match: Match,
        raised_at: datetime,
        origin: HitOrigin,
        *,
        is_alert: bool,
    ) -> Hit | None:
        """Add a hit of a read that is stored already; None if the entry is among its hits.

        Args:
            is_alert: It waits to be verified; never true of a covert one.
        """
        with told_as_store_errors(self._database.file):
            before = HitRow.select().where(HitRow.sighting_id == sighting_id)
            known = [to_hit(row) for row in before.execute(self._database)]
            if any(_is_same(hit, match) for hit in known):
                return None
            place = max((hit.place for hit in known), default=-1) + 1
            hit = Hit(sighting_id, place, match, raised_at, is_alert, origin)
            HitRow.insert(hit_fields(hit)).execute(self._database)
            sent = {**hit_content(hit), "origin": origin.value}
            self._send(OUTBOX_PAST_HIT, hit.hit_id, sent, raised_at)
        return hit

    def _send(self, kind: str, hit_id: str, content: dict[str, Any], at: datetime) -> None:
        sighting_id = hit_id.rpartition("-")[0]
        sent = {"version": PAYLOAD_VERSION, "sighting_id": sighting_id, **content}
        put_in_outbox(self._database, kind, sent, at, sighting_id)

    def _hits(self, chosen: Any) -> tuple[Hit, ...]:  # Any: Peewee's query
        with told_as_store_errors(self._database.file):
            rows: Sequence[HitRow] = list(chosen.execute(self._database))
        return tuple(to_hit(row) for row in rows)


def _of(data: Collection[DataAuthorisation]) -> Any:  # Any: Peewee's expression
    return HitRow.data.in_([one.value for one in data])


def _is_same(hit: Hit, match: Match) -> bool:
    one, other = hit.match.entry, match.entry
    return (one.hotlist, one.plate, one.state, one.hotlist_class, one.reference) == (
        other.hotlist,
        other.plate,
        other.state,
        other.hotlist_class,
        other.reference,
    )


def _to_verification(row: VerificationRow) -> Verification:
    checks = None
    if row.disposition is not None:
        if row.clets is None:
            raise StoreError("A verification in the store has no result.", "Restore a copy.")
        checks = Checks(
            Answer(row.characters),
            Answer(row.state),
            Answer(row.vehicle),
            CletsResult(row.clets),
            row.clets_by,
            row.clets_reference,
            Disposition(row.disposition),
        )
    return Verification(
        row.hit_id,
        checks,
        row.skipped_because,
        row.verified_by,
        row.verified_at,
        timedelta(milliseconds=row.after_alert_ms),
    )
