"""A process that imports files one after the other and says how much memory that took.

Run as `python -m tests.db.bounded_importer STORE_FOLDER FILE...`; prints for each file `taken` or `refused`, and
the megabytes by which the process's peak rose over what it held before, with all that the process held which
read the file.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from alpr_core.errors import InputError
from alpr_core.hotlists.settings import ListSettings
from bench.memory import peak_memory_mb
from db.store import Store
from tests.db.child_processes import children_of, peak_mb
from tests.db.list_files import import_list, write_list
from tests.db.sample_sightings import ROOT_KEY
from tests.db.test_hotlist_packages import SIGNER

_CLEAR = Path("/proc/self/clear_refs")


class _Reader:
    """The process that reads, looked at whenever is asked whether the import is still wanted."""

    def __init__(self) -> None:
        self.peak_mb = 0.0

    def look(self) -> bool:
        self.peak_mb = max([self.peak_mb, *map(peak_mb, children_of())])
        return False


def main() -> None:
    folder, *files = map(Path, sys.argv[1:])
    store = Store.open(folder, ROOT_KEY)
    import_list(store, write_list(folder.parent / "small.csv", ["1OLD111"]))
    for file in files:
        _CLEAR.write_text("5", "ascii")  # the peak begins anew, see proc_pid_clear_refs(5)
        before_mb = peak_memory_mb()
        signer = SIGNER.verifier.vkey if file.suffix == ".zip" else ""
        outcome, reader = "refused", _Reader()
        with suppress(InputError):
            settings = ListSettings("SVS", "generic", signer=signer)
            import_list(store, file, settings, is_cancelled=reader.look)
            outcome = "taken"
        sys.stdout.write(f"{outcome} {peak_memory_mb() - before_mb + reader.peak_mb:.0f}\n")
    store.close()


if __name__ == "__main__":
    main()
