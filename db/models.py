"""The tables as Peewee sees them. Used inside this package only; `migrations` makes them.

The models are bound to no database, so that two stores can be open in one process: each query names
its database when it is executed.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    FloatField,
    IntegerField,
    Model,
    TextField,
)

from db.instants import from_micros, to_micros


class InstantField(BigIntegerField):
    """An aware UTC time, kept as whole microseconds since 1970."""

    def db_value(self, value: datetime | None) -> int | None:
        return None if value is None else to_micros(value)

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else from_micros(value)


_TUPLES = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class JsonTupleField(TextField):
    """A tuple of numbers, words or such tuples, kept as a JSON array."""

    def db_value(self, value: tuple[Any, ...]) -> str:
        return _TUPLES.encode(value)

    def python_value(self, value: str) -> tuple[Any, ...]:
        return tuple(tuple(item) if isinstance(item, list) else item for item in json.loads(value))


class SightingRow(Model):
    """One vehicle pass."""

    id = TextField(primary_key=True)
    camera = TextField()
    source = TextField()
    """File name or device that the frame came from."""
    first_seen_at = InstantField()
    seen_at = InstantField()
    plate = TextField()
    confidences = JsonTupleField()
    """One per sign of `plate`, 0 to 1."""
    state = TextField(null=True)
    state_confidence = FloatField()
    alternatives = JsonTupleField()
    frame_count = IntegerField()
    box_x = FloatField()
    """Pixels of the frame as it was taken, like all of `box_*` and `corners`."""
    box_y = FloatField()
    box_w = FloatField()
    box_h = FloatField()
    box_score = FloatField()
    corners = JsonTupleField()
    frame_width_px = IntegerField()
    frame_height_px = IntegerField()
    supersedes = TextField(null=True)
    """Not a foreign key: the earlier sighting may not have been recorded."""
    lat_e7 = IntegerField(null=True)
    """Where the box was, 1e-7 degrees; None means that no position was known."""
    lon_e7 = IntegerField(null=True)
    speed_mps = FloatField(null=True)
    track_deg = FloatField(null=True)
    """Over ground, from true north."""
    position_quality = TextField(null=True)
    salt = BlobField(null=True)
    """Opens what the read's audit entry commits to; None for reads of an earlier version."""

    class Meta:
        table_name = "sighting"


class CorrectionRow(Model):
    """What somebody says that a read should have been; the newest of a sighting counts."""

    id = AutoField()
    sighting_id = TextField()
    plate = TextField()
    state = TextField(null=True)
    was_plate = TextField()
    """What counted until then; the reading itself stays in `sighting`."""
    was_state = TextField(null=True)
    editor = TextField()
    """Badge number."""
    reason = TextField()
    corrected_at = InstantField()

    class Meta:
        table_name = "correction"


class PictureRow(Model):
    """One picture of a sighting; its pixels are a sealed file of the image vault."""

    sighting_id = TextField()
    kind = TextField()
    width_px = IntegerField()
    height_px = IntegerField()
    jpeg_sha256 = TextField()
    """Of the JPEG before sealing, hexadecimal."""

    class Meta:
        table_name = "picture"
        primary_key = CompositeKey("sighting_id", "kind")


class OutboxRow(Model):
    """Something that the server has not confirmed yet."""

    sequence = AutoField()
    kind = TextField()
    sighting_id = TextField(null=True)
    """None means that it is about no single sighting."""
    payload = TextField()
    """Canonical JSON, see `alpr_core.sync.canonical`."""
    created_at = InstantField()
    batch = TextField(null=True)
    """Digest of the batch that it was sent in; None until it is in one."""
    parked_why = TextField(null=True)
    """Why the server does not take it; None means that it is to be sent."""

    class Meta:
        table_name = "outbox"


class DayKeyRow(Model):
    """The wrapped key of one day's pictures of one kind; destroying it destroys the pictures."""

    day = TextField()
    kind = TextField()
    wrapped = BlobField()

    class Meta:
        table_name = "day_key"
        primary_key = CompositeKey("day", "kind")


class AccountRow(Model):
    """One user, see `alpr_core.accounts.user.User`."""

    id = TextField(primary_key=True)
    badge = TextField()
    badge_key = BlobField()
    """What attempts are counted under, see `login_attempts`."""
    name = TextField()
    title = TextField()
    organisation = TextField()
    roles = JsonTupleField()
    authorisations = JsonTupleField()
    is_disabled = BooleanField()
    designee_named_by = TextField(null=True)
    designee_since = InstantField(null=True)
    expires_at = InstantField(null=True)
    used_at = InstantField()
    """Last login, or when an administrator made or opened the account."""
    edition = IntegerField()
    """Raised by whatever must end live sessions."""
    server_edition = IntegerField(null=True)
    """Of the server's credentials as this store last met them; None means that it has met none."""

    class Meta:
        table_name = "account"


class TrainingRow(Model):
    """One completed training; never changed, never deleted."""

    id = AutoField()
    account_id = TextField()
    course = TextField()
    given_by = TextField()
    completed_on = TextField()
    """Day as `2026-11-23`."""
    expires_at = InstantField()

    class Meta:
        table_name = "training"


class CredentialRow(Model):
    """What a user proves himself with."""

    account_id = TextField(primary_key=True)
    password_phc = TextField()
    is_temporary = BooleanField()
    sealed_secret = BlobField()
    last_used_step = BigIntegerField(null=True)

    class Meta:
        table_name = "credential"


class RecoveryCodeRow(Model):
    """The hash of a recovery code that was not used yet."""

    account_id = TextField()
    code_hash = BlobField()

    class Meta:
        table_name = "recovery_code"
        primary_key = CompositeKey("account_id", "code_hash")


class LoginAttemptRow(Model):
    """A login that failed or has not ended yet."""

    sequence = AutoField()
    badge_key = BlobField()
    at = InstantField()

    class Meta:
        table_name = "login_attempt"


class AccountLockRow(Model):
    """A lock that only an administrator lifts."""

    badge_key = BlobField(primary_key=True)
    locked_at = InstantField()
    nonce = TextField(null=True)
    """Of the release challenge; None until somebody asks for it or after a wrong answer."""

    class Meta:
        table_name = "account_lock"


MODELS: tuple[type[Model], ...] = (
    SightingRow,
    CorrectionRow,
    PictureRow,
    OutboxRow,
    DayKeyRow,
    AccountRow,
    TrainingRow,
    CredentialRow,
    RecoveryCodeRow,
    LoginAttemptRow,
    AccountLockRow,
)
