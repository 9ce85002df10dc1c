"""Keep a store as this version of the program makes it, for the tests of later versions.

Run as `python -m tests.db.freeze_store tests/db/store_version_N` when a migration was added to a
release.
"""

from __future__ import annotations

import sys
from pathlib import Path

from db.store import LOCK_FILE, Store
from tests.db.sample_sightings import ROOT_KEY, Outcomes, make_entry, make_match, make_sighting


def main() -> None:
    folder = Path(sys.argv[1])
    store = Store.open(folder, ROOT_KEY)
    store.hotlists.replace_list("SVS", [make_entry(), make_entry("6WANTED")])
    writer = store.writer(Outcomes())
    writer.record(make_sighting(1), make_match())
    writer.record(make_sighting(2, "8XYZ999", supersedes=f"{1:032x}"), None)
    store.close()
    (folder / LOCK_FILE).unlink()
    (folder / "images" / "incoming").rmdir()


if __name__ == "__main__":
    main()
