"""What every test of the store needs: a folder, and stores that are closed whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from db.keys import RootKey
from db.store import Store
from tests.db.kept_folder import empty_store
from tests.db.sample_sightings import ROOT_KEY

OpenStore = Callable[..., Store]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a store that is not made yet."""
    return tmp_path / "store"


@pytest.fixture
def open_store(folder: Path) -> Iterator[OpenStore]:
    """Return a function that opens a store, or makes it, in `folder` with ROOT_KEY unless told otherwise."""
    with ExitStack() as opened:

        def open_one(where: Path = folder, root_key: RootKey = ROOT_KEY) -> Store:
            if root_key is ROOT_KEY and not where.exists():
                empty_store().lay_down(where)
            return opened.enter_context(closing(Store.open(where, root_key)))

        yield open_one
