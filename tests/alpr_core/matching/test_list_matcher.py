"""Matching does exactly what the rule says, entry by entry, whatever the index does to be quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpr_core.errors import InputError, StoreError
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.look_alikes import look_alike_swaps
from alpr_core.matching.current import CurrentMatcher
from alpr_core.matching.entry_matcher import EntryMatcher
from alpr_core.matching.list_matcher import DETAILS_LOST
from alpr_core.sighting import MatchKind
from tests.alpr_core.made_readings import reading_of

LISTED_AT = datetime(2026, 3, 1, tzinfo=UTC)
SIGNS = "0ODQ1IL2Z5S8B6GA3"


def entry(
    plate: str,
    state: str | None = "CA",
    kind: HotlistClass = HotlistClass.STOLEN,
    **changes: object,
) -> HotlistEntry:
    return HotlistEntry("list", plate, state, kind, "why", LISTED_AT, **changes)  # type: ignore[arg-type]


def oracle(entries: Sequence[HotlistEntry], plate: str) -> set[HotlistEntry]:
    """The rule as it is written, tried on each entry."""
    return {each for each in entries if is_meant(each, plate)}


def is_meant(listed: HotlistEntry, plate: str) -> bool:
    if listed.is_pattern:
        return fits(listed.plate, plate)
    swaps = look_alike_swaps(listed.plate, plate)
    return swaps is not None and swaps <= listed.tolerance


def fits(pattern: str, plate: str) -> bool:
    """`?` is one sign, `*` any run; without a regular expression, to be another way than the product's."""
    if not pattern:
        return not plate
    if pattern[0] == "*":
        return any(fits(pattern[1:], plate[skipped:]) for skipped in range(len(plate) + 1))
    return bool(plate) and pattern[0] in ("?", plate[0]) and fits(pattern[1:], plate[1:])


plates = st.text(alphabet=SIGNS, min_size=1, max_size=8)
patterns = st.text(alphabet=SIGNS + "??**", min_size=4, max_size=9).filter(
    lambda text: sum(sign not in "?*" for sign in text) >= 3
)
entries_of_any_kind = st.lists(
    st.builds(
        lambda plate, tolerance: entry(plate, None, tolerance=tolerance),
        plates | patterns,
        st.integers(0, 2),
    ),
    max_size=30,
    unique=True,
)


@settings(deadline=None)
@given(entries=entries_of_any_kind, reads=st.lists(plates, max_size=10), data=st.data())
def test_the_matcher_finds_what_the_rule_finds(
    entries: list[HotlistEntry], reads: list[str], data: st.DataObject
) -> None:
    """Against an oracle that tries each entry, nothing is missed and nothing is found wrongly."""
    matcher = EntryMatcher(entries)
    listed = [each.plate for each in entries if not each.is_pattern]
    if listed:
        near = data.draw(st.sampled_from(listed))
        place = data.draw(st.integers(0, len(near) - 1))
        sign = data.draw(st.sampled_from(SIGNS))
        reads += [near, near[:place] + sign + near[place + 1 :]]
    for plate in reads:
        match = matcher.match_plate(plate, None, None)
        found = () if match is None else match.all
        assert {each.entry for each in found} == oracle(entries, plate)
        assert len(found) == len({each.entry for each in found})


def test_exact_plates_only() -> None:
    """A plate that differs in one look-alike sign is no match on an exact list."""
    matcher = EntryMatcher([entry("8ABC123")])
    assert matcher.match(reading_of("8ABC123")) is not None
    assert matcher.match(reading_of("8A8C123")) is None
    assert matcher.match(reading_of("ABC123")) is None


@pytest.mark.parametrize(
    ("read", "differing"),
    [("8ABC123", ()), ("8A8C123", (2,)), ("BABC123", (0,)), ("8ABCL23", (4,)), ("BA8C123", None)],
)
def test_tolerance_forgives_so_many_look_alikes(read: str, differing: tuple[int, ...]) -> None:
    """A tolerant entry accepts look-alikes up to its number, marked POSSIBLE with the signs that differ."""
    match = EntryMatcher([entry("8ABC123", tolerance=1)]).match(reading_of(read))
    if differing is None:
        assert match is None
        return
    assert match is not None
    assert match.differing == differing
    assert match.is_possible is bool(differing)
    assert match.kind is (MatchKind.LOOK_ALIKE if differing else MatchKind.EXACT)


def test_other_signs_are_never_forgiven() -> None:
    """Tolerance is for look-alikes; a sign that looks otherwise, or one more or less, is another plate."""
    matcher = EntryMatcher([entry("8ABC123", tolerance=2)])
    for read in ("8ABC124", "8XBC123", "8ABC12", "8ABC1233"):
        assert matcher.match(reading_of(read)) is None


def test_patterns_are_possible() -> None:
    """A partial plate is a match that must be shown as POSSIBLE."""
    match = EntryMatcher([entry("8A?C*", None)]).match(reading_of("8ABC123"))
    assert match is not None
    assert match.is_possible
    assert match.kind is MatchKind.PATTERN


@pytest.mark.parametrize(
    ("listed", "confidence", "agrees", "possible"),
    [
        ("CA", 0.99, True, False),
        ("NV", 0.99, False, True),
        (None, 0.99, None, False),
        ("NV", 0.5, None, False),
    ],
)
def test_state_is_compared_when_both_are_known(
    listed: str | None, confidence: float, agrees: bool | None, possible: bool
) -> None:
    """The match says whether the state agrees, and says nothing where one of them is unknown."""
    match = EntryMatcher([entry("8ABC123", listed)]).match(
        reading_of("8ABC123", state_confidence=confidence)
    )
    assert match is not None
    assert match.state_agrees is agrees
    assert match.is_possible is possible


def test_every_entry_of_a_plate_is_told_in_order() -> None:
    """Right state before wrong, exact before possible, then the most urgent; none is hidden."""
    listed = [
        entry("8ABC123", "CA", HotlistClass.BOLO),
        entry("8ABC123", "NV", HotlistClass.FELONY),
        entry("8ABCI23", "CA", HotlistClass.FELONY, tolerance=1),
        entry("8ABC123", "CA", HotlistClass.STOLEN),
        entry("8ABC*", "CA", HotlistClass.WANTED),
    ]
    match = EntryMatcher(listed).match(reading_of("8ABC123"))
    assert match is not None
    assert [each.entry for each in match.all] == [
        listed[3],
        listed[0],
        listed[2],
        listed[4],
        listed[1],
    ]
    assert all(not each.others for each in match.others)


def test_only_entries_in_effect_count() -> None:
    """An entry does not match before it begins nor from when it has expired."""
    day = timedelta(days=1)
    listed = entry("8ABC123", effective_at=LISTED_AT + day, expires_at=LISTED_AT + 2 * day)
    matcher = EntryMatcher([listed])
    reading = reading_of("8ABC123")
    assert [
        matcher.match(reading, LISTED_AT + hours * timedelta(hours=1)) is not None
        for hours in (23, 24, 47, 48)
    ] == [False, True, True, False]


def test_list_age_is_told_and_lowers_the_priority() -> None:
    """A match says how old its list was; one of a stale list is less urgent, and says so."""
    matcher = EntryMatcher([entry("8ABC123")], stale_after=timedelta(hours=24))
    reading = reading_of("8ABC123")
    fresh = matcher.match(reading, LISTED_AT + timedelta(hours=23))
    stale = matcher.match(reading, LISTED_AT + timedelta(hours=24))
    assert fresh is not None
    assert stale is not None
    assert (fresh.is_stale, stale.is_stale) == (False, True)
    assert fresh.list_age == timedelta(hours=23)
    assert stale.priority > fresh.priority


def test_covert_entries_match_and_are_not_shown() -> None:
    """A covert entry is matched, and the car shows only what else the plate stands for."""
    covert = entry("8ABC123", kind=HotlistClass.FELONY, is_covert=True)
    open_one = entry("8ABC123", kind=HotlistClass.BOLO)
    match = EntryMatcher([covert, open_one]).match(reading_of("8ABC123"))
    assert match is not None
    assert match.entry == covert
    assert [each.entry for each in match.shown] == [open_one]


class BrokenStore:
    """Entries that cannot be fetched."""

    def __init__(self, matcher: EntryMatcher) -> None:
        self._whole = matcher._source

    def fetch(self, entry_ids: Sequence[int]) -> Mapping[int, HotlistEntry]:
        raise StoreError("The disk is gone.")

    def list_of(self, entry_id: int) -> object:
        return self._whole.list_of(entry_id)


def test_a_broken_store_hides_no_hit() -> None:
    """If the entry cannot be fetched, the hit is told with plate, class and list all the same."""
    matcher = EntryMatcher([entry("8ABC123", kind=HotlistClass.FELONY)])
    matcher._source = BrokenStore(matcher)  # type: ignore[assignment]
    match = matcher.match(reading_of("8ABC123"))
    assert match is not None
    assert match.entry.hotlist_class is HotlistClass.FELONY
    assert (match.entry.plate, match.entry.hotlist) == ("8ABC123", "list")
    assert match.entry.reason == DETAILS_LOST


@pytest.mark.parametrize("plate", ["", "8abc123", "8ABC123ABC123", "8A*", "Ä1"])
def test_entries_that_no_read_could_match_are_refused(plate: str) -> None:
    """An entry in another form than the matcher compares is refused, not silently dead."""
    with pytest.raises(InputError):
        EntryMatcher([entry(plate)])


def test_the_current_matcher_is_the_last_one_put_in() -> None:
    """After a swap the other list counts, with the time asked for at each match."""
    times = iter([LISTED_AT + timedelta(hours=2), LISTED_AT, LISTED_AT])
    current = CurrentMatcher(EntryMatcher([entry("8ABC123")]), lambda: next(times))
    match = current.match(reading_of("8ABC123"))
    assert match is not None
    assert match.list_age == timedelta(hours=2)
    current.swap(EntryMatcher([entry("1NEW111")]))
    assert current.match(reading_of("8ABC123")) is None
    assert current.match_plate("1NEW111", None) is not None
