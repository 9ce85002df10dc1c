"""A box that only records, to be killed: prints the id of each acknowledged sighting on a line.

Run as `python -m tests.db.endless_recorder STORE_FOLDER`.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from alpr_core.events import SightingStored
from alpr_core.sighting import new_sighting_id
from db.store import Store
from db.store_writer import RecordEvent
from tests.db.sample_sightings import ROOT_KEY, make_match, make_sighting


def acknowledge(event: RecordEvent) -> None:
    if isinstance(event, SightingStored):
        os.write(1, f"{event.sighting.sighting_id}\n".encode())
    else:
        sys.exit(f"not recorded: {event.why}")


def main() -> None:
    writer = Store.open(Path(sys.argv[1]), ROOT_KEY).writer(acknowledge)
    for number in count(1):
        now = datetime.now(UTC)
        sighting = make_sighting(
            number, sighting_id=new_sighting_id(now, os.urandom(10)), seen_at=now
        )
        writer.record(sighting, make_match() if number % 3 == 0 else None)
        time.sleep(0.002 * (number % 7))


if __name__ == "__main__":
    main()
