"""Long work in Python gives way to other threads."""

from __future__ import annotations

import sys
import threading

from db.in_turns import in_turns


def test_others_get_their_turn() -> None:
    """A thread that waits for Python's lock gets it although nobody is made to give it up."""
    before_s, may_go, has_gone = sys.getswitchinterval(), threading.Lock(), []
    may_go.acquire()
    other = threading.Thread(target=lambda: has_gone.append(may_go.acquire()))
    other.start()
    sys.setswitchinterval(1000.0)
    try:
        may_go.release()
        passed = [number for number in in_turns(range(50_000)) if not has_gone]
    finally:
        sys.setswitchinterval(before_s)
    other.join()
    assert passed == list(range(len(passed)))
    assert len(passed) < 50_000
