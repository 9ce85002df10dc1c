"""The weekly review: a random sample of accesses, judged one by one and signed off by an auditor.

The box draws, not the auditor: what was drawn is on the log before anybody sees it, and a period that an
auditor has drawn from is never drawn from by him again, so that nobody draws until he likes the sample.
Nobody reviews what he did himself.

Source: policy 462.2.1(c)(d), 462.5(b)(c); Civil Code 1798.90.51(b)(2)(C), 1798.90.52; CJIS AU-6, AC-5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alpr_core.accounts.user import User
from alpr_core.audit.entry import NO_SUBJECT, Outcome, Subject
from alpr_core.audit.entry_form import to_hundredths
from alpr_core.desk.access_entry import Record
from alpr_core.desk.audit_ports import (
    AuditLog,
    AuditRecord,
    BrokenEntry,
    EntryFilter,
    Review,
    ReviewBook,
    SampledEntry,
    Verdict,
)
from alpr_core.desk.audit_review import AUDIT
from alpr_core.desk.desk import Desk
from alpr_core.errors import AccessRefused, InputError
from alpr_core.permissions import Action, Trait, has_trait
from alpr_core.terminal_text import clean_text

WHERE = "audit review"

SAMPLE_MIN = 10
"""Accesses of one sample, or all if there are fewer."""

SAMPLE_MAX = 100
"""More would not fit into the entry that tells what was drawn."""

WEEK = timedelta(days=7)

REMARK_CHARS_MAX = 500

_DRAW = "draw"
"""Step of the entry that tells what was drawn."""

_PAGE = 200

_FROM_THE_PATROL = frozenset(
    {Action.SEE_LIVE_READS, Action.NOTE_HIT, Action.VIEW_HIT, Action.VERIFY_HIT}
)
"""Show plates because a vehicle came by and not because somebody asked; there is no reason to judge."""

REVIEWED_ACTIONS = tuple(
    action.value
    for action in Action
    if action in {Action.VIEW_AUDIT, Action.EXPORT_AUDIT}
    or (has_trait(action, Trait.SHOWS_PLATES) and action not in _FROM_THE_PATROL)
)
"""Accesses that samples are drawn from: what shows stored plates to somebody who asked for it."""


@dataclass(frozen=True, slots=True)
class OpenedReview:
    """A review with the entries of its sample."""

    review: Review
    records: tuple[AuditRecord | BrokenEntry, ...]
    """In the order of the sample."""


class WeeklyReview:
    """Reviews for whoever is at the desk. Methods may be called from any thread.

    Every method raises AccessRefused, StoreError or AuditError, and has then shown and changed nothing.

    Args:
        now: Gives the aware UTC time.
        draw: Returns so many of the given indexes at random, as `secrets.SystemRandom().sample` does.
        new_id: Returns 32 random hexadecimal digits.
    """

    def __init__(
        self,
        desk: Desk,
        log: AuditLog,
        book: ReviewBook,
        now: Callable[[], datetime],
        draw: Callable[[Sequence[int], int], Sequence[int]],
        new_id: Callable[[], str],
    ) -> None:
        self._desk = desk
        self._log = log
        self._book = book
        self._now = now
        self._draw = draw
        self._new_id = new_id

    def all(self) -> tuple[Review, ...]:
        """Return every review, the newest period first; no entry of a sample is shown."""
        self._desk.require(Action.VIEW_AUDIT, WHERE, AUDIT)
        return self._book.all()

    def next_period(self) -> tuple[datetime, datetime]:
        """Return what this auditor would draw from next: from where his last period ended, else a week."""
        user = self._desk.require(Action.SIGN_OFF_REVIEW, WHERE, AUDIT)
        until = to_hundredths(self._now())
        ends = [review.until for review in self._book.all() if review.reviewer == user.badge]
        return (max(ends) if ends else until - WEEK), until

    def draw(self, since: datetime, until: datetime, count: int = SAMPLE_MIN) -> Review:
        """Draw a sample from the accesses of a period; what was drawn is on the log.

        Args:
            since: Aware time; accesses at it and later.
            until: Aware time; accesses before it; not in the future.
            count: SAMPLE_MIN to SAMPLE_MAX; all if there are fewer.

        Raises:
            InputError: no period, one that this auditor has drawn from, or his last review is not signed.
        """
        user = self._desk.require(Action.SIGN_OFF_REVIEW, WHERE, AUDIT)
        since, until = to_hundredths(since), to_hundredths(until)
        self._check_period(since, until, count)
        accesses = self._accesses(user, since, until)
        chosen = sorted(self._draw(accesses, min(count, len(accesses))))
        sample = tuple(SampledEntry(index) for index in chosen)
        review = Review(self._new_id(), user.badge, since, until, self._now(), sample)
        with self._doing(_DRAW, review, user, accesses=str(len(accesses))) as noted:
            _refuse_second_draw(self._book.all(), review)
            noted.facts["since"], noted.facts["until"] = since.isoformat(), until.isoformat()
            noted.facts["entries"] = " ".join(str(index) for index in chosen)
            self._book.add(review)
        return review

    def open(self, review_id: str) -> OpenedReview:
        """Return a review with its entries; the plates in them are shown, and named in the look's entry."""
        self._desk.require(Action.VIEW_AUDIT, WHERE, AUDIT)
        review = self._book.get(review_id)
        records = self._log.read([sampled.index for sampled in review.sample])
        with self._desk.doing(Action.VIEW_AUDIT, WHERE, AUDIT, review=review_id) as noted:
            for record in records:
                if isinstance(record, AuditRecord) and record.subject is not None:
                    noted.plates.extend(record.subject.plates)
        return OpenedReview(review, records)

    def judge(self, review_id: str, index: int, verdict: Verdict, remark: str = "") -> Review:
        """Say whether one access of the sample was justified; return the review as it is then.

        Until the sign-off a verdict may be changed; afterwards only a question may be settled.

        Raises:
            InputError: it is not in the sample, is settled, or the verdict needs a remark.
            AccessRefused: another auditor drew this sample.
        """
        words = clean_text(remark, REMARK_CHARS_MAX)
        note = Subject(note=words)
        user = self._desk.require(Action.SIGN_OFF_REVIEW, WHERE, AUDIT, note)
        review = self._book.get(review_id)
        with self._doing("judge", review, user, note, entry=str(index), verdict=verdict.value):
            review = self._book.get(review_id)
            _must_be_reviewer(review, user)
            _must_be_open_to(review, index)
            if verdict is not Verdict.JUSTIFIED and not words:
                raise InputError(
                    f"“{verdict.value.capitalize()}” needs a remark.",
                    "Say what is wrong, or whom you asked what.",
                )
            judged = SampledEntry(index, verdict, words)
            self._book.judge(review_id, judged)
        sample = tuple(judged if one.index == index else one for one in review.sample)
        return replace(review, sample=sample)

    def sign_off(self, review_id: str, remark: str = "") -> Review:
        """Sign a review of which every access was judged; return it as it is then.

        Raises:
            InputError: it is signed already, or an access waits for its verdict.
            AccessRefused: another auditor drew this sample.
        """
        words = clean_text(remark, REMARK_CHARS_MAX)
        note = Subject(note=words)
        user = self._desk.require(Action.SIGN_OFF_REVIEW, WHERE, AUDIT, note)
        review = self._book.get(review_id)
        with self._doing("sign off", review, user, note) as noted:
            review = self._book.get(review_id)
            _must_be_reviewer(review, user)
            if review.signed_at is not None:
                raise InputError("This review is signed off.", "Nothing was changed.")
            if waiting := review.count(None):
                raise InputError(
                    f"{waiting} of {len(review.sample)} accesses wait for a verdict.",
                    "Judge every access first.",
                )
            for verdict in Verdict:
                noted.facts[verdict.name.lower()] = str(review.count(verdict))
            signed_at = self._now()
            self._book.sign_off(review_id, signed_at, words)
        return replace(review, signed_at=signed_at, remark=words)

    def _accesses(self, user: User, since: datetime, until: datetime) -> list[int]:
        """Return what is drawn from: the period's accesses, and those recorded after this auditor's last draw
        under an earlier time, because a clock was wrong: else no review would ever reach them."""
        wanted = EntryFilter(
            actions=REVIEWED_ACTIONS, outcome=Outcome.DONE, until=until, not_by=user.badge
        )
        size = self._log.count()
        in_time = self._log.positions(replace(wanted, since=since), size)
        drawn_at = self._last_draw(user)
        if drawn_at is None:
            return list(in_time)
        earlier = self._log.positions(replace(wanted, until=since), size)
        return [*in_time, *(index for index in earlier if index > drawn_at)]

    def _last_draw(self, user: User) -> int | None:
        """Return the index of the entry of this auditor's last draw, None if there was none."""
        wanted = EntryFilter(
            action=Action.SIGN_OFF_REVIEW.value, user_id=user.badge, outcome=Outcome.DONE
        )
        before: int | None = None
        while page := self._log.latest(wanted, _PAGE, before):
            for record in page:
                if record.entry.fact("step") == _DRAW:
                    return record.entry.index
            before = page[-1].entry.index
        return None

    def _doing(
        self, step: str, review: Review, by: User, about: Subject = NO_SUBJECT, **facts: str
    ) -> AbstractContextManager[Record]:
        return self._desk.doing(
            Action.SIGN_OFF_REVIEW,
            WHERE,
            AUDIT,
            about,
            by,
            step=step,
            review=review.review_id,
            **facts,
        )

    def _check_period(self, since: datetime, until: datetime, count: int) -> None:
        if not since < until <= self._now():
            raise InputError(
                "The period ends before it begins, or in the future.", "Choose another period."
            )
        if not SAMPLE_MIN <= count <= SAMPLE_MAX:
            raise InputError(f"A sample has {SAMPLE_MIN} to {SAMPLE_MAX} accesses.", "")


def _refuse_second_draw(reviews: Sequence[Review], drawn: Review) -> None:
    """Raise InputError if this auditor has an unsigned review, or has drawn from the period before."""
    for review in reviews:
        if review.reviewer != drawn.reviewer:
            continue
        if review.signed_at is None:
            raise InputError(
                "Your last review is not signed off yet.", "Judge its accesses and sign it first."
            )
        if review.since < drawn.until and drawn.since < review.until:
            raise InputError(
                f"You drew from this period on {review.drawn_at:%Y-%m-%d %H:%M} UTC already;"
                " that sample stands.",
                "Begin where that review ended.",
            )


def _must_be_reviewer(review: Review, user: User) -> None:
    if review.reviewer != user.badge:
        raise AccessRefused(
            f"This sample was drawn by {review.reviewer}, who judges and signs it.",
            "Draw a sample of your own.",
        )


def _must_be_open_to(review: Review, index: int) -> None:
    """Raise InputError unless the entry is in the sample and may still be judged."""
    before = next((one for one in review.sample if one.index == index), None)
    if before is None:
        raise InputError(f"Entry {index} is not in this sample.", "Nothing was changed.")
    if review.signed_at is not None and before.verdict is not Verdict.ASK:
        raise InputError(
            "This review is signed off.", "Only what was marked “ask” can still be settled."
        )
