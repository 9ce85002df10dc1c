"""The tables of shifts as Peewee sees them; `shift_tables` makes them."""

from __future__ import annotations

from peewee import Model, TextField

from db.models import InstantField


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


SHIFT_MODELS: tuple[type[Model], ...] = (ShiftRow, ShiftReadRow)
