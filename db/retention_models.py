"""The tables of holds, rules and purges as Peewee sees them; `retention_tables` makes them."""

from __future__ import annotations

from peewee import AutoField, BlobField, CompositeKey, IntegerField, Model, TextField

from db.models import InstantField


class HoldRow(Model):
    """One hold, see `alpr_core.hold.Hold`."""

    id = TextField(primary_key=True)
    case_number = TextField()
    reason = TextField()
    set_by = TextField()
    set_at = InstantField()
    until = InstantField(null=True)
    read_count = IntegerField()
    lifted_at = InstantField(null=True)
    lifted_by = TextField(null=True)
    lift_reason = TextField(null=True)

    class Meta:
        table_name = "hold"


class HoldReadRow(Model):
    """A read that a hold keeps; gone when the hold is lifted or over."""

    hold_id = TextField()
    sighting_id = TextField()

    class Meta:
        table_name = "hold_read"
        primary_key = CompositeKey("hold_id", "sighting_id")


class RetentionRulesRow(Model):
    """One edition of the signed rules; the highest version counts."""

    version = IntegerField(primary_key=True)
    note = BlobField()
    """The signed note as it came."""
    vkey = TextField()
    """Verifier key of the agency that signed it."""
    taken_at = InstantField()
    taken_by = TextField()

    class Meta:
        table_name = "retention_rules"


class PurgeNoticeRow(Model):
    """What was said to go; at most one is open."""

    id = AutoField()
    announced_at = InstantField()
    rules_version = IntegerField()
    cut_offs = TextField()
    """JSON: class of data and microseconds since 1970."""
    tally = TextField()
    """JSON, see `alpr_core.purge.PurgeTally`."""
    aged_s = IntegerField()
    """Seconds that the box has lived through since it was announced."""
    confirmed_by = TextField()
    """JSON: badge numbers, in order."""
    ended_at = InstantField(null=True)
    ended_how = TextField(null=True)

    class Meta:
        table_name = "purge_notice"


class PurgeClockRow(Model):
    """When the purge last looked at the clock."""

    id = IntegerField(primary_key=True)
    looked_at = InstantField()
    stopped_why = TextField(null=True)
    """None means that the clock has not leapt since a person last confirmed it."""

    class Meta:
        table_name = "purge_clock"


class PurgeRunRow(Model):
    """One purge; at most one is under way, and one that was killed is finished."""

    id = AutoField()
    notice_id = IntegerField()
    begun_at = InstantField()
    facts = TextField()
    """JSON: what the certificate says of it so far."""
    ended_at = InstantField(null=True)
    certificate = TextField(null=True)

    class Meta:
        table_name = "purge_run"
