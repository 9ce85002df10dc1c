from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from alpr_core.sighting import new_sighting_id


def test_ids_are_uuid_7_and_sort_by_time() -> None:
    """An id is a valid UUID of version 7, and a later sighting has a greater id."""
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    early = new_sighting_id(at, b"\xff" * 10)
    late = new_sighting_id(at + timedelta(milliseconds=1), b"\x00" * 10)
    assert UUID(early).version == 7
    assert UUID(early).variant == "specified in RFC 4122"
    assert early < late
