"""A small real store for the jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.store import Store
from tests.db.kept_folder import empty_store
from tests.db.sample_sightings import ROOT_KEY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    empty_store().lay_down(tmp_path / "store")
    with closing(Store.open(tmp_path / "store", ROOT_KEY)) as store:
        yield store
