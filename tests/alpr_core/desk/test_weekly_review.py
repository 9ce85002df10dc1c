"""The weekly review over a real store: what is drawn, who judges, and that nobody draws until he likes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.audit.entry import Outcome
from alpr_core.desk.audit_ports import AuditRecord, EntryFilter, Review, Verdict
from alpr_core.desk.weekly_review import REVIEWED_ACTIONS, SAMPLE_MIN, WEEK, WeeklyReview
from alpr_core.errors import AccessRefused, InputError
from alpr_core.permissions import Action, Role
from tests.db.review_desk import audit_review_of, search_at, weekly_review_of
from tests.db.staffed_store import NOW, PASSWORD, StaffedStore, staffed_store


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        yield staffed


def reviews_of(staffed: StaffedStore, role: Role = Role.AUDITOR) -> WeeklyReview:
    return weekly_review_of(staffed, staffed.desk_of(role))


def searches(staffed: StaffedStore, count: int) -> None:
    desk = staffed.desk_of(Role.OFFICER)
    for number in range(count):
        search_at(staffed, desk, f"7ABC{number:03d}")
    staffed.now += timedelta(seconds=1)


def drawn(reviews: WeeklyReview) -> Review:
    return reviews.draw(*reviews.next_period())


@pytest.mark.parametrize(("accesses", "expected"), [(0, 0), (4, 4), (10, 10), (40, 10)])
def test_a_sample_has_ten_accesses_or_all(
    staffed: StaffedStore, accesses: int, expected: int
) -> None:
    """A sample holds ten different accesses of the period, all of them if there are fewer."""
    searches(staffed, accesses)
    review = drawn(reviews_of(staffed))
    assert len({sampled.index for sampled in review.sample}) == expected == len(review.sample)
    assert SAMPLE_MIN >= 10


def test_what_was_drawn_is_on_the_log(staffed: StaffedStore) -> None:
    """The draw's entry names every drawn access and how many there were to draw from, and the store has it."""
    searches(staffed, 25)
    reviews = reviews_of(staffed)
    review = drawn(reviews)
    entry = staffed.newest()[0].entry
    assert (entry.action, entry.fact("step")) == ("audit.sign_off", "draw")
    assert entry.fact("entries") == " ".join(str(one.index) for one in review.sample)
    assert (entry.fact("accesses"), entry.fact("review")) == ("25", review.review_id)
    assert reviews.all() == (review,)


def test_draws_differ(staffed: StaffedStore) -> None:
    """Two auditors who draw from the same 60 accesses get different samples."""
    searches(staffed, 60)
    first = drawn(reviews_of(staffed))
    staffed.add("d" * 32, "U-8", Role.AUDITOR)
    desk = staffed.desk()
    desk.log_in("U-8", PASSWORD, staffed.code("U-8"))
    second = drawn(weekly_review_of(staffed, desk))
    assert first.sample != second.sample


def test_only_what_somebody_asked_for_is_drawn(staffed: StaffedStore) -> None:
    """Logins, refusals, reads as they come and the auditor's own looks are in no sample; an
    administrator's look at the log is."""
    searches(staffed, 3)
    officer = staffed.desk_of(Role.OFFICER)
    with officer.doing(Action.SEE_LIVE_READS, "live screen"):
        pass
    with pytest.raises(AccessRefused):
        officer.require(Action.SEARCH, "search")
    audit_review_of(staffed, staffed.desk_of(Role.ADMINISTRATOR)).look(EntryFilter())
    desk = staffed.desk_of(Role.AUDITOR)
    audit_review_of(staffed, desk).look(EntryFilter())
    staffed.now += timedelta(seconds=1)
    reviews = weekly_review_of(staffed, desk)
    opened = reviews.open(drawn(reviews).review_id)
    seen = [
        (record.entry.action, record.entry.actor.user_id)
        for record in opened.records
        if isinstance(record, AuditRecord)
    ]
    assert seen == [("search", "4711")] * 3 + [("audit.view", "A-1")]
    assert Action.SEE_LIVE_READS.value not in REVIEWED_ACTIONS


def test_only_an_auditor_reviews(staffed: StaffedStore) -> None:
    """An administrator may read reviews but neither draws, judges nor signs; an officer not even that."""
    searches(staffed, 3)
    review = drawn(reviews_of(staffed))
    index = review.sample[0].index
    admin = reviews_of(staffed, Role.ADMINISTRATOR)
    assert admin.all() == (review,)
    admin.open(review.review_id)
    for attempt in (
        lambda: admin.draw(NOW - WEEK, NOW),
        lambda: admin.judge(review.review_id, index, Verdict.JUSTIFIED),
        lambda: admin.sign_off(review.review_id),
        reviews_of(staffed, Role.OFFICER).all,
    ):
        with pytest.raises(AccessRefused):
            attempt()
        assert staffed.newest()[0].entry.outcome is Outcome.REFUSED
    assert admin.all() == (review,)


def test_nobody_draws_until_he_likes_the_sample(staffed: StaffedStore) -> None:
    """While a review is unsigned, and for a period that was drawn from, no other sample is drawn."""
    searches(staffed, 12)
    reviews = reviews_of(staffed)
    review = drawn(reviews)
    later = staffed.now + timedelta(minutes=20)
    staffed.now = later
    with pytest.raises(InputError, match="not signed off yet"):
        reviews.draw(review.until, later)
    for sampled in review.sample:
        reviews.judge(review.review_id, sampled.index, Verdict.JUSTIFIED)
    reviews.sign_off(review.review_id)
    with pytest.raises(InputError, match="already"):
        reviews.draw(review.since - timedelta(days=1), review.since + timedelta(seconds=1))
    assert staffed.newest()[0].entry.outcome is Outcome.FAILED
    assert reviews.next_period() == (review.until, later)
    assert drawn(reviews).since == review.until


def test_a_wrong_clock_hides_no_access(staffed: StaffedStore) -> None:
    """An access that was recorded after the last draw under a time before it is drawn from next time."""
    searches(staffed, 1)
    reviews = reviews_of(staffed)
    review = drawn(reviews)
    reviews.judge(review.review_id, review.sample[0].index, Verdict.JUSTIFIED)
    reviews.sign_off(review.review_id)
    officer, right = staffed.desk_of(Role.OFFICER), staffed.now
    staffed.now = right - timedelta(seconds=50)
    search_at(staffed, officer, "7ABC999")
    late = staffed.newest()[0].entry
    assert late.at < review.until
    staffed.now = right + timedelta(seconds=10)
    assert [sampled.index for sampled in drawn(reviews).sample] == [late.index]


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        (NOW, NOW - WEEK, SAMPLE_MIN),
        (NOW - WEEK, NOW + WEEK, SAMPLE_MIN),
        (NOW - WEEK, NOW, SAMPLE_MIN - 1),
        (NOW - WEEK, NOW, 101),
    ],
)
def test_bad_periods_are_refused(
    staffed: StaffedStore, since: object, until: object, count: int
) -> None:
    """A period backwards or in the future, and a sample below ten or beyond a hundred, are refused."""
    reviews = reviews_of(staffed)
    with pytest.raises(InputError):
        reviews.draw(since, until, count)  # type: ignore[arg-type]  # the table's times
    assert reviews.all() == ()


def test_a_verdict_is_kept_with_its_remark_sealed(staffed: StaffedStore) -> None:
    """A verdict is stored with its remark; its entry names access and verdict and seals the remark."""
    searches(staffed, 3)
    reviews = reviews_of(staffed)
    review = drawn(reviews)
    first, second, third = (sampled.index for sampled in review.sample)
    reviews.judge(review.review_id, first, Verdict.JUSTIFIED)
    for verdict in (Verdict.NOT_JUSTIFIED, Verdict.ASK):
        with pytest.raises(InputError, match="needs a remark"):
            reviews.judge(review.review_id, second, verdict, "  ")
    reviews.judge(review.review_id, second, Verdict.NOT_JUSTIFIED, "own car of Ms. Doe")
    newest = staffed.newest()[0]
    facts = dict(newest.entry.facts)
    assert (facts["step"], facts["entry"], facts["verdict"]) == (
        "judge",
        str(second),
        "not justified",
    )
    assert newest.subject is not None and newest.subject.note == "own car of Ms. Doe"
    assert "Doe" not in repr(newest.entry)
    reviews.judge(review.review_id, third, Verdict.ASK, "asked Pat 4711 for the report")
    (kept,) = reviews.all()
    assert [kept.count(verdict) for verdict in (*Verdict, None)] == [1, 1, 1, 0]
    with pytest.raises(InputError, match="not in this sample"):
        reviews.judge(review.review_id, 0, Verdict.JUSTIFIED)


def test_a_sign_off_needs_every_verdict_and_ends_the_review(staffed: StaffedStore) -> None:
    """Only a wholly judged review is signed; then nothing changes any more but the answer to a question."""
    searches(staffed, 2)
    reviews = reviews_of(staffed)
    review = drawn(reviews)
    first, second = (sampled.index for sampled in review.sample)
    reviews.judge(review.review_id, first, Verdict.JUSTIFIED)
    with pytest.raises(InputError, match="1 of 2 accesses wait"):
        reviews.sign_off(review.review_id)
    reviews.judge(review.review_id, second, Verdict.ASK, "asked the sergeant")
    signed = reviews.sign_off(review.review_id, "two searches, one question")
    facts = dict(staffed.newest()[0].entry.facts)
    assert (facts["step"], facts["justified"], facts["ask"]) == ("sign off", "1", "1")
    assert signed.signed_at == staffed.now and reviews.all() == (signed,)
    with pytest.raises(InputError, match="signed off"):
        reviews.sign_off(review.review_id)
    with pytest.raises(InputError, match="signed off"):
        reviews.judge(review.review_id, first, Verdict.NOT_JUSTIFIED, "second thoughts")
    settled = reviews.judge(review.review_id, second, Verdict.JUSTIFIED, "report 26-77 confirms")
    assert settled.count(Verdict.ASK) == 0 and reviews.all() == (settled,)
    with pytest.raises(InputError, match="signed off"):
        reviews.judge(review.review_id, second, Verdict.ASK, "again")


def test_another_auditor_cannot_judge_my_sample(staffed: StaffedStore) -> None:
    """Who drew a sample judges and signs it; another auditor reads it only."""
    searches(staffed, 2)
    review = drawn(reviews_of(staffed))
    staffed.add("d" * 32, "U-8", Role.AUDITOR)
    desk = staffed.desk()
    desk.log_in("U-8", PASSWORD, staffed.code("U-8"))
    other = weekly_review_of(staffed, desk)
    assert other.open(review.review_id).review == review
    with pytest.raises(AccessRefused, match="drawn by U-7"):
        other.judge(review.review_id, review.sample[0].index, Verdict.JUSTIFIED)
    with pytest.raises(AccessRefused, match="drawn by U-7"):
        other.sign_off(review.review_id)


def test_opening_a_sample_names_its_plates(staffed: StaffedStore) -> None:
    """Opening a review is an access to the plates in it, and its entry names them."""
    searches(staffed, 3)
    reviews = reviews_of(staffed)
    review = drawn(reviews)
    reviews.open(review.review_id)
    newest = staffed.newest()[0]
    assert newest.entry.fact("review") == review.review_id
    assert newest.subject is not None
    assert newest.subject.plates == ("7ABC000", "7ABC001", "7ABC002")


def test_a_draw_without_its_entry_is_no_draw(
    staffed: StaffedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the entry of a draw cannot be written, no sample is kept."""
    searches(staffed, 3)
    reviews = reviews_of(staffed)
    period = reviews.next_period()

    def broken(_draft: object) -> None:
        raise InputError("broken for a test.")

    monkeypatch.setattr(staffed.store.audit, "append", broken)
    with pytest.raises(InputError, match="broken"):
        reviews.draw(*period)
    monkeypatch.undo()
    assert reviews.all() == ()
