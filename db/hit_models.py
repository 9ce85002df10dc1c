"""The tables of hits as Peewee sees them; `hit_tables` makes them."""

from __future__ import annotations

from peewee import AutoField, BooleanField, IntegerField, Model, TextField

from db.models import InstantField, JsonTupleField


class HitRow(Model):
    """One list entry that a sighting stands for, as it read at that moment; see `alpr_core.hit.Hit`."""

    id = TextField(primary_key=True)
    sighting_id = TextField()
    place = IntegerField()
    raised_at = InstantField()
    is_alert = BooleanField()
    origin = TextField()
    hotlist = TextField()
    plate = TextField()
    state = TextField(null=True)
    hotlist_class = TextField()
    reason = TextField()
    listed_at = InstantField()
    vehicle = TextField()
    reference = TextField()
    source_agency = TextField()
    person = TextField()
    is_covert = BooleanField()
    state_agrees = BooleanField(null=True)
    kind = TextField()
    differing = JsonTupleField()
    list_age_s = IntegerField(null=True)
    is_stale = BooleanField()
    class_priority = IntegerField()
    """Of the class; `priority` is that of the hit, which a stale list lowers."""
    priority = IntegerField()
    sound = TextField()
    colour = TextField()
    response_line = TextField()
    data = TextField()

    class Meta:
        table_name = "hit"


class VerificationRow(Model):
    """What somebody says about a hit after looking and asking; the newest of a hit counts."""

    id = AutoField()
    hit_id = TextField()
    characters = TextField(null=True)
    state = TextField(null=True)
    vehicle = TextField(null=True)
    clets = TextField(null=True)
    clets_by = TextField()
    clets_reference = TextField()
    disposition = TextField(null=True)
    skipped_because = TextField()
    """Empty unless nothing was verified."""
    verified_by = TextField()
    """Badge number."""
    verified_at = InstantField()
    after_alert_ms = IntegerField()

    class Meta:
        table_name = "verification"


class HitActionRow(Model):
    """What an officer did because of a hit."""

    id = AutoField()
    hit_id = TextField()
    action = TextField()
    note = TextField()
    taken_by = TextField()
    """Badge number."""
    recorded_at = InstantField()

    class Meta:
        table_name = "hit_action"


HIT_MODELS: tuple[type[Model], ...] = (HitRow, VerificationRow, HitActionRow)
