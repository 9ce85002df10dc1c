"""The audit log at the desk, over a real store: who looks at it, what that leaves, and what goes out."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.accounts.session import Session
from alpr_core.audit.entry import Outcome, Subject
from alpr_core.desk.audit_csv import COLUMNS
from alpr_core.desk.audit_ports import AuditRecord, BrokenEntry, EntryFilter
from alpr_core.desk.audit_review import AuditReview
from alpr_core.desk.audit_words import (
    ACTION_WORDS,
    WORK_OF_THE_BOX,
    action_words,
    actions_named,
    filter_of,
)
from alpr_core.errors import AccessRefused, AuditError, InputError, UsageError
from alpr_core.permissions import Action, Role
from tests.db.review_desk import audit_review_of, search_at
from tests.db.staffed_store import BADGES, NOW, PASSWORD, StaffedStore, staffed_store

FORMULA = "=HYPERLINK(evil)"


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        yield staffed


def review_of(staffed: StaffedStore, role: Role = Role.AUDITOR) -> AuditReview:
    return audit_review_of(staffed, staffed.desk_of(role))


def searches(staffed: StaffedStore, count: int) -> None:
    """Let an officer search for 7ABC000, 7ABC001, ..."""
    desk = staffed.desk_of(Role.OFFICER)
    for number in range(count):
        search_at(staffed, desk, f"7ABC{number:03d}")


def test_a_look_is_one_entry_however_far_it_scrolls(staffed: StaffedStore) -> None:
    """A look leaves one entry that names filter, plate, size of the log and matches; pages leave none."""
    searches(staffed, 30)
    review = review_of(staffed)
    look = review.look(EntryFilter(plate="7ABC007", who="4711"))
    newest = staffed.newest()[0]
    entry, subject = newest.entry, newest.subject
    assert (entry.action, entry.actor.user_id, entry.purpose) == (
        "audit.view",
        "U-7",
        "Audit of accesses",
    )
    assert subject is not None and subject.plates == ("7ABC007",)
    assert dict(subject.query) == {"user": "4711"}
    assert (entry.fact("matched"), entry.fact("below")) == ("1", str(look.size))
    everything = review.look(EntryFilter())
    size = staffed.store.audit.records.count()
    read = [
        record
        for first in range(0, len(everything.positions), 7)
        for record in review.page(everything, first, 7)
    ]
    assert [r.entry.index for r in read if isinstance(r, AuditRecord)] == list(
        range(everything.size - 1, -1, -1)
    )
    assert staffed.store.audit.records.count() == size


@pytest.mark.parametrize("role", [Role.OFFICER, Role.TECHNICIAN])
def test_nobody_else_sees_the_log(staffed: StaffedStore, role: Role) -> None:
    """Officer and technician are refused the log, its proofs, its check and its export (462.5(a))."""
    mine = review_of(staffed)
    look = mine.look(EntryFilter())
    review = review_of(staffed, role)
    for attempt in (
        lambda: review.look(EntryFilter()),
        lambda: review.page(look, 0, 10),
        lambda: review.per_user(look),
        lambda: review.open(0),
        review.chain,
        lambda: review.verify(lambda _done, _size: None),
        lambda: review.export(look, Path("/nowhere/out.csv")),
    ):
        with pytest.raises(AccessRefused):
            attempt()
        assert staffed.newest()[0].entry.outcome is Outcome.REFUSED


def test_a_look_is_its_owners(staffed: StaffedStore) -> None:
    """A look that one person began shows nothing to the next one at the same desk."""
    look = review_of(staffed).look(EntryFilter())
    with pytest.raises(AccessRefused, match="somebody else's"):
        review_of(staffed, Role.ADMINISTRATOR).page(look, 0, 10)


def test_an_entry_opens_with_its_proof(staffed: StaffedStore) -> None:
    """An opened entry comes with a proof that was checked and the key that signed; opening names its plate."""
    searches(staffed, 5)
    staffed.store.audit.checkpoint()
    index = staffed.newest()[0].entry.index
    review = review_of(staffed)
    staffed.store.audit.checkpoint()
    full = review.open(index)
    assert full.record.subject is not None and full.record.subject.plates == ("7ABC004",)
    assert full.proof is not None and full.proof.fault == ""
    assert [key.vkey for key in full.proof.signed_by] == [staffed.store.audit.vkey()]
    look = staffed.newest()[0]
    assert look.subject is not None and look.subject.plates == ("7ABC004",)
    assert (look.entry.fact("entry"), look.entry.fact("proof")) == (str(index), "holds")
    newest = review.open(look.entry.index)
    assert newest.proof is None


def test_a_false_proof_is_shown_and_recorded(staffed: StaffedStore) -> None:
    """If an entry's hash in the store was altered, its proof fails in words and on the log."""
    searches(staffed, 5)
    staffed.store.audit.checkpoint()
    index = staffed.newest()[0].entry.index
    review = review_of(staffed)
    staffed.store.audit.checkpoint()
    neighbour = index ^ 1
    staffed.store.sightings._database.execute_sql(
        "UPDATE audit_node SET hash = zeroblob(32) WHERE level = 0 AND number = ?", (neighbour,)
    )
    proof = review.open(index).proof
    assert proof is not None and "does not lead to the root" in proof.fault
    assert proof.signed_by == ()
    assert "does not lead" in (staffed.newest()[0].entry.fact("proof") or "")


def test_an_altered_entry_stays_visible_in_its_page(staffed: StaffedStore) -> None:
    """One altered entry does not hide its neighbours: it is shown as altered, and cannot be opened."""
    searches(staffed, 5)
    index = staffed.newest()[0].entry.index - 1
    review = review_of(staffed)
    staffed.store.sightings._database.execute_sql(
        "UPDATE audit_entry SET leaf = replace(leaf, '\"index\"', '\"indez\"') WHERE position = ?",
        (index,),
    )
    look = review.look(EntryFilter())
    rows = review.page(look, 0, look.size)
    assert [row.index for row in rows if isinstance(row, BrokenEntry)] == [index]
    with pytest.raises(AuditError, match=f"Entry {index}"):
        review.open(index)
    assert staffed.newest()[0].entry.outcome is Outcome.FAILED


def test_the_chain_tells_how_far_it_is_good(staffed: StaffedStore) -> None:
    """Before a verification nothing is called verified; after it the badge names size, time and badge."""
    searches(staffed, 600)
    review = review_of(staffed)
    assert review.chain().verification is None
    told: list[tuple[int, int]] = []
    found = review.verify(lambda done, size: told.append((done, size)))
    assert told and told[0][0] == 500
    chain = review.chain()
    assert chain.verification is not None and chain.verification.fault == ""
    assert (chain.verification.size, chain.verification.badge) == (found.now.size, "U-7")
    assert chain.size == found.now.size + 1
    assert chain.signed_size <= found.now.size
    assert chain.witnessed is None


def test_a_failed_verification_is_on_the_log(staffed: StaffedStore) -> None:
    """A log that does not verify names the entry, and the failure is what the chain tells from then on."""
    searches(staffed, 5)
    index = staffed.newest()[0].entry.index
    review = review_of(staffed)
    staffed.store.sightings._database.execute_sql(
        "UPDATE audit_entry SET leaf = replace(leaf, '26-012345', '26-012346') WHERE position = ?",
        (index,),
    )
    with pytest.raises(AuditError, match=f"Entry {index} was altered"):
        review.verify(lambda _done, _size: None)
    verification = review.chain().verification
    assert verification is not None and f"Entry {index} was altered" in verification.fault


def test_an_export_is_told_twice_and_defused(staffed: StaffedStore, tmp_path: Path) -> None:
    """The table has every entry of the look, no cell begins a formula, and the log has its SHA-256."""
    desk = staffed.desk_of(Role.OFFICER)
    search_at(staffed, desk, "7ABC001", detail=f"{FORMULA} silver van on Elm Street")
    review = review_of(staffed)
    look = review.look(EntryFilter())
    file = tmp_path / "audit.csv"
    digest = review.export(look, file)
    assert digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == COLUMNS and len(rows) == len(look.positions)
    searched = next(row for row in rows if row["action"] == "search")
    assert searched["plates"] == "7ABC001"
    assert searched["note"].startswith(f"'{FORMULA}")
    ended, begun = (record.entry for record in staffed.newest(2))
    assert (begun.fact("step"), ended.fact("step")) == ("begun", "ended")
    assert ended.fact("sha256") == digest
    assert ended.fact("rows") == str(len(rows))


def test_an_export_spares_what_is_there(staffed: StaffedStore, tmp_path: Path) -> None:
    """An existing file is left as it is, and the failed export is on the log."""
    file = tmp_path / "audit.csv"
    file.write_text("mine")
    review = review_of(staffed)
    look = review.look(EntryFilter())
    for taken in (file, tmp_path / "nowhere" / "audit.csv"):
        with pytest.raises(UsageError):
            review.export(look, taken)
        assert staffed.newest()[0].entry.outcome is Outcome.FAILED
    assert file.read_text() == "mine"


def test_an_export_asks_who_you_are_again(staffed: StaffedStore, tmp_path: Path) -> None:
    """Five minutes after the login an export needs password and code again, and writes nothing before."""
    desk = staffed.desk_of(Role.AUDITOR)
    review = audit_review_of(staffed, desk)
    look = review.look(EntryFilter())
    staffed.now += timedelta(minutes=6)
    file = tmp_path / "audit.csv"
    with pytest.raises(AccessRefused, match="again"):
        review.export(look, file)
    assert not file.exists()
    code = staffed.code(BADGES[Role.AUDITOR])
    assert isinstance(desk.prove_again(PASSWORD, code), Session)
    review.export(look, file)
    assert file.exists()


FILTERS = (
    ({"who": "4711"}, 7),
    ({"who": "pat 47"}, 7),
    ({"action": "search"}, 4),
    ({"action": "searched", "plate": "7abc002"}, 1),
    ({"plate": "7ABC002"}, 1),
    ({"purpose": "STOLEN or"}, 4),
    ({"purpose": "curiosity"}, 0),
    ({"case": "26-0123 45"}, 4),
    ({"outcome": "ref"}, 1),
    ({"who": "U-7", "action": "audit.view"}, 0),
)


@pytest.mark.parametrize(("typed", "count"), FILTERS)
def test_entries_are_found_by_what_people_type(
    staffed: StaffedStore, typed: dict[str, str], count: int
) -> None:
    """Badge or name, action, plate, purpose, case and outcome find the entries that say so."""
    searches(staffed, 4)
    officer = staffed.desk_of(Role.OFFICER)
    with pytest.raises(AccessRefused):
        officer.require(Action.PURGE, "purge")
    review = review_of(staffed)
    assert len(review.look(filter_of(typed)).positions) == count


def test_dates_find_entries(staffed: StaffedStore) -> None:
    """Entries are found from a time on and before a time."""
    searches(staffed, 3)
    staffed.now += timedelta(days=2)
    review = review_of(staffed)
    since = NOW + timedelta(days=1)
    later = len(review.look(filter_of({}, since=since)).positions)
    earlier = len(review.look(filter_of({}, until=since)).positions)
    everything = review.look(filter_of({}))
    assert later == 1 and earlier >= 4
    assert len(everything.positions) == later + earlier + 2


def test_the_work_of_the_box_is_shown_on_request(staffed: StaffedStore) -> None:
    """Reads as they come and log keys are left out unless asked for, and the entry of the look says so."""
    review = review_of(staffed)
    people = review.look(filter_of({}))
    subject = staffed.newest()[0].subject
    assert subject is not None and dict(subject.query)["without"] == " ".join(WORK_OF_THE_BOX)
    everything = review.look(filter_of({}, with_work_of_the_box=True))
    assert 0 in everything.positions and 0 not in people.positions


def test_counts_per_hour_and_user(staffed: StaffedStore) -> None:
    """The tallies of a look count each of its entries once."""
    searches(staffed, 4)
    staffed.now += timedelta(hours=5)
    searches(staffed, 2)
    review = review_of(staffed)
    look = review.look(filter_of({"action": "search"}))
    assert [(user.user_id, user.count) for user in review.per_user(look)] == [("4711", 6)]
    assert [hour.count for hour in review.per_hour(look)] == [4, 2]


@pytest.mark.parametrize("action", Action)
def test_every_action_has_words(action: Action) -> None:
    """Every action of the permission table is called something of its own that fits a narrow list."""
    words = ACTION_WORDS[action.value]
    assert 0 < len(words) <= 18
    assert list(ACTION_WORDS.values()).count(words) == 1
    assert action.value in actions_named(action.value)


def test_unknown_words() -> None:
    """An action of a later version is shown by its name; an unknown one typed is refused in words."""
    assert action_words("drone.launch_one") == "drone launch one"
    with pytest.raises(InputError, match="No action"):
        actions_named("teleport")
    with pytest.raises(InputError, match="No outcome"):
        filter_of({"outcome": "maybe"})


def test_an_access_is_counted_as_search_subject(staffed: StaffedStore) -> None:
    """A search for a plate and an auditor's look at that plate are both found by it."""
    searches(staffed, 3)
    review = review_of(staffed)
    review.look(EntryFilter(plate="7ABC001"))
    assert len(review.look(EntryFilter(plate="7ABC001")).positions) == 2
    assert staffed.newest()[0].subject == Subject(plates=("7ABC001",))
