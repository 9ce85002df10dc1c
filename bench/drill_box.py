"""What every drill of the store needs: its key, its one officer, a clock that runs fast, and sightings.

Everything is made up: people, plates, pictures. The store is a real one and everything goes through the desk.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import sleep, time

import cv2
import numpy as np

from alpr_core.accounts.login_rules import DEFAULT_COURSES
from alpr_core.accounts.one_time_code import STEP_S, code_at, step_at
from alpr_core.accounts.session import Session
from alpr_core.accounts.user import DataAuthorisation, make_training, make_user
from alpr_core.desk.desk import Desk, DeskRules
from alpr_core.frame import Frame, Pixels
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.permissions import Role
from alpr_core.plate import ALPHABET, STATES, PlateBox, PlateReading
from alpr_core.purposes import AccessPurpose
from alpr_core.sighting import Match, Sighting, new_sighting_id
from db.account_rows import known_account
from db.connection import StoreDatabase
from db.credentials import Argon2Cost, CodeSecrets
from db.keys import KeyUse, RootKey
from db.login_attempts import badge_key
from db.store import DATABASE_FILE, Store

DRILL_KEY = RootKey(bytes(range(32)))
"""Of stores that hold nothing real and are thrown away."""

BADGE, PASSWORD = "4711", "tulip kestrel mosaic"
USER_ID = "a" * 32
CHEAP = Argon2Cost(memory_kib=64, iterations=1)
"""A login is to be cut by its writes, not by its hash."""

DAY_ONE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TIMES_FASTER = 240
"""A code is good once, for 30 s; so a login is possible every eighth of a real second."""


def drill_database(folder: Path) -> StoreDatabase:
    """Return a connection of its own to a drill's store."""
    return StoreDatabase(folder / DATABASE_FILE, DRILL_KEY.derive(KeyUse.DATABASE))


class FastClock:
    """UTC time that began with the drill and runs TIMES_FASTER, across restarts of the box."""

    def __init__(self, drill_began_s: float) -> None:
        self._began_s = drill_began_s

    def __call__(self) -> datetime:
        return DAY_ONE + timedelta(seconds=(time() - self._began_s) * TIMES_FASTER)


class Officer:
    """The one user of a drill's store and his authenticator app."""

    def __init__(self, store: Store, folder: Path, now: Callable[[], datetime]) -> None:
        store.argon2_cost = CHEAP
        self._store = store
        self._now = now
        self._enrol()
        database = drill_database(folder)
        known = known_account(database, badge_key(BADGE))
        database.shut()
        if known is None:
            raise RuntimeError("the officer was enrolled and is gone")
        self._secret = CodeSecrets(DRILL_KEY).open(USER_ID, known.sealed_secret)
        self._used_step = 0

    def _enrol(self) -> None:
        """Make the account if it is not there; a box that was cut off meanwhile goes on here."""
        accounts, now = self._store.people.accounts, self._now()
        user = accounts.find(BADGE)
        if user is None:
            made = make_user(USER_ID, BADGE, "Pat Drill", "Officer", "Drill PD", [Role.OFFICER])
            accounts.create(made, PASSWORD, now, is_temporary=False)
            user = made
        accounts.authorise(USER_ID, [DataAuthorisation.DEPARTMENT])
        trained = {record.course for record in user.training}
        for course in sorted(DEFAULT_COURSES - trained):
            training = make_training(
                course, "Sgt. Lee", date(2026, 1, 5), DAY_ONE + timedelta(3650)
            )
            accounts.record_training(USER_ID, training)

    def desk(self) -> Desk:
        """Return a desk where nobody is logged in."""
        agency = self._store.settings.agency()
        rules = DeskRules(agency.purpose_rules, agency.session_rules)
        door = self._store.people.authenticator
        return Desk(door, self._store.ledger, self._now, lambda: rules)

    def log_in(self, desk: Desk) -> bool:
        """Log in at the desk with a code that this officer did not use; False if he did before a restart."""
        while step_at(self._now()) <= self._used_step:
            sleep(STEP_S / TIMES_FASTER / 10)
        self._used_step = step_at(self._now())
        code = code_at(self._secret, self._now())
        return isinstance(desk.log_in(BADGE, PASSWORD, code), Session)

    def purpose(self, desk: Desk, case: str) -> AccessPurpose:
        """Return a purpose that the agency's rules take."""
        purpose = desk.state_purpose("stolen_vehicle", case, "silver van seen on Elm Street")
        if not isinstance(purpose, AccessPurpose):
            raise RuntimeError(f"the purpose of the drill was refused: {purpose}")
        return purpose


def drill_picture(width_px: int = 320, height_px: int = 200, grain: float = 0.0) -> Pixels:
    """Return a smooth grey picture; grain 0 to 60 makes its JPEG larger."""
    noise = np.random.default_rng(462)
    rows, columns = np.mgrid[0:height_px, 0:width_px]
    smooth = 60 + (rows + 2 * columns) % 120 + noise.normal(0.0, grain or 0.1, rows.shape)
    pixels: Pixels = np.clip(cv2.GaussianBlur(smooth, (3, 3), 0), 0, 255).astype(np.uint8)
    return pixels


def drill_sighting(chance: random.Random, plate: str, at: datetime, pixels: Pixels) -> Sighting:
    """Return a sighting of this plate."""
    frame = Frame("front", 1, at, 0.0, pixels, "drill.mp4")
    box = PlateBox(100.5, 80.25, 120.0, 40.0, 0.97)
    reading = PlateReading(
        box=box,
        text=plate,
        confidences=tuple(0.99 for _ in plate),
        state="CA",
        state_confidence=0.99,
        slot_probabilities=np.full((10, len(ALPHABET) + 1), 1 / 37, dtype=np.float32),
        state_probabilities=np.full(len(STATES) + 1, 1 / 52, dtype=np.float32),
    )
    sighting_id = new_sighting_id(at, chance.randbytes(10))
    return Sighting(sighting_id, "front", at, at, reading, frame, 3)


def drill_match(plate: str) -> Match:
    """Return a match of the plate with a list."""
    entry = HotlistEntry("SVS", plate, "CA", HotlistClass.STOLEN, "Stolen in Oakland", DAY_ONE)
    return Match(entry, state_agrees=True)
