"""Policy 462.5(c), regular audits, over a real store with real people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from alpr_core.desk.audit_ports import Verdict
from alpr_core.desk.weekly_review import SAMPLE_MIN
from alpr_core.permissions import Role
from tests.db.review_desk import search_at, weekly_review_of
from tests.db.staffed_store import staffed_store


def test_462_5_c_a_review_samples_and_is_signed(tmp_path: Path) -> None:
    """462.5(c): of a week's accesses ten at random are judged by an auditor and signed off, all on the log."""
    with staffed_store(tmp_path / "store") as staffed:
        officer = staffed.desk_of(Role.OFFICER)
        for number in range(3 * SAMPLE_MIN):
            search_at(staffed, officer, f"7ABC{number:03d}")
        staffed.now += timedelta(minutes=1)
        reviews = weekly_review_of(staffed, staffed.desk_of(Role.AUDITOR))
        review = reviews.draw(*reviews.next_period())
        assert len(review.sample) == SAMPLE_MIN >= 10
        for sampled in review.sample:
            reviews.judge(review.review_id, sampled.index, Verdict.JUSTIFIED)
        signed = reviews.sign_off(review.review_id)
        assert (signed.reviewer, signed.signed_at) == ("U-7", staffed.now)
        steps = [record.entry.fact("step") for record in staffed.newest(2 + SAMPLE_MIN)]
        assert steps == ["sign off", *["judge"] * SAMPLE_MIN, "draw"]
