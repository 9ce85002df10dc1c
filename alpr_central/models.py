"""The server's tables as Peewee sees them; bound to no database, each query names its own.

`box_id` is the distribution key of a cluster and `month` the partition: both are in every primary key of what
grows, so that the same tables work on one PostgreSQL, on Citus, and in one SQLCipher file.

Source: docs/scale.md.
"""

from __future__ import annotations

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    CompositeKey,
    IntegerField,
    Model,
    TextField,
)


class BoxRow(Model):
    """One enrolled box. Few rows; a reference table in a cluster."""

    id = AutoField()
    name = TextField(index=True)
    log = TextField(unique=True)
    """Origin of its audit log."""
    batch_vkey = TextField()
    reader_key = TextField()
    """X25519, hexadecimal: what is sealed for this box is sealed with it."""
    serial = TextField()
    """Of the certificate that it last showed, hexadecimal; an older one is refused."""
    next_serial = TextField(default="")
    """Of a renewed certificate that it has not shown yet; empty if there is none."""
    enrolled_at = BigIntegerField()
    revoked_at = BigIntegerField(null=True)
    revoked_why = TextField(default="")
    last_sequence = BigIntegerField(default=0)
    """Highest record that was stored."""
    log_vkey = TextField()
    witnessed_size = BigIntegerField(default=0)
    witnessed_root = TextField(default="")
    witnessed_note = TextField(default="")
    witnessed_at = BigIntegerField(null=True)
    alarm_why = TextField(null=True)
    """Why nothing is taken from it; None means no alarm."""
    seen_at = BigIntegerField(null=True)

    class Meta:
        table_name = "box"


class EnrolCodeRow(Model):
    """A code that enrols one box once; only its hash is kept."""

    code_hash = TextField(primary_key=True)
    box = TextField()
    expires_at = BigIntegerField()

    class Meta:
        table_name = "enrol_code"


class BatchRow(Model):
    """One stored batch."""

    box_id = IntegerField()
    sha256 = TextField()
    month = IntegerField()
    first = BigIntegerField()
    last = BigIntegerField()
    records = IntegerField()
    images = IntegerField()
    received_at = BigIntegerField()
    receipt = TextField(null=True)
    """Signed note, the same for ever; None until every picture is there."""

    class Meta:
        table_name = "batch"
        primary_key = CompositeKey("box_id", "sha256")


class RecordRow(Model):
    """One record as it came, with what is searched for taken out of it."""

    box_id = IntegerField()
    month = IntegerField()
    """Partition of the month of receipt, see `months`."""
    sequence = BigIntegerField()
    kind = TextField()
    sighting_id = TextField(null=True)
    seen_at = BigIntegerField(null=True)
    plate = TextField(null=True)
    """None for what is no read and no correction of one."""
    folded = TextField(null=True)
    """The plate with look-alikes folded, which is what is searched first."""
    state = TextField(null=True)
    camera = TextField(null=True)
    hotlist = TextField(null=True)
    has_hit = IntegerField()
    """1 if it is about a read that matched a list, covert ones too: then another retention rule counts."""
    lat_e7 = IntegerField(null=True)
    lon_e7 = IntegerField(null=True)
    payload = TextField()
    """Canonical JSON, byte for byte as the box signed it."""

    class Meta:
        table_name = "record"
        primary_key = CompositeKey("box_id", "month", "sequence")


class ImageRow(Model):
    """A picture that a record names."""

    box_id = IntegerField()
    month = IntegerField()
    batch = BigIntegerField()
    """First sequence of the batch that names it."""
    sha256 = TextField()
    stored_at = BigIntegerField(null=True)
    """None until it is here, or known to be lost."""
    lost_why = TextField(null=True)
    """Why the box cannot send it; None means that it can."""

    class Meta:
        table_name = "image"
        primary_key = CompositeKey("box_id", "month", "batch", "sha256")


class PartitionRow(Model):
    """A partition that there is."""

    month = IntegerField(primary_key=True)

    class Meta:
        table_name = "month"


class HoldRow(Model):
    """A hold (`alpr_core.hold.Hold`): set at the server, or in a car and brought as a record."""

    box_id = IntegerField()
    """0 is the server."""
    id = TextField()
    case_number = TextField()
    reason = TextField()
    set_by = TextField()
    set_at = BigIntegerField()
    until = BigIntegerField(null=True)
    read_count = IntegerField()
    lifted_at = BigIntegerField(null=True)
    lifted_by = TextField(default="")
    lift_reason = TextField(default="")

    class Meta:
        table_name = "hold"
        primary_key = CompositeKey("box_id", "id")


class HoldReadRow(Model):
    """A read that a hold keeps; gone when the hold is lifted."""

    box_id = IntegerField()
    hold_id = TextField()
    sighting_id = TextField(index=True)

    class Meta:
        table_name = "hold_read"
        primary_key = CompositeKey("box_id", "hold_id", "sighting_id")


class PurgedMonthRow(Model):
    """What a purge has done with a partition, written in the transaction that did it."""

    run = TextField()
    """The purge, see `db.retention_models.PurgeRunRow`."""
    month = IntegerField()
    rest = IntegerField()
    """Partition of what stayed."""
    facts = TextField()
    """JSON of `month_purge.PurgedMonth`."""

    class Meta:
        table_name = "purged_month"
        primary_key = CompositeKey("run", "month")


class MonthKeyRow(Model):
    """The wrapped key of the pictures of one partition; destroying it destroys them."""

    month = IntegerField(primary_key=True)
    wrapped = BlobField()

    class Meta:
        table_name = "month_key"


class PackageRow(Model):
    """The newest package of each name, for the cars to fetch."""

    name = TextField(primary_key=True)
    version = IntegerField()
    content = BlobField()

    class Meta:
        table_name = "package"


PARTITIONED: tuple[Any, ...] = (RecordRow, ImageRow)
SMALL: tuple[Any, ...] = (
    BoxRow,
    EnrolCodeRow,
    BatchRow,
    PartitionRow,
    HoldRow,
    HoldReadRow,
    PurgedMonthRow,
    MonthKeyRow,
    PackageRow,
)
