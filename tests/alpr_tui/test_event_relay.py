from __future__ import annotations

from datetime import UTC, datetime

from alpr_core.events import BoxEvent, CameraBack, CameraLost
from alpr_tui.event_relay import EventRelay

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_events_told_while_the_early_ones_are_handed_over_come_after_them() -> None:
    """Order is kept, also when a thread tells something in the middle of the replay."""
    relay = EventRelay()
    early = [CameraLost("front", AT, "cable"), CameraLost("rear", AT, "cable")]
    late = CameraBack("front", AT)
    for event in early:
        relay.tell(event)
    seen: list[BoxEvent] = []

    def watcher(event: BoxEvent) -> None:
        seen.append(event)
        if event is early[0]:
            relay.tell(late)

    relay.attach(watcher)
    assert seen == [*early, late]
