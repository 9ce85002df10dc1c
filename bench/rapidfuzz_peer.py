"""RapidFuzz looks plates up in a list, one JSON line in all. Runs in the peers' environment, alone.

    python rapidfuzz_peer.py PLATES READS   ->   {"cpu_us": [...], "found": [...]}

Both are files with one plate per line. Found is, per read, the number of plates within one changed sign.
This file must import nothing of ours.
"""

import json
import sys
import time
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import Hamming


def main(plates_file: str, reads_file: str) -> None:
    plates = Path(plates_file).read_text("ascii").split()
    reads = Path(reads_file).read_text("ascii").split()
    cpu_us, found = [], []
    for read in reads:
        began_ns = time.thread_time_ns()
        hits = process.extract(read, plates, scorer=Hamming.distance, score_cutoff=1, limit=None)
        cpu_us.append((time.thread_time_ns() - began_ns) / 1000)
        found.append(len(hits))
    print(json.dumps({"cpu_us": cpu_us, "found": found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
