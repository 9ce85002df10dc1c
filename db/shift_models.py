"""The tables of shifts and canvasses as Peewee sees them; `shift_tables` makes them."""

from __future__ import annotations

from peewee import AutoField, CompositeKey, FloatField, IntegerField, Model, TextField

from db.models import InstantField, JsonTupleField


class ShiftRow(Model):
    """One shift, see `alpr_core.shift.Shift`."""

    id = TextField(primary_key=True)
    officer = TextField()
    """JSON: user id, name and organisation."""
    vehicle = TextField()
    partner = TextField()
    purpose = TextField()
    detail = TextField()
    checks = TextField()
    """JSON, see `shifts`."""
    started_at = InstantField()
    ended_at = InstantField(null=True)
    ended_by = TextField()
    """Empty while it is open."""
    summary = TextField(null=True)
    """JSON, see `shifts`."""

    class Meta:
        table_name = "shift"


class ShiftReadRow(Model):
    """Which shift a read belongs to; none if it was made outside of any."""

    sighting_id = TextField(primary_key=True)
    shift_id = TextField()

    class Meta:
        table_name = "shift_read"


class CanvassRow(Model):
    """One canvass, see `alpr_core.canvass.Canvass`."""

    id = TextField(primary_key=True)
    officer = TextField()
    """JSON: user id, name and organisation."""
    purpose_code = TextField()
    case_number = TextField()
    detail = TextField()
    crime_type = TextField()
    places = JsonTupleField()
    """Latitude and longitude of each, degrees."""
    reach_m = FloatField()
    started_at = InstantField()
    ended_at = InstantField(null=True)
    counts = TextField(null=True)
    """JSON, see `canvasses`; None while it runs."""
    hold_ids = JsonTupleField()

    class Meta:
        table_name = "canvass"


class CanvassReadRow(Model):
    """A read that belongs to a canvass."""

    sighting_id = TextField()
    canvass_id = TextField()
    tag = TextField()

    class Meta:
        table_name = "canvass_read"
        primary_key = CompositeKey("sighting_id", "canvass_id")


class CanvassPointRow(Model):
    """A step of the car's way during a canvass."""

    id = AutoField()
    canvass_id = TextField()
    lat_e7 = IntegerField()
    """1e-7 degrees."""
    lon_e7 = IntegerField()

    class Meta:
        table_name = "canvass_point"


SHIFT_MODELS: tuple[type[Model], ...] = (
    ShiftRow,
    ShiftReadRow,
    CanvassRow,
    CanvassReadRow,
    CanvassPointRow,
)
