"""Rotations that are killed: before every change they make to a file, and at random moments.

The rotation runs in a forked child that ends without any tidying up; the store is then looked at by its parent.
Used by the tests here, and with larger numbers by whoever wants to: `python -m tests.db.interrupted_rotation 500`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alpr_core.accounts.one_time_code import secret_of
from alpr_core.accounts.user import make_user
from alpr_core.audit.entry import Actor
from alpr_core.permissions import Action, Role
from db.audit_records import EntryFilter
from db.connection import StoreDatabase
from db.credentials import Argon2Cost, CodeSecrets
from db.key_rotation import Asker, rotate_database_key, rotate_root
from db.key_set import KeySet, fresh_key_set, seal
from db.keys import KeyUse, RootKey, demo_key_text, read_key_file, replace_key_file
from db.ledger import StoreLedger
from db.models import CredentialRow
from db.people import People
from db.pictures import PictureKind
from db.store import DATABASE_FILE, Store
from db.store_keys import find_keys, write_editions
from tests.db.sample_sightings import (
    OTHER_KEY,
    ROOT_KEY,
    Outcomes,
    make_match,
    make_sighting,
)

READY_MAX_S = 5.0
CHIEF = Asker(Actor("1000", "Chief Example", "Westminster PD"), "a test")
PASSWORD = "tulip kestrel mosaic"
CHEAP = Argon2Cost(memory_kib=64, iterations=1)
KILLED = -signal.SIGKILL
_FILE_EVENTS = frozenset({"os.rename", "os.remove", "os.truncate", "os.chmod"})

Rotation = Callable[[Path, Callable[[str], None]], object]
"""Rotates the keys of the box in a folder and tells its steps."""


def by_chief(people: Callable[[], People], ledger: StoreLedger) -> Asker:
    """Let the test do it."""
    return CHIEF


@dataclass(frozen=True, slots=True)
class SampleBox:
    """A folder with a store in which every kind of key is in use, and its DEMO key file."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def key_file(self) -> Path:
        return self.folder / "box.key"

    @property
    def uri_file(self) -> Path:
        """What the administrator's authenticator app was given."""
        return self.folder / "uri"

    def copy_to(self, folder: Path) -> SampleBox:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return SampleBox(folder)


def make_sample_box(folder: Path, key_set: KeySet | None = None) -> SampleBox:
    """Make a box; with a key set if one is given, else keyed with its root directly."""
    box = SampleBox(folder)
    folder.mkdir()
    box.key_file.write_bytes(demo_key_text(ROOT_KEY))
    with closing(Store.open(box.store, key_set or ROOT_KEY)) as store:
        store.argon2_cost = CHEAP
        outcomes = Outcomes()
        writer = store.writer(outcomes)
        for number in range(1, 4):
            writer.record(make_sighting(number), make_match() if number == 1 else None)
        outcomes.wait_for(3)
        user = make_user("a" * 32, "1000", "Ann Example", "Chief", "City", [Role.ADMINISTRATOR])
        enrolment = store.people.accounts.create(user, PASSWORD, datetime.now(UTC))
        box.uri_file.write_text(enrolment.uri)
    if key_set is not None:
        write_editions(box.store, seal(key_set, ROOT_KEY))
    return box


def rotate_database_of(folder: Path, told: Callable[[str], None]) -> object:
    box = SampleBox(folder)
    return rotate_database_key(box.store, read_key_file(box.key_file), by_chief, "box", told)


def rotate_root_of(folder: Path, told: Callable[[str], None]) -> None:
    box = SampleBox(folder)

    def install() -> None:
        replace_key_file(box.key_file, demo_key_text(OTHER_KEY))

    rotate_root(box.store, ROOT_KEY, OTHER_KEY, install, by_chief, "box", told)


def kill_at_every_step(sample: SampleBox, rotation: Rotation, scratch: Path) -> Iterator[SampleBox]:
    """Yield the box as each kill leaves it, and at last as the finished rotation does."""
    step, code = 0, KILLED
    while code == KILLED:
        box = sample.copy_to(scratch)
        code = run_until_step(step, lambda told, at=box.folder: rotation(at, told))
        assert code in (0, KILLED), f"the rotation failed at step {step}"
        yield box
        step += 1


def is_new(box: SampleBox, sample: SampleBox) -> bool:
    """Check a box that was killed, and tell whether it has other keys than the sample."""
    root_key = check_box(box)
    found, before = (
        find_keys(one.store / DATABASE_FILE, key).keys
        for one, key in ((box, root_key), (sample, ROOT_KEY))
    )
    assert isinstance(found, KeySet)
    assert isinstance(before, KeySet)
    return root_key != ROOT_KEY or found.set_id != before.set_id


def run_until_step(step: int, work: Callable[[Callable[[str], None]], object]) -> int:
    """Run `work` in a child that dies before its change number `step` to a file; return its exit code.

    `work` is given a function for steps of its own, which count too.
    """
    return in_child(lambda: until_step(step, work))


def kill_at_random(
    sample: SampleBox, rotation: Rotation, scratch: Path, kills: int, seed: int = 462
) -> Iterator[SampleBox]:
    """Yield the box as each kill at a random moment leaves it; the moments are spread over all its steps."""
    moments = random.Random(seed)
    steps: list[str] = []
    started_mono_s = time.monotonic()
    rotation(sample.copy_to(scratch).folder, steps.append)
    step_s = (time.monotonic() - started_mono_s) / len(steps)
    killed = 0
    while killed < kills:
        box = sample.copy_to(scratch)
        after_step, delay_s = moments.randrange(len(steps)), moments.uniform(0.0002, 2 * step_s)
        code = in_child(
            lambda step=after_step, after_s=delay_s, where=box: _until_alarm(
                step, after_s, where, rotation
            )
        )
        assert code in {0, -signal.SIGALRM}
        if code != 0:  # else it was done before
            killed += 1
            yield box


def check_box(box: SampleBox) -> RootKey:
    """Return the key that the box opens with, after seeing that nothing is lost and that it opens quickly."""
    root_key = read_key_file(box.key_file)
    started_mono_s = time.monotonic()
    with closing(Store.open(box.store, root_key)) as store:
        assert time.monotonic() - started_mono_s <= READY_MAX_S
        assert [read.plate for read in store.sightings.latest(10)] == ["7ABC123"] * 3
        for number in range(1, 4):
            for kind in (PictureKind.PLATE, PictureKind.FRAME):
                assert store.sightings.picture_jpeg(f"{number:032x}", kind)
        assert store.audit.records.latest(EntryFilter(plate="7ABC123"))
        store.audit.verify()
        rotations = store.audit.records.latest(EntryFilter(action=Action.ROTATE_KEYS.value))
        stages = [record.entry.fact("stage") for record in rotations]
        assert stages == [] or stages[-1] == "begun"
    assert _code_secret_of(box, root_key) == secret_of(box.uri_file.read_text())
    assert not list(box.store.glob("*.new*"))
    assert not list(box.store.glob(".keys.set*"))
    return root_key


def _code_secret_of(box: SampleBox, root_key: RootKey) -> bytes:
    """Return the administrator's code secret as the store's keys open it."""
    file = box.store / DATABASE_FILE
    keys = find_keys(file, root_key).keys
    database = StoreDatabase(file, keys.derive(KeyUse.DATABASE))
    try:
        (row,) = CredentialRow.select().execute(database)
        return CodeSecrets(keys).open(row.account_id, bytes(row.sealed_secret))
    finally:
        database.shut()


def until_step(last: int, work: Callable[[Callable[[str], None]], object]) -> None:
    """Run `work` and die before its change number `last` to a file."""
    steps = iter(range(last + 1))

    def count(_: str) -> None:
        if next(steps, None) in (last, None):
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        makes_file = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
        if event in _FILE_EVENTS or makes_file:
            count(event)

    sys.addaudithook(watch)
    work(count)


def _until_alarm(step: int, after_s: float, box: SampleBox, rotation: Rotation) -> None:
    # Left to its default, this signal ends a process as abruptly as SIGKILL does.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    steps_left = iter(range(step))

    def told(_: str) -> None:
        if next(steps_left, None) is None and signal.getitimer(signal.ITIMER_REAL)[0] == 0:
            signal.setitimer(signal.ITIMER_REAL, after_s)

    told("begun")
    rotation(box.folder, told)


def in_child(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    kills = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        sample = make_sample_box(Path(folder) / "sample", fresh_key_set(None))
        for rotation in (rotate_root_of, rotate_database_of):
            ends = {"old": 0, "new": 0}
            for box in kill_at_random(sample, rotation, Path(folder) / "box", kills):
                ends["new" if is_new(box, sample) else "old"] += 1
            sys.stdout.write(f"{rotation.__name__}: {kills} kills, all opened: {ends}\n")


if __name__ == "__main__":
    main()
