"""Files of changes, one after the other, give what a dictionary would."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from alpr_core.hotlists.package import ListForm
from db.store import Store
from tests.db.list_files import import_list
from tests.db.sample_sightings import ROOT_KEY

change = st.tuples(
    st.sampled_from(["1AAA111", "2BBB222", "3CCC333", "8AB?1*"]),
    st.sampled_from(["stolen", "bolo", "gang"]),
    st.sampled_from(["add", "change", "delete"]),
    st.integers(0, 9),
)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(st.booleans(), st.lists(change, max_size=6)), max_size=4))
def test_any_files_one_after_the_other(
    files: list[tuple[bool, list[tuple[str, str, str, int]]]],
) -> None:
    """Whole lists and changes in any order leave the entries that a dictionary of the rows would hold."""
    wanted: dict[tuple[str, str], str] = {}
    with (
        TemporaryDirectory() as folder,
        closing(Store.open(Path(folder) / "store", ROOT_KEY)) as store,
    ):
        for is_full, rows in files:
            file = Path(folder) / "list.csv"
            lines = "".join(f"{plate},{kind},r{n},{what}\n" for plate, kind, what, n in rows)
            file.write_text(f"plate,class,reason,change\n{lines}")
            if is_full:
                fresh = [
                    (plate, kind, n)
                    for plate, kind, what, n in rows
                    if kind != "gang" and what != "delete"
                ]
                if not fresh:
                    continue
                # A whole list keeps what stands in it twice; here each entry once.
                if len({row[:2] for row in fresh}) < len(fresh):
                    continue
                import_list(store, file)
                wanted = {(plate, kind): f"r{n}" for plate, kind, n in fresh}
            else:
                import_list(store, file, form=ListForm.CHANGES)
                for plate, kind, what, n in rows:
                    wanted.pop((plate, kind), None)
                    if what != "delete" and kind != "gang":
                        wanted[plate, kind] = f"r{n}"
            words = {"stolen vehicle": "stolen", "be on the lookout": "bolo"}
            entries = store.hotlists.entries("SVS")
            found = [(each.plate, words[each.hotlist_class.value]) for each in entries]
            assert sorted(found) == sorted(wanted)
            assert {each.reason for each in entries} == set(wanted.values())
        (count,) = store._database.execute_sql("SELECT count(*) FROM hotlist_entry").fetchone()
        assert count == len(wanted)
