"""Known answers of the line: our own models on a drawn street, and the rules of matching."""

from __future__ import annotations

from datetime import UTC, datetime

from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.manual_entry import manual_sighting
from alpr_core.matching.entry_matcher import EntryMatcher
from alpr_core.sighting import MatchKind
from alpr_tui.self_test.known_answers import KnownAnswer, WrongAnswer, expect
from alpr_vision.eyes import Eyes
from alpr_vision.model_files import check_package_models
from hw.simulated_drive import SimulatedDrive

DRIVE_SEED = 462
DRIVE_VEHICLES = 2

_LISTED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _eyes() -> None:
    drive = SimulatedDrive(seed=DRIVE_SEED, vehicles=DRIVE_VEHICLES, is_live=False, loops=False)
    unread = {vehicle.plate for vehicle in drive.vehicles}
    eyes = Eyes.open()
    for frame in drive.frames():
        unread -= {reading.text for reading in eyes.look(frame)}
        if not unread:
            return
    raise WrongAnswer(f"{len(unread)} of {DRIVE_VEHICLES} drawn plates were never read")


def _matching() -> None:
    def entry(plate: str, tolerance: int = 0) -> HotlistEntry:
        kind = HotlistClass.STOLEN
        return HotlistEntry("known", plate, None, kind, "", _LISTED_AT, tolerance=tolerance)

    matcher = EntryMatcher([entry("7ABC128"), entry("8XYZ0S1", tolerance=1), entry("5DEF*")])
    known = (
        ("7ABC128", MatchKind.EXACT),
        ("7ABC12B", None),  # exact lists forgive no look-alike
        ("8XYZ0S1", MatchKind.EXACT),
        ("8XYZ051", MatchKind.LOOK_ALIKE),
        ("8XYZO51", None),  # two look-alikes
        ("5DEF9", MatchKind.PATTERN),
        ("5DE9", None),
    )
    for plate, kind in known:
        match = matcher.match(manual_sighting("", plate, None, _LISTED_AT, "").reading)
        expect(f"match of {plate}", None if match is None else match.kind, kind)


ANSWERS = (
    KnownAnswer("models unaltered", "alpr_vision/models/PINS", check_package_models),
    KnownAnswer("plates of a drawn street", f"our own, drive {DRIVE_SEED}", _eyes),
    KnownAnswer("matching with lists", "design: exact, look-alike, pattern", _matching),
)
