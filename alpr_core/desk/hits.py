"""Hits at the desk: the queue of those that wait, their verification, what was done, and what they were worth.

    alert ─▶ looked at ─▶ verified, or skipped with a reason ─▶ action taken

No action is recorded before the verification is. A hit is shown only to an operator who is authorised for its
data, and leaves the queue by nothing but a verification or a skip that is on the log.

Source: policy 462.3(e)(f), 462.5(a); Civil Code 1798.90.51(b)(2)(F), 1798.90.52(a).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from alpr_core.accounts.user import DataAuthorisation, User
from alpr_core.audit.entry import Subject
from alpr_core.desk.access_entry import Record
from alpr_core.desk.desk import Desk
from alpr_core.desk.reads import ReadShelf
from alpr_core.errors import AccessRefused, InputError, StoreError
from alpr_core.hit import Hit
from alpr_core.permissions import Action
from alpr_core.precision import JudgedHit, PrecisionLedger, count_precision
from alpr_core.sighting import StoredSighting
from alpr_core.terminal_text import clean_text
from alpr_core.verification import (
    REASON_CHARS_MAX,
    Checks,
    Deed,
    HitAction,
    Verification,
    make_reason,
)

WHERE = "hits"

PAGE_ROWS = 40
"""Hits of one page of the queue."""

HANDLED_FOR = timedelta(hours=24)
"""How long a handled hit stays on its page; older ones are found by search, with purpose and case."""


class HitShelf(Protocol):
    """Where hits lie, see `db.hits.Hits`. Who adds holds the transaction."""

    def get(self, hit_id: str) -> Hit | None: ...

    def of_sighting(self, sighting_id: str) -> tuple[Hit, ...]: ...

    def waiting(
        self, data: Collection[DataAuthorisation], limit: int, offset: int = 0
    ) -> tuple[Hit, ...]: ...

    def waiting_count(self, data: Collection[DataAuthorisation]) -> int: ...

    def handled(
        self, data: Collection[DataAuthorisation], since: datetime, limit: int, offset: int = 0
    ) -> tuple[Hit, ...]: ...

    def later_plate(self, sighting_id: str) -> str | None: ...

    def verifications(self, hit_id: str) -> tuple[Verification, ...]: ...

    def actions(self, hit_id: str) -> tuple[HitAction, ...]: ...

    def judged(self) -> tuple[JudgedHit, ...]: ...

    def verify(self, verification: Verification) -> None: ...

    def act(self, action: HitAction) -> None: ...


@dataclass(frozen=True, slots=True)
class HitLine:
    """One hit as a table shows it."""

    hit: Hit
    read: StoredSighting
    verification: Verification | None
    """The newest; None means that it waits."""
    actions: tuple[HitAction, ...]


@dataclass(frozen=True, slots=True)
class OpenedHit:
    """One hit with everything that is known of it."""

    hit: Hit
    others: tuple[Hit, ...]
    """Further hits of the same sighting."""
    read: StoredSighting
    later_plate: str | None
    """What later frames of the same pass read instead."""
    verifications: tuple[Verification, ...]
    """Oldest first; the last one counts."""
    actions: tuple[HitAction, ...]
    plate_jpeg: bytes | None
    scene_jpeg: bytes | None


class Hits:
    """Hits for whoever is at the desk.

    Every method raises AccessRefused, StoreError or AuditError, and has then shown and changed nothing.
    """

    def __init__(
        self, desk: Desk, shelf: HitShelf, reads: ReadShelf, now: Callable[[], datetime]
    ) -> None:
        self._desk = desk
        self._shelf = shelf
        self._reads = reads
        self._now = now

    def waiting_count(self) -> int:
        """Return how many hits wait for somebody; a number, which is no secret of a locked screen."""
        return self._shelf.waiting_count(tuple(DataAuthorisation))

    def waiting(self, offset: int = 0) -> tuple[HitLine, ...]:
        """Return a page of the queue, most urgent first."""
        user = self._desk.require(Action.VIEW_HIT, WHERE)
        hits = self._shelf.waiting(user.authorisations, PAGE_ROWS, offset)
        return self._lines(user, hits, "queue")

    def handled(self, offset: int = 0) -> tuple[HitLine, ...]:
        """Return a page of what was handled within HANDLED_FOR, newest first."""
        user = self._desk.require(Action.VIEW_HIT, WHERE)
        since = self._now() - HANDLED_FOR
        hits = self._shelf.handled(user.authorisations, since, PAGE_ROWS, offset)
        return self._lines(user, hits, "handled")

    def open(self, hit_id: str) -> OpenedHit:
        """Return one hit with its pictures.

        Raises:
            StoreError: there is no such hit any more, or a picture was altered.
        """
        user = self._desk.require(Action.VIEW_HIT, WHERE, subject=_of_hit(hit_id))
        hit = self._get(hit_id)
        read = self._read(hit)
        plate_jpeg, scene_jpeg = self._reads.pictures(hit.sighting_id)
        opened = OpenedHit(
            hit=hit,
            others=tuple(
                other
                for other in self._shelf.of_sighting(hit.sighting_id)
                if other.hit_id != hit_id and other.rule.data in user.authorisations
            ),
            read=read,
            later_plate=self._shelf.later_plate(hit.sighting_id),
            verifications=self._shelf.verifications(hit_id),
            actions=self._shelf.actions(hit_id),
            plate_jpeg=plate_jpeg,
            scene_jpeg=scene_jpeg,
        )
        with self._desk.doing(
            Action.VIEW_HIT, WHERE, subject=_of_hit(hit_id), by=user, hit=hit_id
        ) as record:
            _must_be_authorised(user, hit)
            _name(record, hit, read)
            if opened.later_plate is not None:
                record.plates.append(opened.later_plate)
        return opened

    def verify(self, hit_id: str, checks: Checks) -> Verification:
        """Record what was compared and asked, and what the hit turned out to be.

        Source: policy 462.3(f).
        """
        return self._verify(hit_id, checks, "")

    def skip(self, hit_id: str, reason: str) -> Verification:
        """Record that the hit was not verified, and why not; it shows as skipped for ever.

        Raises:
            InputError: no reason.
        """
        return self._verify(hit_id, None, make_reason(reason, "Skipping the verification"))

    def act(self, hit_id: str, deed: Deed, note: str = "") -> HitAction:
        """Record what was done.

        Raises:
            InputError: the hit was neither verified nor skipped before.
        """
        user = self._desk.require(Action.VERIFY_HIT, WHERE, subject=_of_hit(hit_id))
        hit = self._get(hit_id)
        words = clean_text(note, REASON_CHARS_MAX)
        with self._desk.doing(
            Action.VERIFY_HIT,
            WHERE,
            subject=Subject(note=words),
            by=user,
            hit=hit_id,
            step="action",
        ) as record:
            _must_be_authorised(user, hit)
            _name(record, hit, self._read(hit))
            record.facts["action"] = deed.value
            if not self._shelf.verifications(hit_id):
                raise InputError(
                    "Nothing is recorded as done before the hit is verified.",
                    "Verify it, or skip the verification with a reason.",
                )
            action = HitAction(hit_id, deed, words, user.badge, self._now())
            self._shelf.act(action)
        return action

    def ledger(self) -> PrecisionLedger:
        """Return how often lists, cameras and pairs of signs were right; it names no plate."""
        with self._desk.doing(Action.VIEW_PRECISION, WHERE):
            judged = self._shelf.judged()
        return count_precision(judged)

    def _verify(self, hit_id: str, checks: Checks | None, skipped_because: str) -> Verification:
        note = Subject(note=skipped_because)
        user = self._desk.require(Action.VERIFY_HIT, WHERE, subject=note)
        hit = self._get(hit_id)
        read = self._read(hit)
        with self._desk.doing(
            Action.VERIFY_HIT, WHERE, subject=note, by=user, hit=hit_id
        ) as record:
            _must_be_authorised(user, hit)
            _name(record, hit, read)
            now = self._now()
            after = max(timedelta(0), now - hit.raised_at)
            record.facts["after_s"] = f"{after.total_seconds():.1f}"
            record.facts.update(_checks_facts(checks))
            verification = Verification(hit_id, checks, skipped_because, user.badge, now, after)
            self._shelf.verify(verification)
        return verification

    def _lines(self, user: User, hits: tuple[Hit, ...], page: str) -> tuple[HitLine, ...]:
        lines = tuple(self._line(hit) for hit in hits)
        with self._desk.doing(
            Action.VIEW_HIT, WHERE, by=user, page=page, found=str(len(lines))
        ) as record:
            for line in lines:
                _name(record, line.hit, line.read)
        return lines

    def _line(self, hit: Hit) -> HitLine:
        said = self._shelf.verifications(hit.hit_id)
        newest = said[-1] if said else None
        return HitLine(hit, self._read(hit), newest, self._shelf.actions(hit.hit_id))

    def _get(self, hit_id: str) -> Hit:
        hit = self._shelf.get(hit_id)
        if hit is None:
            raise StoreError("This hit is not in the store.", "It may have been purged.")
        return hit

    def _read(self, hit: Hit) -> StoredSighting:
        read = self._reads.get(hit.sighting_id)
        if read is None:
            raise StoreError(
                "The read of this hit is not in the store.", "It may have been purged."
            )
        return read


def _must_be_authorised(user: User, hit: Hit) -> None:
    """Raise AccessRefused unless the operator may see this data. Source: policy 462.3(e)."""
    if hit.rule.data not in user.authorisations:
        raise AccessRefused(
            f"This hit is of {hit.rule.data.value} data, for which you are not authorised.",
            "Let somebody handle it who is.",
        )


def _name(record: Record, hit: Hit, read: StoredSighting) -> None:
    record.plates.extend((read.plate, hit.match.entry.plate))


def _checks_facts(checks: Checks | None) -> dict[str, str]:
    if checks is None:
        return {"verification": "skipped"}
    return {
        "characters": checks.characters.value,
        "state": checks.state.value,
        "vehicle": checks.vehicle.value,
        "clets": checks.clets.value,
        "clets_by": checks.clets_by,
        "clets_reference": checks.clets_reference,
        "disposition": checks.disposition.value,
    }


def _of_hit(hit_id: str) -> Subject:
    return Subject(query=(("hit", hit_id),))
