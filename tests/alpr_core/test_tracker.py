from __future__ import annotations

from collections.abc import Sequence

import pytest

from alpr_core.plate import PlateBox, PlateReading
from alpr_core.sighting import Sighting
from alpr_core.tracker import BEST_FRAMES_MAX, PassTracker, TrackerSettings
from tests.alpr_core.made_readings import box_at, frame_at, reading_of


def passes_of(frames: Sequence[Sequence[PlateReading]], step_s: float = 0.05) -> list[Sighting]:
    tracker = PassTracker(TrackerSettings(), lambda at: f"{at.timestamp():.3f}")
    sightings = [
        sighting
        for number, readings in enumerate(frames)
        for sighting in tracker.follow(frame_at(number * step_s, number), readings)
    ]
    return [*sightings, *tracker.finish()]


def moving(
    text: str, count: int, x: float = 100.0, speed: float = 30.0, **more: float
) -> list[list[PlateReading]]:
    return [[reading_of(text, box_at(x + speed * n), **more)] for n in range(count)]  # type: ignore[arg-type]


def test_one_pass_is_one_sighting() -> None:
    """A vehicle seen in many frames gives one sighting, as soon as its text has settled."""
    (sighting,) = passes_of(moving("8ABC123", 12))
    assert sighting.reading.text == "8ABC123"
    assert sighting.frame_count == 3
    assert sighting.frame.number == 2


def test_two_vehicles_side_by_side() -> None:
    """Two plates in the same frames are two sightings, even when they cross."""
    frames = [
        [reading_of("8ABC123", box_at(100 + 40 * n)), reading_of("7XYZ987", box_at(900 - 40 * n))]
        for n in range(18)
    ]
    assert sorted(s.reading.text for s in passes_of(frames)) == ["7XYZ987", "8ABC123"]


def test_a_late_correction_supersedes() -> None:
    """Later and clearer looks that change the text give a second sighting that names the first."""
    early = moving("8ABC1Z3", 3, confidence=0.93)
    late = moving("8ABC123", 20, x=190.0, confidence=0.999)
    first, second = passes_of(early + late)
    assert (first.reading.text, second.reading.text) == ("8ABC1Z3", "8ABC123")
    assert second.supersedes == first.sighting_id


def test_doubtful_reading_waits_for_the_end_of_the_pass() -> None:
    """A text that does not settle is given out when the vehicle has passed, not before."""
    tracker = PassTracker(TrackerSettings(), lambda at: "id")
    for number, readings in enumerate(moving("8ABC123", 4, weak={6: ("8", 0.4, 0.55)})):
        assert tracker.follow(frame_at(number * 0.05, number), readings) == ()
    (sighting,) = tracker.follow(frame_at(2.0, 9), ())
    assert sighting.reading.text == "8ABC123"


def test_hopeless_reading_is_no_sighting() -> None:
    """What stays below the reporting threshold is not given out at all."""
    assert passes_of(moving("8ABC123", 2, confidence=0.25)) == []


def test_short_occlusion_is_the_same_pass() -> None:
    """A vehicle hidden for a second does not raise a second alert."""
    hidden: list[list[PlateReading]] = [[] for _ in range(20)]
    frames = moving("8ABC123", 5) + hidden + moving("8ABC123", 5, x=700.0)
    assert len(passes_of(frames)) == 1


def test_coming_back_later_is_another_pass() -> None:
    """The same vehicle after a minute is another sighting."""
    tracker = PassTracker(TrackerSettings(), lambda at: f"{at}")
    given: list[Sighting] = []
    for number, readings in enumerate(moving("8ABC123", 4)):
        given += tracker.follow(frame_at(number * 0.05, number), readings)
    for number, readings in enumerate(moving("8ABC123", 4)):
        given += tracker.follow(frame_at(60 + number * 0.05, 100 + number), readings)
    assert len(given) == 2


def test_second_wanted_plate_near_the_first_is_not_swallowed() -> None:
    """A different plate at the place where another just was is a vehicle of its own."""
    frames = moving("8ABC123", 6, speed=0.0) + [[]] * 3 + moving("5KLM321", 6, x=110.0, speed=0.0)
    assert [s.reading.text for s in passes_of(frames)] == ["8ABC123", "5KLM321"]


def test_a_pause_of_the_camera_is_no_second_pass() -> None:
    """Ending the passes while the camera pauses does not make the same car a second sighting."""
    tracker = PassTracker(TrackerSettings(), lambda at: "id")
    given: list[Sighting] = []
    for number, readings in enumerate(moving("8ABC123", 5)):
        given += tracker.follow(frame_at(number * 0.05, number), readings)
    given += tracker.finish()
    for number, readings in enumerate(moving("8ABC123", 5)):
        given += tracker.follow(frame_at(2 + number * 0.05, 50 + number), readings)
    assert len(given) == 1


def test_a_sign_misread_for_hours_keeps_few_frames() -> None:
    """A standing text that is read differently each time keeps a handful of frames, not all of them."""
    tracker = PassTracker(TrackerSettings(), lambda at: "id")
    for number in range(500):
        reading = reading_of(f"AB{number:04d}", box_at(100), confidence=0.4)
        tracker.follow(frame_at(number * 0.05, number), [reading])
    kept = [track.whole._best_frames for track in tracker._tracks]
    assert sum(len(frames) for frames in kept) <= 2 * BEST_FRAMES_MAX


def test_a_plate_cut_by_the_edge_does_not_settle() -> None:
    """What is read of a plate that enters the picture is forgotten as soon as it is seen whole."""
    cut = [[reading_of("BC123", box_at(0, w=60 + 8 * n))] for n in range(5)]
    whole = [[reading_of("8ABC123", box_at(10 + 30 * n))] for n in range(4)]
    (sighting,) = passes_of(cut + whole)
    assert sighting.reading.text == "8ABC123"
    assert sighting.frame_count == 3


@pytest.mark.parametrize(
    "box", [box_at(1), box_at(1178), box_at(500, y=1), box_at(500, y=668)], ids=repr
)
def test_a_plate_never_seen_whole_is_given_at_the_end(box: PlateBox) -> None:
    """A plate that stays at the picture's edge gives its sighting when the pass ends, not before."""
    tracker = PassTracker(TrackerSettings(), lambda at: "id")
    for number in range(6):
        reading = reading_of("BC123", box)
        assert tracker.follow(frame_at(number * 0.05, number), [reading]) == ()
    (sighting,) = tracker.finish()
    assert (sighting.reading.text, sighting.frame_count) == ("BC123", 6)


def test_a_plate_that_comes_out_from_behind_something_does_not_settle() -> None:
    """While each look shows more signs than the looks so far agree on, the text has not settled."""
    shown = ["8AB", "8AB", "8ABC", "8ABC1", "8ABC12", "8ABC123", "8ABC123", "8ABC123", "8ABC123"]
    frames = [
        [reading_of(text, box_at(300 + 20 * n), confidence=0.99)] for n, text in enumerate(shown)
    ]
    (sighting,) = passes_of(frames)
    assert sighting.reading.text == "8ABC123"


def test_memory_stays_bounded() -> None:
    """A thousand passes leave nothing behind but those under way."""
    tracker = PassTracker(TrackerSettings(), lambda at: "id")
    for number in range(1000):
        text = f"8ABC{number:03d}"
        tracker.follow(frame_at(number * 1.0, number), [reading_of(text, box_at(100))])
    assert len(tracker._tracks) <= 2
    assert len(tracker._given_lately) <= 20
