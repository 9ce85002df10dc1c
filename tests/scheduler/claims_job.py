"""Claims a job in a process of its own: prints what it got, holds it until standard input ends."""

from __future__ import annotations

import sys
from pathlib import Path

from db.connection import StoreDatabase
from db.job_runs import JobRuns

with JobRuns(StoreDatabase(Path("unused"), bytes(32)), Path(sys.argv[1])).claim("purge") as is_ours:
    sys.stdout.write(f"{is_ours}\n")
    sys.stdout.flush()
    sys.stdin.read()
