"""Policy 462, retention and destruction, on a real store: each test's docstring begins with its clause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alpr_core.errors import InputError
from alpr_core.hold import Hold
from alpr_core.permissions import PERMISSIONS, Action, Role
from alpr_core.retention import SERVER_DAYS_MIN, DataClass, check_rules
from tests.alpr_central.purged_fleet import PurgedFleet
from tests.db.purging import DAY, PurgeWorld, at_cut_off, rules


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PurgeWorld]:
    world = PurgeWorld(tmp_path / "store")
    yield world
    world.close()


def test_462_2_1_f_destruction_is_announced_authorised_and_certified(world: PurgeWorld) -> None:
    """462.2.1(f): an administrator sets the rules; each destruction has both authorities and a certificate."""
    for action in (Action.SET_RETENTION, Action.CONFIRM_PURGE, Action.LIFT_HOLD):
        assert PERMISSIONS[action].roles == {Role.ADMINISTRATOR}
    for missing in ("approval", "consent"):
        with pytest.raises(InputError, match="is missing"):
            check_rules(rules(**{missing: ""}))
    world.record([at_cut_off(30) - DAY])
    world.receipt()
    world.take_rules()
    certificate = world.purge()
    assert certificate.approval and certificate.consent and certificate.is_proven
    assert world.store.retention.certificates() == (certificate,)


def test_462_4_a_year_at_the_server_and_only_receipted_reads_go(world: PurgeWorld) -> None:
    """462.4: the server keeps everything for a year at least, the car whatever the server has not receipted."""
    assert SERVER_DAYS_MIN >= 366
    with pytest.raises(InputError, match="server read needs 366"):
        check_rules(rules(server_days=dict.fromkeys(DataClass, 365)))
    transferred, waiting = world.record([at_cut_off(30) - DAY] * 2)
    world.receipt(transferred)
    world.take_rules()
    world.purge()
    assert world.stored() == {waiting}


def test_462_4_what_is_or_may_become_evidence_is_held(world: PurgeWorld) -> None:
    """462.4: a read under a hold stays, whatever the rules say, until the hold is lifted."""
    held, other = world.record([at_cut_off(30) - DAY] * 2)
    world.receipt()
    world.hold(held)
    world.take_rules()
    assert world.purge().held == 1
    assert world.stored() == {held} and other not in world.stored()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[PurgedFleet]:
    fleet = PurgedFleet(tmp_path / "server", datetime(2027, 1, 20, tzinfo=UTC))
    fleet.take_rules()
    yield fleet
    fleet.close()


def test_462_4_the_server_purges_after_the_year_unless_it_is_evidence(fleet: PurgedFleet) -> None:
    """462.4: what came longer ago than the rule says goes; what may become evidence stays and is found."""
    older, younger = (datetime(2025, month, 9, tzinfo=UTC) for month in (11, 12))
    kept, _ = fleet.receive(older, "1KMW017", "2KMW027")
    fleet.receive(younger, "3KMW037")
    hold = Hold(
        "4f7a2c91d0e3", "26-012345", "subpoena in a civil action", "A-1", fleet.now, None, 1
    )
    fleet.central.holds.set(hold, [kept])
    certificate = fleet.purge()
    assert (certificate.goes, certificate.held) == (1, 1) and certificate.is_proven
    assert fleet.plates() == ["1KMW017", "3KMW037"]
