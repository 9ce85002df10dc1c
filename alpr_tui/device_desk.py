"""The car's devices at a desk, joined from store and running devices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alpr_core.audit.signed_note import Verifier
from alpr_core.desk.desk import Desk
from alpr_core.desk.devices import Devices
from alpr_tui.device_bench import CarBench
from db.store import Store


def devices_of(
    desk: Desk, store: Store, bench: CarBench | None, now: Callable[[], datetime]
) -> Devices:
    """Return the devices at a desk; without a bench only their profile."""

    def trusted() -> tuple[Verifier, ...]:
        return tuple(Verifier.parse(key) for key in store.settings.agency().profile_keys)

    return Devices(desk, store.settings, bench, store.profile_signer, trusted, store.box, now)
