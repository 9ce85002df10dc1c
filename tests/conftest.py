"""For all tests: a slow machine is no failure; speed is measured in `bench/`. What many tests pay for is cheap."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import settings

settings.register_profile("alpr", deadline=None)
settings.load_profile("alpr")

gc.disable()


def pytest_collection_finish() -> None:
    """Leave what collecting made, a million objects that stay to the end, out of every later collection."""
    gc.freeze()
    # The screens of one test make so many; at the usual 700 they are looked at again and again.
    gc.set_threshold(50_000)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Let stores hash passwords at little cost; a login takes two. `test_accounts` knows the usual cost."""
    from db.store import Store
    from tests.db.staffed_store import CHEAP

    with patch.object(Store, "argon2_cost", CHEAP):
        yield
