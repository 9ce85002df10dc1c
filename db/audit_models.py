"""The tables of the audit log as Peewee sees them; `migrations` makes them."""

from __future__ import annotations

from peewee import BlobField, CompositeKey, IntegerField, Model, TextField


class AuditLogRow(Model):
    """The one log of this store and how far it has come."""

    id = IntegerField(primary_key=True)
    """Always 1."""
    origin = TextField()
    size = IntegerField()
    """Number of entries."""
    seal = BlobField()
    """Keyed hash of origin and size: rows cannot be dropped from the end without it."""
    key_day = TextField()
    """UTC day for which the newest log key was made."""
    vkey = TextField()
    """The newest log key as a verifier key."""

    class Meta:
        table_name = "audit_log"


class AuditKeyRow(Model):
    """A key of the audit log, wrapped by the log KEK."""

    name = TextField(primary_key=True)
    wrapped = BlobField()

    class Meta:
        table_name = "audit_key"


class AuditEntryRow(Model):
    """One entry, as its canonical bytes."""

    position = IntegerField(primary_key=True)
    leaf = TextField()
    seal = BlobField()
    """Keyed hash of position and leaf: an entry cannot be rewritten with all its hashes without it."""
    # What follows is computed from `leaf` by SQLite, so that a filter cannot say something else.
    at = TextField()
    user_id = TextField()
    action = TextField()
    purpose = TextField()
    case_number = TextField()

    class Meta:
        table_name = "audit_entry"


class AuditNodeRow(Model):
    """One complete subtree of the Merkle tree."""

    level = IntegerField()
    number = IntegerField()
    hash = BlobField()

    class Meta:
        table_name = "audit_node"
        primary_key = CompositeKey("level", "number")


class AuditCheckpointRow(Model):
    """One signed checkpoint."""

    size = IntegerField(primary_key=True)
    note = TextField()

    class Meta:
        table_name = "audit_checkpoint"


class AuditPlateRow(Model):
    """That an entry names a plate, as a keyed hash of the plate."""

    mark = BlobField()
    position = IntegerField()

    class Meta:
        table_name = "audit_plate"
        primary_key = CompositeKey("mark", "position")


AUDIT_MODELS: tuple[type[Model], ...] = (
    AuditLogRow,
    AuditKeyRow,
    AuditEntryRow,
    AuditNodeRow,
    AuditCheckpointRow,
    AuditPlateRow,
)
