"""The tables of the hotlists as Peewee sees them; `hotlist_tables` makes them."""

from __future__ import annotations

from peewee import AutoField, BooleanField, IntegerField, Model, TextField

from db.models import InstantField


class HotlistRow(Model):
    """One list."""

    name = TextField(primary_key=True)
    edition = IntegerField(null=True)
    """The edition that counts; None until the first one is complete."""
    settings = TextField()
    """JSON, see `hotlist_settings`."""
    failed_at = InstantField(null=True)
    """Last import that failed since the last one that did not."""
    failure = TextField()

    class Meta:
        table_name = "hotlist"


class HotlistEditionRow(Model):
    """One edition of a list: current, being written, or left over."""

    id = AutoField()
    hotlist = TextField()
    version = IntegerField()
    """Of a signed package; 0 for any other file."""
    issued_at = InstantField()
    taken_at = InstantField()
    source = TextField()
    """Name of the file."""
    rows = IntegerField()
    kept = IntegerField()
    bad = TextField()
    """JSON: reason and number."""
    dropped = TextField()
    personal_fields = IntegerField()
    covert = IntegerField()
    """Entries that the car does not show."""
    looked_back_at = InstantField(null=True)
    """When it was matched with stored reads; None means that it waits for that."""

    class Meta:
        table_name = "hotlist_edition"


class HotlistEntryRow(Model):
    """One wanted plate of one edition, see `hotlist_tables`."""

    id = AutoField()
    plate = TextField()
    state = TextField(null=True)
    hotlist_class = TextField()
    reason = TextField()
    listed_at = InstantField(null=True)
    """None means the edition's own time of issue."""
    vehicle = TextField()
    """Make, model, colour and year between tabs; empty if none is known."""
    effective_at = InstantField(null=True)
    expires_at = InstantField(null=True)
    tolerance = IntegerField()
    is_covert = BooleanField()
    reference = TextField()
    source_agency = TextField()
    person = TextField()

    class Meta:
        table_name = "hotlist_entry"


class HotlistSettingRow(Model):
    """What the agency has set for all lists: class rules, look-alikes, a template."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "hotlist_setting"


HOTLIST_MODELS: tuple[type[Model], ...] = (
    HotlistRow,
    HotlistEditionRow,
    HotlistEntryRow,
    HotlistSettingRow,
)
