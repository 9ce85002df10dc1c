"""The box says what a match calls for: one rule for all of its cameras."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.hotlist import HotlistClass
from alpr_tui.box import Box
from db.store import Store
from tests.db.sample_sightings import ROOT_KEY, Outcomes, make_entry, make_match, make_sighting


def test_one_pass_before_two_cameras_is_one_alert(tmp_path: Path) -> None:
    """A vehicle that two cameras see waits once; a second entry on its plate, and another plate, wait too."""
    outcomes = Outcomes()
    with closing(Store.open(tmp_path / "store", ROOT_KEY)) as store:
        box = Box(store, None, [], outcomes)  # type: ignore[arg-type]
        stolen = make_match()
        felony = replace(stolen, entry=make_entry(hotlist_class=HotlistClass.FELONY))
        other = make_match("8XYZ999")
        box.record(make_sighting(1), stolen)
        box.record(make_sighting(2, camera="rear"), stolen)
        box.record(make_sighting(3), replace(felony, others=(stolen,)))
        box.record(make_sighting(4, "8XYZ999"), other)
        box.record(make_sighting(5, "1NONE11"), None)
        outcomes.wait_for(5)
        waiting = store.hits.waiting(tuple(DataAuthorisation), 9)
        assert [int(hit.sighting_id, 16) for hit in waiting] == [3, 1, 4]
        assert len(store.hits.of_sighting(f"{2:032x}")) == 1
