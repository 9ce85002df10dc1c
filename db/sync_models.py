"""The tables of sync as Peewee sees them; bound to no database, like those of `models`."""

from __future__ import annotations

from peewee import BlobField, IntegerField, Model, TextField

from db.models import InstantField


class SyncBatchRow(Model):
    """A batch that was made and has no receipt yet; its records carry its digest."""

    sha256 = TextField(primary_key=True)
    made_at = InstantField()

    class Meta:
        table_name = "sync_batch"


class SyncReceiptRow(Model):
    """The server's word for a batch."""

    sha256 = TextField(primary_key=True)
    first_sequence = IntegerField()
    last_sequence = IntegerField()
    record_count = IntegerField()
    note = TextField()
    """Signed."""
    received_at = InstantField()
    """By the server's clock."""

    class Meta:
        table_name = "sync_receipt"


class SyncLinkRow(Model):
    """The one server of this box; at most one row."""

    id = IntegerField(primary_key=True)
    server = TextField()
    box = TextField()
    authority_pem = TextField()
    certificate_pem = TextField()
    key_pem = TextField()
    signing_seed = BlobField()
    server_vkey = TextField()
    witness_vkey = TextField()
    enrolled_at = InstantField()
    stopped_why = TextField(null=True)
    reached_at = InstantField(null=True)
    witnessed_size = IntegerField(default=0)
    witnessed_note = TextField(null=True)
    """The newest checkpoint with the server's cosignature."""

    class Meta:
        table_name = "sync_link"


class SyncPackageRow(Model):
    """Which edition of a package was taken over."""

    name = TextField(primary_key=True)
    version = IntegerField()
    taken_at = InstantField()

    class Meta:
        table_name = "sync_package"
