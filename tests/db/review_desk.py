"""The services of the audit log over a staffed store, joined as the box joins them."""

from __future__ import annotations

import secrets

from alpr_core.audit.entry import Subject
from alpr_core.desk.audit_review import AuditReview
from alpr_core.desk.desk import Desk
from alpr_core.desk.weekly_review import WeeklyReview
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from db.export_file import write_export
from db.witnessed_log import witnessed_log
from tests.db.staffed_store import StaffedStore


def audit_review_of(staffed: StaffedStore, desk: Desk) -> AuditReview:
    audit, sync = staffed.store.audit, staffed.store.sync
    return AuditReview(
        desk,
        audit.records,
        lambda told: audit.verify(on_progress=told),
        write_export,
        lambda: witnessed_log(audit, sync),
    )


def weekly_review_of(staffed: StaffedStore, desk: Desk) -> WeeklyReview:
    return WeeklyReview(
        desk,
        staffed.store.audit.records,
        staffed.store.audit_reviews,
        lambda: staffed.now,
        secrets.SystemRandom().sample,
        lambda: secrets.token_hex(16),
    )


def search_at(
    staffed: StaffedStore, desk: Desk, plate: str, detail: str = "silver van on Elm Street"
) -> None:
    """Search for a plate as an officer does; only its entry matters here."""
    purpose = desk.state_purpose("stolen_vehicle", "26-012345", detail)
    assert isinstance(purpose, AccessPurpose)
    with desk.doing(Action.SEARCH, "search", purpose, Subject(plates=(plate,))):
        pass
