"""Policy 462 where lists and hits are concerned: each test's docstring begins with its clause."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.desk.hits import Hits
from alpr_core.desk.reads import Reads
from alpr_core.errors import AccessRefused, InputError
from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.permissions import Role
from alpr_core.read_query import ReadQuery, whole_plate
from alpr_core.verification import Answer, CletsResult, Deed, Disposition, make_checks
from alpr_tui.shown_sighting import shown_sighting
from tests.db.sample_sightings import Outcomes, make_match, make_sighting
from tests.db.staffed_store import StaffedStore, staffed_store

HIT = f"{1:032x}-0"


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        outcomes = Outcomes()
        staffed.store.writer(outcomes).record(make_sighting(1), make_match())
        outcomes.wait_for(1)
        yield staffed


def hits_of(staffed: StaffedStore) -> Hits:
    store = staffed.store
    return Hits(staffed.desk_of(Role.OFFICER), store.hits, store.read_shelf, lambda: staffed.now)


def test_462_2_lists_serve_the_uses_it_names() -> None:
    """462.2: stolen and wanted vehicles, stolen plates and missing persons are matched; classes about a person's
    status are left out unless the agency says otherwise."""
    rules = ClassRules()
    for wanted in (
        HotlistClass.STOLEN,
        HotlistClass.STOLEN_PLATE,
        HotlistClass.WANTED,
        HotlistClass.MISSING,
    ):
        assert rules.of(wanted).is_authorised
    for status in (HotlistClass.IMMIGRATION, HotlistClass.GANG, HotlistClass.SEX_OFFENDER):
        assert not rules.of(status).is_authorised


def test_462_3_e_a_hit_is_shown_to_those_authorised_for_its_data(staffed: StaffedStore) -> None:
    """462.3(e): who is not authorised for state data sees no hit of a statewide list."""
    staffed.store.people.accounts.authorise(f"{1:032x}", [DataAuthorisation.DEPARTMENT])
    hits = hits_of(staffed)
    assert not hits.waiting()
    with pytest.raises(AccessRefused, match="state data"):
        hits.open(HIT)


def test_462_3_e_that_a_plate_is_listed_is_data_of_the_list(staffed: StaffedStore) -> None:
    """462.3(e): who is not authorised for state data finds a read, and not that it stands on a state list: neither
    by its page nor by asking for the list, nor on the live page."""
    plate = ReadQuery(plate=whole_plate("7ABC123"))
    shown = shown_sighting(make_sighting(1), make_match())
    for data, hotlist in ((list(DataAuthorisation), "SVS"), ([DataAuthorisation.DEPARTMENT], None)):
        staffed.store.people.accounts.authorise(f"{1:032x}", data)
        desk = staffed.desk_of(Role.OFFICER)
        reads = Reads(desk, staffed.store.read_shelf, lambda: staffed.now)
        purpose = staffed.purpose(desk)
        (read,) = reads.find(plate, purpose).reads
        assert read.hotlist == reads.open(read.sighting_id, purpose).read.hotlist == hotlist
        found = reads.find(ReadQuery(hotlist="SVS"), purpose).reads
        assert len(found) == (hotlist is not None)
        match = shown.told_to(desk.user).match
        assert (None if match is None else match.entry.hotlist) == hotlist


def test_462_3_f_a_hit_is_verified_before_anybody_acts(staffed: StaffedStore) -> None:
    """462.3(f): no action is recorded before the verification is; what CLETS said stays on record."""
    hits = hits_of(staffed)
    with pytest.raises(InputError, match="before the hit is verified"):
        hits.act(HIT, Deed.STOP)
    yes = Answer.YES
    checks = make_checks(
        yes, yes, yes, CletsResult.CONFIRMED, "Dispatch 4", "FCN 1", Disposition.ACCEPTED
    )
    hits.verify(HIT, checks)
    hits.act(HIT, Deed.STOP)
    acted, verified = staffed.newest(2)
    assert (acted.entry.fact("action"), verified.entry.fact("clets")) == ("stop", "confirmed")
    assert verified.entry.fact("clets_by") == "Dispatch 4"
    assert verified.entry.actor.user_id == "4711"


def test_462_3_f_where_it_is_not_practicable_the_reason_stays(staffed: StaffedStore) -> None:
    """462.3(f): a verification that is not practicable is skipped with a reason, which shows for ever."""
    hits = hits_of(staffed)
    with pytest.raises(InputError, match="needs a reason"):
        hits.skip(HIT, "")
    hits.skip(HIT, "no radio contact")
    (line,) = hits.handled()
    assert line.verification is not None
    assert (line.verification.word, line.verification.skipped_because) == (
        "SKIPPED",
        "no radio contact",
    )


def test_462_6_lists_keep_no_names_without_need() -> None:
    """462.6: names and dates of birth are kept for missing persons only."""
    keeping = [rule.hotlist_class for rule in ClassRules().all() if rule.keeps_personal_fields]
    assert keeping == [HotlistClass.MISSING]
