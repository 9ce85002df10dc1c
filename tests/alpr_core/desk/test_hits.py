"""Hits at the desk: who may see and verify them, and in which order things are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.desk.hits import Hits
from alpr_core.errors import AccessRefused, AuditError, InputError
from alpr_core.hotlist import HotlistClass
from alpr_core.permissions import Role
from alpr_core.sighting import Match
from alpr_core.verification import (
    Answer,
    CletsResult,
    Deed,
    Disposition,
    make_checks,
    suggested_disposition,
)
from tests.db.sample_sightings import Outcomes, make_entry, make_match, make_sighting
from tests.db.staffed_store import StaffedStore, staffed_store

HIT = f"{1:032x}-0"
CHECKS = make_checks(
    Answer.YES,
    Answer.YES,
    Answer.YES,
    CletsResult.CONFIRMED,
    "Dispatch 4",
    "F1",
    Disposition.ACCEPTED,
)


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    """Return a store with people, a stolen vehicle's hit and a local one."""
    with staffed_store(tmp_path / "store") as staffed:
        outcomes = Outcomes()
        writer = staffed.store.writer(outcomes)
        writer.record(make_sighting(1), make_match())
        bolo = make_entry("8XYZ999", "Local", hotlist_class=HotlistClass.BOLO)
        writer.record(make_sighting(2, "8XYZ999"), Match(bolo, True))
        outcomes.wait_for(2)
        yield staffed


def hits_at(staffed: StaffedStore, role: Role) -> Hits:
    store = staffed.store
    return Hits(staffed.desk_of(role), store.hits, store.read_shelf, lambda: staffed.now)


def test_nothing_is_recorded_as_done_before_the_verification(staffed: StaffedStore) -> None:
    """A stop cannot be recorded of a hit that was neither verified nor skipped; afterwards it can."""
    hits = hits_at(staffed, Role.OFFICER)
    with pytest.raises(InputError, match="before the hit is verified"):
        hits.act(HIT, Deed.STOP)
    staffed.now += timedelta(seconds=30)
    said = hits.verify(HIT, CHECKS)
    assert said.after_alert >= timedelta(seconds=30)
    hits.act(HIT, Deed.STOP, "two units")
    assert [line.actions[0].deed for line in hits.handled()] == [Deed.STOP]
    assert [line.hit.sighting_id for line in hits.waiting()] == [f"{2:032x}"]


def test_the_log_says_what_was_verified(staffed: StaffedStore) -> None:
    """The entry of a verification names both plates, the answers, the inquiry and the time it took."""
    hits_at(staffed, Role.OFFICER).verify(HIT, CHECKS)
    (record,) = staffed.newest(1)
    assert record.subject is not None and record.subject.plates == ("7ABC123",)
    entry = record.entry
    assert (
        entry.action,
        entry.fact("clets"),
        entry.fact("clets_by"),
        entry.fact("disposition"),
    ) == (
        "hit.verify",
        "confirmed",
        "Dispatch 4",
        "accepted",
    )
    assert float(entry.fact("after_s") or -1) >= 0


def test_a_skip_needs_a_reason_and_shows(staffed: StaffedStore) -> None:
    """Without a reason nothing is skipped; with one the hit leaves the queue and says SKIPPED for ever."""
    hits = hits_at(staffed, Role.OFFICER)
    with pytest.raises(InputError, match="needs a reason"):
        hits.skip(HIT, "  ")
    hits.skip(HIT, "lost sight of it")
    (line,) = hits.handled()
    assert line.verification is not None
    assert (line.verification.word, line.verification.skipped_because) == (
        "SKIPPED",
        "lost sight of it",
    )


def test_only_an_authorised_operator_sees_a_hit(staffed: StaffedStore) -> None:
    """Without authorisation for state data the stolen vehicle waits for somebody else, and is refused."""
    accounts = staffed.store.people.accounts
    accounts.authorise(f"{1:032x}", [DataAuthorisation.DEPARTMENT])
    hits = hits_at(staffed, Role.OFFICER)
    assert [line.hit.match.entry.hotlist for line in hits.waiting()] == ["Local"]
    assert hits.waiting_count() == 2
    for deed in (lambda: hits.open(HIT), lambda: hits.verify(HIT, CHECKS)):
        with pytest.raises(AccessRefused, match="state data"):
            deed()


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.AUDITOR])
def test_others_see_no_hit(staffed: StaffedStore, role: Role) -> None:
    """Technician and auditor see neither queue nor hit nor ledger."""
    hits = hits_at(staffed, role)
    for deed in (hits.waiting, hits.handled, hits.ledger, lambda: hits.open(HIT)):
        with pytest.raises(AccessRefused):
            deed()


def test_an_administrator_sees_and_does_not_verify(staffed: StaffedStore) -> None:
    """Whoever stands in the road verifies; the administrator sees hit and ledger."""
    hits = hits_at(staffed, Role.ADMINISTRATOR)
    assert hits.open(HIT).plate_jpeg is not None
    assert hits.ledger().lists["SVS"].alerts == 1
    with pytest.raises(AccessRefused):
        hits.verify(HIT, CHECKS)


def test_without_its_entry_a_hit_stays(staffed: StaffedStore) -> None:
    """If the log cannot be written, the verification is not there and the hit waits on."""
    hits = hits_at(staffed, Role.OFFICER)

    def refuse(_draft: object) -> None:
        raise AuditError("The audit log cannot be written.")

    append, staffed.store.audit.append = staffed.store.audit.append, refuse  # type: ignore[method-assign, assignment]
    with pytest.raises(AuditError):
        hits.verify(HIT, CHECKS)
    staffed.store.audit.append = append  # type: ignore[method-assign]
    assert len(hits.waiting()) == 2


@pytest.mark.parametrize(
    ("characters", "state", "vehicle", "clets", "said"),
    [
        ("yes", "yes", "yes", "confirmed", "accepted"),
        ("no", "no", "no", "not confirmed", "misread"),
        ("yes", "no", "no", "not confirmed", "wrong state"),
        ("yes", "yes", "no", "confirmed", "wrong vehicle"),
        ("yes", "cannot tell", "yes", "not confirmed", "stale list"),
        ("yes", "yes", "yes", "not available", None),
    ],
)
def test_the_answers_suggest_what_it_was(
    characters: str, state: str, vehicle: str, clets: str, said: str | None
) -> None:
    """The first thing that does not fit says what the hit was; unasked, nothing is suggested."""
    suggested = suggested_disposition(
        Answer(characters), Answer(state), Answer(vehicle), CletsResult(clets)
    )
    assert (suggested.value if suggested else None) == said


def test_what_contradicts_the_answers_is_refused() -> None:
    """An accepted hit has matching characters and no contrary result, and an inquiry has somebody who made it."""
    right = {
        "characters": Answer.YES,
        "state": Answer.YES,
        "vehicle": Answer.UNSEEN,
        "clets": CletsResult.NOT_AVAILABLE,
        "clets_by": "",
        "clets_reference": "",
        "disposition": Disposition.ACCEPTED,
    }
    make_checks(**right)  # type: ignore[arg-type]
    wrongs: tuple[dict[str, object], ...] = (
        {"characters": Answer.UNSEEN},
        {"state": Answer.NO},
        {"vehicle": Answer.NO},
        {"clets": CletsResult.NOT_CONFIRMED, "clets_by": "4711"},
        {"clets": CletsResult.CONFIRMED, "clets_by": " "},
    )
    for wrong in wrongs:
        with pytest.raises(InputError):
            make_checks(**{**right, **wrong})  # type: ignore[arg-type]
