"""Packages, custody, requests and audit reports as Peewee sees them. Used inside this package only."""

from __future__ import annotations

from peewee import AutoField, BlobField, CompositeKey, IntegerField, Model, TextField

from db.models import InstantField, JsonTupleField


class PackageRow(Model):
    """One package that left the store, see `alpr_core.packages.order.PackageRecord`."""

    number = TextField(primary_key=True)
    kind = TextField()
    request = TextField()
    case_number = TextField()
    purpose = TextField()
    made_by = TextField()
    made_by_name = TextField()
    made_at = InstantField()
    recipients = JsonTupleField()
    medium = TextField()
    contents_sha256 = TextField()
    manifest_sha256 = TextField()
    byte_count = IntegerField()
    remark = TextField()
    finished_at = InstantField(null=True)

    class Meta:
        table_name = "package"


class PackageReadRow(Model):
    """One read of a package."""

    number = TextField()
    place = IntegerField()
    """From 0, in the order of the package."""
    sighting_id = TextField()

    class Meta:
        table_name = "package_read"
        primary_key = CompositeKey("number", "place")


class HandOverRow(Model):
    """One change of hands; never changed, never deleted."""

    id = AutoField()
    number = TextField()
    at = InstantField()
    given_by = TextField()
    taken_by = TextField()
    remark = TextField()
    recorded_by = TextField()

    class Meta:
        table_name = "hand_over"


class ReleaseRequestRow(Model):
    """One written request; never changed, never deleted."""

    number = TextField(primary_key=True)
    agency = TextField()
    agency_kind = TextField()
    person = TextField()
    purpose = TextField()
    reference = TextField()
    received_on = TextField()
    """Day as `2026-11-23`."""
    plate = TextField()
    since = InstantField(null=True)
    until = InstantField(null=True)
    document_name = TextField()
    document_sha256 = TextField()
    document = BlobField()
    requested_by = TextField()
    entered_by = TextField()
    entered_at = InstantField()

    class Meta:
        table_name = "release_request"


class ReleaseDecisionRow(Model):
    """The one decision of a request."""

    number = TextField(primary_key=True)
    verdict = TextField()
    decided_by = TextField()
    decided_at = InstantField()
    remark = TextField()

    class Meta:
        table_name = "release_decision"


class ReleaseFulfilmentRow(Model):
    """Which package fulfilled a request."""

    number = TextField(primary_key=True)
    package = TextField()

    class Meta:
        table_name = "release_fulfilment"


class AuditReportRow(Model):
    """One signed report of a period."""

    number = TextField(primary_key=True)
    period = TextField()
    since = InstantField()
    until = InstantField()
    made_at = InstantField()
    made_by = TextField()
    pdf = BlobField()
    csv = BlobField()
    signature = BlobField()

    class Meta:
        table_name = "audit_report"
