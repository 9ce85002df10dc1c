"""A box that only imports one list after the other, to be killed.

Run as `python -m tests.db.endless_importer STORE_FOLDER LIST...`; prints the name of each published file.
"""

from __future__ import annotations

import os
import sys
from itertools import cycle
from pathlib import Path

from db.store import Store
from tests.db.list_files import import_list
from tests.db.sample_sightings import ROOT_KEY


def main() -> None:
    folder, *files = map(Path, sys.argv[1:])
    store = Store.open(folder, ROOT_KEY)
    os.write(1, b"ready\n")
    for file in cycle(files):
        import_list(store, file)
        os.write(1, f"{file.name}\n".encode())


if __name__ == "__main__":
    main()
