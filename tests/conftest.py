"""For all tests: a slow machine is no failure; speed is measured in `bench/`."""

from __future__ import annotations

import gc

from hypothesis import settings

settings.register_profile("alpr", deadline=None)
settings.load_profile("alpr")

gc.disable()


def pytest_collection_finish() -> None:
    """Leave what collecting made, a million objects that stay to the end, out of every later collection."""
    gc.freeze()
    gc.enable()
