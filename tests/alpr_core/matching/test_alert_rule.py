"""One alert per vehicle pass; a second wanted plate is never hidden by the first one's alert."""

from __future__ import annotations

from dataclasses import replace

from alpr_core.hotlist import HotlistClass
from alpr_core.matching.alert_rule import (
    REMIND_AFTER_S,
    SAME_PASS_S,
    AlertRule,
)
from alpr_core.sighting import Alerting, Match, MatchKind
from tests.alpr_core.matching.test_list_matcher import entry

STOLEN = Match(entry("8ABC123"), True)
FELONY = Match(entry("8ABC123", kind=HotlistClass.FELONY), True)
PATTERN = Match(entry("8AB*", None), None, MatchKind.PATTERN)


def test_one_vehicle_alerts_once() -> None:
    """A vehicle seen again and again, also by a second camera, alerts once until it was gone."""
    rule = AlertRule()
    moments = (0.0, 1.0, 30.0, 80.0, 130.0)
    judged = [
        rule.judge(STOLEN, "8ABC123", str(at), None, at) for at in (*moments, 130.0 + SAME_PASS_S)
    ]
    assert judged == [Alerting.ALERT, *[Alerting.SILENT] * 4, Alerting.ALERT]


def test_a_second_wanted_plate_is_never_hidden() -> None:
    """Another plate, another entry on the plate, and another vehicle that fits a pattern all alert."""
    rule = AlertRule()
    other = Match(entry("7XYZ999"), True)
    assert rule.judge(STOLEN, "8ABC123", "a", None, 0.0) is Alerting.ALERT
    assert rule.judge(other, "7XYZ999", "b", None, 0.1) is Alerting.ALERT
    assert rule.judge(FELONY, "8ABC123", "c", None, 0.2) is Alerting.ALERT
    both = replace(FELONY, others=(STOLEN, PATTERN))
    assert rule.judge(both, "8ABC123", "d", None, 0.3) is Alerting.ALERT
    assert rule.judge(PATTERN, "8ABX000", "e", None, 0.4) is Alerting.ALERT
    assert rule.judge(PATTERN, "8ABX000", "f", None, 0.5) is Alerting.SILENT


def test_a_correction_updates_instead_of_alerting() -> None:
    """When later frames make a POSSIBLE match exact, the alert on the screen changes without a sound."""
    rule = AlertRule()
    possible = replace(STOLEN, kind=MatchKind.LOOK_ALIKE, differing=(2,))
    assert rule.judge(possible, "8A8C123", "a", None, 0.0) is Alerting.ALERT
    assert rule.judge(STOLEN, "8ABC123", "b", "a", 1.0) is Alerting.UPDATE
    assert rule.judge(possible, "BABC123", "c", "b", 2.0) is Alerting.SILENT


def test_a_correction_to_another_wanted_plate_alerts() -> None:
    """A correction that meets another entry is an alert of its own."""
    rule = AlertRule()
    assert rule.judge(STOLEN, "8ABC123", "a", None, 0.0) is Alerting.ALERT
    other = Match(entry("8ABC128"), True)
    assert rule.judge(other, "8ABC128", "b", "a", 1.0) is Alerting.ALERT


def test_an_exact_read_is_not_hidden_by_a_look_alike() -> None:
    """A look-alike that alerted does not silence the vehicle that really is wanted."""
    rule = AlertRule()
    possible = replace(STOLEN, kind=MatchKind.LOOK_ALIKE, differing=(2,))
    assert rule.judge(possible, "8A8C123", "a", None, 0.0) is Alerting.ALERT
    assert rule.judge(STOLEN, "8ABC123", "b", None, 1.0) is Alerting.ALERT


def test_a_vehicle_that_stays_is_recalled() -> None:
    """A wanted vehicle in sight for ten minutes alerts again, and what is remembered stays small."""
    rule = AlertRule()
    judged = [
        rule.judge(STOLEN, "8ABC123", str(second), None, float(second))
        for second in range(0, int(REMIND_AFTER_S) + 1, 10)
    ]
    assert judged[0] is judged[-1] is Alerting.ALERT
    assert set(judged[1:-1]) == {Alerting.SILENT}
    assert len(rule._entries_of) <= SAME_PASS_S / 10 + 1
